"""A transposed convolution both ways: what is scattered is what is gathered."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.numbers import cell, maps, numbered, reaching, scattered, stamp
from shapelens.operators import TransposedConvolution
from shapelens.operators.windows import SAME, SAME_LOWER
from tests.numbers.drawn import transposed


@given(transposed(words=(SAME, SAME_LOWER), last=True, even=False), st.data())
@settings(max_examples=60)
def test_scattering_is_gathering(layer, data):
    filter = data.draw(st.integers(0, layer.maps - 1))
    gathered, stamped = maps(layer, [filter])[0], scattered(layer, filter)
    if layer.dtype == "float64":
        np.testing.assert_allclose(stamped, gathered, rtol=1e-9, atol=1e-9)
    else:
        np.testing.assert_array_equal(stamped, gathered)


@given(transposed(words=(SAME,), last=True, even=False), st.data())
@settings(max_examples=60)
def test_a_cell_is_the_sum_of_the_stamps_that_reach_it(layer, data):
    filter = data.draw(st.integers(0, layer.maps - 1))
    position = [data.draw(st.integers(0, count - 1)) for count in layer.counts]
    reached = set(reaching(layer, position))
    total = layer.bias_for(filter) or 0
    for channel in layer.channels_of(filter):
        for at in product(*map(range, layer.sizes)):
            added = stamp(layer, filter, channel, at).adds(position)
            assert (added is not None) == (at in reached)
            total += 0 if added is None else added[1]
    assert total == pytest.approx(cell(layer, filter, position).value)


@given(transposed(even=False))
def test_the_gathering_is_a_plain_convolution_whose_size_is_the_same(layer):
    for axis in layer.axes:
        assert axis.sliding.stride == 1
        assert axis.sliding.count(axis.stuffed) == axis.count


def test_what_the_padding_cuts_off():
    operator = TransposedConvolution(stride=2, padding=((1, 1), (1, 1)))
    layer = numbered(operator, np.ones((1, 3, 3), dtype=int), np.ones((1, 1, 3, 3), dtype=int))
    corner = stamp(layer, 0, 0, (0, 2))
    assert corner.lands == ((-1, 0, 1), (3, 4, 5))
    assert corner.kept(layer.counts) == ([[1, 2], [0, 1]], [[0, 1], [3, 4]])
    assert corner.adds((0, 3)) == (1, 1)
    assert corner.adds((2, 3)) is None


def test_output_padding_adds_cells_that_may_stay_empty():
    operator = TransposedConvolution(stride=2, output_padding=1)
    layer = numbered(operator, np.array([[1, 2]]), np.array([[[3]]]))
    assert maps(layer, [0])[0].tolist() == scattered(layer, 0).tolist() == [3, 0, 6, 0]


def test_a_turned_kernel_is_stamped_turned():
    layer = numbered(TransposedConvolution(), np.array([[1, 0, 10]]), np.array([[[1, 2, 3]]]), flipped=True)
    assert scattered(layer, 0).tolist() == maps(layer, [0])[0].tolist() == [3, 2, 31, 20, 10]
    assert cell(layer, 0, (2,)).channels[0].kernel.tolist() == [1, 2, 3]
