"""Padding and cropping."""

from __future__ import annotations

from shapelens.operators import CenterCropPad, Pad
from shapelens.operators.padding import CIRCULAR, CONSTANT, REFLECT, REPLICATE
from shapelens.readers.onnx.translation import Call, Translation, translates

_MODES = {"constant": CONSTANT, "reflect": REFLECT, "edge": REPLICATE, "wrap": CIRCULAR}


@translates("Pad")
def pad(call: Call) -> Translation:
    """The paddings were an attribute before version 11, and called otherwise in the first."""
    mode = _MODES[call.word("mode", "constant", _MODES)]
    pads = call.pairs("paddings" if call.version < 2 else "pads") if call.version < 11 else None
    operator = Pad(pads, mode=mode, cuts_first=True, turns=True)
    return Translation(operator, call.leading(4))


@translates("CenterCropPad")
def centre_crop_or_pad(call: Call) -> Translation:
    return Translation(CenterCropPad(axes=call.integers("axes")), (call.given(0), call.input(1)))
