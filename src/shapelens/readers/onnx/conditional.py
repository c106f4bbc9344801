"""`If`: one of two small graphs, by a condition that sizes or data decide.

Where sizes decide it, the branch is picked as the sizes are: at one size, along the path of an example, for each
part of a vector. Where only data do, what both branches agree in is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, decide, equal
from shapelens.errors import DimensionError
from shapelens.operators import Outcome, Tensor, what_both_are
from shapelens.readers.onnx.subgraphs import NOTHING, OfGraphs, Subgraph, truth_of
from shapelens.records import dataclass

__all__ = ["Conditional"]

_DIFFER = "the branches of an If differ, and the data decide which one is taken"


@dataclass(frozen=True)
class Conditional(OfGraphs):
    """One of two branches, each of which sees the values around it.

    Inputs: the values that the branches take, then the condition.

    Args:
        taken: the names of those values.
        then: what is computed where the condition holds.
        otherwise: what is computed where it does not.
    """

    word: ClassVar[str] = "if"

    taken: tuple[str, ...]
    then: Subgraph
    otherwise: Subgraph

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return self._evaluated(inputs)[0]

    def _evaluated(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        around = {
            name: tensor for name, tensor in zip(self.taken, inputs[:-1], strict=True) if tensor is not None
        }
        truth = truth_of(inputs[-1])
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
        return Outcome(tuple([what_both_are(one, other, Unknown(_DIFFER)) for one, other in pairs])), _same(
            then_macs, otherwise_macs
        )

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Those of the branch that is taken."""
        if not self.then.multiplies and not self.otherwise.multiplies:
            return 0
        try:
            return self._evaluated(inputs)[1]
        except DimensionError:
            return Unknown("the size decides which branch is taken")

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        branches = (("then", self.then), ("otherwise", self.otherwise))
        return {name: [node.source_operator for node in branch.nodes] for name, branch in branches}


def _at(outcome: Outcome, place: int) -> Tensor:
    return outcome.outputs[place] if place < len(outcome.outputs) else NOTHING


def _same(one: Dim, other: Dim) -> Dim:
    """A size that is the same either way."""
    for size in (one, other):
        if isinstance(size, Unknown):
            return size
    return one if equal(one, other) is True else Unknown(_DIFFER)
