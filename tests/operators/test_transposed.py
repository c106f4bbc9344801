from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Filters, Follow, Tensor, TransposedConvolution, apply
from shapelens.operators.windows import SAME, SAME_LOWER
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def macs_of(operator, *inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


def pads(*sides):
    return tuple([(side, side) for side in sides])


# what people ask ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "output_padding", "out"),
    [
        (2, 3, 1, 0, 0, 4),  # relationship 8: no padding, unit strides
        (6, 4, 1, 2, 0, 5),  # 9: padding
        (5, 3, 1, 1, 0, 5),  # 10: half padding
        (7, 3, 1, 2, 0, 5),  # 11: full padding
        (2, 3, 2, 0, 0, 5),  # 12: strides
        (3, 3, 2, 1, 0, 5),  # 13: padding and strides
        (3, 3, 2, 1, 1, 6),  # 14: and the other of the two sizes that share one
        (14, 3, 2, 1, 1, 28),
        (14, 4, 2, 1, 0, 28),
        (3, 3, 2, 0, 0, 7),
        (3, 3, 2, 0, 1, 8),
        (14, 2, 2, 0, 0, 28),
    ],
)
def test_transposed_convolution_arithmetic(size, kernel, stride, padding, output_padding, out) -> None:
    operator = TransposedConvolution(stride, pads(padding, padding), output_padding=output_padding)
    assert shape_of(operator, Tensor((1, 1, size, size)), Tensor((1, 1, kernel, kernel))) == (1, 1, out, out)


@pytest.mark.parametrize(
    ("operator", "before", "weight", "after", "macs"),
    [
        (TransposedConvolution(), (1, 16, 4, 4), (16, 33, 3, 3), (1, 33, 6, 6), 76_032),
        (TransposedConvolution(2), (1, 32, 16, 16), (32, 16, 2, 2), (1, 16, 32, 32), 524_288),
        (
            TransposedConvolution(2, pads(1, 1), groups=4),
            (1, 32, 16, 16),
            (32, 4, 3, 3),
            (1, 16, 31, 31),
            294_912,
        ),
        (TransposedConvolution(2, SAME), (N, 8, H, W), (8, 4, 3, 3), (N, 4, 2 * H, 2 * W), N * H * W * 288),
        (TransposedConvolution(2), (N, 8, H, W), (8, 4, 3, 3), (N, 4, 2 * H + 1, 2 * W + 1), N * H * W * 288),
        (TransposedConvolution(dilation=3, output_padding=2), (1, 3, 8), (3, 4, 3), (1, 4, 16), 288),
        (TransposedConvolution(2, output_size=(9, 8)), (1, 8, 4, 4), (8, 4, 3, 3), (1, 4, 9, 8), 4608),
    ],
)
def test_shapes_that_people_ask_about(operator, before, weight, after, macs) -> None:
    inputs = [Tensor(before), Tensor(weight)]
    assert shape_of(operator, *inputs) == after
    assert macs_of(operator, *inputs) == macs


# what must hold -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "image", "weight", "bias", "broken"),
    [
        (TransposedConvolution(2, output_padding=2), (1, 3, 8), (3, 8, 3), None, "output_padding"),
        (TransposedConvolution(), (1, 4, 8), (3, 8, 3), None, "channels"),
        (TransposedConvolution(groups=2), (1, 3, 8), (3, 8, 3), None, "groups"),
        (TransposedConvolution(), (1, 3, 8), (3, 8, 3), (3,), "bias"),
        (TransposedConvolution(padding=pads(5)), (1, 3, 8), (3, 8, 3), None, "transposed_size"),
        (TransposedConvolution(2, output_size=(19,)), (1, 3, 8), (3, 8, 3), None, "transposed_output_size"),
        (TransposedConvolution(2, output_size=(0,)), (1, 3, 8), (3, 8, 3), None, "transposed_size"),
        (TransposedConvolution(2, output_size=(19, 19)), (1, 3, 8), (3, 8, 3), None, "settings"),
        (TransposedConvolution(output_padding=(0, 0)), (1, 3, 8), (3, 8, 3), None, "settings"),
        (TransposedConvolution(output_padding=-1), (1, 3, 8), (3, 8, 3), None, "settings"),
        (TransposedConvolution(groups=-1), (1, 3, 8), (3, 8, 3), None, "settings"),
        (TransposedConvolution(), (1, 3, 8), (3, 0, 3), None, "settings"),
        (TransposedConvolution(), (8,), (3, 8, 3), None, "rank"),
        (TransposedConvolution(), (1, 3, 8), (3, 8), None, "weight_rank"),
    ],
)
def test_what_does_not_fit(operator, image, weight, bias, broken) -> None:
    inputs = [Tensor(image), Tensor(weight), None if bias is None else Tensor(bias)]
    assert [requirement.kind for requirement in apply(operator, inputs).broken] == [broken]


def test_a_kernel_shorter_than_its_stride_is_not_agreed_on() -> None:
    inputs = [Tensor((1, 3, 4)), Tensor((3, 8, 3))]
    assert shape_of(TransposedConvolution(5, SAME), *inputs) == (1, 8, 20)
    out = shape_of(TransposedConvolution(5, SAME, same_cuts=True), *inputs)
    assert isinstance(out[2], Unknown)
    assert shape_of(TransposedConvolution(4, SAME, output_padding=1, same_cuts=True), *inputs) == (1, 8, 16)


