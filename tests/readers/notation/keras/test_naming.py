from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from shapelens.readers.notation.keras.naming import given_name
from shapelens.readers.notation.layers import KERAS, layers_of

NAMES = {
    "Conv2D": "conv2d",
    "Conv2DTranspose": "conv2d_transpose",
    "DepthwiseConv2D": "depthwise_conv2d",
    "GlobalAveragePooling2D": "global_average_pooling2d",
    "BatchNormalization": "batch_normalization",
    "RMSNormalization": "rms_normalization",
    "ReLU": "re_lu",
    "LeakyReLU": "leaky_re_lu",
    "PReLU": "p_re_lu",
    "ELU": "elu",
    "LSTM": "lstm",
    "SimpleRNN": "simple_rnn",
    "ConvLSTM2D": "conv_lstm2d",
    "UpSampling2D": "up_sampling2d",
    "ZeroPadding2D": "zero_padding2d",
    "SpatialDropout2D": "spatial_dropout2d",
    "TimeDistributed": "time_distributed",
    "Dense": "dense",
}
"""What Keras names the first layer of a class."""


@pytest.mark.parametrize("layer", NAMES)
def test_a_name_as_keras_makes_it(layer) -> None:
    assert given_name(layer) == NAMES[layer]


@pytest.mark.torch
def test_every_class_is_named_as_keras_names_it(keras) -> None:
    for layer in {layer.name for layer in layers_of(KERAS).values()} - {"Input", "GroupQueryAttention"}:
        assert given_name(layer) == keras.src.utils.naming.to_snake_case(layer)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sequential([Conv2D(8, 3), Conv2D(8, 3), ReLU()])", ["conv2d", "conv2d_1", "re_lu"]),
        ("Sequential([MaxPool2D(), MaxPooling2D()])", ["max_pooling2d", "max_pooling2d_1"]),
        ("Sequential([Dense(8, name='head'), Dense(8)])", ["head", "dense"]),
        ("Conv2D(8, 3, name='stem')", ["stem"]),
        ("Conv2D(8, 3, activation='relu')", ["conv2d", "conv2d.relu"]),
        ("SeparableConv2D(8, 3)", ["separable_conv2d", "separable_conv2d.pointwise"]),
        ("Sequential([TimeDistributed(Dense(4)), TimeDistributed(Dense(4, name='last'))])",
         ["time_distributed.dense", "time_distributed_1.last"]),
        ("TimeDistributed(Sequential([Dense(4), Dense(4)]))", ["time_distributed.dense", "time_distributed.dense_1"]),
        ("Bidirectional(LSTM(4), merge_mode='sum')",
         ["bidirectional.forward", "bidirectional.backward", "bidirectional.sum"]),
    ],
)  # fmt: skip
def test_how_layers_are_named_in_a_network(text, names) -> None:
    assert [node.name for node in read_notation(text).nodes] == names


def test_an_alias_is_its_class() -> None:
    (node,) = read_notation("MaxPool2D()").nodes
    assert (node.name, node.module) == ("max_pooling2d", "MaxPooling2D")
    aliases = {name for name, layer in layers_of(KERAS).items() if layer.name != name}
    assert len(aliases) == 20
    assert {"AvgPool2D", "Convolution2DTranspose", "GlobalMaxPool3D", "SeparableConvolution1D"} <= aliases


WEIGHTS = [
    ("Conv2D(8, 3)", {"conv2d.kernel": (3, 3, 2, 8), "conv2d.bias": (8,)}),
    ("Conv2D(8, 3, groups=2)", {"conv2d.kernel": (3, 3, 1, 8), "conv2d.bias": (8,)}),
    ("Conv2DTranspose(8, 3)", {"conv2d_transpose.kernel": (3, 3, 8, 2), "conv2d_transpose.bias": (8,)}),
    (
        "DepthwiseConv2D(3, depth_multiplier=4)",
        {"depthwise_conv2d.kernel": (3, 3, 2, 4), "depthwise_conv2d.bias": (8,)},
    ),
    (
        "SeparableConv2D(8, 3)",
        {
            "separable_conv2d.depthwise_kernel": (3, 3, 2, 1),
            "separable_conv2d.pointwise.pointwise_kernel": (1, 1, 2, 8),
            "separable_conv2d.pointwise.bias": (8,),
        },
    ),
    ("Dense(8)", {"dense.kernel": (2, 8), "dense.bias": (8,)}),
    (
        "BatchNormalization()",
        {
            "batch_normalization.gamma": (2,),
            "batch_normalization.beta": (2,),
            "batch_normalization.moving_mean": (2,),
            "batch_normalization.moving_variance": (2,),
        },
    ),
    ("layers.PReLU(shared_axes=[1, 2])", {"p_re_lu.alpha": (1, 1, 2)}),
]


@pytest.mark.parametrize(("text", "weights"), WEIGHTS)
def test_weights_are_called_and_lie_as_in_keras(text, weights) -> None:
    assert {name: weight.shape for name, weight in read_notation(text, (9, 9, 2)).weights.items()} == weights


SEQUENCE_WEIGHTS = [
    (
        "layers.GRU(4)",
        {"gru.kernel": (3, 12), "gru.recurrent_kernel": (4, 12), "gru.bias": (2, 12)},
    ),
    (
        "Bidirectional(SimpleRNN(4, use_bias=False))",
        {
            "bidirectional.forward.kernel": (3, 4),
            "bidirectional.forward.recurrent_kernel": (4, 4),
            "bidirectional.backward.kernel": (3, 4),
            "bidirectional.backward.recurrent_kernel": (4, 4),
        },
    ),
    ("SpectralNormalization(Dense(4, use_bias=False))", {
        "spectral_normalization.dense.kernel": (3, 4), "spectral_normalization.vector_u": (1, 4)}),
    (
        "MultiHeadAttention(2, 4, use_bias=False)",
        {
            "multi_head_attention.query.kernel": (3, 2, 4),
            "multi_head_attention.key.kernel": (3, 2, 4),
            "multi_head_attention.value.kernel": (3, 2, 4),
            "multi_head_attention.attention_output.kernel": (2, 4, 3),
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "weights"), SEQUENCE_WEIGHTS)
def test_weights_of_sequences(text, weights) -> None:
    assert {name: weight.shape for name, weight in read_notation(text, (5, 3)).weights.items()} == weights
