"""The settings that do it as a table: what each leaves unread, how far it sees, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shapelens.analyses.solving import Solved
from shapelens.analyses.solving.arithmetic import TRANSPOSED
from shapelens.analyses.solving.solution import Solution
from shapelens.dims.counts import count_text
from shapelens.explanation.document import (
    ANSWER,
    LABEL,
    PLAIN,
    POSITIONS,
    Text,
    text,
    text_width,
)
from shapelens.records import dataclass

__all__ = ["MOST_SHOWN", "inputs_words", "range_words", "solution_lines"]

MOST_SHOWN = 8
"""So many settings are told where not all are asked for."""

_INDENT, _WIDE_GAP, _NARROW_GAP = "  ", 3, 2


@dataclass(frozen=True, slots=True)
class _Column:
    """One column.

    Args:
        header: what it is.
        cells: one for each setting.
        is_right: whether it is set to the right, as numbers are.
        role: the role of what it says.
    """

    header: str
    cells: tuple[str, ...]
    is_right: bool = False
    role: str = PLAIN

    @property
    def width(self) -> int:
        """The width of its widest cell."""
        return max(map(text_width, (self.header, *self.cells)))


def solution_lines(solved: Solved, solutions: Sequence[Solution], width: int) -> tuple[Text, ...]:
    """The table, with as many columns as fit.

    Args:
        solved: the answer.
        solutions: those of its settings that are shown.
        width: how wide it may be.
    """
    columns, gap = _fitting(_columns(solved, solutions), width)
    lines = [_line([(column.header, LABEL) for column in columns], columns, gap)]
    for place in range(len(solutions)):
        lines.append(_line([(column.cells[place], _role(column, place)) for column in columns], columns, gap))
    return tuple(lines)


def _role(column: _Column, place: int) -> str:
    if column.header == "setting" and place == 0:
        return ANSWER
    return LABEL if column.cells[place] in {"0", "nothing"} else column.role


def _columns(solved: Solved, solutions: Sequence[Solution]) -> list[_Column]:
    """All columns, in their order; what costs nothing at all has none."""

    def column(
        header: str, cell: Callable[[Solution], str], *, is_right: bool = False, role: str = PLAIN
    ) -> _Column:
        return _Column(header, tuple([cell(solution) for solution in solutions]), is_right, role)

    is_transposed = solved.question.rules.family == TRANSPOSED
    left = column("overlap", lambda s: s.overlap) if is_transposed else column("unread", lambda s: s.unread)
    costs = [
        column("params", lambda s: count_text(s.parameters), is_right=True),
        column("MACs", lambda s: count_text(s.macs), is_right=True),
    ]
    return [
        column("setting", lambda s: s.text),
        left,
        column("field", lambda s: "×".join(map(str, s.receptive_field)), is_right=True, role=POSITIONS),
        *[cost for cost in costs if any(cell != "0" for cell in cost.cells)],
        *([] if is_transposed else [column("inputs", inputs_words)]),
    ]


def inputs_words(solution: Solution, between: str = ", ") -> str:
    """The sizes that give the same output: of all axes where they are alike, else of each."""
    each = [range_words(sizes, between) for sizes in solution.inputs]
    return each[0] if len(set(each)) == 1 else " × ".join(each)


def range_words(sizes: range, between: str = " or ") -> str:
    """Sizes in words.

    >>> range_words(range(224, 225)), range_words(range(223, 225)), range_words(range(217, 225))
    ('224', '223 or 224', '217 to 224')
    """
    if len(sizes) > 2:
        return f"{sizes[0]} to {sizes[-1]}"
    return between.join(map(str, sizes))


_GIVEN_UP = ("inputs", "words", "gap", "params", "field", "MACs", "unread", "overlap")
"""What goes first where there is not enough room; `words` is to say less of what is unread, `gap` to stand closer."""


def _fitting(columns: list[_Column], width: int) -> tuple[list[_Column], int]:
    """The columns that fit, and how far apart they stand."""
    gap = _WIDE_GAP
    for header in _GIVEN_UP:
        if len(_INDENT) + sum(column.width + gap for column in columns) - gap <= width:
            break
        if header == "words":
            columns = [
                _shortened(column) if column.header in {"unread", "overlap"} else column for column in columns
            ]
        elif header == "gap":
            gap = _NARROW_GAP
        else:
            columns = [column for column in columns if column.header != header]
    return columns, gap


def _shortened(column: _Column) -> _Column:
    """The column with less said: not that it is half, and not along which axes."""
    mark = ":" if column.header == "overlap" else " ("
    return _Column(
        column.header, tuple([cell.removeprefix("half: ").partition(mark)[0] for cell in column.cells])
    )


def _line(cells: Sequence[tuple[str, str]], columns: Sequence[_Column], gap: int) -> Text:
    parts: list[str | Text | tuple[str, str]] = [_INDENT]
    for place, ((cell, role), column) in enumerate(zip(cells, columns, strict=True)):
        padding = (" " * (column.width - text_width(cell)), PLAIN)
        parts += [padding, (cell, role)] if column.is_right else [(cell, role), padding]
        parts.append("" if place == len(cells) - 1 else " " * gap)
    return text(*parts)
