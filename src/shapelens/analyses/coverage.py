"""Which of the source's operators have a rule, and why the others have none."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Unknown
from shapelens.network import Evaluation
from shapelens.operators import Opaque
from shapelens.records import dataclass

__all__ = ["Covered", "coverage_of"]


@dataclass(frozen=True, slots=True)
class Covered:
    """One operator of the source.

    Args:
        called: what the source calls it.
        calls: how often it is called.
        rules: the operators whose rules say what it does; none where there is no rule.
        reason: why there is no rule.
        where: the first layer without a rule.
    """

    called: str
    calls: int
    rules: tuple[str, ...]
    reason: str = ""
    where: str = ""


def coverage_of(evaluation: Evaluation) -> Sequence[Covered]:
    """Every operator that the source calls: those without a rule first, then the most called.

    >>> from shapelens.inspection import inspect
    >>> coverage_of(inspect("alexnet").evaluation)[0]
    Covered(called='ReLU', calls=7, rules=('Activation',), reason='', where='')
    """
    found: dict[str, Covered] = {}
    for step in evaluation.steps:
        node = step.node
        called = node.source_operator or node.operator.name
        before = found.get(called, Covered(called, 0, ()))
        is_opaque = isinstance(node.operator, Opaque)
        rules = before.rules if is_opaque else tuple(dict.fromkeys([*before.rules, node.operator.name]))
        reason, where = before.reason, before.where
        if is_opaque and not reason:
            shape = step.output.shape if step.outputs else Unknown("it gives nothing")
            parts = (shape,) if isinstance(shape, Unknown) else shape
            reason = next((part.reason for part in parts if isinstance(part, Unknown)), "it has no rule")
            where = node.name
        found[called] = Covered(called, before.calls + 1, rules, reason, where)
    return sorted(found.values(), key=lambda covered: (not covered.reason, -covered.calls, covered.called))
