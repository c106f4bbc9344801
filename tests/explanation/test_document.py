"""The small document: spans, facing sides, columns."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.explanation.document import (
    CHANNELS,
    LABEL,
    POSITIONS,
    UNKNOWN,
    Facing,
    Span,
    columns,
    face,
    join,
    plain_text,
    shape_spans,
    text,
    text_width,
)


def test_text_of_all_kinds_of_parts():
    assert text("a", ("b", LABEL), Span("c"), text("d"), "") == (
        Span("a"),
        Span("b", LABEL),
        Span("c"),
        Span("d"),
    )


def test_texts_with_a_separator():
    assert plain_text(join(", ", [text("a"), text("b"), text("c")])) == "a, b, c"


@pytest.mark.parametrize(
    ("shape", "channel", "shown", "roles"),
    [
        ((64, 112, 112), 0, "64×112×112", [CHANNELS, LABEL, POSITIONS, LABEL, POSITIONS]),
        ((112, 112, 64), -1, "112×112×64", [POSITIONS, LABEL, POSITIONS, LABEL, CHANNELS]),
        ((3, symbol("H") - 2), 0, "3×(H - 2)", [CHANNELS, LABEL, POSITIONS]),
        ((8, Unknown("why")), 0, "8×?", [CHANNELS, LABEL, UNKNOWN]),
        (Unknown("why"), 0, "?", [UNKNOWN]),
        ((), 0, "scalar", [""]),
    ],
)
def test_a_shape_tells_channels_from_positions(shape, channel, shown, roles):
    spans = shape_spans(shape, channel)
    assert plain_text(spans) == shown
    assert [span.role for span in spans] == roles


def test_remarks_begin_in_one_column():
    parts = [
        Facing("in", ((text("3×8×8"), text("an image")),)),
        Facing("filters", ((text("64 of 3×3×3"), text("deep")), ((), text("summed")))),
        Facing("out", ((text("a shape without a remark, however long"), ()),)),
    ]
    lines = [plain_text(line) for entry in face(parts) for line in entry.lines]
    assert [line.index(word) for line, word in zip(lines, ("an image", "deep", "summed"), strict=False)] == [
        14
    ] * 3
    assert lines[-1] == "a shape without a remark, however long"


def test_columns_are_as_wide_as_their_widest_cell():
    lines = columns([[text("a"), text("bbb")], [text("网"), text("d")], [text("x"), text("y")]])
    assert [plain_text(line) for line in lines] == ["a     网   x", "bbb   d    y"]


@pytest.mark.parametrize(("content", "width"), [("abc", 3), ("网络", 4), ("e\u0301", 1), ("", 0)])
def test_wide_characters_take_two_cells(content, width):
    assert text_width(content) == width
