"""Parts side by side: columns where they fit, fewer spaces before they break, and rows that go on below."""

from __future__ import annotations

import pytest

from shapelens.explanation.document import LABEL, Beside, Part, plain_text, text, text_width
from shapelens.explanation.laying import laid_out, lines_of

GRID = Part((text(("title", LABEL)), text(" 1  2 "), text(" 3  4 ")))
SIGNED = Part((text(("other", LABEL)), text(" 5 "), text(" 6 ")), "×", 1)


def shown(beside, width):
    return [plain_text(line).rstrip() for line in laid_out(beside, width)]


def test_a_sign_stands_on_its_line_between_parts():
    assert shown(Beside(((GRID, SIGNED),)), 80) == [
        "  title        other",
        "   1  2    ×    5",
        "   3  4         6",
    ]


@pytest.mark.parametrize(("width", "gap"), [(80, 3), (20, 3), (19, 2), (18, 2), (17, 1), (16, 1)])
def test_spaces_are_saved_before_a_row_breaks(width, gap):
    first = shown(Beside(((GRID, SIGNED),)), width)[0]
    assert first == "  title " + " " * (2 * gap + 1) + "other"
    assert len(first) <= width


def test_a_row_without_room_goes_on_below():
    assert shown(Beside(((GRID, SIGNED),)), 15) == [
        "  title",
        "   1  2",
        "   3  4",
        "",
        "     other",
        "  ×   5",
        "      6",
    ]


def test_rows_share_their_columns():
    wide = Part((text("a wide one"),))
    narrow = Part((text("b"),))
    last = Part((text("c"),))
    assert shown(Beside(((wide, last), (narrow, last))), 80) == ["  a wide one   c", "", "  b            c"]


def test_what_is_empty_keeps_its_column_and_no_room_below():
    rows = ((Part((text("a" * 30),)), Part((text("b"),))), (Part(()), Part((text("c"),))))
    assert shown(Beside(rows), 80)[-1] == " " * 35 + "c"
    assert shown(Beside(rows), 20)[-1] == "  c"


def test_lines_that_are_empty_for_a_title_beside_are_left_out_below():
    rows = ((Part((text("a" * 30), text("x"))), Part(((), text("c")))),)
    assert shown(Beside(rows), 20)[-2:] == ["", "  c"]


@pytest.mark.parametrize("width", range(8, 60))
def test_nothing_is_wider_than_its_width_but_a_part_that_is(width):
    parts = tuple([Part((text("x" * size), text("y")), "=" if size % 2 else "") for size in (5, 3, 8, 4, 6)])
    for line in laid_out(Beside((parts, parts)), width):
        assert text_width(plain_text(line)) <= max(width, 2 + 2 + 8)


def test_the_lines_of_a_block_are_those_at_the_usual_width():
    beside = Beside(((GRID, SIGNED),))
    assert lines_of(beside) == laid_out(beside, 100)
