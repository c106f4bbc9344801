"""Attention over tensors, as a layer with everything that `torch.nn.MultiheadAttention` can be told, and in stacks."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from shapelens.operators import MultiHeadAttention  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere, macs_of, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

HEADS, MORE = (2, 4, 10, 16), [[(3, 4, 7, 16)], [(1, 4, 1, 16)]]
TOKENS, OTHERS = (2, 10, 64), [[(3, 10, 64)], [(1, 10, 64)]]


@pytest.mark.parametrize(
    "function",
    cases(
        plain=lambda x: F.scaled_dot_product_attention(x, x, x),
        causal=lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True, dropout_p=0.1),
        a_mask=lambda x: F.scaled_dot_product_attention(x, x, x, x @ x.mT > 0),
        a_mask_that_broadcasts=lambda x: F.scaled_dot_product_attention(x, x, x, attn_mask=(x @ x.mT)[:, :1]),
        values_of_another_width=lambda x: F.scaled_dot_product_attention(x, x, x[..., :5], scale=0.5),
        other_keys=lambda x: F.scaled_dot_product_attention(x, x[:, :, :1], x[:, :, :1]),
        one_head=lambda x: F.scaled_dot_product_attention(x[:, 0], x[:, 0], x[:, 0]),
        shared_heads=lambda x: F.scaled_dot_product_attention(x, x[:, :2], x[:, :2], enable_gqa=True),
    ),
)
def test_over_tensors(function) -> None:
    holds_everywhere(function, HEADS, others=MORE)


class Layer(nn.Module):
    """Attention of a tensor to itself, or to others."""

    def __init__(self, call=None, **settings):
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4, **settings)
        self.call = call or (lambda attention, x: attention(x, x, x))

    def forward(self, x):
        return self.call(self.attention, x)


def without_weights(attention, x):
    return attention(x, x, x, need_weights=False)[0]


def each_head(attention, x):
    return attention(x, x, x, average_attn_weights=False)


def masked(attention, x):
    return attention(x, x, x, attn_mask=torch.zeros(10, 10, dtype=torch.bool), is_causal=True)


def masked_apart(attention, x):
    return attention(x, x, x, attn_mask=x.new_zeros(x.shape[0] * 4, x.shape[1], x.shape[1]))


def padded(attention, x):
    return attention(x, x, x, key_padding_mask=x.mean(2) > 0)


def other_keys(attention, x):
    return attention(x, x[:, :3], x[:, :3])


def of_other_widths(attention, x):
    return attention(x, x[:, :3, :32], x[:, :3, :16])


@pytest.mark.parametrize(
    ("call", "settings"),
    [
        (None, {}),
        (None, {"bias": False, "dropout": 0.1}),
        (None, {"add_bias_kv": True}),
        (None, {"add_zero_attn": True}),
        (None, {"add_bias_kv": True, "add_zero_attn": True}),
        (without_weights, {}),
        (each_head, {}),
        (masked, {}),
        (masked_apart, {}),
        (padded, {}),
        (padded, {"add_bias_kv": True}),
        (other_keys, {}),
        (of_other_widths, {"kdim": 32, "vdim": 16}),
    ],
)
@pytest.mark.parametrize("learns", [False, True])
def test_as_a_layer(call, settings, learns) -> None:
    layer = Layer(call, batch_first=True, **settings).train(learns)
    network = holds_everywhere(layer, TOKENS, others=OTHERS, real=True)
    learned = {weight.shape for weight in network.weights.values() if weight.is_parameter}
    assert learned == {tuple(parameter.shape) for parameter in layer.parameters()}


def test_tokens_first() -> None:
    network = holds_everywhere(Layer(), (10, 2, 64), others=[[(7, 2, 64)]], real=True)
    assert operators_of(network) == ["MultiHeadAttention"]


def test_without_a_batch() -> None:
    holds_everywhere(Layer(batch_first=True), (10, 64), others=[[(7, 64)]], real=True)


def test_ten_tokens_of_width_64_in_four_heads() -> None:
    network = holds_everywhere(Layer(batch_first=True), (1, 10, 64), real=True)
    assert macs_of(network, (1, 10, 64)) == 176_640
    operators = [node.operator for node in network.nodes]
    assert MultiHeadAttention(heads=4, with_weights=True) in operators


def test_in_one_step() -> None:
    """PyTorch's own kernels for a whole layer cost and give what the parts do."""
    width, heads = 64, 4

    def weights(x):
        return (
            x.new_ones(3 * width, width),
            x.new_ones(3 * width),
            x.new_ones(width, width),
            x.new_ones(width),
        )

    def attention(x):
        return torch._native_multi_head_attention(x, x, x, width, heads, *weights(x), None, True, True, None)[
            0
        ]

    network = holds_everywhere(attention, (1, 10, 64), others=[[(3, 10, 64)]], real=True)
    assert macs_of(network, (1, 10, 64)) == 176_640


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_an_encoder_layer_in_one_step(norm_first, activation) -> None:
    layer = nn.TransformerEncoderLayer(
        64, 4, 32, batch_first=True, norm_first=norm_first, activation=activation
    )
    layer.eval()

    def whole(x):
        own = layer.self_attn
        return torch._transformer_encoder_layer_fwd(
            *(x, 64, 4, own.in_proj_weight, own.in_proj_bias, own.out_proj.weight, own.out_proj.bias),
            *(activation == "gelu", norm_first, 1e-5),
            *(layer.norm1.weight, layer.norm1.bias, layer.norm2.weight, layer.norm2.bias),
            *(layer.linear1.weight, layer.linear1.bias, layer.linear2.weight, layer.linear2.bias),
        )

    together = holds_everywhere(whole, (1, 10, 64), others=[[(3, 10, 64)]], real=True)
    apart = holds_everywhere(layer, (1, 10, 64), others=[[(3, 10, 64)]], real=True)
    assert macs_of(together, (1, 10, 64)) == macs_of(apart, (1, 10, 64)) == 176_640 + 2 * 10 * 64 * 32


@pytest.mark.filterwarnings("ignore:enable_nested_tensor", "ignore:The PyTorch API of nested tensors")
def test_encoders_and_decoders() -> None:
    holds_everywhere(
        nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 32, batch_first=True), 2).eval(),
        TOKENS,
        others=OTHERS,
        real=True,
    )
    model = nn.Transformer(64, 4, 1, 1, 32, batch_first=True).eval()
    network = holds_everywhere(lambda x: model(x, x[:, :3]), TOKENS, others=OTHERS, real=True)
    assert operators_of(network).count("MultiHeadAttention") == 3
