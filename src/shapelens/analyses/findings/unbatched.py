"""SL202: an image of three axes that a convolution takes for one sample; SL104: one that it cannot be."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import fed_instead
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.dims import Expression, Unknown, shape_text
from shapelens.operators import Convolution, Unsqueeze

__all__ = ["tell_batch_as_channels", "tell_unbatched"]


_SAMPLES = {1: "C×L", 2: "C×H×W", 3: "C×D×H×W"}


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


def tell_batch_as_channels(case: Case) -> Told:
    """A batch that lacks an axis, and is read as one sample: the samples are taken for channels."""
    image, wants = case.tensor(), case.facts["wants"]
    operator, weight = case.step.node.operator, case.step.inputs[1]
    rank = image.rank - 1
    if isinstance(operator, Convolution) and weight is not None and not isinstance(weight.shape, Unknown):
        rank = operator.spatial_rank(weight)
    axes = _SAMPLES.get(rank, "one sample")
    many = "channel" if wants == 1 else "channels"
    # The channels are there where the number that is wanted stands behind the samples.
    axis = 2 if image.dims[1] == wants and image.rank > 2 else 1
    missing = "the channels" if axis == 1 else {1: "the length", 2: "the height"}.get(rank, "the depth")
    value, text = case.step.node.inputs[0] or "", f"x.unsqueeze({axis})"
    proposals = fed_instead(case, (*image.dims[1:axis], 1, *image.dims[axis:]), text)
    if not proposals:
        change = put_in(case.step.node.name, value, Unsqueeze((axis,)))
        proposals = [Proposal(f"{text} before it: {missing}", change)]
    return case.told(
        "SL104",
        f"{shape_text(image.shape)}: {image.rank} axes, read as one sample of {number(image.dims[0])} channels",
        f"{case.words_without_shapes} takes {number(wants)} {many}: one sample is {axes}, a batch N×{axes}",
        summary=f"an axis is missing: {missing}",
        proposals=proposals,
        framework=("torch", _words_for_two(case)),
    )


def _words_for_two(case: Case) -> str:
    """PyTorch's words for the number of samples that the network was looked at with."""
    image, wants, weight = case.tensor(), case.facts["wants"], case.facts["weight"]
    sizes = [case.evaluation.path.size(d) if isinstance(d, Expression) else d for d in image.dims]
    listed, groups = ", ".join(map(str, [1, *sizes])), case.facts["groups"]
    return (
        f"Given groups={groups}, weight of size {list(weight)}, expected input[{listed}] to have {number(wants)} "
        f"channels, but got {sizes[0]} channels instead"
    )
