"""SL107: operands of a concatenation that differ elsewhere than where they are joined."""

from __future__ import annotations

from shapelens.analyses.findings.branches import (
    branch_lines,
    condition_line,
    cropped,
    differing,
    padded,
    resized,
)
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.framework_words import concatenation_words
from shapelens.analyses.findings.off_by_one import one_short
from shapelens.analyses.findings.telling import Case, Told, tells

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
        framework=("torch", concatenation_words(case)),
    )
