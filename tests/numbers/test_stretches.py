"""Which part of an axis is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.numbers.stretches import Stretch, columns_for, part_words, stretch, stretches_for


@pytest.mark.parametrize(
    ("length", "window", "places"),
    [
        (5, range(3), range(5)),
        (12, range(5, 8), range(12)),
        (13, range(3), range(5)),
        (224, range(112, 115), range(110, 117)),
        (224, range(221, 224), range(219, 224)),
        (30, range(3, 18), range(3, 18)),
        (15, range(15), range(15)),
        (64, range(31), tuple(range(16))),
        (48, (0, 9, 18), (0, 9, 18)),
        (100, (50,), range(48, 53)),
    ],
)
def test_what_is_around_the_window(length, window, places):
    assert stretch(length, window).places == places


@given(st.integers(1, 300), st.integers(1, 5), st.integers(1, 9), st.data())
def test_the_window_is_shown(length, kernel, dilation, data):
    extent = dilation * (kernel - 1) + 1
    start = data.draw(st.integers(0, max(length - extent, 0)))
    window = range(start, start + extent, dilation)
    length = max(length, extent)
    own = stretch(length, window)
    assert set(window) <= set(own.places)
    assert len(own.places) <= 16
    assert own.marks(window) == {n for n, place in enumerate(own.places) if place in window}
    assert 0 <= own.places[0]
    assert own.places[-1] < length


@pytest.mark.parametrize(
    ("places", "before", "words"),
    [
        (range(3, 8), 0, "rows 3 to 7 of 9"),
        (range(5), 1, "rows -1 to 3 of 9"),
        ((0, 9), 0, "rows 0, 9 of 9"),
        ((4,), 2, "row 2 of 9"),
    ],
)
def test_what_is_said_of_a_part(places, before, words):
    assert Stretch(places, 20).words("row", 9, before) == words


def test_nothing_is_said_of_a_whole():
    assert part_words([Stretch(range(5), 5), Stretch(range(6), 6)], (5, 6), (0, 0)) == ""
    assert part_words([Stretch(range(3), 5)], (5,), (0,)) == "positions 0 to 2 of 5"


def test_wide_numbers_leave_room_for_fewer():
    assert [columns_for(width)[0] for width in (1, 2, 4, 8, 80)] == [16, 16, 10, 6, 1]


def test_few_slices_are_shown():
    shown = stretches_for((9, 9, 9), [range(2)] * 3, 12, columns_for(1))
    assert [len(own.places) for own in shown] == [4, 9, 9]
