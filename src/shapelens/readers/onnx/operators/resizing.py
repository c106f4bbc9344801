"""Resizing."""

from __future__ import annotations

from typing import Any

from shapelens.operators import Resize
from shapelens.operators.resampling import ASYMMETRIC
from shapelens.readers.onnx.translation import Call, Translation, translates

_SIMPLE: dict[str, Any] = {"coordinates": ASYMMETRIC, "nearest": "simple", "precision": "single"}
"""How cells lay before version 11."""


@translates("Resize")
def resize(call: Call) -> Translation:
    """Version 10 had scales alone; 11 brought a region, sizes, and a say in where the cells lie."""
    mode = call.attribute("mode", "nearest")
    if call.version < 11:
        return Translation(Resize(mode=mode, **_SIMPLE), (call.input(0), None, call.input(1)))
    operator = Resize(
        axes=call.integers("axes"),
        mode=mode,
        coordinates=call.attribute("coordinate_transformation_mode", "half_pixel"),
        nearest=call.attribute("nearest_mode", "round_prefer_floor"),
        antialias=bool(call.attribute("antialias", 0)),
        policy=call.attribute("keep_aspect_ratio_policy", "stretch"),
        precision="single",
    )
    return Translation(operator, tuple([call.input(place) for place in range(4)]))


@translates("Upsample")
def upsample(call: Call) -> Translation:
    """The scales were an attribute before version 9."""
    operator = Resize(
        call.numbers("scales") if call.version < 9 else None,
        mode=call.attribute("mode", "nearest"),
        least_scale=1.0,
        **_SIMPLE,
    )
    return Translation(operator, (call.input(0), None, call.input(1)))
