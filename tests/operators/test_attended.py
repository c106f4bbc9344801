"""What attention keeps, against PyTorch's own."""

from __future__ import annotations

import itertools

import pytest

from shapelens.dims import Unknown
from shapelens.operators import (
    AlongAxis,
    Elementwise,
    Linear,
    MatrixProduct,
    MultiHeadAttention,
    Reshape,
    ScaledDotProductAttention,
    Tensor,
    Transpose,
    Unbind,
)
from tests.operators.keeping import assert_keeps_as_pytorch, kept_in

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.torch

QUERY, KEY = Tensor((2, 3, 5, 8)), Tensor((2, 3, 7, 8))


def attention(**settings):
    def function(query, key, value, *mask):
        return F.scaled_dot_product_attention(query, key, value, *mask, **settings)

    return function


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3, 5, 8), (2, 3, 7, 8), (2, 3, 7, 8)),
        ((2, 3, 5, 8), (2, 3, 7, 8), (2, 3, 7, 4)),
        ((3, 5, 8), (3, 7, 8), (3, 7, 8)),
        ((5, 8), (7, 8), (7, 8)),
        ((1, 2, 3, 5, 8), (1, 2, 3, 7, 8), (1, 2, 3, 7, 8)),
    ],
)
@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_attention(shapes, dropout):
    operator = ScaledDotProductAttention(dropout=dropout)
    assert_keeps_as_pytorch(operator, attention(dropout_p=dropout), *[Tensor(shape) for shape in shapes])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_attention_in_another_precision(dtype):
    tensors = [Tensor(tensor.dims, dtype) for tensor in (QUERY, KEY, KEY)]
    assert_keeps_as_pytorch(ScaledDotProductAttention(), attention(), *tensors)


@pytest.mark.parametrize("mask", [(5, 7), (1, 1, 5, 7), (2, 1, 5, 7), (3, 5, 7)])
@pytest.mark.parametrize("dtype", ["bool", "float32"])
def test_a_mask(mask, dtype):
    """Truth values are made numbers first. A mask that is learned, or of three axes, is added step by step."""
    mask = Tensor(mask, dtype)
    assert_keeps_as_pytorch(ScaledDotProductAttention(), attention(), QUERY, KEY, KEY, mask)


def test_heads_that_share_keys():
    operator = ScaledDotProductAttention(grouped=True)
    assert_keeps_as_pytorch(operator, attention(enable_gqa=True), Tensor((2, 6, 5, 8)), KEY, KEY)
    reason = "what an attention keeps that shares keys among samples or heads is not known"
    shared = Tensor((1, 3, 7, 8))
    assert kept_in(ScaledDotProductAttention(), [QUERY, shared, shared]) == Unknown(reason)


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 1, 3, 2)])
@pytest.mark.parametrize("width", [8, 4])
def test_what_lies_across(order, width):
    """Heads that were transposed are taken as they are; features that were, and steps, need copies."""

    def lying(shape):
        return Tensor(tuple([shape[axis] for axis in order]))

    shapes = [lying((2, 3, 5, 8)), lying((2, 3, 7, 8)), lying((2, 3, 7, width))]
    layers = [(Transpose(order), (f"in{i}",), 1) for i in range(3)]
    layers.append((ScaledDotProductAttention(), ("0", "1", "2"), 1))
    assert_keeps_as_pytorch(layers, lambda *qkv: attention()(*[t.permute(order) for t in qkv]), *shapes)


def test_only_some_gradients_are_wanted():
    for wanted in range(1, 7):
        places = [place for place in range(3) if wanted >> place & 1]
        tensors = [Tensor((3, 5, 8)), Tensor((3, 7, 8)), Tensor((3, 7, 8))]
        names = [
            f"w{places.index(p)}" if p in places else f"in{p - sum(q < p for q in places)}" for p in range(3)
        ]
        assert_keeps_as_pytorch(
            [(ScaledDotProductAttention(), tuple(names), 1)],
            lambda *given, names=names, places=places: attention()(
                *[given[int(n[1:]) + 3 - len(places)] if n[0] == "w" else given[int(n[2:])] for n in names]
            ),
            *[tensors[p] for p in range(3) if p not in places],
            weights=[tensors[p] for p in places],
            gradients=False,
        )


# layers -------------------------------------------------------------------------------------------------


