"""Lines on an upright rectangle, for where colours are not to be had: cut to it here, so that every format has them."""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.drawing.scene import Circle, Line, Paint

__all__ = ["hatched"]

_SLANT, _LEVEL, _DOT = 2.4, 2.2, 2.6


def hatched(
    left: float, top: float, right: float, bottom: float, hatch: str, stroke: str
) -> Iterator[Line | Circle]:
    """The lines of a hatch inside a rectangle.

    Args:
        left: of the rectangle.
        top: of the rectangle.
        right: of the rectangle.
        bottom: of the rectangle.
        hatch: `slanted`, `level`, `dotted`, `crossed`; empty for none.
        stroke: the colour of its lines.
    """
    paint = Paint(stroke=stroke, width=0.35)
    if hatch == "level":
        count = int((bottom - top) / _LEVEL)
        for number in range(1, count + 1):
            y = top + number * _LEVEL
            if y < bottom:
                yield Line(((left, y), (right, y)), paint)
    elif hatch == "dotted":
        for row in range(1, int((bottom - top) / _DOT) + 1):
            for column in range(1, int((right - left) / _DOT) + 1):
                x, y = left + (column - 0.5) * _DOT, top + (row - 0.5) * _DOT
                yield Circle((x, y), 0.35, Paint(fill=stroke))
    elif hatch in {"slanted", "crossed"}:
        yield from _slanted(left, top, right, bottom, paint, is_falling=False)
        if hatch == "crossed":
            yield from _slanted(left, top, right, bottom, paint, is_falling=True)


def _slanted(
    left: float, top: float, right: float, bottom: float, paint: Paint, *, is_falling: bool
) -> Iterator[Line]:
    """Lines at 45 degrees, each cut where it leaves the rectangle."""
    width, height = right - left, bottom - top
    for number in range(1, int((width + height) / _SLANT) + 1):
        reach = number * _SLANT
        start = (min(reach, width), max(reach - width, 0.0))
        end = (max(reach - height, 0.0), min(reach, height))
        if is_falling:
            start, end = (width - start[0], start[1]), (width - end[0], end[1])
        yield Line(((left + start[0], top + start[1]), (left + end[0], top + end[1])), paint)
