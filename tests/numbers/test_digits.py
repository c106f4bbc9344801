"""Few digits, enough to tell numbers apart, and said where they leave something out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.numbers.digits import Digits, digits_for


@pytest.mark.parametrize(
    ("numbers", "written", "is_rounded"),
    [
        ([1, -2, 30], ["1", "-2", "30"], False),
        ([], [], False),
        ([1.0, 2.0], ["1", "2"], False),
        ([0.5, 2.0], ["0.5", "2.0"], False),
        ([0.25, 1], ["0.25", "1"], False),
        ([0.125, -0.5], ["0.125", "-0.500"], False),
        ([1 / 3], ["0.333"], True),
        ([4 / 3], ["1.33"], True),
        ([400 / 3, 0.001], ["133.3", "0.0"], True),
        ([1e-5, -2e-5], ["1.00e-05", "-2.00e-05"], True),
        ([1234567.8], ["1.23e+06"], True),
        ([2.0**60], ["1.15e+18"], True),
        ([-0.0001, 0.5], ["0.000", "0.500"], True),
        ([2**70], [str(2**70)], False),
    ],
)
def test_how_numbers_are_written(numbers, written, is_rounded):
    digits = digits_for(numbers)
    assert [digits.written(number) for number in numbers] == written
    assert digits.is_rounded is is_rounded


def test_a_negative_factor_stands_in_parentheses():
    assert [Digits().factor(number) for number in (3, 0, -3)] == ["3", "0", "(-3)"]
    assert Digits(1).factor(-0.01) == "0.0"


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_what_is_not_said_to_be_rounded_is_exact(numbers):
    digits = digits_for(numbers)
    if not digits.is_rounded:
        assert [float(digits.written(number)) for number in numbers] == pytest.approx(
            numbers, rel=1e-9, abs=1e-9
        )
    for number in numbers:
        assert not digits.written(number).startswith("-0.0") or float(digits.written(number)) != 0