@pytest.mark.onnx
def test_onnx_and_its_runtime_disagree_there() -> None:
    onnx = pytest.importorskip("onnx")
    from onnx.reference.ops.op_conv_transpose import ConvTranspose

    assert onnx.defs.get_schema("ConvTranspose").since_version >= 11
    true = ConvTranspose.eval(zeros(1, 3, 4), zeros(3, 8, 3), strides=[5], auto_pad="SAME_UPPER")
    assert true.shape == (1, 8, 20)
    given_by_runtime = shapes_of(
        "ConvTranspose", zeros(1, 3, 4), zeros(3, 8, 3), strides=[5], auto_pad="SAME_UPPER"
    )
    assert given_by_runtime == [(1, 8, 18)]


# the other order, and views -----------------------------------------------------------------------------


def test_kerass_order_of_a_weight() -> None:
    operator = TransposedConvolution(2, SAME, channels_last=True, filters_last=True)
    inputs = [Tensor((N, 7, 7, 64)), Tensor((3, 3, 32, 64)), Tensor((32,))]
    assert shape_of(operator, *inputs) == (N, 14, 14, 32)
    assert operator.filters(inputs) == Filters(32, (3, 3, 64), (3, 3))
    assert macs_of(operator, *inputs) == N * (49 * 64 * 32 * 9)
    assert operator.weight_shape(32, 64, (3, 3)) == (3, 3, 32, 64)


@pytest.mark.parametrize(
    ("operator", "weight", "words"),
    [
        (TransposedConvolution(2), (64, 32, 2, 2), "transposed 2×2, stride 2"),
        (TransposedConvolution(2, pads(1, 1), output_padding=1), (64, 32, 3, 3),
         "transposed 3×3, stride 2, pad 1, output pad 1"),
        (TransposedConvolution(2, SAME), (64, 32, 3, 3), "transposed 3×3, stride 2, same"),
        (TransposedConvolution((2, 1), output_padding=(1, 0), groups=4), (64, 8, 3, 3),
         "transposed 3×3, stride 2×1, output pad 1×0, groups 4"),
    ],
)  # fmt: skip
def test_words(operator, weight, words) -> None:
    assert operator.words([None, Tensor(weight)], []) == words


@pytest.mark.parametrize(
    ("operator", "weight", "filters"),
    [
        (TransposedConvolution(), (16, 33, 3, 3), Filters(33, (16, 3, 3), (3, 3))),
        (TransposedConvolution(groups=4), (16, 8, 3, 3), Filters(32, (4, 3, 3), (3, 3))),
        (TransposedConvolution(), (16, 33), None),
    ],
)
def test_filters(operator, weight, filters) -> None:
    assert operator.filters([Tensor((1, 16, 8, 8)), Tensor(weight)]) == filters


@pytest.mark.parametrize(
    ("operator", "padding"),
    [
        (TransposedConvolution(2, pads(1, 1)), [[1, 1], [1, 1]]),
        (TransposedConvolution(2), [[0, 0], [0, 0]]),
        (TransposedConvolution(2, SAME), [[0, 1], [0, 1]]),
        (TransposedConvolution(2, SAME_LOWER), [[1, 0], [1, 0]]),
    ],
)
def test_attributes(operator, padding) -> None:
    inputs = [Tensor((1, 16, 7, 8)), Tensor((16, 4, 3, 3))]
    assert operator.attributes(inputs) == {
        "kernel": [3, 3], "stride": [2, 2], "padding": padding, "dilation": [1, 1], "groups": 1,
        "output_padding": [0, 0],
    }  # fmt: skip
    asked = TransposedConvolution(2, output_size=(14, 16)).attributes(inputs)
    assert asked["output_size"] == [14, 16]


# edits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "weight", "after", "follow"),
    [
        (TransposedConvolution(), (8, 4, 3, 3), 6, Follow(TransposedConvolution(), {1: (6, 4, 3, 3)})),
        (TransposedConvolution(), (8, 4, 3, 3), 8, Follow(TransposedConvolution())),
        (TransposedConvolution(), (7, 4, 3, 3), 6, Follow(TransposedConvolution())),
        (TransposedConvolution(groups=2), (8, 4, 3, 3), 6, Follow(TransposedConvolution(groups=2), {1: (6, 4, 3, 3)})),
        (TransposedConvolution(groups=2), (8, 4, 3, 3), 5, Follow(TransposedConvolution(groups=2))),
        (TransposedConvolution(filters_last=True), (3, 3, 4, 8), 6,
         Follow(TransposedConvolution(filters_last=True), {1: (3, 3, 4, 6)})),
        (TransposedConvolution(groups=8), (8, 2, 3, 3), 12,
         Follow(TransposedConvolution(groups=12), {1: (12, 2, 3, 3), 2: (24,)})),
    ],
)  # fmt: skip
def test_a_weight_follows_the_channels_that_it_matched(operator, weight, after, follow) -> None:
    own = weight[2] if operator.filters_last else weight[1]
    held = [Tensor(weight), Tensor((own * operator.groups,))]
    assert operator.follow([Tensor((1, 8, 5, 5)), *held], [Tensor((1, after, 5, 5)), *held]) == follow


@pytest.mark.parametrize(
    ("filters_last", "filter", "channel", "place"),
    [
        (False, 0, 0, (0, 0, None, None)), (False, 4, 2, (2, 4, None, None)), (False, 5, 0, (3, 0, None, None)),
        (False, 9, 2, (5, 4, None, None)), (True, 4, 1, (None, None, 4, 1)),
    ],
)  # fmt: skip
def test_where_a_filter_keeps_its_kernel(filters_last, filter, channel, place) -> None:
    """The weight is in × out of one group, so that a filter's channels are those of its group."""
    operator = TransposedConvolution(groups=1 if filters_last else 2, filters_last=filters_last)
    weight = Tensor((3, 3, 5, 6) if filters_last else (6, 5, 3, 3))
    assert operator.kernel_place(weight, filter, channel) == place
