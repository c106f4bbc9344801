"""SL117: a batch norm that has one value for each channel; SL303: one that would have, for one sample."""

from __future__ import annotations

from shapelens.analyses.findings.mending import with_operator
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.dims import Expression, shape_text

__all__ = ["tell_one_value", "tell_two_samples"]


@tells("one_value")
def tell_one_value(case: Case) -> Told:
    """In training there is no variance over one value."""
    evaluation, node = case.evaluation, case.step.node
    found: list[Proposal] = []
    declared = next((d for d in evaluation.network.inputs if d.batch_axis == 0), None)
    shape = None if declared is None else evaluation.shapes.get(declared.name)
    if declared is not None and shape and shape[0] == 1 and case.tensor().dims[0] == 1:
        fed = {**evaluation.shapes, declared.name: (2, *shape[1:])}
        found.append(Proposal("feed 2 samples or more; drop_last=True in the loader", fed=fed))
    if node.operator.settings().get("training"):
        still = node.operator.with_settings(training=False)
        found.append(
            Proposal("model.eval(), where nothing is to be learned", with_operator(node.name, still))
        )
    found.append(Proposal("another norm, over each sample: nn.GroupNorm, nn.LayerNorm"))
    return case.told(
        "SL117",
        f"{shape_text(case.tensor().shape)}: one value for each channel, over the batch and all positions",
        "in training a batch norm takes mean and variance over more than one value",
        proposals=found,
    )


def tell_two_samples(case: Case) -> Told:
    """With one sample there would be one value for each channel."""
    batch = case.tensor().dims[0]
    samples = str(batch) if isinstance(batch, Expression) else "the batch"
    return case.told(
        "SL303",
        f"{shape_text(case.tensor().shape)}: as many values for each channel as there are samples",
        f"in training it takes more than one: {samples} ≥ 2",
        proposals=[Proposal("drop_last=True in the loader, and no batch of one sample")],
    )
