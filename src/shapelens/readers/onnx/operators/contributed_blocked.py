"""Operators of onnxruntime's domain for images whose channels lie in blocks, as fully optimised files have them."""

from __future__ import annotations

from shapelens.operators import Reblock, Resize
from shapelens.operators.resampling import ASYMMETRIC
from shapelens.readers.onnx.operators.resizing import COORDINATES
from shapelens.readers.onnx.operators.windows import (
    average_pool,
    convolution,
    global_average_pool,
    global_max_pool,
    max_pool,
)
from shapelens.readers.onnx.translation import Call, Translation, translates

BLOCKED = "com.microsoft.nchwc"

_AS_IN_ONNX = {
    "AveragePool": average_pool,
    "Conv": convolution,
    "GlobalAveragePool": global_average_pool,
    "GlobalMaxPool": global_max_pool,
    "MaxPool": max_pool,
}
"""Operators with the inputs and shapes of ONNX' own; a convolution has filters for whole blocks."""


@translates(*_AS_IN_ONNX, domain=BLOCKED)
def as_in_onnx(call: Call) -> Translation:
    return _AS_IN_ONNX[call.node.operator](call)


@translates("ReorderInput", domain=BLOCKED)
def into_blocks(call: Call) -> Translation:
    return Translation(Reblock(from_last=bool(call.attribute("channels_last", 0))), (call.given(0),))


@translates("ReorderOutput", domain=BLOCKED)
def out_of_blocks(call: Call) -> Translation:
    operator = Reblock(call.attribute("channels", 1), to_last=bool(call.attribute("channels_last", 0)))
    return Translation(operator, (call.given(0),))


@translates("Upsample", domain=BLOCKED)
def upsample(call: Call) -> Translation:
    scales = call.integers("scales")
    operator = Resize(
        None if scales is None else tuple(map(float, scales)),
        mode=call.word("mode", "nearest", {"nearest", "linear"}),
        coordinates=call.word("coordinate_transformation_mode", ASYMMETRIC, COORDINATES),
        precision="single",
    )
    return Translation(operator, (call.given(0),))
