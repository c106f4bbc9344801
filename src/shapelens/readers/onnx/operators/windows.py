"""Convolution and pooling."""

from __future__ import annotations

from shapelens.operators import (
    Convolution,
    DeformableConvolution,
    GlobalPool,
    MaxUnpool,
    Pool,
    RegionPool,
    TransposedConvolution,
)
from shapelens.operators.windows import SAME, SAME_LOWER, VALID, Padding
from shapelens.readers.onnx.translation import AttributeKindError, Call, Translation, translates

_AUTOMATIC = {"SAME_UPPER": SAME, "SAME_LOWER": SAME_LOWER, "VALID": VALID}


def _padding(call: Call) -> Padding:
    """`auto_pad`, or `pads`: all that stand before, then all that stand after."""
    automatic = call.attribute("auto_pad", "NOTSET")
    if automatic in _AUTOMATIC:
        return _AUTOMATIC[automatic]
    return call.pairs("pads") or ()


@translates("Conv")
def convolution(call: Call) -> Translation:
    operator = Convolution(
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        batched=True,
    )
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))


@translates("ConvInteger")
def integer_convolution(call: Call) -> Translation:
    operator = convolution(call).operator.with_settings(dtype="int32")
    return Translation(operator, (call.input(0), call.input(1)))


@translates("QLinearConv")
def quantised_convolution(call: Call) -> Translation:
    """Inputs: x, its scale and zero point, w, its scale and zero point, y's scale and zero point, bias."""
    return Translation(convolution(call).operator, (call.input(0), call.input(3), call.input(8)))


@translates("ConvTranspose")
def transposed_convolution(call: Call) -> Translation:
    operator = TransposedConvolution(
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        output_padding=call.integers("output_padding") or 0,
        output_size=call.integers("output_shape"),
        same_cuts=True,
        batched=True,
    )
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))


@translates("DeformConv")
def deformable_convolution(call: Call) -> Translation:
    operator = DeformableConvolution(
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        offset_groups=call.attribute("offset_group", 1),
        batched=True,
    )
    return Translation(operator, tuple(call.input(place) for place in range(5)))


def _pool(call: Call, kind: str) -> Translation:
    kernel = call.integers("kernel_shape") or ()
    operator = Pool(
        kind,
        kernel,
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        ceil_mode=bool(call.attribute("ceil_mode", 0)),
        with_indices=kind == "max" and len(call.node.outputs) > 1,
        batched=True,
    )
    return Translation(operator, (call.input(0),))


@translates("MaxPool")
def max_pool(call: Call) -> Translation:
    return _pool(call, "max")


@translates("AveragePool")
def average_pool(call: Call) -> Translation:
    return _pool(call, "average")


@translates("LpPool")
def lp_pool(call: Call) -> Translation:
    return _pool(call, "lp")


@translates("GlobalAveragePool")
def global_average_pool(call: Call) -> Translation:
    return Translation(GlobalPool("average"), (call.input(0),))


@translates("GlobalMaxPool")
def global_max_pool(call: Call) -> Translation:
    return Translation(GlobalPool("max"), (call.input(0),))


@translates("GlobalLpPool")
def global_lp_pool(call: Call) -> Translation:
    return Translation(GlobalPool("lp"), (call.input(0),))


@translates("MaxRoiPool")
def max_region_pool(call: Call) -> Translation:
    size = call.integers("pooled_shape") or ()
    if len(size) != len(("height", "width")):
        raise AttributeKindError("pooled_shape")
    return Translation(RegionPool((size[0], size[1]), aligned=False), (call.input(0), call.input(1)))


@translates("RoiAlign")
def region_align(call: Call) -> Translation:
    size = (call.attribute("output_height", 1), call.attribute("output_width", 1))
    return Translation(RegionPool(size), (call.input(0), call.input(1), call.input(2)))


@translates("MaxUnpool")
def max_unpool(call: Call) -> Translation:
    operator = MaxUnpool(
        call.integers("kernel_shape") or (),
        stride=call.integers("strides") or 1,
        padding=call.pairs("pads") or (),
        batched=True,
    )
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))
