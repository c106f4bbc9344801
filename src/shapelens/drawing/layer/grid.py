"""A grid of cells with numbers in them: a channel of what goes in, a kernel, a feature map.

What stands in the padding is dashed, zeros between cells are pale; the window lies on its cells, and the cell that it
makes is filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from shapelens.drawing.layer.pieces import Piece
from shapelens.drawing.metrics import fitted, text_width
from shapelens.drawing.palette import Theme, blend
from shapelens.drawing.scene import Element, Group, Label, Paint, Polygon
from shapelens.records import dataclass

__all__ = ["HEADING", "Cell", "Grid", "cell_sides", "grid_piece"]

HEADING, _NUMBER, _LARGEST_NUMBER = 6.6, 6.6, 8.4
_HEADING_ROOM = 9.5
_ROOM_IN_CELL, _SMALLEST, _STEP = 3.6, 12.0, 2.0
_DASHES = (1.8, 1.4)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Args:
        text: the number in it; empty for none.
        kind: `input`, `padding`, `between` the cells of a transposed convolution's input, `filter`, `product`,
            `output`, or `empty` where an output is not made yet.
        is_seen: whether the window takes it.
        is_marked: whether it is what is made, or what wins.
    """

    text: str
    kind: str = "input"
    is_seen: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows, with a heading.

    Args:
        rows: of cells, all of one length.
        heading: what it is.
        kind: what made it, as figures colour it: for cells that come out.
        window: the rows and columns that the window spans, each from the first to the last; none without.
        name: what it is for whoever reads the scene: `input`, `filter`, `products`, `output`.
    """

    rows: tuple[tuple[Cell, ...], ...]
    heading: str = ""
    kind: str = "convolution"
    window: tuple[tuple[int, int], tuple[int, int]] | None = None
    name: str = ""

    @property
    def columns(self) -> int:
        """How many cells a row has."""
        return len(self.rows[0]) if self.rows else 0


def cell_sides(grids: Iterable[Grid], largest: float) -> Iterator[float]:
    """Sides of a cell in which every number of some grids has room, from the largest to the least."""
    texts = {cell.text for grid in grids for row in grid.rows for cell in row}
    widest = max([text_width(text, _NUMBER) for text in texts], default=0.0)
    least = max(widest + _ROOM_IN_CELL, _SMALLEST)
    side = max(largest, least)
    while side > least:
        yield side
        side -= _STEP
    yield least


def _number_size(side: float) -> float:
    """The size of type of a number: as large as its cell allows."""
    return min(max(side / _SMALLEST * _NUMBER, _NUMBER), _LARGEST_NUMBER)


def grid_piece(grid: Grid, side: float, theme: Theme) -> Piece:
    """A grid, laid out: its heading above it, its axis through the middle of its cells.

    Args:
        grid: the grid.
        side: of a cell.
        theme: the figure's.
    """
    top = _HEADING_ROOM if grid.heading else 0.0
    width, height = grid.columns * side, len(grid.rows) * side
    elements: list[Element] = []
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            elements += _painted(cell, grid.kind, column * side, top + row * side, side, theme)
    if grid.window is not None:
        elements.append(_window(grid.window, top, side, theme))
    group = Group(tuple(elements), kind="grid", name=grid.name, title=grid.heading)
    if not grid.heading:
        return Piece((group,), width, height, height / 2)
    heading = Label((0.0, HEADING * 0.8), grid.heading, HEADING, theme.second)
    return Piece((heading, group), max(width, heading.width), top + height, top + height / 2)


def _painted(cell: Cell, kind: str, x: float, y: float, side: float, theme: Theme) -> list[Element]:
    fill, stroke, dash = _colors(cell, kind, theme)
    square = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    elements: list[Element] = [Polygon(square, Paint(fill, stroke, 0.4, dash))]
    if cell.text:
        size = _number_size(side)
        if text_width(cell.text, size) > side - 1.0:
            size = _NUMBER
        text = fitted(cell.text, side - 1.0, size)
        is_quiet = cell.kind in {"padding", "between"} and not cell.is_seen
        color = theme.second if is_quiet else _ink(fill, theme)
        at = (x + side / 2, y + side / 2 + 0.36 * size)
        elements.append(Label(at, text, size, color, is_bold=cell.is_marked, anchor="middle"))
    return elements


def _colors(cell: Cell, kind: str, theme: Theme) -> tuple[str, str, tuple[float, ...]]:
    """Fill, stroke and dashes of a cell."""
    plain = {
        "input": (theme.shades["input"].front, theme.shades["input"].stroke),
        "padding": (theme.page, theme.line),
        "between": (theme.page, theme.hairline),
        "filter": (blend(theme.page, theme.filter_fill, 0.3), theme.filter_line),
        "product": (theme.page, theme.hairline),
        "output": (theme.shades[kind].front, theme.shades[kind].stroke),
        "empty": (theme.page, theme.shades[kind].stroke),
    }
    fill, stroke = plain[cell.kind]
    if cell.is_marked:
        fill = theme.text if theme.filter_fill == theme.page else theme.filter_fill
    elif cell.is_seen:
        fill = blend(fill, _tint(theme), 0.34)
    return fill, stroke, _DASHES if cell.kind == "padding" else ()


def _tint(theme: Theme) -> str:
    """What a window lays over cells: the filter's colour, or a grey where there are none."""
    return "#8c8c8c" if theme.filter_fill == theme.page else theme.filter_fill


def _window(
    window: tuple[tuple[int, int], tuple[int, int]], top: float, side: float, theme: Theme
) -> Element:
    (first_row, last_row), (first_column, last_column) = window
    left, right = first_column * side, (last_column + 1) * side
    above, below = top + first_row * side, top + (last_row + 1) * side
    corners = ((left, above), (right, above), (right, below), (left, below))
    return Group((Polygon(corners, Paint(stroke=theme.filter_line, width=1.5)),), kind="window")


def _ink(fill: str, theme: Theme) -> str:
    """The colour of letters on a fill: the page's own, or the text's, whichever is farther from it."""
    light = _lightness(fill)
    return max((theme.text, theme.page), key=lambda color: abs(_lightness(color) - light))


@cache
def _lightness(color: str) -> float:
    red, green, blue = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return 0.299 * red + 0.587 * green + 0.114 * blue
