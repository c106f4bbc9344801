"""SL108: sizes that do not go together in an addition or another function of several tensors."""

from __future__ import annotations

from shapelens.analyses.findings.branches import (
    Branch,
    branch_lines,
    branches_of,
    condition_line,
    differing,
    equal_pairs,
    side_by_side,
)
from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.findings.feeding import near_sizes
from shapelens.analyses.findings.framework_words import broadcast_words
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.off_by_one import one_short, tell_one_short
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.regaining import made_to_meet
from shapelens.analyses.findings.silent_broadcast import leads_alike
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.dims import Dim, product
from shapelens.operators import Convolution, Flatten, Linear, Unsqueeze

__all__ = ["tell_broadcast"]


@tells("broadcast", "same_shape", "expand")
def tell_broadcast(case: Case) -> Told:
    """Operands whose sizes differ, and none of them is 1."""
    operator = case.step.node.operator.name
    if operator in {"MultiHeadAttention", "ScaledDotProductAttention"}:
        from shapelens.analyses.findings.attention import tell_batch

        return tell_batch(case)
    if operator == "Elementwise" and case.step.node.operator.settings()["same_shape"] and not case.is_file:
        from shapelens.analyses.findings.labels import tell_shares

        return tell_shares(case)
    if case.requirement.kind != "broadcast" or operator != "Elementwise":
        return _plainly(case)
    constants = case.evaluation.network.constants
    branches = branches_of(case.step)
    if len(branches) == 2 and sum(b.value in constants for b in branches) == 1:
        from shapelens.analyses.findings.parameters import tell_parameter

        return tell_parameter(case)
    short = one_short(case)
    if short is not None:
        return tell_one_short(case, short)
    told = condition_line(case)
    told = "" if " or " in told else told
    rule = "two sizes go together when they are equal, or when one of them is 1"
    return case.told(
        "SL108",
        branch_lines(case),
        f"{rule}\n{told}" if told else rule,
        summary=f"{side_by_side(case)} in {case.words}",
        proposals=_proposals(case),
        framework=("torch", broadcast_words(case)),
    )


def _plainly(case: Case) -> Told:
    from shapelens.analyses.findings.other import tell_other

    if "left" not in case.facts or "axis" not in case.facts:
        return tell_other(case)
    return case.told(
        "SL108",
        branch_lines(case),
        "two sizes go together when they are equal, or when one of them is 1",
        summary=f"{side_by_side(case)} in {case.words}",
        framework=("torch", broadcast_words(case)),
    )


def _proposals(case: Case) -> list[Proposal]:
    branches = branches_of(case.step)
    axes = differing(case.step)
    if len(branches) != 2:
        return []
    if len(branches[0].shape) != len(branches[1].shape):
        return _of_one_rank(case, branches)
    if axes and axes[0] == 1 - len(branches[0].shape):
        return _projection(case, branches)
    strided = _projection(case, branches) if _is_strided(branches) else []
    return [
        *strided,
        *near_sizes(case, equal_pairs(case.step)),
        *made_to_meet(case),
    ]


def _of_one_rank(case: Case, branches: list[Branch]) -> list[Proposal]:
    """The one with fewer axes with as many, or the other with as few."""
    lower, higher = sorted(branches, key=lambda branch: len(branch.shape))
    layer, missing = case.step.node.name, len(higher.shape) - len(lower.shape)
    if case.is_file:
        return []
    if leads_alike(case.step):
        axes = ", ".join([*[":"] * len(lower.shape), *["None"] * missing])
        added = put_in(layer, lower.value, Unsqueeze(tuple(range(len(lower.shape), len(higher.shape)))))
        return [Proposal(f"{lower.called}[{axes}]", added, must_work=True)]
    if len(lower.shape) > 1 and product(lower.shape) == product(higher.shape):
        start = len(lower.shape) - 1
        flat = put_in(layer, higher.value, Flatten(start))
        return [Proposal(f"{higher.called}.flatten({start})", flat, must_work=True)]
    return []


def _is_strided(branches: list[Branch]) -> bool:
    """Whether one has a half or less of the places of the other."""
    one, other = (branch.shape[-1] for branch in branches)
    return isinstance(one, int) and isinstance(other, int) and max(one, other) >= 2 * min(one, other) > 0


def _projection(case: Case, branches: list[Branch]) -> list[Proposal]:
    """A 1×1 convolution around the block, or a linear layer: with as many channels as come through, and its stride."""
    around, through = _around(case, branches)
    own, wanted = around.shape, through.shape
    into, out = own[1 if len(own) > 2 else -1], wanted[1 if len(own) > 2 else -1]
    if not isinstance(into, int) or not isinstance(out, int):
        return []
    layer = case.step.node.name
    if len(own) in {2, 3} and own[1:-1] == wanted[1:-1] and case.evaluation.network.layout is None:
        into, out = own[-1], wanted[-1]
        if not isinstance(into, int) or not isinstance(out, int):
            return []
        text = f"nn.Linear({into}, {out}) on {around.value}"
        return [Proposal(text, put_in(layer, around.value, Linear(), [(out, into)]))]
    if all(size == 1 for size in wanted[2:]) and any(size != 1 for size in own[2:]):
        return []  # a gate, which is broadcast over all places
    strides = [_stride(a, b) for a, b in zip(own[2:], wanted[2:], strict=True)]
    if not strides or any(stride is None for stride in strides):
        return []
    stride = tuple([s for s in strides if s is not None])
    said = f", stride={stride[0] if len(set(stride)) == 1 else stride}" if set(stride) != {1} else ""
    weight = (out, into, *[1] * len(stride))
    name = f"nn.Conv{len(stride)}d({into}, {out}, 1{said}) on {around.value}"
    return [Proposal(name, put_in(layer, around.value, Convolution(stride=stride), [weight]))]


def _stride(size: Dim, wanted: Dim) -> int | None:
    """The stride with which a 1×1 convolution makes one size of another."""
    if not isinstance(size, int) or not isinstance(wanted, int) or wanted < 1:
        return None
    return next((s for s in range(1, size + 1) if (size - 1) // s + 1 == wanted), None)


def _around(case: Case, branches: list[Branch]) -> tuple[Branch, Branch]:
    """The branch that goes around a block, and the one that goes through it: the first comes before the other."""
    first, second = branches
    for around, through in ((first, second), (second, first)):
        names = {
            value for node in ancestors(case.evaluation, through.value) for value in node.inputs if value
        }
        if around.value in names:
            return around, through
    is_wider = len(list(ancestors(case.evaluation, first.value))) <= len(
        list(ancestors(case.evaluation, second.value))
    )
    return (first, second) if is_wider else (second, first)
