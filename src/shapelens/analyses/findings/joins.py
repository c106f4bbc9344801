"""Branches that do not come together: concatenations, sums and other broadcasts."""

from __future__ import annotations

from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.findings.telling import Case, number, sample_text, tells
from shapelens.dims import Unknown

__all__ = ["tell_broadcast", "tell_concatenation"]


@tells("concatenation")
def tell_concatenation(case: Case) -> Finding:
    """Operands of a concatenation that differ elsewhere than where they are joined."""
    return case.finding(
        "SL107",
        "skip concatenation differs",
        _branches(case),
        "a concatenation takes equal sizes on every axis but the one that it joins",
    )


@tells("broadcast")
def tell_broadcast(case: Case) -> Finding:
    """Operands whose sizes differ, and none of them is 1."""
    left, right, axis = case.facts["left"], case.facts["right"], case.facts["axis"]
    words = (
        f"The size of tensor a ({number(left)}) must match the size of tensor b ({number(right)}) "
        f"at non-singleton dimension {axis}"
    )
    return case.finding(
        "SL108",
        f"{number(left)} against {number(right)} in {case.words}",
        _branches(case),
        "two sizes go together when they are equal, or when one of them is 1",
        framework=("torch", words),
    )


def _branches(case: Case) -> str:
    """Each operand with its shape and how the size that differs came about."""
    lines: list[str] = []
    axis = case.facts.get("axis", -1)
    for value, tensor in zip(case.step.node.inputs, case.step.inputs, strict=True):
        if value is None or tensor is None or isinstance(tensor.shape, Unknown):
            continue
        chain = chain_text(size_chain(case.evaluation, value, axis))
        lines.append(
            f"{value}  {sample_text(tensor.shape, case.evaluation)}" + (f"   {chain}" if "→" in chain else "")
        )
    return "\n".join(lines[:6])
