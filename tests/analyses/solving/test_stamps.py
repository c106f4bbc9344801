"""How stamps overlap, counted cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.solving.stamps import overlap_words, stamps_of
from shapelens.operators.windows import Sliding


@given(kernel=st.integers(1, 7), stride=st.integers(1, 5), dilation=st.integers(1, 3))
def test_stamps_of_each_cell(kernel, stride, dilation):
    reached = [0] * 200
    for cell in range(30):
        for tap in range(kernel):
            reached[cell * stride + tap * dilation] += 1
    middle = 15 * stride  # far from the first cell and the last
    assert stamps_of(kernel, stride, dilation) == tuple(reached[middle : middle + stride])


@pytest.mark.parametrize(
    ("kernels", "strides", "sizes", "words"),
    [
        ((2, 2), (2, 2), (14, 14), "none: side by side"),
        ((4, 4), (2, 2), (14, 14), "even"),
        ((3, 3), (2, 2), (14, 14), "uneven: checkerboard"),
        ((1, 1), (2, 2), (14, 14), "gaps between stamps"),
        ((3, 2), (1, 2), (14, 14), "even"),
        ((4, 4), (1, 1), (1, 1), "none: side by side"),
        ((4, 3), (1, 2), (1, 14), "uneven: checkerboard"),
        ((3,), (2_000_000,), (5,), "not looked at"),
    ],
)
def test_overlaps_in_words(kernels, strides, sizes, words):
    slidings = [Sliding(kernel, stride) for kernel, stride in zip(kernels, strides, strict=True)]
    assert overlap_words(slidings, sizes) == words
