"""Convolution and pooling."""

from __future__ import annotations

from dataclasses import replace

from shapelens.dims import Unknown
from shapelens.operators import (
    CausalConvolution,
    Convolution,
    DeformableConvolution,
    GlobalPool,
    MaxUnpool,
    Pool,
    RegionPool,
    TransposedConvolution,
)
from shapelens.operators.windows import SAME, SAME_LOWER, VALID, Padding
from shapelens.readers.onnx.translation import (
    AttributeKindError,
    Call,
    Translation,
    TranslationError,
    translates,
)

_AUTOMATIC = {"SAME_UPPER": SAME, "SAME_LOWER": SAME_LOWER, "VALID": VALID}


def _padding(call: Call) -> Padding:
    """`auto_pad`, or `pads`: all that stand before, then all that stand after."""
    automatic = call.word("auto_pad", "NOTSET", {"NOTSET", *_AUTOMATIC})
    return _AUTOMATIC.get(automatic) or call.pairs("pads") or ()


# What a stride beyond the window leaves over is cut off at both ends; of a convolution one cell less, as executions in
# onnxruntime show. It refuses a max pool of that kind, and onnx' own evaluator reads other cells than of a mean.
_KEPT_OF_CONVOLUTION, _KEPT_OF_POOL = 1, 0
_KEPT_OF_MAX = Unknown("onnxruntime refuses `same` for a max pool with a stride beyond its window")


def _cut_less(padding: Padding, cut_less: int | Unknown) -> int | Unknown | None:
    return cut_less if padding in {SAME, SAME_LOWER} else None


def _check_kernel(call: Call, weight: int = 1) -> None:
    """The kernel is the weight's; an attribute may say it again.

    Raises:
        TranslationError: it says another one.
    """
    said = call.integers("kernel_shape")
    shape = call.held_shape(weight)
    if said and shape is not None and said != shape[2:]:
        raise TranslationError(f"its kernel_shape is {said}, and its weight is of shape {shape}")


@translates("Conv")
def convolution(call: Call) -> Translation:
    _check_kernel(call)
    return Translation(_convolution(call), call.leading(3, required=2))


def _convolution(call: Call) -> Convolution:
    padding = _padding(call)
    return Convolution(
        stride=call.integers("strides") or 1,
        padding=padding,
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        batched=True,
        cut_less=_cut_less(padding, _KEPT_OF_CONVOLUTION),
    )


@translates("ConvInteger")
def integer_convolution(call: Call) -> Translation:
    _check_kernel(call)
    return Translation(_convolution(call).with_settings(dtype="int32"), call.leading(2, required=2))


@translates("QLinearConv")
def quantised_convolution(call: Call) -> Translation:
    """Inputs: x, its scale and zero point, w, its scale and zero point, y's scale and zero point, bias."""
    _check_kernel(call, weight=3)
    operator = _convolution(call)
    if call.attribute("channels_last", 0):  # in onnxruntime's own domain
        operator = replace(operator, channels_last=True)
    return Translation(operator, (call.given(0), call.given(3), call.input(8)))


@translates("ConvTranspose")
def transposed_convolution(call: Call) -> Translation:
    _check_kernel(call)
    operator = TransposedConvolution(
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        output_padding=call.integers("output_padding") or 0,
        output_size=call.integers("output_shape") or None,
        same_cuts=True,
        batched=True,
    )
    return Translation(operator, call.leading(3, required=2))


@translates("DeformConv")
def deformable_convolution(call: Call) -> Translation:
    _check_kernel(call)
    operator = DeformableConvolution(
        stride=call.integers("strides") or 1,
        padding=_padding(call),
        dilation=call.integers("dilations") or 1,
        groups=call.attribute("group", 1),
        offset_groups=call.attribute("offset_group", 1),
        batched=True,
    )
    return Translation(operator, call.leading(5, required=2))


@translates("CausalConvWithState")
def causal_convolution(call: Call) -> Translation:
    return Translation(CausalConvolution(), call.leading(4, required=2))


def _pool(call: Call, kind: str) -> Translation:
    kernel = call.integers("kernel_shape") or ()
    padding = _padding(call)
    operator = Pool(
        kind,
        kernel,
        stride=call.integers("strides") or 1,
        padding=padding,
        dilation=call.integers("dilations") or 1,
        ceil_mode=bool(call.attribute("ceil_mode", 0)),
        with_indices=kind == "max" and len(call.node.outputs) > 1,
        batched=True,
        count_include_pad=kind != "average" or bool(call.attribute("count_include_pad", 0)),
        norm=call.attribute("p", 2.0) if kind == "lp" else 2,
        cut_less=_cut_less(padding, _KEPT_OF_MAX if kind == "max" else _KEPT_OF_POOL),
    )
    return Translation(operator, (call.given(0),))


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
    return Translation(GlobalPool("average"), (call.given(0),))


@translates("GlobalMaxPool")
def global_max_pool(call: Call) -> Translation:
    return Translation(GlobalPool("max"), (call.given(0),))


@translates("GlobalLpPool")
def global_lp_pool(call: Call) -> Translation:
    return Translation(GlobalPool("lp"), (call.given(0),))


@translates("MaxRoiPool")
def max_region_pool(call: Call) -> Translation:
    size = call.integers("pooled_shape") or ()
    if len(size) != len(("height", "width")):
        raise AttributeKindError("pooled_shape")
    return Translation(RegionPool((size[0], size[1]), aligned=False), call.leading(2, required=2))


@translates("RoiAlign")
def region_align(call: Call) -> Translation:
    size = (call.attribute("output_height", 1), call.attribute("output_width", 1))
    return Translation(RegionPool(size), call.leading(3, required=2))


@translates("MaxUnpool")
def max_unpool(call: Call) -> Translation:
    operator = MaxUnpool(
        call.integers("kernel_shape") or (),
        stride=call.integers("strides") or 1,
        padding=call.pairs("pads") or (),
        batched=True,
    )
    return Translation(operator, call.leading(3, required=2))
