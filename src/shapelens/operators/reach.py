"""Which input cells an output cell sees, axis by axis: what receptive fields are composed of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd

from shapelens.dims import Dim, Unknown
from shapelens.records import dataclass

__all__ = [
    "MAXIMUM_PERIOD",
    "Link",
    "Span",
    "identity",
    "same_cells",
    "sampled_cells",
    "transposed_window",
    "window",
]

Span = tuple[int, int]
"""The first and the last cell seen, both included; a last before the first is nothing."""

MAXIMUM_PERIOD = 512
"""Resampling by a ratio with more phases than this is not followed cell by cell."""


@dataclass(frozen=True, slots=True)
class Link:
    """How one output axis looks at one input axis.

    The output cell `period · t + r` sees the input cells `advance · t + spans[r]`.

    Args:
        input: the position of the input among the operator's inputs.
        input_axis: the axis that is looked at.
        output_axis: the axis of the cell that looks.
        period: after how many output cells the pattern repeats.
        advance: how many input cells it has moved on by then.
        spans: for each cell of one period, what it sees. None where that depends on what is not known.
        merged: whether other axes share the output axis, so that neighbours are not neighbours any more.
    """

    input: int
    input_axis: int
    output_axis: int
    period: int = 1
    advance: int = 1
    spans: tuple[Span, ...] | None = ((0, 0),)
    merged: bool = False


def identity(position: int, axes: Sequence[tuple[int, int]]) -> tuple[Link, ...]:
    """Each output axis sees one cell of an input axis: pairs of (input axis, output axis)."""
    return tuple([Link(position, source, target) for source, target in axes])


def same_cells(
    inputs: Sequence[Sequence[Dim] | Unknown | None], output: Sequence[Dim] | Unknown
) -> tuple[Link, ...]:
    """Elementwise with broadcasting: trailing axes are aligned; an axis of size 1 is seen from everywhere."""
    if isinstance(output, Unknown):
        return ()
    links: list[Link] = []
    for position, shape in enumerate(inputs):
        if shape is None or isinstance(shape, Unknown):
            continue
        offset = len(output) - len(shape)
        for axis, dim in enumerate(shape):
            if axis + offset < 0:
                continue
            is_broadcast = isinstance(dim, int) and dim == 1
            links.append(Link(position, axis, axis + offset, advance=0 if is_broadcast else 1))
    return tuple(links)


def window(position: int, input_axis: int, output_axis: int, extent: Dim, stride: Dim, before: Dim) -> Link:
    """A window of `extent` cells that moves by `stride` and starts `before` cells before the input."""
    if not (isinstance(before, int) and isinstance(extent, int) and isinstance(stride, int)):
        return Link(position, input_axis, output_axis, spans=None)
    return Link(position, input_axis, output_axis, 1, stride, ((-before, extent - 1 - before),))


def transposed_window(
    position: int, input_axis: int, output_axis: int, kernel: Dim, stride: int, dilation: int, before: Dim
) -> Link:
    """The cells whose stamp covers an output cell: all i with `i·stride + tap·dilation = out + before`."""
    if not isinstance(before, int) or not isinstance(kernel, int) or stride > MAXIMUM_PERIOD:
        return Link(position, input_axis, output_axis, spans=None)
    step = stride // gcd(stride, dilation)
    spans: list[Span] = []
    for cell in range(stride):
        place = cell + before
        # Of the taps that meet the cell, each is a step after the one before; the first sees the last input cell.
        first = next((t for t in range(min(kernel, step)) if (place - t * dilation) % stride == 0), None)
        if first is None:
            spans.append((0, -1))
            continue
        last = first + (kernel - 1 - first) // step * step
        spans.append(((place - last * dilation) // stride, (place - first * dilation) // stride))
    return Link(position, input_axis, output_axis, stride, 1, tuple(spans))


def sampled_cells(
    position: int,
    input_axis: int,
    output_axis: int,
    scale: Fraction,
    offset: Fraction,
    cells: Callable[[Fraction], Span],
) -> Link:
    """Resampling: the output cell `x` lies at `scale · x + offset` of the input, and sees cells around.

        >>> from math import floor
        >>> halves = (Fraction(1, 2), Fraction(0))
        >>> sampled_cells(0, 2, 2, *halves, lambda place: (floor(place), floor(place))).spans
        ((0, 0), (0, 0))

    Args:
        position: the position of the input.
        input_axis: the axis that is looked at.
        output_axis: the axis of the cell that looks.
        scale: how far neighbouring output cells are apart, in input cells.
        offset: where the first output cell lies.
        cells: the first and the last cell that are seen from a place.
    """
    period, advance = scale.denominator, scale.numerator
    if period > MAXIMUM_PERIOD:
        return Link(position, input_axis, output_axis, spans=None)
    spans = tuple([cells(scale * cell + offset) for cell in range(period)])
    return Link(position, input_axis, output_axis, period, advance, spans)
