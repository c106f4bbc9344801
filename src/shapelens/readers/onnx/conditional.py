"""`If`: one of two small graphs, by a condition that sizes or data decide.

Where sizes decide it, the branch is picked as the sizes are: at one size, along the path of an example, for each
part of a vector. Where only data do, what both branches agree in is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Condition, Dim, Truth, Unknown, decide, equal, total
from shapelens.errors import DimensionError
from shapelens.network import Node
from shapelens.operators import Operator, Outcome, Requirement, Shape, Tensor, apply
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["Branch", "Conditional"]

_DIFFER = "the branches of an If differ, and the data decide which one is taken"
_MISSING = Tensor(Unknown("nothing in the branch gives it"), "unknown")


@dataclass(frozen=True, slots=True)
class Branch:
    """What one branch computes.

    Args:
        nodes: in an order in which they can be evaluated.
        held: the tensors that it holds, with their names.
        outputs: the names of the values that it gives.
    """

    nodes: tuple[Node, ...]
    held: tuple[tuple[str, Tensor], ...]
    outputs: tuple[str, ...]

    @property
    def multiplies(self) -> bool:
        """Whether any of its operators has multiply-accumulates at all."""
        return any(_multiplies(node.operator) for node in self.nodes)

    def evaluate(self, around: Mapping[str, Tensor]) -> tuple[Outcome, Dim]:
        """Its outputs, what must hold for them, and its multiply-accumulates.

        Args:
            around: the values of the graph around it that it takes.
        """
        values = {**around, **dict(self.held)}
        requirements: list[Requirement] = []
        macs: list[Dim] = []
        for node in self.nodes:
            inputs = [None if name is None else values.get(name, _MISSING) for name in node.inputs]
            outcome = apply(node.operator, inputs, len(node.outputs), node.name)
            values.update(zip(node.outputs, outcome.outputs, strict=False))
            requirements += outcome.requirements
            macs.append(_macs(node.operator, inputs, outcome.outputs))
        outputs = tuple([replace(values.get(name, _MISSING), is_held=False) for name in self.outputs])
        return Outcome(outputs, tuple(requirements)), total(macs)


def _multiplies(operator: Operator) -> bool:
    if isinstance(operator, Conditional):
        return operator.then.multiplies or operator.otherwise.multiplies
    return type(operator).macs is not Operator.macs


def _macs(operator: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
    if not _multiplies(operator):
        return 0
    shapes = [tensor.shape for tensor in (*inputs, *outputs) if tensor is not None]
    unknown = next((shape for shape in shapes if isinstance(shape, Unknown)), None)
    return operator.macs(inputs, outputs) if unknown is None else unknown


@dataclass(frozen=True)
class Conditional(Operator):
    """One of two branches, each of which sees the values around it.

    Inputs: the values that the branches take, then the condition.

    Args:
        taken: the names of those values.
        then: what is computed where the condition holds.
        otherwise: what is computed where it does not.
    """

    word: ClassVar[str] = "if"

    taken: tuple[str, ...]
    then: Branch
    otherwise: Branch

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return self._evaluated(inputs)[0]

    def _evaluated(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        around = {
            name: tensor for name, tensor in zip(self.taken, inputs[:-1], strict=True) if tensor is not None
        }
        truth = _truth(inputs[-1])
        if not isinstance(truth, Unknown):
            outcome, macs = (self.then if decide(truth) else self.otherwise).evaluate(around)
            # What does not hold within has left its mark on the outputs already.
            return replace(
                outcome, requirements=tuple([replace(r, spoils=()) for r in outcome.requirements])
            ), macs
        then, then_macs = self.then.evaluate(around)
        otherwise, otherwise_macs = self.otherwise.evaluate(around)
        count = max(len(then.outputs), len(otherwise.outputs))
        pairs = [(_at(then, place), _at(otherwise, place)) for place in range(count)]
        return Outcome(tuple([_joined(one, other) for one, other in pairs])), _same(then_macs, otherwise_macs)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Those of the branch that is taken."""
        if not self.then.multiplies and not self.otherwise.multiplies:
            return 0
        try:
            return self._evaluated(inputs)[1]
        except DimensionError:
            return Unknown("the size decides which branch is taken")

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The branches are not followed: every axis may see any other."""
        shape = outputs[0].shape
        rank = 0 if isinstance(shape, Unknown) else len(shape)
        known = [(place, t.shape) for place, t in enumerate(inputs) if t is not None]
        return tuple(
            [
                Link(place, axis, out, spans=None)
                for place, taken in known
                if not isinstance(taken, Unknown)
                for axis in range(len(taken))
                for out in range(rank)
            ]
        )

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        branches = (("then", self.then), ("otherwise", self.otherwise))
        return {name: [node.source_operator for node in branch.nodes] for name, branch in branches}


def _truth(condition: Tensor | None) -> Truth:
    """Whether the condition holds, where sizes decide it."""
    contents = None if condition is None else condition.contents
    if contents is None or len(contents) != 1:
        return Unknown("the data decide it")
    truth: Truth = contents[0]
    if isinstance(truth, (int, float)):
        return bool(truth)
    is_truth = isinstance(truth, (Condition, Unknown)) or hasattr(truth, "decide")
    return truth if is_truth else Unknown("the condition of an If is no truth")


def _at(outcome: Outcome, place: int) -> Tensor:
    return outcome.outputs[place] if place < len(outcome.outputs) else _MISSING


def _joined(one: Tensor, other: Tensor) -> Tensor:
    """What is known of a tensor whichever branch gives it."""
    dtype = one.dtype if one.dtype == other.dtype else "unknown"
    if isinstance(one.shape, Unknown):
        return Tensor(one.shape, dtype)
    if isinstance(other.shape, Unknown):
        return Tensor(other.shape, dtype)
    if len(one.shape) != len(other.shape):
        return Tensor(Unknown(_DIFFER), dtype)
    shape: Shape = tuple([_same(own, its) for own, its in zip(one.shape, other.shape, strict=True)])
    return Tensor(shape, dtype)


def _same(one: Dim, other: Dim) -> Dim:
    """A size that is the same either way."""
    for size in (one, other):
        if isinstance(size, Unknown):
            return size
    return one if equal(one, other) is True else Unknown(_DIFFER)
