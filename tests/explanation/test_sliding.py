"""What no window reaches, told against a window counter that marks every cell."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.explanation.sliding import formula_with, unread_cells
from shapelens.operators.windows import Sliding


def read(sliding, size):
    """The cells that windows read, marked one by one."""
    before, after = sliding.sides(size)
    marked = set()
    start = -before
    while start + sliding.extent <= size + after:
        marked |= {start + tap * sliding.dilation for tap in range(sliding.kernel)}
        start += sliding.stride
    return marked


@given(
    size=st.integers(1, 24),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 3),
    before=st.integers(0, 2),
    after=st.integers(0, 2),
)
@settings(max_examples=200)
def test_what_is_left_unread(size, kernel, stride, dilation, before, after):
    sliding = Sliding(kernel, stride, dilation, (before, after))
    assume(sliding.count(size) > 0)
    missed = [cell for cell in range(size) if cell not in read(sliding, size)]
    assert unread_cells(sliding, size, sliding.count(size)) == missed


@given(
    size=st.integers(1, 40),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    ceil_mode=st.booleans(),
)
@settings(max_examples=100)
def test_the_formula_with_its_numbers_comes_to_the_size(size, kernel, stride, padding, dilation, ceil_mode):
    from math import ceil, floor

    sliding = Sliding(kernel, stride, dilation, (padding, padding), ceil_mode)
    shown = formula_with(sliding, size).replace("·", "*")
    assert eval(shown, {"floor": floor, "ceil": ceil, "min": min}) == sliding.count(size)  # noqa: S307


@pytest.mark.parametrize("padding", ["same", "same_lower"])
def test_same_is_a_quotient_rounded_up(padding):
    assert formula_with(Sliding(7, 2, 1, padding), 224) == "ceil(224 / 2)"
