"""Numbers rounded where sums of floating-point numbers would mislead."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims.rounding import multiply, round_number, single


@pytest.mark.parametrize(
    ("number", "floor", "ceil", "rounded"),
    [
        (0.0, 0, 0, 0),
        (0.5, 0, 1, 1),
        (0.49999999999999994, 0, 1, 0),  # + 0.5 is 1.0 in double precision
        (1.5, 1, 2, 2),
        (2.5, 2, 3, 3),
        (-0.5, -1, 0, -1),
        (-1.2, -2, -1, -1),
        (2.0**52 + 1, 2**52 + 1, 2**52 + 1, 2**52 + 1),  # + 0.5 is even
    ],
)
def test_round_number(number, floor, ceil, rounded):
    found = [round_number(number, rounding) for rounding in ("floor", "ceil", "round")]
    assert found == [floor, ceil, rounded]


@given(st.floats(0, 2**60))
def test_round_number_against_rationals(number):
    exact = Fraction(number)
    assert round_number(number, "floor") == math.floor(exact)
    assert round_number(number, "ceil") == math.ceil(exact)
    assert round_number(number, "round") == math.floor(exact + Fraction(1, 2))
    assert round_number(-number, "round") == -math.floor(exact + Fraction(1, 2))


@given(st.integers(0, 2**31), st.floats(0, 100))
def test_multiply_against_numpy(size, factor):
    assert single(factor) == float(np.float32(factor))
    assert multiply(size, factor, "double") == float(np.float64(size) * np.float64(factor))
    in_single = single(factor)
    assert multiply(size, in_single, "single") == float(np.float32(size) * np.float32(in_single))
