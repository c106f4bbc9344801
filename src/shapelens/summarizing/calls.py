"""What is called inside of what: the calls of modules as a tree, with the functions that each calls itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import groupby

from shapelens.analyses.blocks import is_bookkeeping
from shapelens.dims import Unknown
from shapelens.network import Evaluation, ModuleCall, Step
from shapelens.operators import Operator
from shapelens.records import dataclass

__all__ = ["Branch", "call_tree", "macs_of"]


@dataclass(slots=True, eq=False)
class Branch:
    """A call of a module.

    Args:
        call: the call.
        items: what is called inside, in order: modules, and steps that are functions.
        steps: every step inside.
    """

    call: ModuleCall
    steps: tuple[Step, ...]
    items: list[Branch | Step] = field(default_factory=list)

    @property
    def branches(self) -> list[Branch]:
        """The modules that are called inside."""
        return [item for item in self.items if isinstance(item, Branch)]

    def coming(self) -> list[Branch | None]:
        """For each item the module that is called next, which is the item itself if it is one."""
        found: list[Branch | None] = []
        following: Branch | None = None
        for item in reversed(self.items):
            following = item if isinstance(item, Branch) else following
            found.append(following)
        return found[::-1]


def call_tree(evaluation: Evaluation, layers: frozenset[str], kind: str) -> Branch:
    """The call of the whole model with all that it calls.

    A module whose `forward` is called directly runs no hooks, so that its call is not written down: it is known
    by its steps, which stand in a module that nobody seems to call.

    Args:
        evaluation: the network.
        layers: the paths of the modules that compute something and have no modules inside.
        kind: the class of the model.
    """
    whole, *calls = _with_whole(evaluation, kind)
    direct = layers - {call.path for call in calls}
    root = Branch(whole, evaluation.steps)
    stack = [root]
    inside: dict[int, list[Branch]] = {}
    for call in calls:
        while len(stack) > 1 and not _holds(stack[-1].call, call):
            stack.pop()
        branch = Branch(call, evaluation.steps[call.first : call.last])
        inside.setdefault(id(stack[-1]), []).append(branch)
        stack.append(branch)
    _fill(root, inside, evaluation, direct)
    return root


def _with_whole(evaluation: Evaluation, kind: str) -> tuple[ModuleCall, ...]:
    """The calls, that of the whole model first, also where its class has a way of its own to be called."""
    network = evaluation.network
    if network.calls and not network.calls[0].path:
        return network.calls
    outputs = tuple([("", value) for value in network.outputs])
    return (ModuleCall("", kind, (), outputs, 0, len(evaluation.steps)), *network.calls)


def _holds(outer: ModuleCall, inner: ModuleCall) -> bool:
    """Whether a call is made inside of another that began before it."""
    if inner.first < outer.last:
        return True
    # Nothing was computed inside, or nothing after: only the paths tell.
    return inner.first == outer.last and (not outer.path or inner.path.startswith(f"{outer.path}."))


def _fill(
    branch: Branch, inside: dict[int, list[Branch]], evaluation: Evaluation, direct: frozenset[str]
) -> None:
    """Put what a call calls into its branch, and what that calls into theirs."""
    place = branch.call.first
    for child in inside.get(id(branch), []):
        branch.items += _between(branch, place, child.call.first, evaluation, direct)
        branch.items.append(child)
        _fill(child, inside, evaluation, direct)
        place = max(place, child.call.last)
    branch.items += _between(branch, place, branch.call.last, evaluation, direct)


def _between(
    branch: Branch, first: int, last: int, evaluation: Evaluation, direct: frozenset[str]
) -> Iterator[Branch | Step]:
    """The functions that a call calls itself, in a stretch of steps, and the modules whose forward it calls."""
    place = first
    for path, group in groupby(evaluation.steps[first:last], key=lambda step: step.node.path):
        steps = tuple(group)
        if path in direct and path != branch.call.path:
            yield Branch(_direct_call(steps, place), steps)
        else:
            yield from [step for step in steps if not _is_silent(step)]
        place += len(steps)


def _is_silent(step: Step) -> bool:
    """Whether a step only computes sizes or prepares weights, at no cost."""
    return is_bookkeeping(step) and macs_of(step) == 0


def macs_of(step: Step) -> int | None:
    """The multiply-adds of a step for the whole batch; None where they are not known."""
    operator = step.node.operator
    if type(operator).macs is Operator.macs:
        return 0
    tensors = [tensor for tensor in (*step.inputs, *step.outputs) if tensor is not None]
    if any(isinstance(tensor.shape, Unknown) for tensor in tensors):
        return None
    macs = operator.macs(step.inputs, step.outputs)
    return macs if isinstance(macs, int) else None


def _direct_call(steps: tuple[Step, ...], first: int) -> ModuleCall:
    start, end = steps[0], steps[-1]
    flowing = [
        name
        for name, tensor in zip(start.node.inputs, start.inputs, strict=True)
        if name is not None and tensor is not None and not tensor.is_held
    ]
    outputs = tuple([("", name) for name in end.node.outputs[:1]])
    return ModuleCall(start.node.path, start.node.module, tuple(flowing), outputs, first, first + len(steps))
