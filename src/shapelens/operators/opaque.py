"""An operator without a rule: what it gives is not known, and says so."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Unknown
from shapelens.operators.operator import Operator, Outcome, Tensor
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["Opaque"]


@dataclass(frozen=True)
class Opaque(Operator):
    """Stands where shapelens has no rule.

    Args:
        called: what the source calls the operator, with its domain.
        reason: why there is no rule for it, where there is more to say than that.
    """

    called: str = ""
    reason: str = ""

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        reason = self.reason or f"there is no rule for {self.called}"
        return Outcome((Tensor(Unknown(reason), "unknown"),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called
