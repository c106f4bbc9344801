"""SL201 and SL203: activations that broadcast against each other, sample by sample against all samples.

Gates, scales and embeddings broadcast on purpose, and have as many axes as what they are for, or no batch. What is
told is an operand with fewer axes whose batch does not stand where the other's does.
"""

from __future__ import annotations

from shapelens.analyses.findings.branches import branches_of
from shapelens.analyses.findings.mending import Change, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.analyses.samples import batch_of
from shapelens.dims import shape_text
from shapelens.network import Step
from shapelens.operators import Squeeze, Unsqueeze

__all__ = ["leads_alike", "tell_silent"]


def leads_alike(step: Step) -> bool:
    """Whether one operand has the first axes of the other, and lacks its last ones: `N×C` against `N×C×H×W`."""
    branches = sorted(branches_of(step)[:2], key=lambda branch: len(branch.shape))
    if len(branches) < 2 or len(branches[0].shape) == len(branches[1].shape) or not branches[0].shape:
        return False
    lower, higher = (branch.shape for branch in branches)
    return all(type(a) is type(b) and a == b for a, b in zip(lower, higher, strict=False))


def tell_silent(case: Case) -> Told:
    """Two operands that meet in another order than they were meant to."""
    function = str(case.step.node.operator.settings().get("function", ""))
    is_loss = function.endswith(("loss", "entropy", "div", "cross entropy with logits"))
    branches = branches_of(case.step)[:2]
    lower, higher = sorted(branches, key=lambda branch: len(branch.shape))
    out = case.step.output
    batch = batch_of(case.evaluation)
    change: Change
    if (
        all(type(dim) is int and dim == 1 for dim in higher.shape[1:2])
        and len(higher.shape) == len(lower.shape) + 1
    ):
        change = put_in(case.step.node.name, higher.value, Squeeze((1,)))
        proposals = [Proposal(f"{higher.called}.squeeze(1)", change)]
        raised = put_in(case.step.node.name, lower.value, Unsqueeze((1,)))
        proposals.append(Proposal(f"{lower.called}.unsqueeze(1)", raised))
    else:
        axes = tuple(range(1, 1 + len(higher.shape) - len(lower.shape)))
        change = put_in(case.step.node.name, lower.value, Unsqueeze(axes))
        dots = ", ".join([":", *["None"] * len(axes)])
        proposals = [Proposal(f"{lower.called}[{dots}]", change)]
    return case.told(
        "SL203" if is_loss else "SL201",
        f"{higher.value} {shape_text(higher.shape)} and {lower.value} {shape_text(lower.shape)} "
        f"give {shape_text(out.shape)}",
        f"axes are aligned at the end: the {number(batch)} samples of {lower.value} meet the axis of size 1 of "
        f"{higher.value}, and every sample meets every other",
        proposals=proposals,
    )
