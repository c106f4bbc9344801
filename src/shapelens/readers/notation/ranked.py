"""Layers that take so many axes and no others, where what they compute would take any."""

from __future__ import annotations

from shapelens.dims import Unknown
from shapelens.operators import Operator, Outcome, Requirement, Tensor
from shapelens.records import dataclass

__all__ = ["Ranked"]


@dataclass(frozen=True)
class Ranked(Operator):
    """Stands before an operator's class in a class of both, called `Ranked…`, and checks the axes of its input.

    Args:
        ranks: how many axes it takes; any number if empty.
    """

    ranks: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name of the operator that it is."""
        return type(self).__name__.removeprefix("Ranked")

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        outcome = super().evaluate(*inputs)
        tensor = inputs[0]
        if tensor is None or isinstance(tensor.shape, Unknown) or not self.ranks or tensor.rank in self.ranks:
            return outcome
        broken = Requirement("rank", False, {"gets": tensor.dims, "wants": self.ranks})
        return Outcome(outcome.outputs, (broken,))
