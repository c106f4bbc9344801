"""What a layer reads: the cells of a window, the kernels of a filter, in every order of the axes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.numbers import Place, numbered
from shapelens.operators import Convolution, TransposedConvolution
from shapelens.readers.notation.keras.separable import DepthwiseConvolution
from tests.numbers.drawn import convolutions, transposed

IMAGE = np.arange(24).reshape(2, 3, 4)
WEIGHT = np.arange(3 * 2 * 2 * 2).reshape(3, 2, 2, 2)


@pytest.mark.parametrize("channels_last", [False, True])
def test_places_are_read_channels_first(channels_last):
    image = np.moveaxis(IMAGE, 0, -1) if channels_last else IMAGE
    layer = numbered(Convolution(channels_last=channels_last), image, WEIGHT)
    rows, columns = [Place(0, 2), Place(1, None)], [Place(0, None), Place(1, 3), Place(2, 0)]
    assert layer.read([1], [rows, columns]).tolist() == [[[0, 23, 20], [0, 0, 0]]]
    assert layer.read([0, 1], [rows[:1], columns[1:]]).tolist() == [[[11, 8]], [[23, 20]]]


def test_a_kernel_of_every_order():
    plain = numbered(Convolution(), IMAGE, WEIGHT)
    last = numbered(Convolution(filters_last=True), IMAGE, WEIGHT.transpose(2, 3, 1, 0))
    assert plain.kernel_for(2, 1).tolist() == last.kernel_for(2, 1).tolist() == WEIGHT[2, 1].tolist()
    turned = numbered(TransposedConvolution(), IMAGE, WEIGHT.transpose(1, 0, 2, 3))
    assert turned.kernel_for(2, 1).tolist() == WEIGHT[2, 1].tolist()
    assert turned.met_kernel(2, 1).tolist() == WEIGHT[2, 1, ::-1, ::-1].tolist()
    flipped = numbered(TransposedConvolution(), IMAGE, WEIGHT.transpose(1, 0, 2, 3), flipped=True)
    assert flipped.kernel_for(2, 1).tolist() == WEIGHT[2, 1, ::-1, ::-1].tolist()
    assert flipped.met_kernel(2, 1).tolist() == WEIGHT[2, 1].tolist()


def test_a_kernel_of_keras_depthwise_layer():
    operator = DepthwiseConvolution(groups=2, channels_last=True, filters_last=True)
    weight = WEIGHT[:2].transpose(2, 3, 0, 1)  # kernel × channels × filters of each
    layer = numbered(operator, np.moveaxis(IMAGE, 0, -1), weight)
    assert [layer.kernel_for(map, map // 2).tolist() for map in range(4)] == [
        WEIGHT[map // 2, map % 2].tolist() for map in range(4)
    ]


@given(st.one_of(convolutions(last=True), transposed(last=True)), st.data())
def test_several_kernels_are_those_one_by_one(layer, data):
    channel = data.draw(st.integers(0, layer.channels - 1))
    group = [map for map in range(layer.maps) if channel in layer.channels_of(map)]
    some = data.draw(st.lists(st.sampled_from(group), min_size=1, max_size=3, unique=True))
    looked_at = st.sampled_from(layer.channels_of(some[0]))
    channels = data.draw(st.lists(looked_at, min_size=1, max_size=3, unique=True))
    together = layer.met_kernels(some, channels).tolist()
    assert together == [[layer.met_kernel(map, channel).tolist() for channel in channels] for map in some]


@given(st.one_of(convolutions(), transposed()))
def test_every_channel_is_looked_at_by_its_group(layer):
    groups = layer.operator.groups
    for map in range(layer.maps):
        group = map // (layer.maps // groups)
        own = layer.channels // groups
        assert list(layer.channels_of(map)) == list(range(group * own, (group + 1) * own))
