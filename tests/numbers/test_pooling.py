"""What wins, what counts and what is divided by, on windows that are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.numbers import cell, numbered, output
from shapelens.operators import Pool

IMAGE = np.array([[[1, 4, 4], [2, 4, 0], [3, 5, 1]]])


def test_the_first_of_the_largest_wins():
    one = cell(numbered(Pool("max", (2, 2), 1), IMAGE), 0, (0, 0))
    assert (one.value, one.winner, one.values.tolist()) == (4, (0, 1), [[1, 4], [2, 4]])
    assert (one.sum, one.divisor, one.counts.all()) == (None, None, True)


def test_padding_never_wins():
    layer = numbered(Pool("max", (2, 2), 1, ((1, 0), (1, 0))), -IMAGE - 1)
    one = cell(layer, 0, (0, 0))
    assert (one.value, one.winner) == (-2, (1, 1))
    assert one.values.tolist() == [[0, 0], [0, -2]]
    assert one.counts.tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize(
    ("settings", "summed", "divisor", "value"),
    [
        ({}, 11, 9, 11 / 9),
        ({"count_include_pad": False}, 11, 4, 2.75),
        ({"divisor": 2}, 11, 2, 5.5),
        ({"count_include_pad": False, "divisor": 11}, 11, 11, 1),
    ],
)
def test_what_a_mean_divides_by(settings, summed, divisor, value):
    layer = numbered(Pool("average", (3, 3), 3, ((1, 1), (1, 1)), **settings), IMAGE)
    one = cell(layer, 0, (0, 0))
    assert (one.sum, one.divisor, one.value) == (summed, divisor, value)
    assert output(layer)[0, 0, 0] == value


@pytest.mark.parametrize("count_include_pad", [True, False])
def test_what_lies_behind_the_padding_is_never_counted(count_include_pad):
    operator = Pool("average", (2,), 2, ceil_mode=True, count_include_pad=count_include_pad)
    one = cell(numbered(operator, np.array([[1, 2, 7]])), 0, (1,))
    assert (one.values.tolist(), one.counts.tolist(), one.divisor, one.value) == ([7, 0], [True, False], 1, 7)


def test_whole_means_are_whole_numbers():
    one = cell(numbered(Pool("average", (2,)), np.array([[1, 3]])), 0, (0,))
    assert (one.value, type(one.value)) == (2, int)


def test_a_norm_is_a_root_of_a_sum_of_powers():
    layer = numbered(Pool("lp", (2,), norm=2), np.array([[3, -4]]))
    one = cell(layer, 0, (0,))
    assert (one.sum, one.value) == (25, 5.0)
    assert output(layer).tolist() == [[5.0]]


def test_pytorchs_norm_of_a_window_that_is_not_whole():
    """PyTorch takes the mean of what the window has, times the kernel's cells."""
    layer = numbered(Pool("lp", (2,), 2, ceil_mode=True, norm=2, norm_of_mean=True), np.array([[3, 4, 5]]))
    assert output(layer)[0].tolist() == pytest.approx([5.0, 50**0.5])
    assert cell(layer, 0, (1,)).value == pytest.approx(50**0.5)


def test_every_channel_is_pooled_by_itself():
    images = np.stack([IMAGE[0], IMAGE[0] * 10], axis=-1)
    layer = numbered(Pool("max", (3, 3), channels_last=True), images)
    assert output(layer).tolist() == [[[5, 50]]]
    assert cell(layer, 1, (0, 0)).value == 50
