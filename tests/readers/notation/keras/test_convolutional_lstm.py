from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.operators import Convolution, Tensor, apply
from shapelens.readers.notation.keras.convolutional_lstm import ConvolutionalLSTM
from tests.operators.readings import assert_readings_agree

N, T, H, W = symbol("N"), symbol("T"), symbol("H"), symbol("W")


def held(*shape):
    return Tensor(shape, is_held=True)


@pytest.mark.parametrize("last_only", [True, False])
@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize(("stride", "padding"), [(1, ()), (2, "same"), ((2, 1), ())])
def test_it_is_two_convolutions_at_each_step(last_only, channels_last, stride, padding) -> None:
    steps, filters = 5, 6
    image = (3, 12, 11, 4) if channels_last else (3, 4, 12, 11)
    kernel, recurrent = held(3, 3, 4, 4 * filters), held(3, 3, filters, 4 * filters)
    first = Convolution(stride, padding, channels_last=channels_last, filters_last=True)
    gates = apply(first, [Tensor(image), kernel]).outputs
    channel = 3 if channels_last else 1
    state = tuple([filters if axis == channel else dim for axis, dim in enumerate(gates[0].dims)])
    second = Convolution(1, "same", channels_last=channels_last, filters_last=True)
    remembered = apply(second, [Tensor(state), recurrent]).outputs
    assert remembered[0].shape == gates[0].shape
    operator = ConvolutionalLSTM(stride, padding, channels_last=channels_last, last_only=last_only)
    inputs = [Tensor((image[0], steps, *image[1:])), kernel, recurrent, held(4 * filters)]
    outcome = apply(operator, inputs, 3)
    assert outcome.broken == ()
    output = state if last_only else (state[0], steps, *state[1:])
    assert [tensor.shape for tensor in outcome.outputs] == [output, state, state]
    each = first.macs([Tensor(image), kernel], gates) + second.macs([Tensor(state), recurrent], remembered)
    assert operator.macs(inputs, outcome.outputs) == steps * each
    assert operator.filters(inputs).count == filters


@pytest.mark.parametrize("last_only", [True, False])
def test_readings_agree(last_only) -> None:
    operator = ConvolutionalLSTM(2, "same", channels_last=True, last_only=last_only)
    inputs = [Tensor((N, T, H, W, 3)), held(3, 3, 3, 16), held(3, 3, 4, 16), held(16)]
    assert_readings_agree(operator, inputs, {"N": (1, 2), "T": (1, 7), "H": (5, 8), "W": (1, 6)}, 3)


def test_what_does_not_fit() -> None:
    operator = ConvolutionalLSTM(channels_last=True)
    weights = [held(3, 3, 3, 16), held(3, 3, 4, 16)]
    (broken,) = apply(operator, [Tensor((2, 5, 9, 2, 3)), *weights]).broken
    assert (broken.kind, broken.facts["axis"], broken.spoils) == ("window", 3, (2,))
    (broken,) = apply(operator, [Tensor((2, 9, 9, 3)), *weights]).broken
    assert broken.kind == "rank"


def test_channels_that_follow_an_edit() -> None:
    operator = ConvolutionalLSTM(channels_last=True)
    before = [Tensor((2, 5, 9, 9, 3)), held(3, 3, 3, 16), held(3, 3, 4, 16)]
    follow = operator.follow(before, [Tensor((2, 5, 9, 9, 8)), *before[1:]])
    assert follow.shapes == {1: (3, 3, 8, 16)}
    assert operator.follow(before, before).shapes == {}


def test_words_and_what_is_seen() -> None:
    operator = ConvolutionalLSTM(padding="same", channels_last=True)
    inputs = [Tensor((2, 5, 9, 9, 3)), held(3, 3, 3, 16), held(3, 3, 4, 16)]
    outputs = apply(operator, inputs).outputs
    assert operator.words(inputs, outputs) == "conv lstm 3×3, same"
    # all steps are seen whole, and of each image more with every step
    links = operator.links(inputs, outputs)
    assert [(link.input_axis, link.output_axis, link.spans) for link in links] == [
        (0, 0, ((0, 0),)),
        (2, 1, None),
        (3, 2, None),
    ]
