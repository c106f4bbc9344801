"""SL204: what runs for one number of samples alone."""

from __future__ import annotations

from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.analyses.samples import batch_of
from shapelens.dims import Comparison, Condition, condition_text, dim_text, shape_text

__all__ = ["tell_one_batch"]


def tell_one_batch(case: Case) -> Told:
    """A requirement that hangs on the number of samples and on nothing else."""
    truth = case.requirement.truth
    assert isinstance(truth, Condition)
    fed = [shape_text(t.shape) for t in case.step.applied.flowing]
    return case.told(
        "SL204",
        f"{' and '.join(fed[:3])}",
        f"{case.words} fits where {_written(truth)}; {number(batch_of(case.evaluation))} is the number "
        "of samples",
    )


def _written(condition: Condition) -> str:
    """`N = 32`, whichever of the two was compared with the other."""
    if isinstance(condition, Comparison) and condition.relation == "==" and str(condition.left).isdigit():
        return f"{dim_text(condition.right, '·')} = {dim_text(condition.left, '·')}"
    return condition_text(condition, "·")
