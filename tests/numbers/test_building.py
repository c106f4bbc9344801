"""What fits together, and what is refused: one error each."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.errors import UsageError
from shapelens.numbers import has_numbers, numbered
from shapelens.operators import (
    AdaptivePool,
    Convolution,
    DeformableConvolution,
    Linear,
    Pool,
    TransposedConvolution,
)
from shapelens.operators.windows import SAME
from shapelens.readers.notation.keras.separable import DepthwiseConvolution

ONES = np.ones((2, 5, 5), dtype=int)
WEIGHT = np.ones((3, 2, 3, 3), dtype=int)


@pytest.mark.parametrize(
    ("operator", "known"),
    [
        (Convolution(), True),
        (TransposedConvolution(), True),
        (Pool(), True),
        (DepthwiseConvolution(groups=2), True),
        (DeformableConvolution(), False),
        (AdaptivePool("max", (1, 1)), False),
        (Linear(), False),
    ],
)
def test_which_operators_have_numbers(operator, known):
    assert has_numbers(operator) is known


@pytest.mark.parametrize(
    ("operator", "arrays", "settings", "reason"),
    [
        (Linear(), (ONES, WEIGHT), {}, "no window slides"),
        (Convolution(), (ONES,), {}, "its weight is missing"),
        (Convolution(), (ONES[:1], WEIGHT), {}, "channels does not hold"),
        (Convolution(), (ONES[:, :2], WEIGHT), {}, "window does not hold"),
        (Convolution(), (ONES, WEIGHT, np.ones(2)), {}, "bias does not hold"),
        (Convolution(), (ONES[None], WEIGHT), {}, "rank does not hold"),
        (Convolution(), (ONES[0], np.ones((1, 1, 3, 3))), {}, "an axis is missing"),
        (Pool("max", (2, 2)), (ONES[0],), {}, "an axis is missing"),
        (Convolution(groups=2), (ONES, np.ones((3, 1, 3, 3))), {}, "groups does not hold"),
        (Convolution(padding=((6, 6), (0, 0)), padding_mode="reflect"), (ONES, WEIGHT), {}, "pad_limit"),
        (Convolution(stride=0), (ONES, WEIGHT), {}, "settings does not hold"),
        (Pool("max", (2, 2)), (ONES, WEIGHT), {}, "a pool has no kernel"),
        (Pool("max", (2, 2)), (ONES,), {"flipped": True}, "a pool has no kernel"),
        (Pool("max", (6, 6)), (ONES,), {}, "window does not hold"),
        (Pool("max", (2, 2), 1, SAME, 2), (ONES,), {}, "the output's size is unknown"),
        (Pool("average", (2, 2), count_include_pad=None), (ONES,), {}, "a printed AvgPool does not tell"),
        (Pool("lp", (2, 2), norm=0), (ONES,), {}, "the norm 0 has no root"),
        (Pool("lp", (2, 2), norm=float("inf")), (ONES,), {}, "the norm inf has no root"),
        (Pool("lp", (2, 2), norm=9000), (ONES * 3.5,), {}, "they are too large"),
    ],
)  # fmt: skip
def test_what_does_not_fit(operator, arrays, settings, reason):
    with pytest.raises(UsageError) as error:
        numbered(operator, *arrays, **settings)
    assert error.value.summary.startswith("its numbers cannot be shown: ")
    assert reason in error.value.summary


def test_a_depthwise_layer_of_keras_whose_groups_are_open():
    """Its operator says one group where the number of channels was open, and its weight tells how many there are."""
    image = np.stack([np.arange(4), np.arange(4) * 10], axis=-1)
    weight = np.array([[[1, 2], [3, 4]], [[0, 0], [0, 1]]])  # kernel × channels × filters of each
    for groups in (1, 2):
        operator = DepthwiseConvolution(groups=groups, channels_last=True, filters_last=True)
        layer = numbered(operator, image, weight)
        assert (layer.maps, layer.depth, layer.channels) == (4, 1, 2)
        assert [list(layer.channels_of(map)) for map in range(4)] == [[0], [0], [1], [1]]
        from shapelens.numbers import output

        assert output(layer)[0].tolist() == [0, 0, 0, 10]
        assert output(layer)[1].tolist() == [1, 2, 30, 60]


def test_shapes_are_told_in_the_operators_order():
    layer = numbered(Convolution(stride=2), ONES, WEIGHT)
    assert (layer.sizes, layer.counts, layer.kernel, layer.rank) == ((5, 5), (2, 2), (3, 3), 2)
    assert (layer.output_shape, layer.is_pool, layer.is_transposed) == ((3, 2, 2), False, False)
    last = numbered(Convolution(channels_last=True), np.moveaxis(ONES, 0, -1), WEIGHT)
    assert last.output_shape == (3, 3, 3)
