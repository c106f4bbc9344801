"""Aligned rows, brackets around windows, slices side by side."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.explanation.document import ANSWER, LABEL, POSITIONS, Span, plain_text, text
from shapelens.explanation.grids.grid import array_parts, grid_lines, with_signs
from shapelens.numbers.digits import Digits


def shown(part):
    return [plain_text(line) for line in part.lines]


@pytest.mark.parametrize(
    ("marks", "lines"),
    [
        ((), ["  1   2   3 ", "  4  -5   6 "]),
        ([{0}, {0, 1}], ["[ 1   2]  3 ", "  4  -5   6 "]),
        ([{0, 1}, {2}], ["  1   2 [ 3]", "  4  -5 [ 6]"]),
        ([{1}, {0, 2}], ["  1   2   3 ", "[ 4] -5 [ 6]"]),
        ([{0, 1}, {0, 1, 2}], ["[ 1   2   3]", "[ 4  -5   6]"]),
    ],
)
def test_brackets_stand_around_what_is_marked(marks, lines):
    cells = [[Span("1"), Span("2"), Span("3")], [Span("4"), Span("-5"), Span("6")]]
    found = [plain_text(line) for line in grid_lines(cells, marks)]
    assert found == lines


def test_brackets_are_bold_and_cells_have_their_roles():
    (line,) = grid_lines([[Span("1", POSITIONS), Span("2", LABEL)]], [{0}, {0}])
    assert [(span.text, span.role) for span in line if span.text.strip()] == [
        ("[", ANSWER), ("1", POSITIONS), ("]", ANSWER), ("2", LABEL),
    ]  # fmt: skip


def test_one_axis_is_one_row():
    (part,) = array_parts(text("title"), np.array([1, 2, 3]), Digits(), [{1}])
    assert shown(part) == ["title", " 1 [2] 3 "]


def test_slices_stand_side_by_side_under_one_title():
    first, second = array_parts(text("title"), np.arange(8).reshape(2, 2, 2), Digits(), [{1}, {0}, {1}])
    assert shown(first) == ["title", "slice 0", " 0  1 ", " 2  3 "]
    assert shown(second) == ["", "slice 1", " 4 [5]", " 6  7 "]


def test_where_nothing_stands_there_is_a_dot():
    (part,) = array_parts((), np.array([[1, 0]]), Digits(), nothing=lambda place: place == (0, 1))
    assert shown(part) == [" 1  · "]


def test_numbers_beyond_64_bits():
    (part,) = array_parts((), np.array([[2**70]], dtype=object), Digits())
    assert shown(part) == [f" {2**70} "]


def test_signs_stand_on_one_line():
    low = array_parts(text("a"), np.ones((2, 2), dtype=int), Digits())
    high = array_parts(text("b"), np.ones((5, 2), dtype=int), Digits())
    row = with_signs(("", high), ("×", low), ("=", high), titles=1)
    assert [(part.sign, part.sign_line) for part in row] == [("", 3), ("×", 3), ("=", 3)]
    row = with_signs(("", high), ("×", low), ("=", low), titles=1)
    assert {part.sign_line for part in row} == {1}
