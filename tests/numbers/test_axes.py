"""Places of windows, against a padded list that is made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shapelens.numbers import BETWEEN, INPUT, PADDING, PAST, Axis, Place
from shapelens.operators.windows import SAME, SAME_LOWER, VALID, Sliding

NUMPYS = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@given(
    st.integers(1, 9), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3),
    st.one_of(st.sampled_from([SAME, SAME_LOWER, VALID]), st.tuples(st.integers(0, 3), st.integers(0, 3))),
    st.booleans(), st.sampled_from(list(NUMPYS)),
)  # fmt: skip
def test_a_window_has_what_stands_in_a_padded_list(size, kernel, stride, dilation, padding, ceil_mode, mode):
    sliding = Sliding(kernel, stride, dilation, padding, ceil_mode and mode == "zeros")
    assume(size >= sliding.least)
    axis = Axis.of(sliding, size, mode)
    before, after = sliding.sides(size)
    assume(mode == "zeros" or max(before, after) < size)
    # A cell holds its place, from 1, so that a zero is one of the padding.
    padded = np.pad(np.arange(1, size + 1), (before, after), mode=NUMPYS[mode]).tolist()
    assert axis.length == len(padded)
    assert axis.count == sliding.count(size)
    for position in range(axis.count):
        window = axis.window(position)
        assert [place.at for place in window] == [position * stride + tap * dilation for tap in range(kernel)]
        for place in window:
            own = place.at - before
            assert axis.own(place) == own
            stands = padded[place.at] if place.at < len(padded) else 0
            assert (0 if place.cell is None else place.cell + 1) == stands
            is_input = 0 <= own < size
            assert place.kind == (PAST if place.at >= len(padded) else INPUT if is_input else PADDING)


def test_only_ceil_mode_reaches_past_the_padding():
    axis = Axis.of(Sliding(3, 2, 1, (0, 0), ceil_mode=True), 6)
    assert [place.kind for place in axis.window(2)] == [INPUT, INPUT, PAST]


def test_zeros_stand_between_cells_that_are_apart():
    axis = Axis(2, 5, Sliding(3, 1, 1, (2, 2)), (2, 2), apart=2)
    assert (axis.stuffed, axis.length) == (3, 7)
    kinds = [axis.place(at).kind for at in range(7)]
    assert kinds == [PADDING, PADDING, INPUT, BETWEEN, INPUT, PADDING, PADDING]
    assert axis.window(1) == (Place(1, None, PADDING), Place(2, 0), Place(3, None, BETWEEN))


@pytest.mark.parametrize("sides", [(-1, -1), (-2, 0)])
def test_fewer_cells_than_none_are_cut_off(sides):
    axis = Axis(5, 3, Sliding(1, 1, 1, sides), sides)
    assert [axis.place(at).cell for at in range(axis.length)] == list(range(5))[-sides[0] : 5 + sides[1]]
