"""Numbers as aligned rows and columns, with brackets around a window.

>>> from shapelens.explanation.document import plain_text
>>> cells = [[Span("1"), Span("0"), Span("2"), Span("3")], [Span("0"), Span("3"), Span("1"), Span("0")]]
>>> [plain_text(line) for line in grid_lines(cells, [{0, 1}, {0, 1, 2}])]
['[1  0  2] 3 ', '[0  3  1] 0 ']
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from shapelens.explanation.document import ANSWER, LABEL, PLAIN, Part, Span, Text, text, text_width
from shapelens.numbers.digits import Digits

__all__ = ["Marks", "Roles", "array_parts", "cell_parts", "grid_lines", "with_signs"]

Marks = Sequence[Collection[int]]
"""Along each axis, which rows a window has: the cells that it has along all of them are marked."""

Roles = Callable[[tuple[int, ...]], str]
"""The role of each cell, by its place."""


def grid_lines(cells: Sequence[Sequence[Span]], marks: Marks = ()) -> list[Text]:
    """Rows of cells, aligned, with brackets around those that are marked: each by itself where they are apart.

    Args:
        cells: the rows.
        marks: the rows and the columns that are marked; nothing if not given.
    """
    width = max([text_width(cell.text) for row in cells for cell in row], default=1)
    rows, columns = marks if marks else ((), ())
    lines: list[Text] = []
    for number, row in enumerate(cells):
        spans: list[Span] = []
        marked = columns if number in rows else ()
        for place, cell in enumerate(row):
            opens = place in marked and place - 1 not in marked
            closes = place in marked and place + 1 not in marked
            spans += [Span("[", ANSWER) if opens else Span(" ")]
            spans += [Span(" " * (width - text_width(cell.text))), cell]
            spans += [Span("]", ANSWER) if closes else Span(" ")]
        lines.append(tuple([span for span in spans if span.text]))
    return lines


def array_parts(
    title: Text,
    numbers: Any,
    digits: Digits,
    marks: Marks = (),
    role: Roles | None = None,
    nothing: Callable[[tuple[int, ...]], bool] | None = None,
) -> list[Part]:
    """An array as one part, or of three axes as a part for each slice.

    Args:
        title: what stands over it; nothing leaves no line for it.
        numbers: the array, of one to three axes.
        digits: how its numbers are written.
        marks: the places of a window along each axis, as they stand in the array.
        role: the role of each cell; none if not given.
        nothing: whether nothing stands at a place; then it is a dot.
    """
    shown = numbers.tolist()  # numbers of Python's own

    def cell(place: tuple[int, ...]) -> Span:
        if nothing is not None and nothing(place):
            return Span("·", LABEL)
        number = shown
        for at in place:
            number = number[at]
        return Span(digits.written(number), PLAIN if role is None else role(place))

    return cell_parts(title, numbers.shape, cell, marks)


def cell_parts(
    title: Text, shape: Sequence[int], cell: Callable[[tuple[int, ...]], Span], marks: Marks = ()
) -> list[Part]:
    """Cells as one part, or along three axes as a part for each slice.

    Args:
        title: what stands over them; nothing leaves no line for it.
        shape: how many there are along each axis.
        cell: each by its place.
        marks: the places of a window along each axis.
    """
    planes = [(n,) for n in range(shape[0])] if len(shape) == 3 else [()]
    rows, columns = (1, *shape)[-2:]
    parts: list[Part] = []
    for number, plane in enumerate(planes):
        cells = [
            [cell((*plane, row, column)[-len(shape) :]) for column in range(columns)] for row in range(rows)
        ]
        own = marks[-2:] if not plane or (marks and plane[0] in marks[0]) else ()
        own = [{0}, *own] if len(own) == 1 else own
        heads = [title if number == 0 else ()] if title else []
        names = [text((f"slice {plane[0]}", LABEL))] if plane else []
        parts.append(Part((*heads, *names, *grid_lines(cells, own))))
    return parts


def with_signs(*groups: tuple[str, Sequence[Part]], titles: int) -> tuple[Part, ...]:
    """Parts in a row with a sign before each group, all signs on one line: the middle of the second lowest grid.

    Args:
        groups: a sign, which may be empty, and the parts that it stands before.
        titles: how many lines of titles the parts have.
    """
    heights = sorted([len(part.lines) - titles for _, parts in groups for part in parts[:1]])
    line = titles + (heights[min(1, len(heights) - 1)] - 1) // 2
    return tuple(
        [
            Part(part.lines, "" if place else sign, line)
            for sign, parts in groups
            for place, part in enumerate(parts)
        ]
    )
