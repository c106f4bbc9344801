"""The tree of a network's modules, and which blocks in it are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shapelens.network import Step

__all__ = ["Block", "block_tree", "signature", "steps_of"]

_CONTAINERS = {"Sequential", "ModuleList", "ModuleDict"}


@dataclass(slots=True)
class Block:
    """A module with what stands in it, in the order in which it is computed.

    Args:
        path: its path; empty for the network itself.
        module: its class; empty where the source does not tell.
        children: blocks and steps.
    """

    path: str
    module: str = ""
    children: list[Block | Step] = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        """Whether it only strings others together: a `Sequential`, or what holds nothing but numbered modules."""
        if self.module:
            return self.module in _CONTAINERS
        return all(_last_part(child).isdigit() for child in self.children)

    @property
    def steps(self) -> list[Step]:
        """Every step in it."""
        return list(steps_of(self.children))


def steps_of(children: Sequence[Block | Step]) -> Iterator[Step]:
    """Every step in blocks and steps, in order."""
    for child in children:
        if isinstance(child, Block):
            yield from steps_of(child.children)
        else:
            yield child


def _last_part(child: Block | Step) -> str:
    path = child.path if isinstance(child, Block) else child.node.name
    return path.rpartition(".")[2].partition(":")[0]


def block_tree(steps: Sequence[Step], modules: Mapping[str, str]) -> Block:
    """Steps as a tree of modules, whose classes are given by path.

    A module that is computed, left, and computed again stands in the tree once for each time.
    """
    root = Block("")
    stack = [root]
    for step in steps:
        parent = _enclosing(step)
        while not _is_within(parent, stack[-1].path):
            stack.pop()
        while stack[-1].path != parent:
            known = stack[-1].path
            rest = parent[len(known) + 1 :] if known else parent
            path = f"{known}.{rest.partition('.')[0]}" if known else rest.partition(".")[0]
            block = Block(path, modules.get(path, ""))
            stack[-1].children.append(block)
            stack.append(block)
        stack[-1].children.append(step)
    return root


def _enclosing(step: Step) -> str:
    """The path of the module that a step stands in: a module's call stands in the one around it."""
    node = step.node
    is_module = node.name.partition(":")[0] == node.path
    return node.path.rpartition(".")[0] if is_module else node.path


def _is_within(path: str, ancestor: str) -> bool:
    return not ancestor or path == ancestor or path.startswith(ancestor + ".")


def signature(steps: Sequence[Step]) -> tuple[object, ...]:
    """What two blocks share when they are the same: operators, weights, shapes and how they are wired."""
    place_of = {value: place for place, step in enumerate(steps) for value in step.node.outputs}
    outside: dict[str, int] = {}
    described: list[object] = []
    for step in steps:
        wiring: list[object] = []
        for value, tensor in zip(step.node.inputs, step.inputs, strict=True):
            if value is None or tensor is None:
                wiring.append(None)
            elif value in place_of:
                wiring.append(place_of[value])
            else:
                wiring.append(("outside", outside.setdefault(value, len(outside)), tensor.shape))
        shapes = tuple(tensor.shape for tensor in step.outputs)
        described.append((step.node.operator, tuple(wiring), shapes, _has_broken(step)))
    return tuple(described)


def _has_broken(step: Step) -> bool:
    return bool(step.broken)
