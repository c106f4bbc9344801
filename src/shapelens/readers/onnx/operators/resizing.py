"""Resizing."""

from __future__ import annotations

from typing import Any

from shapelens.operators import Resize
from shapelens.operators.resampling import ALIGN_CORNERS, ASYMMETRIC, CROP, HALF_PIXEL
from shapelens.operators.resizing import NOT_LARGER, NOT_SMALLER, STRETCH
from shapelens.readers.onnx.translation import Call, Translation, translates

_MODES = frozenset({"nearest", "linear", "cubic"})
_ROUNDINGS = frozenset({"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})
_POLICIES = frozenset({STRETCH, NOT_LARGER, NOT_SMALLER})
COORDINATES = frozenset(
    {
        *(ALIGN_CORNERS, ASYMMETRIC, CROP, HALF_PIXEL),
        *("half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn"),
    }
)

_SIMPLE: dict[str, Any] = {"coordinates": ASYMMETRIC, "nearest": "simple", "precision": "single"}
"""How cells lay before version 11."""


@translates("Resize")
def resize(call: Call) -> Translation:
    """Version 10 had scales alone; 11 brought a region, sizes, and a say in where the cells lie."""
    mode = call.word("mode", "nearest", _MODES)
    if call.version < 11:
        return Translation(Resize(mode=mode, **_SIMPLE), (call.given(0), None, call.input(1)))
    operator = Resize(
        axes=call.integers("axes"),
        mode=mode,
        coordinates=call.word("coordinate_transformation_mode", HALF_PIXEL, COORDINATES),
        nearest=call.word("nearest_mode", "round_prefer_floor", _ROUNDINGS),
        antialias=bool(call.attribute("antialias", 0)),
        policy=call.word("keep_aspect_ratio_policy", STRETCH, _POLICIES),
        precision="single",
    )
    return Translation(operator, call.leading(4))


@translates("Upsample")
def upsample(call: Call) -> Translation:
    """The scales were an attribute before version 9."""
    operator = Resize(
        call.numbers("scales") if call.version < 9 else None,
        mode=call.word("mode", "nearest", _MODES),
        least_scale=1.0,
        **_SIMPLE,
    )
    return Translation(operator, (call.given(0), None, call.input(1)))
