"""Convolutions, transposed ones and deformable ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.operators import Convolution, DeformableConvolution, Transpose, TransposedConvolution
from shapelens.readers.building import symmetric
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value

_Setting = int | Sequence[int]


def per_axis(setting: Any, axes: int) -> tuple[int, ...]:
    """A setting for each axis, from one for all."""
    given = tuple(setting) if isinstance(setting, (tuple, list)) else (setting,)
    return given * axes if len(given) == 1 else given


def both_sides(setting: _Setting, axes: int) -> tuple[tuple[int, int], ...]:
    """A padding alike before and after each axis."""
    return tuple([(cells, cells) for cells in per_axis(setting, axes)])


@translates("conv1d conv2d conv3d")
def convolution(
    call: Call,
    input: Value,
    weight: Value,
    bias: Value | None = None,
    stride: _Setting = 1,
    padding: str | _Setting = 0,
    dilation: _Setting = 1,
    groups: int = 1,
) -> Value:
    axes = int(call.function[4])
    sides = padding if isinstance(padding, str) else both_sides(padding, axes)
    operator = Convolution(per_axis(stride, axes), sides, per_axis(dilation, axes), groups)
    return call.one(operator, input, weight, bias)


@translates("conv_transpose1d conv_transpose2d conv_transpose3d")
def transposed_convolution(
    call: Call,
    input: Value,
    weight: Value,
    bias: Value | None = None,
    stride: _Setting = 1,
    padding: _Setting = 0,
    output_padding: _Setting = 0,
    groups: int = 1,
    dilation: _Setting = 1,
) -> Value:
    axes = int(call.function[-2])
    operator = TransposedConvolution(
        per_axis(stride, axes),
        both_sides(padding, axes),
        per_axis(dilation, axes),
        groups,
        output_padding=per_axis(output_padding, axes),
    )
    return call.one(operator, input, weight, bias)


@translates("convolution")
def any_convolution(
    call: Call,
    input: Value,
    weight: Value,
    bias: Value | None,
    stride: _Setting,
    padding: _Setting,
    dilation: _Setting,
    transposed: bool,
    output_padding: _Setting,
    groups: int,
) -> Value:
    """PyTorch's own kernel, for any number of axes."""
    axes = weight.tensor.rank - 2
    steps, rates = per_axis(stride, axes), per_axis(dilation, axes)
    sides = both_sides(padding, axes)
    if not transposed:
        return call.one(Convolution(steps, sides, rates, groups), input, weight, bias)
    more = per_axis(output_padding, axes)
    operator = TransposedConvolution(steps, sides, rates, groups, output_padding=more)
    return call.one(operator, input, weight, bias)


@translates("conv_tbc")
def steps_first(call: Call, input: Value, weight: Value, bias: Value, pad: int = 0) -> Value:
    """Steps × batch × channels, and a weight of width × in × out."""
    image = call.one(Transpose((1, 2, 0)), input)
    out = call.one(Convolution((1,), ((pad, pad),)), image, call.one(Transpose((2, 1, 0)), weight), bias)
    return call.one(Transpose((2, 0, 1)), out)


@translates("deform_conv2d")
def deformable_convolution(
    call: Call,
    input: Value,
    weight: Value,
    offset: Value,
    mask: Value,
    bias: Value,
    stride_h: int,
    stride_w: int,
    pad_h: int,
    pad_w: int,
    dilation_h: int,
    dilation_w: int,
    groups: int,
    offset_groups: int,
    use_mask: bool,
) -> Value:
    """As `torchvision.ops.deform_conv2d` calls it, which has worked the groups out."""
    operator = DeformableConvolution(
        (stride_h, stride_w),
        symmetric((pad_h, pad_w), 2),
        (dilation_h, dilation_w),
        groups,
        offset_groups=offset_groups,
    )
    return call.one(operator, input, weight, offset, bias, mask if use_mask else None)
