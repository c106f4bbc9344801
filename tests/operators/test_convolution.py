from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Convolution, Filters, Follow, Tensor, apply
from shapelens.operators.windows import SAME, VALID

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
    ("operator", "before", "weight", "after", "weights", "macs"),
    [
        (Convolution(padding=pads(1, 1)), (3, 256, 256), (32, 3, 3, 3), (32, 256, 256), 864, 56_623_104),
        (Convolution(), (1, 5, 5), (1, 1, 3, 3), (1, 3, 3), 9, 81),
        (Convolution(padding=pads(1, 1)), (3, 128, 128), (3, 3, 3, 3), (3, 128, 128), 81, 1_327_104),
        (Convolution(padding=pads(1, 1)), (3, 32, 32), (10, 3, 3, 3), (10, 32, 32), 270, 276_480),
        (Convolution(padding=pads(1, 1)), (128, 8, 8), (256, 128, 3, 3), (256, 8, 8), 294_912, 18_874_368),
        (Convolution(padding=pads(1, 1)), (3, 224, 224), (64, 3, 3, 3), (64, 224, 224), 1728, 86_704_128),
        (Convolution(4), (3, 224, 224), (96, 3, 11, 11), (96, 54, 54), 34_848, 101_616_768),
        (Convolution(4), (3, 227, 227), (96, 3, 11, 11), (96, 55, 55), 34_848, 105_415_200),
        (Convolution(4, pads(2, 2)), (3, 224, 224), (96, 3, 11, 11), (96, 55, 55), 34_848, 105_415_200),
        (Convolution(groups=32), (32, 9, 9), (64, 1, 3, 3), (64, 7, 7), 576, 28_224),
        (Convolution(), (256, 56, 56), (64, 256, 1, 1), (64, 56, 56), 16_384, 51_380_224),
        (Convolution(2, SAME), (3, 224, 224), (64, 3, 7, 7), (64, 112, 112), 9408, 118_013_952),
        (Convolution(padding=pads(1, 1)), (3, 32, 32), (8, 3, 3, 3), (8, 32, 32), 216, 221_184),
    ],
)
def test_shapes_that_people_ask_about(operator, before, weight, after, weights, macs) -> None:
    image, held = Tensor((1, *before)), Tensor(weight)
    assert shape_of(operator, image, held) == (1, *after)
    assert held.elements == weights
    assert macs_of(operator, image, held, Tensor((weight[0],))) == macs


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "out"),
    [
        (4, 3, 1, 0, 1, 2),  # relationship 1: no padding, unit strides
        (5, 4, 1, 2, 1, 6),  # 2: padding, unit strides
        (5, 3, 1, 1, 1, 5),  # 3: half padding
        (5, 3, 1, 2, 1, 7),  # 4: full padding
        (5, 3, 2, 0, 1, 2),  # 5: strides
        (5, 3, 2, 1, 1, 3),  # 6: padding and strides
        (6, 3, 2, 1, 1, 3),  # 6 again: another size that comes to the same
        (7, 3, 1, 0, 2, 3),  # 15: dilation
    ],
)
def test_convolution_arithmetic(size, kernel, stride, padding, dilation, out) -> None:
    operator = Convolution(stride, pads(padding, padding), dilation)
    assert shape_of(operator, Tensor((1, 1, size, size)), Tensor((1, 1, kernel, kernel))) == (1, 1, out, out)


