"""Resizing: images sampled anew at another size, and where a grid says."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Dim
from shapelens.operators import AffineGrid, GridSample, Resize
from shapelens.operators.resampling import ALIGN_CORNERS, AREA, ASYMMETRIC, HALF_PIXEL, NEAREST
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.ratios import exact_fraction
from shapelens.readers.torch.functions.symbols import held
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import Value

_SAMPLINGS = {
    "nearest": NEAREST,
    "nearest-exact": NEAREST,
    "linear": "linear",
    "bilinear": "linear",
    "trilinear": "linear",
    "bicubic": "cubic",
    "lanczos": "lanczos",
    "area": AREA,
}
"""How each mode samples."""

_GRID_MODES = ("linear", "nearest", "cubic")
"""The modes of a grid sample in the order of their numbers."""


@translates("interpolate upsample")
def interpolate(
    call: Call,
    input: Value,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Value:
    axes = input.tensor.rank - 2
    sizes = None if size is None else _for_each(size, axes)
    scales = None
    if sizes is None:
        factors = _for_each(scale_factor, axes)
        sizes = _exact_sizes(input.tensor.dims[2:], factors)
        scales = None if sizes is not None else tuple([float(held(call, factor)) for factor in factors])
    return _resized(
        call,
        input,
        sizes,
        scales,
        mode,
        aligned=bool(align_corners),
        antialias=bool(antialias),
        recomputed=bool(recompute_scale_factor),
    )


def _for_each(setting: Any, axes: int) -> tuple[Any, ...]:
    """A setting for each axis, from one for all."""
    return tuple(setting) if isinstance(setting, (list, tuple)) else (setting,) * axes


def _exact_sizes(sizes: tuple[Dim, ...], factors: tuple[Any, ...]) -> tuple[Dim, ...] | None:
    """The sizes that come out of factors which are computed from sizes; None where a rounding may decide.

    A factor with a power of two below is a float, and so is its product with a size.
    """
    if all(isinstance(factor, (int, float)) and not isinstance(factor, TracedFloat) for factor in factors):
        return None
    found: list[Dim] = []
    for size, factor in zip(sizes, factors, strict=True):
        fraction = exact_fraction(factor)
        if fraction is None or fraction[1] & (fraction[1] - 1):
            return None
        found.append(size * fraction[0] // fraction[1])
    return tuple(found)


def _resized(
    call: Call,
    input: Value,
    sizes: tuple[Dim, ...] | None,
    scales: tuple[float, ...] | None,
    mode: str,
    *,
    aligned: bool = False,
    antialias: bool = False,
    recomputed: bool = False,
) -> Value:
    axes = input.tensor.rank - 2
    operator = Resize(
        scales=scales,
        sizes=sizes,
        axes=tuple(range(-axes, 0)),
        mode=_SAMPLINGS[mode],
        coordinates=ALIGN_CORNERS if aligned else ASYMMETRIC if mode == "nearest" else HALF_PIXEL,
        nearest="round_prefer_ceil" if mode == "nearest-exact" else "floor",
        antialias=antialias,
        ranks=(axes + 2,),
        recomputed=recomputed,
    )
    return call.one(operator, input)


@translates(
    "upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d "
    "_upsample_nearest_exact3d"
)
def nearest(call: Call, input: Value, output_size: Any, *scales: Any, **_: Any) -> Value:
    mode = "nearest-exact" if "exact" in call.function else "nearest"
    return _by_size_or_scales(call, input, output_size, scales, mode)


@translates(
    "upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d _upsample_bilinear2d_aa "
    "_upsample_bicubic2d_aa _upsample_lanczos2d_aa"
)
def smooth(call: Call, input: Value, output_size: Any, align_corners: bool, *scales: Any, **_: Any) -> Value:
    mode = call.function.removeprefix("_").removeprefix("upsample_").partition("1d")[0].partition("2d")[0]
    antialias = call.function.endswith("aa")
    mode = mode.partition("3d")[0]
    return _by_size_or_scales(
        call, input, output_size, scales, mode, aligned=align_corners, antialias=antialias
    )


def _by_size_or_scales(
    call: Call,
    input: Value,
    size: Any,
    scales: tuple[Any, ...],
    mode: str,
    *,
    aligned: bool = False,
    antialias: bool = False,
) -> Value:
    """PyTorch's own functions behind `interpolate`: a size, or one list of scales."""
    factors = scales[0] if size is None and scales else None
    sizes = None if size is None else tuple(size)
    return _resized(
        call,
        input,
        sizes,
        None if factors is None else tuple([float(held(call, factor)) for factor in factors]),
        mode,
        aligned=bool(aligned),
        antialias=antialias,
    )


@translates("grid_sample grid_sampler grid_sampler_2d grid_sampler_3d")
def grid_sample(
    call: Call, input: Value, grid: Value, mode: Any = "bilinear", *_: Any, **named: Any
) -> Value:
    mode = named.get("interpolation_mode", mode)
    sampling = _GRID_MODES[mode] if isinstance(mode, int) else _SAMPLINGS[mode]
    return call.one(GridSample(sampling, (4, 5)), input, grid)


@translates("affine_grid affine_grid_generator")
def affine_grid(call: Call, theta: Value, size: Any, *_: Any, **__: Any) -> Value:
    return call.one(AffineGrid(tuple(size)), theta)
