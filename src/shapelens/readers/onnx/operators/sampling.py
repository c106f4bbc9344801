"""Sampling where a grid says."""

from __future__ import annotations

from shapelens.operators import AffineGrid, GridSample
from shapelens.readers.onnx.translation import Call, Translation, translates

_MODES = {"bilinear": "linear", "bicubic": "cubic"}
"""What version 20 calls the modes of version 16."""


@translates("GridSample")
def grid_sample(call: Call) -> Translation:
    mode = call.attribute("mode", "linear")
    return Translation(GridSample(_MODES.get(mode, mode)), (call.input(0), call.input(1)))


@translates("AffineGrid")
def affine_grid(call: Call) -> Translation:
    return Translation(AffineGrid(), (call.input(0), call.input(1)))
