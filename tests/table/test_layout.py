"""Columns as lines: aligned where they should be, never wider than they say."""

from __future__ import annotations

import pytest

from shapelens.explanation.document import plain_text, text, text_width
from shapelens.table.layout import Column, lines_of, total_width


def shown(*columns, **settings):
    return [plain_text(line) for line in lines_of(columns, **settings)]


def test_shapes_stand_on_their_first_cross():
    column = Column("out", "out C×H×W", (text("3×224×224"), text("64×112×112"), text("25088"), ()), "shape")
    assert shown(column) == [
        "    out C×H×W",
        "    3×224×224",
        "   64×112×112",
        "25088",
        "",
    ]


def test_filters_stand_on_their_of():
    column = Column("filters", "filters", (text("64 of 3×3×3"), text("1000 of 512")), "of")
    assert shown(column) == ["      filters", "  64 of 3×3×3", "1000 of 512"]


def test_totals_stand_beneath_a_rule():
    columns = [
        Column("layer", "layer", (text("a"),), total=text("total")),
        Column("params", "params", (text("1,792"),), "right", text("1,792")),
    ]
    assert shown(*columns, with_total=True) == [
        "layer  params",
        "a       1,792",
        "─────────────",
        "total   1,792",
    ]


@pytest.mark.parametrize(("content", "width"), [("abc", 3), ("网络", 4), ("e\u0301", 1), ("", 0)])
def test_wide_characters_take_two_cells(content, width):
    assert text_width(content) == width


def test_the_width_is_that_of_the_longest_line():
    columns = [
        Column("layer", "layer", (text("网络"), text("x"))),
        Column("out", "out", (text("64×7×7"), text("1000")), "shape"),
    ]
    assert max(text_width(line) for line in shown(*columns)) == total_width(columns)
