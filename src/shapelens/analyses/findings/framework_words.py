"""What PyTorch says itself of a mistake, in the words of 2.13: what findings end with."""

from __future__ import annotations

from shapelens.analyses.findings.branches import branches_of
from shapelens.analyses.findings.telling import Case, number, torch_list
from shapelens.dims import Dim, Expression, Unknown
from shapelens.operators import Concatenate, Tensor, TransposedConvolution

__all__ = ["broadcast_words", "channel_words", "concatenation_words"]


def channel_words(case: Case, image: Tensor) -> str:
    """PyTorch's words."""
    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    listed = "" if isinstance(image.shape, Unknown) else torch_list(image.shape, case.evaluation)
    is_transposed = isinstance(case.step.node.operator, TransposedConvolution)
    kind = "transposed=1" if is_transposed else f"groups={case.facts['groups']}"
    return (
        f"Given {kind}, weight of size {list(weight)}, "
        f"expected input{listed} to have {number(wants)} channels, but got {number(gets)} channels instead"
    )


def concatenation_words(case: Case) -> str:
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
                wanted, got = (_at_example(case, dim) for dim in (own, other))
                return (
                    f"Sizes of tensors must match except in dimension {joined}. Expected size {wanted} but got "
                    f"size {got} for tensor number {place} in the list."
                )
    return ""


def _at_example(case: Case, dim: Dim) -> str:
    """A size as it is where the network was looked at: of the number of samples PyTorch is told one."""
    return str(case.evaluation.path.size(dim)) if isinstance(dim, Expression) else number(dim)


def broadcast_words(case: Case) -> str:
    """PyTorch's words: it begins at the last axis."""
    broken = [r for r in case.step.broken if r.kind == "broadcast" and "axis" in r.facts]
    if not broken:
        return ""
    last = max(broken, key=lambda requirement: int(requirement.facts["axis"])).facts
    return (
        f"The size of tensor a ({number(last['left'])}) must match the size of tensor b ({number(last['right'])}) "
        f"at non-singleton dimension {last['axis']}"
    )
