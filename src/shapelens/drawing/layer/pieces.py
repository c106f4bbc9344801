"""Parts of a figure that stand beside and under one another, each with an axis on which its neighbours line up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.drawing.moving import moved
from shapelens.drawing.palette import Theme
from shapelens.drawing.scene import Element, Label, Line, Paint
from shapelens.records import dataclass

__all__ = ["Piece", "Space", "arrow", "beside", "said", "sign", "under"]

_ARROW = 16.0


@dataclass(frozen=True, slots=True)
class Space:
    """What a part of a figure may take up, and the colours that it is painted in.

    Args:
        theme: the figure's.
        width: how wide it may be.
        places: how many places of an axis are shown at most.
        side: of a cell, at most.
    """

    theme: Theme
    width: float
    places: int
    side: float = 18.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Elements in a frame of their own, whose upper left corner is 0, 0.

    Args:
        elements: in the order in which they are painted.
        width: of the frame.
        height: of the frame.
        axis: the y on which what stands beside it lines up.
    """

    elements: tuple[Element, ...]
    width: float
    height: float
    axis: float

    def at(self, x: float, y: float) -> tuple[Element, ...]:
        """Its elements, its corner moved to a point."""
        return tuple([moved(element, x, y) for element in self.elements])

    @property
    def centered(self) -> Piece:
        """The same piece, its axis through its middle."""
        return replace(self, axis=self.height / 2)


def beside(pieces: Sequence[Piece], gap: float) -> Piece:
    """Pieces in a row, their axes on one line."""
    above = max(piece.axis for piece in pieces)
    below = max(piece.height - piece.axis for piece in pieces)
    elements: list[Element] = []
    x = 0.0
    for piece in pieces:
        elements += piece.at(x, above - piece.axis)
        x += piece.width + gap
    return Piece(tuple(elements), x - gap, above + below, above)


def under(pieces: Sequence[Piece], gap: float, *, is_centered: bool = False) -> Piece:
    """Pieces under one another, from the left or on one middle."""
    width = max(piece.width for piece in pieces)
    elements: list[Element] = []
    y = 0.0
    for piece in pieces:
        elements += piece.at((width - piece.width) / 2 if is_centered else 0.0, y)
        y += piece.height + gap
    height = y - gap
    return Piece(tuple(elements), width, height, height / 2)


def said(text: str, size: float, color: str, *, is_bold: bool = False) -> Piece:
    """A line of text."""
    label = Label((0.0, 0.76 * size), text, size, color, is_bold=is_bold)
    return Piece((label,), label.width, size, 0.4 * size)


def sign(text: str, theme: Theme) -> Piece:
    """A sign between grids: `×`, `=`, `+`."""
    return said(text, 9.0, theme.second)


def arrow(theme: Theme, *, is_down: bool = False) -> Piece:
    """An arrow to the right, or down."""
    end = (0.0, _ARROW) if is_down else (_ARROW, 0.0)
    line = Line(((0.0, 0.0), end), Paint(stroke=theme.line, width=0.8), head=3.2)
    return Piece((line,), end[0], end[1], end[1] / 2)