@pytest.mark.parametrize(
    ("operator", "formula"),
    [
        (Convolution(padding=pads(1, 1)), (N, 8, H, W)),
        (Convolution(), (N, 8, H - 2, W - 2)),
        (Convolution(2, pads(1, 1)), (N, 8, (H + 1) // 2, (W + 1) // 2)),
        (Convolution(2, SAME), (N, 8, (H + 1) // 2, (W + 1) // 2)),
        (Convolution((2, 1), VALID), (N, 8, (H - 1) // 2, W - 2)),
    ],
)
def test_formulas(operator, formula) -> None:
    assert shape_of(operator, Tensor((N, 3, H, W)), Tensor((8, 3, 3, 3))) == formula


# what must hold -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "image", "weight", "bias", "broken", "after"),
    [
        (Convolution(), (1, 4, 8, 8), (8, 3, 3, 3), None, "channels", (1, 8, 6, 6)),
        (Convolution(groups=2), (1, 3, 8, 8), (8, 3, 3, 3), None, "channels", (1, 8, 6, 6)),
        (Convolution(groups=3), (1, 3, 8, 8), (8, 1, 3, 3), None, "groups", (1, 8, 6, 6)),
        (Convolution(), (1, 3, 8, 8), (8, 3, 3, 3), (7,), "bias", (1, 8, 6, 6)),
        (Convolution(), (1, 3, 8, 8), (8, 3, 3, 3), (8, 1), "bias", (1, 8, 6, 6)),
        (Convolution(), (1, 3, 2, 8), (8, 3, 3, 3), None, "window", (1, 8, "?", 6)),
        (Convolution(padding=pads(3, 3), padding_mode="reflect"), (1, 3, 3, 8), (8, 3, 3, 3), None, "pad_limit",
         (1, 8, "?", 12)),
        (Convolution(), (8, 8), (8, 3, 3, 3), None, "rank", "?"),
        (Convolution(batched=True), (3, 8, 8), (8, 3, 3, 3), None, "rank", "?"),
        (Convolution(), (1, 3, 8), (8, 3), None, "weight_rank", "?"),
        (Convolution(stride=(2,)), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(stride=0), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(dilation=(1, 0)), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(padding=pads(1)), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(padding=pads(1, -1)), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(groups=0), (1, 3, 8, 8), (8, 3, 3, 3), None, "settings", "?"),
        (Convolution(), (1, 3, 8, 8), (8, 3, 0, 3), None, "settings", "?"),
        (Convolution(), (1, 3, 8, 8), (0, 3, 3, 3), None, "settings", "?"),
        (Convolution(), (1, 0, 8, 8), (8, 0, 3, 3), None, "settings", "?"),
    ],
)  # fmt: skip
def test_what_does_not_fit(operator, image, weight, bias, broken, after) -> None:
    inputs = [Tensor(image), Tensor(weight), None if bias is None else Tensor(bias)]
    outcome = apply(operator, inputs)
    assert [requirement.kind for requirement in outcome.broken] == [broken]
    shape = outcome.outputs[0].shape
    if after == "?":
        assert isinstance(shape, Unknown)
    else:
        assert tuple("?" if isinstance(dim, Unknown) else dim for dim in shape) == after
    assert operator.words(inputs, outcome.outputs)
    assert operator.attributes(inputs)


def test_channels_that_do_not_fit_tell_both_numbers() -> None:
    (broken,) = apply(Convolution(groups=2), [Tensor((N, 6, H, W)), Tensor((8, 2, 3, 3))]).broken
    assert broken.facts == {"gets": 6, "wants": 4, "groups": 2, "weight": (8, 2, 3, 3), "axis": 1}


def test_what_is_not_known_stays_unknown() -> None:
    unknown = Unknown("x")
    inputs = [Tensor((N, 3, unknown, W)), Tensor((8, 3, 3, 3)), Tensor(unknown)]
    assert shape_of(Convolution(2, SAME), *inputs) == (N, 8, unknown, (W + 1) // 2)
    assert shape_of(Convolution(), Tensor(unknown), Tensor((8, 3, 3, 3))) == unknown
    assert shape_of(Convolution(), Tensor((N, 3, H, W)), Tensor(unknown)) == unknown
    assert isinstance(Convolution().macs([Tensor((N, 3, H, W)), Tensor(unknown)], []), Unknown)
    assert Convolution().filters([Tensor((N, 3, H, W)), Tensor(unknown)]) is None
    assert Convolution().words([Tensor((N, 3, H, W)), Tensor(unknown)], []) == "conv"
    explicit = Convolution(2, pads(1, 1)).attributes([Tensor((N, 3, H, W)), Tensor(unknown)])
    assert (explicit["kernel"], explicit["padding"]) == ([], [[1, 1], [1, 1]])


# the other order ----------------------------------------------------------------------------------------


def test_kerass_order_of_a_weight() -> None:
    operator = Convolution(2, SAME, channels_last=True, filters_last=True)
    inputs = [Tensor((N, 224, 224, 3)), Tensor((3, 3, 3, 64)), Tensor((64,))]
    assert shape_of(operator, *inputs) == (N, 112, 112, 64)
    assert operator.filters(inputs) == Filters(64, (3, 3, 3), (3, 3))
    assert operator.attributes(inputs)["padding"] == [[0, 1], [0, 1]]
    assert macs_of(operator, *inputs) == N * (112 * 112 * 64 * 27)


# views --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "weight", "words"),
    [
        (Convolution(), (64, 3, 3, 3), "conv 3×3"),
        (Convolution(2, pads(3, 3)), (64, 3, 7, 7), "conv 7×7, stride 2, pad 3"),
        (Convolution((2, 1), pads(1, 0)), (64, 3, 3, 1), "conv 3×1, stride 2×1, pad 1×0"),
        (Convolution(padding=SAME), (64, 3, 3, 3), "conv 3×3, same"),
        (Convolution(dilation=2), (64, 3, 3, 3), "conv 3×3, dilation 2"),
        (Convolution(groups=32), (256, 8, 3, 3), "conv 3×3, groups 32"),
        (Convolution(groups=64), (64, 1, 3, 3), "depthwise 3×3"),
        (Convolution(padding=pads(1, 1), padding_mode="reflect"), (64, 3, 3, 3), "conv 3×3, pad 1 (reflect)"),
        (Convolution(2), (64, 3, 5), "conv 5, stride 2"),
        (Convolution(filters_last=True), (3, 5, 16, 64), "conv 3×5"),
    ],
)
def test_words(operator, weight, words) -> None:
    assert operator.words([None, Tensor(weight)], []) == words


@pytest.mark.parametrize(
    ("operator", "weight", "filters"),
    [
        (Convolution(), (64, 3, 7, 7), Filters(64, (3, 7, 7), (7, 7))),
        (Convolution(groups=32), (64, 1, 3, 3), Filters(64, (1, 3, 3), (3, 3))),
        (Convolution(channels_last=True, filters_last=True), (7, 7, 3, 64), Filters(64, (7, 7, 3), (7, 7))),
        (Convolution(), (64, 3, 7), Filters(64, (3, 7), (7,))),
        (Convolution(), (64, 3), None),
    ],
)
def test_filters(operator, weight, filters) -> None:
    assert operator.filters([Tensor((1, 3, 8, 8)), Tensor(weight)]) == filters


def test_attributes() -> None:
    image, weight = Tensor((N, 3, 224, H)), Tensor((64, 3, 7, 7))
    assert Convolution(2, pads(3, 3)).attributes([image, weight]) == {
        "kernel": [7, 7], "stride": [2, 2], "padding": [[3, 3], [3, 3]], "dilation": [1, 1], "groups": 1,
    }  # fmt: skip
    same = Convolution(2, SAME)
    assert same.attributes([image, weight])["padding"] == "same"
    assert same.attributes([Tensor((N, 3, 224, 225)), weight])["padding"] == [[2, 3], [3, 3]]
    assert same.attributes([Tensor(Unknown("x")), weight])["padding"] == "same"
    assert Convolution(padding=VALID).attributes([image, weight])["padding"] == [[0, 0], [0, 0]]
    assert Convolution(padding_mode="circular").attributes([image, weight])["padding_mode"] == "circular"


def test_an_output_of_another_type() -> None:
    outcome = apply(Convolution(dtype="int32"), [Tensor((1, 3, 8, 8), "uint8"), Tensor((4, 3, 3, 3), "int8")])
    assert outcome.outputs[0].dtype == "int32"


# edits --------------------------------------------------------------------------------------------------


def followed(operator, before, after, weight, bias=None, edited=None):
    held = [Tensor(weight), None if bias is None else Tensor((bias,))]
    kept = [Tensor(edited or weight), held[1]]
    return operator.follow([Tensor(before), *held], [Tensor(after), *kept])


@pytest.mark.parametrize(
    ("operator", "before", "after", "weight", "shapes"),
    [
        (Convolution(), (1, 3, 8, 8), (1, 5, 8, 8), (4, 3, 3, 3), {1: (4, 5, 3, 3)}),
        (Convolution(), (N, 3, H, W), (N, 5, H, W), (4, 3, 3, 3), {1: (4, 5, 3, 3)}),
        (Convolution(), (1, 3, 8, 8), (1, 3, 9, 9), (4, 3, 3, 3), {}),
        (Convolution(), (1, 4, 8, 8), (1, 5, 8, 8), (4, 3, 3, 3), {}),
        (Convolution(), (1, 3, 8, 8), (1, C, 8, 8), (4, 3, 3, 3), {}),
        (Convolution(groups=2), (1, 4, 8, 8), (1, 6, 8, 8), (4, 2, 3, 3), {1: (4, 3, 3, 3)}),
        (Convolution(groups=2), (1, 4, 8, 8), (1, 5, 8, 8), (4, 2, 3, 3), {}),
        (Convolution(filters_last=True), (1, 3, 8, 8), (1, 5, 8, 8), (3, 3, 3, 4), {1: (3, 3, 5, 4)}),
        (Convolution(channels_last=True), (1, 8, 8, 3), (1, 8, 8, 5), (4, 3, 3, 3), {1: (4, 5, 3, 3)}),
        (Convolution(), (1, 3, 8, 8), (8, 8), (4, 3, 3, 3), {}),
        (Convolution(), (1, 3, 8, 8), Unknown("x"), (4, 3, 3, 3), {}),
        (Convolution(), (1, 3, 8, 8), (1, 5, 8, 8), (4, 3), {}),
        (Convolution(stride=0), (1, 3, 8, 8), (1, 5, 8, 8), (4, 3, 3, 3), {}),
    ],
)
def test_a_weight_follows_the_channels_that_it_matched(operator, before, after, weight, shapes) -> None:
    assert followed(operator, before, after, weight, 4) == Follow(operator, shapes)


def test_a_depthwise_layer_follows_with_its_groups() -> None:
    operator = Convolution(groups=32)
    follow = followed(operator, (1, 32, 8, 8), (1, 48, 8, 8), (64, 1, 3, 3), 64)
    assert follow == Follow(Convolution(groups=48), {1: (96, 1, 3, 3), 2: (96,)})
    without_bias = followed(operator, (1, 32, 8, 8), (1, 48, 8, 8), (32, 1, 3, 3))
    assert without_bias == Follow(Convolution(groups=48), {1: (48, 1, 3, 3)})


def test_a_bias_follows_the_filters_that_it_matched() -> None:
    image = (1, 3, 8, 8)
    assert followed(Convolution(), image, image, (4, 3, 3, 3), 4, (6, 3, 3, 3)).shapes == {2: (6,)}
    assert followed(Convolution(), image, image, (4, 3, 3, 3), 5, (6, 3, 3, 3)).shapes == {}
    both = followed(Convolution(), image, (1, 5, 8, 8), (4, 3, 3, 3), 4, (6, 3, 3, 3))
    assert both.shapes == {1: (6, 5, 3, 3), 2: (6,)}
