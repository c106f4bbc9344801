"""Padding and cropping."""

from __future__ import annotations

from shapelens.operators import CenterCropPad, Pad
from shapelens.operators.padding import CIRCULAR, CONSTANT, REFLECT, REPLICATE
from shapelens.readers.onnx.translation import AttributeKindError, Call, Translation, translates

_MODES = {"constant": CONSTANT, "reflect": REFLECT, "edge": REPLICATE, "wrap": CIRCULAR}


@translates("Pad")
def pad(call: Call) -> Translation:
    """The paddings were an attribute before version 11, and called otherwise in the first."""
    mode = _MODES.get(call.attribute("mode", "constant"))
    if mode is None:
        raise AttributeKindError("mode")
    pads = call.pairs("paddings" if call.version < 2 else "pads") if call.version < 11 else None
    operator = Pad(pads, mode=mode, cuts_first=True, turns=True)
    return Translation(operator, tuple([call.input(place) for place in range(4)]))


@translates("CenterCropPad")
def centre_crop_or_pad(call: Call) -> Translation:
    return Translation(CenterCropPad(axes=call.integers("axes")), (call.input(0), call.input(1)))
