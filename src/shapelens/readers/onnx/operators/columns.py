"""Columns folded back to an image."""

from __future__ import annotations

from shapelens.operators import ColumnsToImage
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("Col2Im")
def columns_to_image(call: Call) -> Translation:
    """Inputs: columns, the image's size, the size of a block."""
    operator = ColumnsToImage(
        stride=call.integers("strides") or 1,
        padding=call.pairs("pads") or (),
        dilation=call.integers("dilations") or 1,
        batched=True,
    )
    return Translation(operator, call.leading(3, required=3))
