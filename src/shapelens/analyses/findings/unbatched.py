"""SL202: an image of three axes that a convolution takes for one sample."""

from __future__ import annotations

from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told
from shapelens.dims import shape_text
from shapelens.operators import Unsqueeze

__all__ = ["tell_unbatched"]


def tell_unbatched(case: Case) -> Told:
    """Which axis is taken for what."""
    image = case.tensor()
    axes = {3: "C×H×W", 4: "C×D×H×W"}.get(image.rank, "one sample")
    value = case.step.node.inputs[0]
    proposals = []
    if value is not None:
        change = put_in(case.step.node.name, value, Unsqueeze((0,)))
        proposals = [Proposal("x.unsqueeze(0): one sample, with its batch", change)]
    return case.told(
        "SL202",
        f"{shape_text(image.shape)}, read as {axes}: {image.dims[0]} channels",
        f"one sample may come without a batch; a batch of grey images N×{'×'.join(axes.split('×')[1:])} would look "
        "the same",
        proposals=proposals,
    )
