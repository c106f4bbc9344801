"""An operator in words, read back, is the same operator: in PyTorch's words and in Keras'."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.network import evaluate_network
from shapelens.operators import (
    AdaptivePool,
    Convolution,
    Flatten,
    GlobalPool,
    Linear,
    Pool,
    Tensor,
    TransposedConvolution,
    apply,
)
from shapelens.operators.windows import SAME, SAME_LOWER
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.words import to_keras, to_pytorch

IMAGE = Tensor((1, 6, 17, 20))
BIAS = Tensor((6,))


def read_back(written, sample):
    network = read_notation(written, sample)
    batch = {i.name: (1, *i.shape[1:]) for i in network.inputs}
    return network, evaluate_network(network, batch).outputs[0][1].shape


@given(
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    groups=st.sampled_from([1, 2, 3, 6]),
    bias=st.booleans(),
)
@settings(max_examples=60)
def test_a_convolution_in_pytorch_words(kernel, stride, padding, dilation, groups, bias):
    layer = Convolution(stride, ((padding, padding),) * 2, dilation, groups)
    weight = Tensor((12, 6 // groups, *kernel))
    inputs = (IMAGE, weight, Tensor((12,)) if bias else None)
    network, shape = read_back(to_pytorch(layer, inputs), (6, 17, 20))
    assert shape == apply(layer, inputs).outputs[0].shape
    assert network.weights["conv2d.weight"].shape == weight.shape
    assert ("conv2d.bias" in network.weights) is bias


@given(
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    extra=st.integers(0, 1),
    groups=st.sampled_from([1, 2]),
)
@settings(max_examples=40)
def test_a_transposed_convolution_in_pytorch_words(kernel, stride, padding, extra, groups):
    layer = TransposedConvolution(stride, ((padding, padding),) * 2, 1, groups, output_padding=extra)
    weight = Tensor((6, 4, kernel, kernel))
    inputs = (IMAGE, weight, None)
    network, shape = read_back(to_pytorch(layer, inputs), (6, 17, 20))
    assert shape == apply(layer, inputs).outputs[0].shape
    assert [held.shape for held in network.weights.values()] == [weight.shape]


@given(
    kind=st.sampled_from(["max", "average"]),
    kernel=st.integers(2, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    ceil_mode=st.booleans(),
)
@settings(max_examples=40)
def test_a_pool_in_pytorch_words(kind, kernel, stride, padding, ceil_mode):
    layer = Pool(kind, (kernel, kernel), (stride, stride), ((padding, padding),) * 2, ceil_mode=ceil_mode)
    _, shape = read_back(to_pytorch(layer, (IMAGE,)), (6, 17, 20))
    assert shape == apply(layer, (IMAGE,)).outputs[0].shape


@pytest.mark.parametrize(
    ("layer", "weight", "pytorch", "keras"),
    [
        (Convolution(), (12, 6, 3, 3), "Conv2d(6, 12, 3)", "Conv2D(12, 3)"),
        (
            Convolution(padding=((1, 1), (1, 1))),
            (12, 6, 3, 3),
            "Conv2d(6, 12, 3, padding=1)",
            "Conv2D(12, 3, padding='same')",
        ),
        (
            Convolution(2, ((3, 3), (3, 3))),
            (12, 6, 7, 7),
            "Conv2d(6, 12, 7, stride=2, padding=3)",
            "Conv2D(12, 7, strides=2) after ZeroPadding2D(3)",
        ),
        (Convolution(2, SAME), (12, 6, 3, 3), None, "Conv2D(12, 3, strides=2, padding='same')"),
        (Convolution(1, SAME), (12, 6, 4, 4), "Conv2d(6, 12, 4, padding='same')", "Conv2D(12, 4, padding='same')"),
        (Convolution(1, SAME_LOWER), (12, 6, 4, 4), None, None),
        (Convolution(1, ((0, 1), (0, 1))), (12, 6, 3, 3), None, "Conv2D(12, 3) after ZeroPadding2D(((0, 1), (0, 1)))"),
        (Convolution(groups=6), (12, 1, 3, 3), "Conv2d(6, 12, 3, groups=6)", "DepthwiseConv2D(3, depth_multiplier=2)"),
        (
            Convolution(padding=((1, 1), (1, 1)), padding_mode="reflect"),
            (12, 6, 3, 3),
            "Conv2d(6, 12, 3, padding=1, padding_mode='reflect')",
            None,
        ),
    ],
)  # fmt: skip
def test_words_for_a_convolution(layer, weight, pytorch, keras):
    inputs = (IMAGE, Tensor(weight), Tensor((weight[0],)))
    assert to_pytorch(layer, inputs) == pytorch
    assert to_keras(layer, inputs) == keras


@pytest.mark.parametrize(
    ("layer", "inputs", "pytorch", "keras"),
    [
        (Pool("max", (2, 2)), (IMAGE,), "MaxPool2d(2)", "MaxPooling2D(2)"),
        (Pool("max", (3, 3), (2, 2), ((1, 1), (1, 1))), (IMAGE,), "MaxPool2d(3, stride=2, padding=1)", None),
        (Pool("average", (2, 2), padding=SAME, count_include_pad=False), (IMAGE,), None,
         "AveragePooling2D(2, padding='same')"),
        (Pool("average", (2, 2), padding=SAME), (IMAGE,), None, None),
        (Pool("average", (3, 3), (2, 2), ((1, 1), (1, 1)), count_include_pad=False), (IMAGE,),
         "AvgPool2d(3, stride=2, padding=1, count_include_pad=False)", None),
        (Pool("average", (2, 2), count_include_pad=False), (IMAGE,), "AvgPool2d(2)", "AveragePooling2D(2)"),
        (Pool("average", (2, 2), divisor=3), (IMAGE,), "AvgPool2d(2, divisor_override=3)", None),
        (Pool("lp", (2, 2)), (IMAGE,), None, None),
        (AdaptivePool("average", (1, 1)), (IMAGE,), "AdaptiveAvgPool2d(1)", "GlobalAveragePooling2D(keepdims=True)"),
        (AdaptivePool("max", (7, 5)), (IMAGE,), "AdaptiveMaxPool2d((7, 5))", "AdaptiveMaxPooling2D((7, 5))"),
        (GlobalPool("average"), (IMAGE,), "AdaptiveAvgPool2d(1)", None),
        (Linear(), (Tensor((1, 20)), Tensor((5, 20)), None), "Linear(20, 5, bias=False)", "Dense(5, use_bias=False)"),
        (Flatten(1), (IMAGE,), "Flatten()", None),
        (Flatten(2), (IMAGE,), None, None),
    ],
)  # fmt: skip
def test_words_for_other_layers(layer, inputs, pytorch, keras):
    assert to_pytorch(layer, inputs) == pytorch
    assert to_keras(layer, inputs) == keras


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "extra", "words"),
    [
        (2, 2, 0, 0, "Conv2DTranspose(4, 2, strides=2, use_bias=False)"),
        (4, 2, 1, 0, "Conv2DTranspose(4, 4, strides=2, padding='same', use_bias=False)"),
        (3, 2, 1, 1, None),
        (2, 3, 0, 0, None),
    ],
)
def test_keras_is_named_only_where_it_cuts_the_same_cells(kernel, stride, padding, extra, words):
    layer = TransposedConvolution(stride, ((padding, padding),) * 2, output_padding=extra)
    assert to_keras(layer, (IMAGE, Tensor((6, 4, kernel, kernel)), None)) == words
