"""Channels made into space and back, windows unrolled into columns, and other views of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim, equal
from shapelens.operators import (
    ChannelShuffle,
    ColumnsToImage,
    DepthToSpace,
    Frames,
    Identity,
    ImageToColumns,
    SpaceToDepth,
    Strided,
)
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.convolution import both_sides, per_axis
from shapelens.readers.torch.functions.symbols import holds
from shapelens.readers.torch.recording import Value

_Setting = int | Sequence[int]


@translates("pixel_shuffle")
def pixel_shuffle(call: Call, input: Value, upscale_factor: int) -> Value:
    return call.one(DepthToSpace(upscale_factor), input)


@translates("pixel_unshuffle")
def pixel_unshuffle(call: Call, input: Value, downscale_factor: int) -> Value:
    """An image without cells stays as it is."""
    spatial = input.tensor.dims[-2:]
    is_empty = any(holds(call, equal(size, 0)) for size in input.tensor.dims)
    if is_empty and all(holds(call, equal(size % downscale_factor, 0)) for size in spatial):
        return call.one(Identity(), input)
    return call.one(SpaceToDepth(downscale_factor), input)


@translates("channel_shuffle native_channel_shuffle")
def channel_shuffle(call: Call, input: Value, groups: int) -> Value:
    return call.one(ChannelShuffle(groups), input)


@translates("unfold")
def unfold(call: Call, input: Value, *settings: Any, **named: Any) -> Value:
    """A function of images and a method of any tensor have this name: `x.unfold(dimension, size, step)`."""
    if len(settings) == 3 or "dimension" in named or "step" in named:
        return frames(call, input, *settings, **named)
    return columns(call, input, *settings, **named)


def frames(call: Call, input: Value, dimension: int, size: Dim, step: Dim) -> Value:
    """Windows along one axis, whose cells are an axis at the end."""
    return call.one(Frames(dimension, size, step), input)


def columns(
    call: Call,
    input: Value,
    kernel_size: _Setting,
    dilation: _Setting = 1,
    padding: _Setting = 0,
    stride: _Setting = 1,
) -> Value:
    """Every window a column."""
    sides = both_sides(padding, 2)
    operator = ImageToColumns(per_axis(kernel_size, 2), per_axis(stride, 2), sides, per_axis(dilation, 2))
    return call.one(operator, input)


@translates("im2col")
def image_to_columns(
    call: Call, input: Value, kernel_size: _Setting, dilation: _Setting, padding: _Setting, stride: _Setting
) -> Value:
    return columns(call, input, kernel_size, dilation, padding, stride)


@translates("fold col2im")
def fold(
    call: Call,
    input: Value,
    output_size: Any,
    kernel_size: _Setting,
    dilation: _Setting = 1,
    padding: _Setting = 0,
    stride: _Setting = 1,
) -> Value:
    operator = ColumnsToImage(
        per_axis(output_size, 2),
        per_axis(kernel_size, 2),
        per_axis(stride, 2),
        both_sides(padding, 2),
        per_axis(dilation, 2),
    )
    return call.one(operator, input)


@translates("as_strided as_strided_copy")
def strided(
    call: Call,
    input: Value,
    size: Sequence[Dim],
    stride: Sequence[Dim],
    storage_offset: Dim | None = None,
    *_: Any,
    **__: Any,
) -> Value:
    return call.one(Strided(tuple(size), tuple(stride), storage_offset or 0), input)
