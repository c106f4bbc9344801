"""Losses over classes: how far the scores of each sample are from its label.

>>> from shapelens.operators import ClassLoss, Tensor
>>> ClassLoss(reduction="none").evaluate(Tensor((8, 10, 4, 4)), Tensor((8, 4, 4), "int64")).outputs[0].shape
(8, 4, 4)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["ClassLoss"]


@dataclass(frozen=True)
class ClassLoss(Operator):
    """The loss of scores `samples × classes × …` against labels `samples × …`.

    Args:
        reduction: `none` for one loss a label, `mean` or `sum` for one in all.
        with_log_probabilities: whether a second output gives the logarithms of the probabilities.
        called: what it is called in a table.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "target", "weight")
    family: ClassVar[str] = "loss"

    reduction: str = "mean"
    with_log_probabilities: bool = False
    called: str = "cross entropy"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        scores, labels, weight = given(inputs), given(inputs, 1), optional(inputs, 2)
        more = (scores.shaped(scores.shape),) if self.with_log_probabilities else ()
        if scores.rank < 2:
            facts = {"gets": scores.dims, "wants": "at least 2", "labels": labels.dims}
            nothing = Unknown("scores have an axis of classes behind the samples")
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((scores.shaped(nothing if self.reduction == "none" else ()), *more), (broken,))
        kept = (scores.dims[0], *scores.dims[2:])
        facts = {"gets": labels.dims, "wants": kept}
        fits_ranks = labels.rank == len(kept)
        truths = (
            [equal(own, dim) for own, dim in zip(labels.dims, kept, strict=True)] if fits_ranks else [False]
        )
        requirements = [Requirement("labels", truth, facts) for truth in truths]
        if weight is not None:
            fits = weight.rank == 1 and equal(weight.dims[0], scores.dims[1])
            requirements.append(Requirement("labels", fits, {"gets": weight.dims, "wants": scores.dims[1:2]}))
        loss = scores.shaped(kept if self.reduction == "none" else ())
        return Outcome((loss, *more), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """One loss a label sees the scores of its own place; one in all sees everything."""
        rank = len(outputs[0].dims)
        if rank == 0:
            return ()
        axes = [(0, 0), *[(axis + 1, axis) for axis in range(1, rank)]]
        return identity(0, axes) + identity(1, [(axis, axis) for axis in range(rank)])

    def kept_for_backward(self, run: Run) -> Kept:
        """The logarithms of the probabilities, the labels, the weights of the classes, and what these add up to."""
        scores = run.tensor()
        weight = scores.shaped(())
        if self.called != "cross entropy":
            return Kept((0, 1, 2), others=(weight,))
        if self.with_log_probabilities:
            return Kept((1, 2), (1,), (weight,))
        return Kept((1, 2), others=(scores.shaped(scores.shape), weight))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called
