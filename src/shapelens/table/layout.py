"""Columns of cells as lines: aligned, and as many as fit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from shapelens.explanation.document import LABEL, Span, Text, plain_text, text_width
from shapelens.records import dataclass

__all__ = ["SIGNS", "Column", "lines_of", "total_width"]

SEPARATOR = "  "
_APART, _CLOSE = Span(SEPARATOR), Span(" ")
SIGNS = {"shape": "×", "of": " of "}
"""What the cells of a column are aligned on, by the name of the alignment."""


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        key: the name by which it is asked for: `out`.
        header: what stands above it.
        cells: one for each row.
        align: `left`, `right`, `shape` (on the first `×`) or `of` (before ` of `).
        total: what stands beneath it.
        tight: whether it follows the column before with a single space.
    """

    key: str
    header: str
    cells: tuple[Text, ...]
    align: str = "left"
    total: Text = ()
    tight: bool = False

    @cached_property
    def sides(self) -> tuple[int, int]:
        """The widest parts before and after the sign that cells are aligned on; nothing for other columns."""
        return _aligned_widths(self) if self.align in SIGNS else (0, 0)

    @cached_property
    def width(self) -> int:
        """Its width, the header and the total included."""
        cells = map(_width, self.unlike.values())
        return max([text_width(self.header), _width(self.total), *cells, sum(self.sides)])

    @cached_property
    def unlike(self) -> dict[int, Text]:
        """Its cells, those that stand in several rows once, by their identity: a deep network repeats itself."""
        return {id(cell): cell for cell in self.cells}


def _width(text: Text) -> int:
    return text_width(plain_text(text))


def _parts(cell: Text, sign: str) -> tuple[int, int]:
    """The widths of a cell before and after the sign that it is aligned on."""
    before, separator, after = plain_text(cell).partition(sign)
    return text_width(before), text_width(separator + after)


def _aligned_widths(column: Column) -> tuple[int, int]:
    parts = [_parts(cell, SIGNS[column.align]) for cell in column.unlike.values() if cell]
    return max((left for left, _ in parts), default=0), max((right for _, right in parts), default=0)


def total_width(columns: Sequence[Column]) -> int:
    """The width of columns beside one another."""
    gaps = sum(1 if column.tight else len(SEPARATOR) for column in columns[1:])
    return sum(column.width for column in columns) + gaps


def _padded(cell: Text, column: Column, width: int) -> Text:
    missing = width - _width(cell)
    if column.align == "right":
        return (Span(" " * missing), *cell)
    if column.align in SIGNS and cell:
        left, right = column.sides
        slack = width - left - right
        before = slack + left - _parts(cell, SIGNS[column.align])[0]
        return (Span(" " * before), *cell, Span(" " * (missing - before)))
    return (*cell, Span(" " * missing))


def lines_of(columns: Sequence[Column], *, with_total: bool = False) -> list[Text]:
    """The header, a line for each row, and the total above which there is a rule."""
    widths = [column.width for column in columns]
    rows = len(columns[0].cells) if columns else 0
    lines = [
        _line(columns, widths, [(Span(c.header, LABEL),) if c.header else () for c in columns], header=True)
    ]
    padded = [
        {place: _padded(cell, column, width) for place, cell in column.unlike.items()}
        for column, width in zip(columns, widths, strict=True)
    ]
    for row in range(rows):
        cells = [made[id(column.cells[row])] for made, column in zip(padded, columns, strict=True)]
        lines.append(_beside(columns, cells))
    if with_total:
        lines.append((Span("─" * total_width(columns), LABEL),))
        lines.append(_line(columns, widths, [column.total for column in columns]))
    return lines


def _line(
    columns: Sequence[Column], widths: Sequence[int], cells: Sequence[Text], *, header: bool = False
) -> Text:
    padded: list[Text] = []
    for column, width, cell in zip(columns, widths, cells, strict=True):
        if header and column.align in SIGNS:
            padded.append((Span(" " * (width - _width(cell))), *cell))
        else:
            padded.append(_padded(cell, column, width))
    return _beside(columns, padded)


def _beside(columns: Sequence[Column], cells: Sequence[Text]) -> Text:
    """One line of cells that are as wide as their columns."""
    spans = list(cells[0]) if cells else []
    for column, cell in zip(columns[1:], cells[1:], strict=True):
        spans.append(_CLOSE if column.tight else _APART)
        spans += cell
    return _stripped([span for span in spans if span.text])


def _stripped(spans: list[Span]) -> Text:
    """Without spaces at the end."""
    while spans and not spans[-1].text.strip():
        spans.pop()
    if spans:
        spans[-1] = Span(spans[-1].text.rstrip(), spans[-1].role)
    return tuple(spans)
