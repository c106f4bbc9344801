"""SL103: channels that stand last where a convolution takes them to stand first, or the other way round."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import fed_instead
from shapelens.analyses.findings.framework_words import channel_words
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.dims import Unknown, shape_text
from shapelens.operators import Tensor, Transpose

__all__ = ["misplaced_axis", "tell_channels_last"]

_FIRST = {3: "C×L", 4: "C×H×W", 5: "C×D×H×W"}
_LAST = {3: "L×C", 4: "H×W×C", 5: "D×H×W×C"}


def misplaced_axis(image: Tensor, wants: object, axis: int) -> bool:
    """Whether the wanted number stands at the other end of an image instead."""
    if isinstance(image.shape, Unknown) or image.rank < 3:
        return False
    if axis == image.rank - 1:
        return image.rank > 3 and bool(image.shape[1] == wants)
    is_square = (
        image.rank > 3 and image.shape[-1] == image.shape[-2]
    )  # that both are as many is a coincidence
    return bool(image.shape[-1] == wants) and not is_square


def tell_channels_last(case: Case) -> Told:
    """An image whose channels stand at the other end."""
    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    image, is_last = case.tensor(), case.facts["axis"] == case.tensor().rank - 1
    rank, read = image.rank, (_LAST if is_last else _FIRST)
    own = {"torch": "PyTorch's order", "classic": "PyTorch's order", "notation": "PyTorch's order"}
    whose = "Keras' order" if is_last else own.get(case.evaluation.network.origin.kind, "ONNX' order")
    there = _FIRST[rank] if is_last else _LAST[rank]
    places = image.dims[1:-1] if is_last else image.dims[2:]
    order = (0, *range(2, rank), 1) if is_last else (0, rank - 1, *range(1, rank - 1))
    sample = tuple([image.dims[axis] for axis in order[1:]])
    written = f"x.permute({', '.join(map(str, order))})"
    proposals = fed_instead(case, sample, written)
    value = case.step.node.inputs[0]
    if not proposals and value is not None:
        moved = put_in(case.step.node.name, value, Transpose(order))
        proposals = [Proposal(f"{written} before it", moved)]
    end = "first" if is_last else "last"
    return case.told(
        "SL103",
        f"read as {read[rank]}, {whose}: {number(gets)} channels of {shape_text(places)}",
        f"weight {shape_text(weight)} wants {number(wants)}, gets {number(gets)}; the {number(wants)} stands {end}, "
        f"as in {there}",
        summary=f"this {case.words_without_shapes} takes {number(wants)} channels and gets {number(gets)}",
        proposals=proposals,
        framework=("", "") if is_last else ("torch", channel_words(case, image)),
    )
