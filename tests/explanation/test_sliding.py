"""The arithmetic of windows in words, computed again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens import explain
from shapelens.explanation.sliding import formula_with
from shapelens.operators.windows import Sliding


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


def test_no_setting_is_too_large_to_be_told():
    """Nothing is listed cell by cell where there are a million of them."""
    for text, sample in [
        ("Conv2d(3, 8, 3, stride=2147483647)", (3, 8, 8)),
        ("MaxPool2d(3, stride=2147483647)", (3, 8, 8)),
        ("Conv2d(3, 8, 3, stride=4)", (3, 2_000_000_000, 2_000_000_000)),
        ("Conv2d(3, 8, 3, dilation=2, padding=1000000000)", (3, 9, 9)),
        ("ConvTranspose2d(3, 8, 3, stride=1000000000)", (3, 9, 9)),
    ]:
        assert len(str(explain(text, sample))) < 3_000


def test_the_sizes_that_share_a_result_are_those_that_the_convolution_takes_there():
    for stride, padding in ((2, 1), (3, 0), (6, 2)):
        told = str(explain(f"ConvTranspose2d(4, 8, 5, stride={stride}, padding={padding})", (4, 9, 9)))
        sliding = Sliding(5, stride, 1, (padding, padding))
        sizes = [size for size in range(1, 200) if sliding.count(size) == 9]
        assert len(sizes) == stride
        assert str(sizes[0]) in told
        assert f"{sizes[-1]}" in told
        assert ("both" if stride == 2 else "all") in told
