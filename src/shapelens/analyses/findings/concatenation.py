"""SL107: operands of a concatenation that differ elsewhere than where they are joined."""

from __future__ import annotations

from shapelens.analyses.findings.branches import (
    branch_lines,
    branches_of,
    condition_line,
    differing,
)
from shapelens.analyses.findings.feeding import near_sizes
from shapelens.analyses.findings.framework_words import concatenation_words
from shapelens.analyses.findings.mending import put_in, with_operator
from shapelens.analyses.findings.off_by_one import one_short
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.regaining import made_to_meet
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.analyses.samples import batch_of
from shapelens.dims import Expression
from shapelens.operators import Concatenate, Expand

__all__ = ["tell_concatenation"]


@tells("concatenation", "stack")
def tell_concatenation(case: Case) -> Told:
    """Operands that differ elsewhere than where they are joined."""
    from shapelens.analyses.findings.off_by_one import tell_one_short

    short = one_short(case)
    if short is not None:
        return tell_one_short(case, short)
    told = condition_line(case)
    rule = "a concatenation takes equal sizes on every axis but the one that it joins"
    return case.told(
        "SL107",
        branch_lines(case),
        f"{rule}\n{told}" if told else rule,
        summary="skip concatenation differs" if len(differing(case.step)) else "",
        proposals=_proposals(case),
        framework=("torch", concatenation_words(case)),
    )


def _proposals(case: Case) -> list[Proposal]:
    ways = (_expanded, _along_another_axis, near_sizes, made_to_meet)
    return [proposal for way in ways for proposal in way(case)]


def _expanded(case: Case) -> list[Proposal]:
    """What there is once, for every sample: a class token."""
    batch, branches = batch_of(case.evaluation), branches_of(case.step)
    lone = [b for b in branches if b.shape[:1] == (1,) and b.shape[:1] != (batch,)]
    if not isinstance(batch, Expression) or len(lone) != 1 or case.is_file or len(branches) < 2:
        return []
    if any(branch.shape[:1] != (batch,) for branch in branches if branch is not lone[0]):
        return []
    own = lone[0]
    stretched = put_in(case.step.node.name, own.value, Expand((batch, *own.shape[1:])))
    kept = ", ".join(["-1"] * (len(own.shape) - 1))
    return [Proposal(f"{own.called}.expand({batch}, {kept})", stretched, must_work=True)]


def _along_another_axis(case: Case) -> list[Proposal]:
    """Join them along the one axis where they differ."""
    operator, branches = case.step.node.operator, branches_of(case.step)
    ranks = {len(branch.shape) for branch in branches}
    if not isinstance(operator, Concatenate) or len(ranks) != 1 or len(branches) < 2:
        return []
    rank = ranks.pop()
    sizes = [{branch.shape[axis] for branch in branches} for axis in range(rank)]
    axes = [axis for axis in range(rank) if len(sizes[axis]) > 1]
    if len(axes) != 1 or axes[0] == operator.axis % rank:
        return []
    text = f"axis={axes[0]}" if case.is_file else f"dim={axes[0]}: the axis along which they differ"
    moved = with_operator(case.step.node.name, operator.with_settings(axis=axes[0]))
    return [Proposal(text, moved, must_work=True)]
