"""PyTorch's attention and encoder layer."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import error, in_a_print, outputs, read, weights


def test_attention_of_tokens_to_others():
    network = read_notation("MultiheadAttention(64, 8, batch_first=True)", (10, 64))
    assert [(i.name, str(i.shape)) for i in network.inputs] == [
        ("input", "(N, 10, 64)"),
        ("key", "(N, S, 64)"),
        ("value", "(N, S, 64)"),
    ]
    assert outputs("MultiheadAttention(64, 8, batch_first=True)", (10, 64)) == ["N×10×64", "N×10×S"]
    assert outputs("MultiheadAttention(64, 8)", (10, 64)) == ["10×64", "10×S"]
    assert outputs("MultiheadAttention(64, 8)", (10, 3, 64)) == ["10×3×64", "3×10×S"]


@pytest.mark.parametrize(
    ("settings", "held"),
    [
        ("", {"in_proj_weight": (12, 4), "in_proj_bias": (12,), "weight": (4, 4), "bias": (4,)}),
        (", bias=False", {"in_proj_weight": (12, 4), "weight": (4, 4)}),
        (
            ", bias=False, kdim=3",
            {"q_proj_weight": (4, 4), "k_proj_weight": (4, 3), "v_proj_weight": (4, 4), "weight": (4, 4)},
        ),
        (
            ", bias=False, add_bias_kv=True",
            {"in_proj_weight": (12, 4), "weight": (4, 4), "bias_k": (1, 1, 4), "bias_v": (1, 1, 4)},
        ),
    ],
)
def test_weights(settings, held):
    assert weights(f"MultiheadAttention(4, 2{settings})") == held


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("MultiheadAttention(10, 3)", "MultiheadAttention(10, 2)"),
        ("TransformerEncoderLayer(d_model=512, nhead=7)", "TransformerEncoderLayer(d_model=512, nhead=4)"),
    ],
)
def test_heads_share_the_width_evenly(text, fix):
    refused = error(text)
    assert "must be divisible by" in refused.summary
    assert refused.fix == fix


def test_a_print_does_not_tell_the_heads_and_nothing_is_guessed():
    line = (
        "MultiheadAttention(\n"
        "    (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n  )"
    )
    evaluation = read(in_a_print(line), (7, 4))
    assert isinstance(evaluation.outputs[0][1].shape, Unknown)
    assert list(evaluation.network.weights) == ["0.out_proj.weight", "0.out_proj.bias"]


@pytest.mark.parametrize("norm_first", [True, False])
def test_an_encoder_layer_is_its_parts_in_their_order(norm_first):
    text = f"TransformerEncoderLayer(8, 2, 32, batch_first=True, norm_first={norm_first})"
    steps = read(text, (5, 8)).steps
    parts = [step.node.name.removeprefix("transformer_encoder_layer.") for step in steps]
    attention, feed_forward = ["self_attn", "dropout1"], ["linear1", "relu", "dropout", "linear2", "dropout2"]
    if norm_first:
        assert parts == ["norm1", *attention, "add", "norm2", *feed_forward, "add:2"]
    else:
        assert parts == [*attention, "add", "norm1", *feed_forward, "add:2", "norm2"]
    assert all(str(step.output.dims[0]) == "N" and step.output.dims[1] == 5 for step in steps)
