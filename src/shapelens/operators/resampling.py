"""Which cells are seen when a tensor is sampled anew: the neighbours of every output cell, phase by phase.

    >>> sampled(2, (14, 28), 2.0, Sampling("linear")).spans
    ((-1, 0), (0, 1))

Cells that lie outside of the tensor are clamped to its border, and count as seen there. Places are exact fractions;
frameworks compute them in single precision, and for one or two pairs of sizes in a hundred some cell that lies on the
edge between two is given the other one.

Source: the `coordinate_transformation_mode`s of ONNX' Resize; PyTorch's `nearest` is `asymmetric` with `floor`, its
`nearest-exact` `half_pixel` with `round_prefer_ceil`, and its `area` an adaptive average pooling.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from shapelens.dims import Dim, Unknown
from shapelens.dims.rounding import single
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, Span, sampled_cells
from shapelens.records import dataclass

__all__ = ["ALIGN_CORNERS", "AREA", "ASYMMETRIC", "CROP", "HALF_PIXEL", "NEAREST", "Sampling", "sampled"]

NEAREST = "nearest"
AREA = "area"

HALF_PIXEL = "half_pixel"
ASYMMETRIC = "asymmetric"
ALIGN_CORNERS = "align_corners"
WHOLE_PIXEL = "tf_half_pixel_for_nn"
HALF_PIXEL_BUT_ONE = "pytorch_half_pixel"
HALF_PIXEL_SYMMETRIC = "half_pixel_symmetric"

SIMPLE = "simple"
CROP = "tf_crop_and_resize"

_HALF = Fraction(1, 2)
_HALF_WIDTHS = {"linear": 1, "cubic": 2, "lanczos": 3}
"""How many cells an interpolation reaches to each side."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How cells are sampled; the names are explained at `Resize`.

    Args:
        mode: how far an output cell sees.
        coordinates: where it lies.
        nearest: how the nearest cell is found.
        antialias: whether shrinking averages over all cells between.
        centred: whether antialiasing lays aligned corners half a step inside, as PyTorch does.
    """

    mode: str = NEAREST
    coordinates: str = HALF_PIXEL
    nearest: str = "floor"
    antialias: bool = False
    centred: bool = False


def sampled(axis: int, sizes: tuple[Dim, Dim], scale: float | Fraction | None, how: Sampling) -> Link:
    """How the cells of one axis see the same axis before it was resized.

    Args:
        axis: the axis.
        sizes: its size before and after.
        scale: the factor that was given; None where the sizes decide it.
        how: where the cells lie, and how far they see.
    """
    ratio = _between(sizes) if scale is None or how.mode == AREA else _reciprocal(scale)
    if ratio is None:
        return Link(0, axis, axis, spans=None)
    if how.mode == AREA:
        return sampled_cells(0, axis, axis, ratio, Fraction(0), lambda at: (floor(at), ceil(at + ratio) - 1))
    step = _between(sizes, 1) if how.coordinates == ALIGN_CORNERS else ratio
    offset = None if step is None else _offset(sizes, step, how)
    if step is None or offset is None:
        return Link(0, axis, axis, spans=None)
    width = step if how.centred else ratio
    return sampled_cells(0, axis, axis, step, offset, lambda at: _seen(at, width, how))


def _seen(at: Fraction, width: Fraction, how: Sampling) -> Span:
    """The first and the last cell that are seen from a place; antialiasing sees as many times farther as `width`."""
    if how.mode == NEAREST:
        rounding = ("ceil" if width > 1 else "floor") if how.nearest == SIMPLE else how.nearest
        cell = _ROUNDINGS[rounding](at)
        return cell, cell
    smooths = how.antialias and width > 1
    if at.denominator == 1 and not smooths:
        return int(at), int(at)
    reach = _HALF_WIDTHS.get(how.mode, 1) * (width if smooths else 1)
    return floor(at - reach) + 1, ceil(at + reach) - 1


_ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "ceil": ceil,
    "round_prefer_floor": lambda at: ceil(at - _HALF),
    "round_prefer_ceil": lambda at: floor(at + _HALF),
}


def _offset(sizes: tuple[Dim, Dim], step: Fraction, how: Sampling) -> Fraction | None:
    """Where the first output cell lies; None where that is not known."""
    if how.coordinates == ASYMMETRIC:
        return Fraction(0)
    if how.coordinates == ALIGN_CORNERS:
        return (step - 1) / 2 if how.antialias and how.centred else Fraction(0)
    if how.coordinates == WHOLE_PIXEL:
        return step / 2
    before, after = sizes
    if how.coordinates == HALF_PIXEL_BUT_ONE and isinstance(after, int) and after == 1:
        return Fraction(0)
    centre = (step - 1) / 2
    if how.coordinates != HALF_PIXEL_SYMMETRIC or _between(sizes) == step:
        return centre
    # What a size loses when it is rounded down is taken off at both ends.
    known = isinstance(before, int) and isinstance(after, int)
    return (before - after * step) / 2 + centre if known else None


def _between(sizes: tuple[Dim, Dim], less: int = 0) -> Fraction | None:
    """How far the places of neighbouring output cells are apart, by the sizes; None where that is not known.

    Args:
        sizes: the size before and after.
        less: by how much both are diminished: by 1 where the corners lie on each other.
    """
    before, after = sizes
    if isinstance(before, int) and isinstance(after, int) and before >= 1 and after >= 1:
        return Fraction(before - less, after - less) if after > less else Fraction(0)
    return Fraction(1) if not isinstance(before, Unknown) and before == after else None


def _reciprocal(scale: float | Fraction) -> Fraction | None:
    """One over a scale; a scale such as 0.6 is the fraction that it was meant for."""
    if isinstance(scale, Fraction):
        return 1 / scale
    near = Fraction(scale).limit_denominator(MAXIMUM_PERIOD)
    return 1 / near if near and single(float(near)) == single(scale) else None
