"""The tree of a network's modules, and which blocks in it are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from heapq import heapify, heappop, heappush

from shapelens.network import Step
from shapelens.records import dataclass

__all__ = [
    "CONTAINERS",
    "Block",
    "block_tree",
    "class_words",
    "enclosing_module",
    "grouped",
    "is_bookkeeping",
    "is_folded",
    "signature",
    "steps_of",
]

CONTAINERS = {"Sequential", "ModuleList", "ModuleDict"}


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
            return self.module in CONTAINERS
        return all(_last_part(child).isdigit() for child in self.children)

    @property
    def steps(self) -> list[Step]:
        """Every step in it."""
        return list(steps_of(self.children))


def is_bookkeeping(step: Step) -> bool:
    """Whether a step only prepares weights or computes sizes, and nothing of the input flows through it."""
    is_constant = all(tensor.is_held or tensor.contents is not None for tensor in step.outputs)
    return is_constant and not step.broken


def is_folded(step: Step) -> bool:
    """Whether a step is told with the layer before it: it keeps the shape and multiplies nothing."""
    return step.node.operator.keeps_shape and not step.broken


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


def grouped(steps: Sequence[Step]) -> list[Step]:
    """Steps in an order in which each module's stand together, wherever what they take allows it.

    A file may interleave modules that do not hang on each other. Modules stand in the order of their first steps, each
    after those whose values it takes; where two take from each other in turn, the order stays as it is.
    """
    return _grouped(list(steps), "")


def _grouped(steps: list[Step], path: str) -> list[Step]:
    """Steps inside one module, with each module in it together."""
    groups: dict[str, list[Step]] = {}
    for place, step in enumerate(steps):
        enclosing = enclosing_module(step)
        inner = enclosing[len(path) :].lstrip(".").partition(".")[0] if _is_within(enclosing, path) else ""
        groups.setdefault(inner or f"{place}", []).append(step)
    order = _ordered(list(groups.values()))
    result: list[Step] = []
    for group in order if order is not None else [[step] for step in steps]:
        enclosing = enclosing_module(group[0])
        inner = enclosing[len(path) :].lstrip(".").partition(".")[0]
        result += _grouped(group, f"{path}.{inner}".lstrip(".")) if len(group) > 1 and inner else group
    return result


def _ordered(groups: list[list[Step]]) -> list[list[Step]] | None:
    """Groups each after those whose values it takes, the earlier first; None where they go round in a circle."""
    home = {
        value: number for number, group in enumerate(groups) for step in group for value in step.node.outputs
    }
    waits = [
        {home[v] for step in group for v in step.node.inputs if v in home and home[v] != number}
        for number, group in enumerate(groups)
    ]
    ready = [number for number, earlier in enumerate(waits) if not earlier]
    followers: dict[int, list[int]] = {}
    for number, earlier in enumerate(waits):
        for one in earlier:
            followers.setdefault(one, []).append(number)
    open_count = [len(earlier) for earlier in waits]
    order: list[list[Step]] = []
    heapify(ready)
    while ready:
        number = heappop(ready)
        order.append(groups[number])
        for later in followers.get(number, ()):
            open_count[later] -= 1
            if not open_count[later]:
                heappush(ready, later)
    return order if len(order) == len(groups) else None


def block_tree(steps: Sequence[Step], modules: Mapping[str, str]) -> Block:
    """Steps as a tree of modules, whose classes are given by path.

    A module that is computed, left, and computed again stands in the tree once for each time.
    """
    root = Block("")
    stack = [root]
    for step in steps:
        parent = enclosing_module(step)
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


def enclosing_module(step: Step) -> str:
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


def class_words(module: str) -> str:
    """`BasicBlock` as `basic block`."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", module.strip("_"))
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts) or "block"
