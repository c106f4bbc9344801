"""SL107: operands of a concatenation that differ elsewhere than where they are joined."""

from __future__ import annotations

from shapelens.analyses.findings.branches import (
    branch_lines,
    branches_of,
    condition_line,
    cropped,
    differing,
    padded,
    resized,
)
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.off_by_one import one_short
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.dims import Unknown
from shapelens.operators import Concatenate

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
        proposals=[*sizes_that_fit(case), *padded(case), *cropped(case), *resized(case)],
        framework=("torch", torch_words(case)),
    )


def torch_words(case: Case) -> str:
    """PyTorch's words, as it says them where it computes."""
    operator, branches = case.step.node.operator, branches_of(case.step)
    if not isinstance(operator, Concatenate) or len(branches) < 2:
        return ""
    first, rank = branches[0].shape, len(branches[0].shape)
    if not rank:
        return ""
    joined = operator.axis % rank
    for place, branch in enumerate(branches[1:], 1):
        if len(branch.shape) != rank:
            return f"Tensors must have same number of dimensions: got {rank} and {len(branch.shape)}"
        for axis, (own, other) in enumerate(zip(first, branch.shape, strict=True)):
            if axis != joined and own != other and not isinstance(own, Unknown):
                return (
                    f"Sizes of tensors must match except in dimension {joined}. Expected size {number(own)} but got "
                    f"size {number(other)} for tensor number {place} in the list."
                )
    return ""
