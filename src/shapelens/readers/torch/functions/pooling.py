"""Pooling, fixed and adaptive, and unpooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapelens.operators import AdaptivePool, MaxUnpool, Operator, Pool
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.convolution import both_sides, per_axis
from shapelens.readers.torch.recording import Value

_Setting = int | Sequence[int]


def _axes(function: str) -> int:
    """Over how many axes a function pools, from its name: `max_pool2d`."""
    return int(next(letter for letter in function if letter.isdigit()))


@translates(
    "max_pool1d max_pool2d max_pool3d max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices"
)
def max_pool(
    call: Call,
    input: Value,
    kernel_size: _Setting,
    stride: _Setting | None = None,
    padding: _Setting = 0,
    dilation: _Setting = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    axes = _axes(call.function)
    pool = _window_pool("max", axes, kernel_size, stride, padding, ceil_mode)
    with_indices = _gives_indices(call, return_indices)
    dilated = replace(pool, dilation=per_axis(dilation, axes), with_indices=with_indices)
    return _pooled(call, dilated, input, with_indices)


@translates("avg_pool1d avg_pool2d avg_pool3d")
def average_pool(
    call: Call,
    input: Value,
    kernel_size: _Setting,
    stride: _Setting | None = None,
    padding: _Setting = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Value:
    pool = _window_pool("average", _axes(call.function), kernel_size, stride, padding, ceil_mode)
    counted = replace(pool, count_include_pad=bool(count_include_pad), divisor=divisor_override)
    return call.one(counted, input)


@translates("lp_pool1d lp_pool2d lp_pool3d")
def lp_pool(
    call: Call,
    input: Value,
    norm_type: float,
    kernel_size: _Setting,
    stride: _Setting | None = None,
    ceil_mode: bool = False,
) -> Value:
    pool = _window_pool("lp", _axes(call.function), kernel_size, stride, 0, ceil_mode)
    return call.one(replace(pool, norm=norm_type, norm_of_mean=True), input)


def _window_pool(
    kind: str, axes: int, kernel_size: _Setting, stride: _Setting | None, padding: _Setting, ceil_mode: bool
) -> Pool:
    kernel = per_axis(kernel_size, axes)
    steps, sides = _steps(stride, kernel, axes), both_sides(padding, axes)
    return Pool(kind, kernel, steps, sides, ceil_mode=bool(ceil_mode), half_padding=True)


def _steps(stride: _Setting | None, kernel: tuple[int, ...], axes: int) -> tuple[int, ...]:
    """The stride of each axis; where none is given, the kernel, so that windows stand side by side."""
    return per_axis(stride, axes) if stride not in (None, [], ()) else kernel


def _gives_indices(call: Call, return_indices: bool) -> bool:
    """Whether a function also gives the places that the values came from: it is asked to, or is called so."""
    return return_indices or "indices" in call.function


def _pooled(call: Call, operator: Operator, input: Value, with_indices: bool) -> Any:
    """What a pool gives: its values, and where they came from."""
    return call.add(operator, input, outputs=2) if with_indices else call.one(operator, input)


@translates(
    "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d "
    "adaptive_max_pool3d adaptive_max_pool1d_with_indices adaptive_max_pool2d_with_indices "
    "adaptive_max_pool3d_with_indices"
)
def adaptive_pool(call: Call, input: Value, output_size: Any, return_indices: bool = False) -> Any:
    axes = _axes(call.function)
    sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,)
    sizes = sizes * axes if len(sizes) == 1 else sizes
    kind = "average" if "avg" in call.function else "max"
    with_indices = _gives_indices(call, return_indices)
    return _pooled(call, AdaptivePool(kind, sizes, with_indices=with_indices), input, with_indices)


@translates(
    "fractional_max_pool2d fractional_max_pool3d fractional_max_pool2d_with_indices "
    "fractional_max_pool3d_with_indices"
)
def fractional_pool(
    call: Call,
    input: Value,
    kernel_size: _Setting,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    *_: Any,
    **__: Any,
) -> Any:
    """Windows at random places, as many as are asked for or a share of the size."""
    from shapelens.readers.notation.pytorch.fractional import FractionalPool

    axes = _axes(call.function)
    with_indices = _gives_indices(call, return_indices)
    ratios = () if output_ratio is None else output_ratio
    operator = FractionalPool(
        per_axis(kernel_size, axes),
        None if output_size is None else per_axis(output_size, axes),
        (ratios,) * axes if isinstance(ratios, float) else tuple(ratios),
        with_indices=with_indices,
    )
    return _pooled(call, operator, input, with_indices)


@translates("max_unpool1d max_unpool2d max_unpool3d")
def unpool(
    call: Call,
    input: Value,
    indices: Value,
    kernel_size: _Setting,
    stride: _Setting | None = None,
    padding: _Setting = 0,
    output_size: Sequence[Any] | None = None,
) -> Value:
    axes = _axes(call.function)
    kernel = per_axis(kernel_size, axes)
    sizes = None if output_size is None else tuple(output_size)[-axes:]
    operator = MaxUnpool(kernel, _steps(stride, kernel, axes), both_sides(padding, axes), sizes)
    return call.one(operator, input, indices)
