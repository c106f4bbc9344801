"""The filters of a layer as small blocks: the first, the one that is looked at, and the last."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from shapelens.drawing.layer.subject import LayerSubject
from shapelens.drawing.palette import Theme, blend
from shapelens.drawing.scene import Circle, Element, Group, Label, Line, Paint, Point, Polygon

__all__ = ["AXIS", "SPACE", "Block", "filter_blocks"]

SPACE, AXIS = 112.0, 80.0
"""How tall the largest body of a layer's figure is, and where the middle of all of them lies."""

_TEXT = 6.6
_CELL, _MOST_CELLS, _MOST_DEPTH = 8.4, 7, 4
_FILTER_ROOM = 27.0


class Block:
    """A filter as a small block.

    Args:
        left: of its front.
        top: of its front.
        size: its thickness, height and depth.
        elements: what is painted.
        is_looked_at: whether it is the one of the window.
    """

    def __init__(
        self,
        left: float,
        top: float,
        size: tuple[float, float, float],
        elements: Sequence[Element],
        *,
        is_looked_at: bool,
    ) -> None:
        self.left, self.top, self.size = left, top, size
        self.elements = list(elements)
        self.is_looked_at = is_looked_at

    @property
    def front_right(self) -> float:
        """Where its front ends."""
        return self.left + self.size[0]

    @property
    def front(self) -> tuple[Point, ...]:
        """The corners of its left edge: above and below."""
        return (self.left, self.top), (self.left, self.top + self.size[1])

    @property
    def back(self) -> tuple[Point, ...]:
        """The corners of its right side."""
        right, (_, height, depth) = self.front_right, self.size
        return (
            (right, self.top), (right + depth, self.top - depth),
            (right + depth, self.top + height - depth), (right, self.top + height),
        )  # fmt: skip


def filter_blocks(subject: LayerSubject, x: float, theme: Theme, part: float) -> tuple[list[Block], float]:
    """The first filter, the one that is looked at and the last, with dots for those between; and where they end."""
    count, (_, height, depth) = subject.filters, _filter_size(subject, part)
    looked_at = min(subject.map, count - 1)
    shown = sorted({0, looked_at, count - 1}) if count > 2 or looked_at else list(range(min(count, 2)))
    if len(shown) == 2 and count > 2:
        middle = count // 2
        shown = sorted({*shown, middle})
        looked_at = middle if subject.numbers is None and subject.map == 0 else looked_at
    apart = (
        max((part * SPACE - height) / max(len(shown) - 1, 1), height + depth + 20.0)
        if len(shown) > 1
        else 0.0
    )
    top = AXIS - height / 2 - apart * (len(shown) - 1) / 2
    blocks = []
    for place, number in enumerate(shown):
        is_looked_at = number == looked_at
        block = _block(subject, (x, top + place * apart), part, theme, is_looked_at=is_looked_at)
        words, bottom = f"filter {number}", block.top + height
        if is_looked_at:
            # Planes leave to both sides: under it nothing is in the way.
            block.elements.append(Label((x, bottom + 7.5), words, _TEXT, theme.filter_text))
        else:
            right = block.front_right + block.size[2]
            block.elements.append(Label((right + 3.0, bottom + 1.0), words, _TEXT, theme.text))
        blocks.append(block)
        if place and number > shown[place - 1] + 1:
            middle_y = top + place * apart - (apart - height) / 2 - block.size[2] / 2
            middle_y += 4.0 if blocks[-2].is_looked_at else 1.0
            block.elements += [
                Circle((x + block.size[0] / 2, middle_y + step), 0.9, Paint(fill=theme.second))
                for step in (-3.6, 0.0, 3.6)
            ]
    end = max(block.front_right + block.size[2] for block in blocks)
    return blocks, end


def _filter_size(subject: LayerSubject, part: float) -> tuple[float, float, float]:
    """Thickness, height and depth of a filter as it is drawn: in cells where they are few."""
    kernel = subject.kernel
    cell = part * min(_CELL, _FILTER_ROOM / max(kernel[-1], kernel[-min(len(kernel), 2)]))
    height = cell * (kernel[-2] if len(kernel) > 1 else kernel[0])
    depth = 0.62 * cell * kernel[-1] if len(kernel) > 1 else 0.0
    depths = subject.depth if subject.depth <= _MOST_DEPTH else 1.4 * log2(1 + subject.depth)
    return max(cell * min(depths, 6.0), 3.0), height, depth


def _block(subject: LayerSubject, at: Point, part: float, theme: Theme, *, is_looked_at: bool) -> Block:
    (x, top), (thickness, height, depth) = at, _filter_size(subject, part)
    if is_looked_at:
        ground = theme.page
        colors = [blend(ground, theme.filter_fill, part) for part in (0.45, 0.25, 0.6)]
        stroke = theme.filter_line
    else:
        shades = theme.shades[subject.kind]
        colors, stroke = [shades.front, shades.top, shades.side], shades.stroke
    right, bottom = x + thickness, top + height
    front = ((x, top), (right, top), (right, bottom), (x, bottom))
    edge = Paint(stroke=stroke, width=0.35)
    parts: list[Element] = [Polygon(front, Paint(colors[0], stroke, 0.5))]
    if depth:
        above = ((x, top), (x + depth, top - depth), (right + depth, top - depth), (right, top))
        side = ((right, top), (right + depth, top - depth), (right + depth, bottom - depth), (right, bottom))
        parts += [Polygon(above, Paint(colors[1], stroke, 0.5)), Polygon(side, Paint(colors[2], stroke, 0.5))]
    rows = subject.kernel[-2] if len(subject.kernel) > 1 else subject.kernel[0]
    columns = subject.kernel[-1] if len(subject.kernel) > 1 else 1
    if max(rows, columns) <= _MOST_CELLS:
        for row in range(1, rows):
            y = top + height * row / rows
            parts.append(Line(((x, y), (right, y), (right + depth, y - depth)), edge))
        for column in range(1, columns):
            back = depth * column / columns
            parts.append(
                Line(
                    ((x + back, top - back), (right + back, top - back), (right + back, bottom - back)), edge
                )
            )
    if 1 < subject.depth <= _MOST_DEPTH:
        for channel in range(1, subject.depth):
            left = x + thickness * channel / subject.depth
            parts.append(Line(((left, bottom), (left, top), (left + depth, top - depth)), edge))
    group = Group(tuple(parts), kind="filter", name="looked at" if is_looked_at else "another")
    return Block(x, top, (thickness, height, depth), [group], is_looked_at=is_looked_at)
