"""Sampling where a grid says."""

from __future__ import annotations

from shapelens.operators import AffineGrid, GridSample
from shapelens.readers.onnx.translation import Call, Translation, translates

_MODES = {
    "nearest": "nearest",
    "linear": "linear",
    "cubic": "cubic",
    "bilinear": "linear",
    "bicubic": "cubic",
}
"""The last two are what version 16 called those of version 20."""


@translates("GridSample")
def grid_sample(call: Call) -> Translation:
    mode = _MODES[call.word("mode", "linear", _MODES)]
    return Translation(GridSample(mode), (call.given(0), call.given(1)))


@translates("AffineGrid")
def affine_grid(call: Call) -> Translation:
    return Translation(AffineGrid(), (call.given(0), call.given(1)))