def layer(
    inputs,
    *,
    batch_first=False,
    needs=True,
    each=False,
    dropout=0.0,
    bias=True,
    extra=False,
    zero=False,
    width=8,
):
    """Both attentions of a layer: ours as an operator with the values that it takes, and PyTorch's.

    Args:
        inputs: which of the inputs query, key and value are: `(0, 0, 0)` where they are one.
    """
    roles = MultiHeadAttention.roles
    theirs = torch.nn.MultiheadAttention(
        *(8, 2),
        dropout=dropout,
        bias=bias,
        add_bias_kv=extra,
        add_zero_attn=zero,
        kdim=width,
        vdim=width,
        batch_first=batch_first,
    ).train()
    ours = MultiHeadAttention(2, batch_first, needs, not each, zero, dropout)
    called = {
        "in_weight": "in_proj_weight", "in_bias": "in_proj_bias", "out_weight": "out_proj.weight",
        "out_bias": "out_proj.bias", "query_weight": "q_proj_weight", "key_weight": "k_proj_weight",
        "value_weight": "v_proj_weight", "extra_key": "bias_k", "extra_value": "bias_v",
    }  # fmt: skip
    parameters = dict(theirs.named_parameters())
    held = [role for role in roles if called.get(role) in parameters]
    taken = [f"in{place}" for place in inputs]
    taken += [f"w{held.index(role)}" if role in held else None for role in roles[3:]]
    weights = [Tensor(tuple(parameters[called[role]].shape)) for role in held]

    def function(*given):
        fed, own = given[: -len(held)], given[-len(held) :]
        names = {called[role]: weight for role, weight in zip(held, own, strict=True)}
        settings = {"need_weights": needs, "average_attn_weights": not each}
        return torch.func.functional_call(theirs, names, tuple([fed[p] for p in inputs]), settings)

    return [(ours, tuple(taken), 2 if needs else 1)], function, weights


@pytest.mark.parametrize("inputs", [(0, 0, 0), (0, 1, 1), (0, 1, 2), (0, 1, 0)])
@pytest.mark.parametrize(
    "settings",
    [
        {"batch_first": first, "needs": needs, "each": each, "dropout": dropout}
        for first, needs, each, dropout in itertools.product(*[(False, True)] * 3, (0.0, 0.1))
        if needs or not each
    ],
)
def test_a_layer(inputs, settings):
    layers, function, weights = layer(inputs, **settings)
    tokens = [5, 7, 7] if inputs != (0, 1, 0) else [5, 5]
    shapes = [(2, t, 8) if settings["batch_first"] else (t, 2, 8) for t in tokens][: max(inputs) + 1]
    assert_keeps_as_pytorch(layers, function, *[Tensor(shape) for shape in shapes], weights=weights)


@pytest.mark.parametrize("needs", [False, True])
@pytest.mark.parametrize(
    ("settings", "inputs", "shapes"),
    [
        ({"bias": False}, (0, 0, 0), [(5, 2, 8)]),
        ({"extra": True}, (0, 0, 0), [(5, 2, 8)]),
        ({"zero": True}, (0, 1, 1), [(5, 2, 8), (7, 2, 8)]),
        ({"width": 6}, (0, 1, 1), [(5, 2, 8), (7, 2, 6)]),
        ({"width": 6, "batch_first": True}, (0, 1, 1), [(2, 5, 8), (2, 7, 6)]),
        ({}, (0, 0, 0), [(5, 8)]),
        ({"batch_first": True}, (0, 1, 1), [(5, 8), (7, 8)]),
        ({"batch_first": True}, (0, 0, 0), [(1, 5, 8)]),
        ({"batch_first": True}, (0, 0, 0), [(2, 1, 8)]),
    ],
)
def test_a_layer_of_another_kind(needs, settings, inputs, shapes):
    layers, function, weights = layer(inputs, needs=needs, **settings)
    assert_keeps_as_pytorch(layers, function, *[Tensor(shape) for shape in shapes], weights=weights)


def test_the_first_layer_of_a_network_wants_no_gradient_of_what_is_fed_in():
    layers, function, weights = layer((0, 0, 0), batch_first=True, needs=False)
    assert_keeps_as_pytorch(layers, function, Tensor((2, 5, 8)), weights=weights, gradients=False)


def test_masks_are_kept_in_ways_that_are_not_followed():
    ((operator, taken, outputs),), _, weights = layer((0, 0, 0), needs=False)
    taken = (*taken[:12], None, "in1")
    kept = kept_in([(operator, taken, outputs)], [Tensor((5, 2, 8)), Tensor((5, 5))], weights)
    assert kept == Unknown("what an attention keeps of its masks is not known")


def test_attention_written_out():
    """As windowed attention is written: one map, heads unbound from it, scaled, compared, and put together."""
    layers = [
        (Linear(), ("in0", "w0"), 1),
        (Reshape((2, 7, 3, 4, 8)), ("0",), 1),
        (Transpose((2, 0, 3, 1, 4)), ("1",), 1),
        (Unbind(0), ("2",), 3),
        (Elementwise("multiply"), ("3",), 1),
        (Transpose((0, 1, 3, 2)), ("3.1",), 1),
        (MatrixProduct(), ("4", "5"), 1),
        (Elementwise("add"), ("6", "w1"), 1),
        (AlongAxis("softmax"), ("7",), 1),
        (MatrixProduct(), ("8", "3.2"), 1),
        (Transpose((0, 2, 1, 3)), ("9",), 1),
        (Reshape((2, 7, 32)), ("10",), 1),
        (Linear(), ("11", "w2"), 1),
    ]

    def function(x, w, b, v):
        q, k, value = F.linear(x, w).reshape(2, 7, 3, 4, 8).permute(2, 0, 3, 1, 4).unbind(0)
        shares = ((q * 8**-0.5) @ k.transpose(-2, -1) + b).softmax(-1)
        return F.linear((shares @ value).transpose(1, 2).reshape(2, 7, 32), v)

    weights = [Tensor((96, 32)), Tensor((4, 7, 7)), Tensor((32, 32))]
    assert_keeps_as_pytorch(layers, function, Tensor((2, 7, 32)), weights=weights)
