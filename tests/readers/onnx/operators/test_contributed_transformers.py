"""Operators that onnxruntime's optimizer makes of transformers have the shapes that onnxruntime gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from shapelens.analyses.costs import costs_of
from shapelens.dims import Unknown
from shapelens.operators import Opaque
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import FAMILIES, translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.models import evaluated, graph, model, node, value
from tests.readers.onnx.operators.test_contributed import (
    MICROSOFT,
    SCALE,
    ZERO,
    bytes_,
    cells,
    executed,
    image,
    told,
)

pytestmark = pytest.mark.onnx

TOKENS, NUMBERS = image(2, 5, 8), np.zeros((2, 5), np.int32)

ONE = [image(2, 1, 8)] * 3
TABLES = [(9, 8), (6, 8), (2, 8), (8,), (8,)]


def buffers(room: int, width: int = 4) -> list[np.ndarray]:
    """Earlier keys and values, or the room for them."""
    return [image(2, 2, room, width)] * 2


def cells_of(shape: tuple[int, ...]) -> np.ndarray:
    return cells(*shape)


LENGTHS, TOTAL = np.full((2,), 4, np.int32), np.array(5, np.int32)

CASES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("Attention", [TOKENS, image(8, 24), image(24)], {"num_heads": 2}),
    ("Attention", [TOKENS, image(8, 32), image(32)], {"num_heads": 2, "qkv_hidden_sizes": [8, 8, 16]}),
    (
        "EmbedLayerNormalization",
        [NUMBERS, NUMBERS, image(9, 8), image(6, 8), image(2, 8), image(8), image(8)],
        {},
    ),
    ("EmbedLayerNormalization", [NUMBERS, None, image(9, 8), image(6, 8), None, image(8), image(8)], {}),
    (
        "GroupQueryAttention",
        [image(2, 5, 32), image(2, 5, 16), image(2, 5, 16), None, None, LENGTHS, TOTAL],
        {"num_heads": 4, "kv_num_heads": 2},
    ),
    (
        "GroupQueryAttention",
        [image(2, 5, 64), None, None, None, None, LENGTHS, TOTAL],
        {"num_heads": 4, "kv_num_heads": 2},
    ),
    (
        "MatMulNBits",
        [TOKENS, np.zeros((3, 1, 8), np.uint8), image(3)],
        {"K": 8, "N": 3, "bits": 4, "block_size": 16},
    ),
    ("MultiHeadAttention", [TOKENS, image(2, 7, 8), image(2, 7, 12)], {"num_heads": 2}),
    ("MultiHeadAttention", [TOKENS, image(2, 2, 7, 4), image(2, 2, 7, 4)], {"num_heads": 2}),
    (
        "Attention",
        [TOKENS, image(8, 24), image(24), None, image(2, 2, 2, 3, 4)],
        {"num_heads": 2, "unidirectional": 1},
    ),
    (
        "DecoderMaskedMultiHeadAttention",
        [*ONE, None, None, *buffers(9), np.full(1, 3, np.int32)],
        {"num_heads": 2, "past_present_share_buffer": 1},
    ),
    ("DecoderMaskedMultiHeadAttention", [image(2, 1, 8), *buffers(7)], {"num_heads": 2}),
    (
        "GroupQueryAttention",
        [image(2, 1, 32), image(2, 1, 16), image(2, 1, 16), *buffers(9, 8), LENGTHS, TOTAL],
        {"num_heads": 4, "kv_num_heads": 2},
    ),
    (
        "GroupQueryAttention",
        [image(2, 1, 32), image(2, 1, 16), image(2, 1, 16), *buffers(4, 8), LENGTHS, TOTAL],
        {"num_heads": 4, "kv_num_heads": 2},
    ),
    (
        "GroupQueryAttention",
        [image(2, 5, 64), None, None, *buffers(9, 8), LENGTHS, TOTAL],
        {"num_heads": 4, "kv_num_heads": 2},
    ),
    ("MultiHeadAttention", [TOKENS, TOKENS, TOKENS, image(24)], {"num_heads": 2}),
    ("MultiHeadAttention", [TOKENS, TOKENS, TOKENS, None, None, None, *buffers(3)], {"num_heads": 2}),
    (
        "MultiHeadAttention",
        [TOKENS, TOKENS, TOKENS, None, None, None, *buffers(9), np.full(1, 3, np.int32)],
        {"num_heads": 2},
    ),
    (
        "QAttention",
        [cells(2, 5, 8), bytes_(8, 24), image(24), SCALE, SCALE, None, ZERO, np.int8(0)],
        {"num_heads": 2},
    ),
    (
        "QAttention",
        [
            cells(2, 5, 8),
            bytes_(8, 24),
            image(24),
            SCALE,
            SCALE,
            None,
            ZERO,
            np.int8(0),
            image(2, 2, 2, 3, 4),
        ],
        {"num_heads": 2, "unidirectional": 1},
    ),
    (
        "QEmbedLayerNormalization",
        [NUMBERS, NUMBERS, *map(cells_of, TABLES), None, *[SCALE] * 5, *[ZERO] * 5],
        {},
    ),
    ("RotaryEmbedding", [TOKENS, np.zeros((2, 5), np.int64), image(9, 2), image(9, 2)], {"num_heads": 2}),
    ("SkipLayerNormalization", [TOKENS, TOKENS, image(8), image(8), image(8)], {}),
    ("SkipSimplifiedLayerNormalization", [TOKENS, TOKENS, image(8), image(8)], {}),
]

LIKE_THE_FIRST = {
    *("BiasDropout", "BiasSoftmax", "GemmaRotaryEmbedding", "MoE", "NGramRepeatBlock", "QMoE", "SampleOp"),
    "ScaledSiLU",
}
NOT_ON_THE_CPU = LIKE_THE_FIRST | {
    *("DecoderMaskedSelfAttention", "GatedRelativePositionBias", "MatMulBnb4", "PackedAttention"),
    *(
        "PackedMultiHeadAttention",
        "RelativePositionBias",
        "RemovePadding",
        "RestorePadding",
        "SparseAttention",
    ),
}
"""onnxruntime has these for other processors, for training, or in its tests; or they take many weights, or memory that
their outputs share with their inputs."""

OUTPUTS = {
    "Attention": 2,
    "EmbedLayerNormalization": 2,
    "GroupQueryAttention": 3,
    "QAttention": 2,
    "QEmbedLayerNormalization": 2,
}


@pytest.mark.parametrize(("operator", "arrays", "attributes"), CASES, ids=[case[0] for case in CASES])
def test_it_is_as_onnxruntime_gives_it(operator, arrays, attributes) -> None:
    count = OUTPUTS.get(operator, 1)
    if operator in {"MultiHeadAttention", "DecoderMaskedMultiHeadAttention"} and any(
        a is not None for a in arrays[6:8]
    ):
        count = 3
    assert told(operator, arrays, attributes, count) == executed(operator, arrays, attributes, count)


def test_every_operator_has_a_case_or_a_reason() -> None:
    named = set(FAMILIES["contributed_transformers", MICROSOFT].split())
    assert named == {operator for operator, _, _ in CASES} | NOT_ON_THE_CPU


@pytest.mark.parametrize("operator", sorted(LIKE_THE_FIRST))
def test_what_is_like_its_first_input(operator) -> None:
    assert told(operator, [TOKENS], {})[0][0] == TOKENS.shape


def shapes(operator: str, arrays: list[Any], attributes: dict[str, Any], outputs: int = 1) -> list[Any]:
    return [shape for shape, _ in told(operator, arrays, attributes, outputs)]


def test_what_runs_elsewhere_as_its_documentation_tells() -> None:
    heads = {"num_heads": 2}
    assert shapes("MultiHeadAttention", [image(2, 5, 2, 3, 4)], heads, 3) == [(2, 5, 8)] + [(2, 2, 5, 4)] * 2
    assert shapes("MultiHeadAttention", [TOKENS, image(2, 7, 2, 2, 4)], heads) == [(2, 5, 8)]
    packed = [image(2, 1, 24), None, None, None, None, *buffers(9), np.full(1, 3, np.int32)]
    shares = {**heads, "past_present_share_buffer": 1}
    assert shapes("DecoderMaskedMultiHeadAttention", packed, shares, 3) == [(2, 1, 8)] + [(2, 2, 9, 4)] * 2
    own = [image(2, 1, 8), image(8, 24), image(24), None, image(2, 2, 2, 9, 4)]
    assert shapes("DecoderMaskedSelfAttention", own, shares, 2) == [(2, 1, 8), (2, 2, 2, 9, 4)]
    sparse = [
        image(2, 5, 16),
        image(2, 5, 8),
        image(2, 5, 8),
        *buffers(16),
        None,
        None,
        np.array([5], np.int32),
    ]
    assert shapes("SparseAttention", sparse, {**heads, "num_heads": 4, "kv_num_heads": 2}, 3) == [
        (2, 5, 16),
        *[(2, 2, 16, 4)] * 2,
    ]
    length = np.array([5], np.int64)
    assert shapes("RelativePositionBias", [image(32, 4), length, length], {"max_distance": 9}) == [
        (1, 4, 5, 5)
    ]
    gated = [TOKENS, image(8), image(1, 2, 5, 5), image(4, 8), image(8), image(1, 2, 1, 1)]
    assert shapes("GatedRelativePositionBias", gated, heads) == [(2, 2, 5, 5)]


def test_tokens_without_their_padding() -> None:
    kept, *rest = shapes("RemovePadding", [TOKENS, np.array([3, 4], np.int32)], {}, 4)
    assert (str(kept[0]), kept[1], rest) == ("k_y0", 8, [(2, 5), (3,), (1,)])
    assert shapes("RestorePadding", [image(7, 8), np.zeros((2, 5), np.int32)], {}) == [(2, 5, 8)]
    places = [np.zeros((2, 5), np.int32), np.array([0, 3, 7], np.int32)]
    attention = [image(7, 8), image(8, 32), image(32), *places]
    assert shapes("PackedAttention", attention, {"num_heads": 2, "qkv_hidden_sizes": [8, 8, 16]}) == [(7, 16)]
    assert shapes(
        "PackedMultiHeadAttention", [image(7, 2, 3, 4), None, None, None, *places], {"num_heads": 2}
    ) == [(7, 8)]
    three = [image(7, 8), image(7, 8), image(7, 12), image(28), *places]
    assert shapes("PackedMultiHeadAttention", three, {"num_heads": 2}) == [(7, 12)]


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "reason"),
    [
        ("MatMulNBits", ("x", "w"), {}, "it does not say how large its weight is"),
        ("GroupQueryAttention", ("q", "k"), {}, "of key and value one is given and one is not"),
    ],
)
def test_what_cannot_be_read(operator, inputs, attributes, reason) -> None:
    node = OnnxNode(operator, MICROSOFT, "", inputs, ("y",), attributes, {})
    found = translated(Call(node, 1, {})).operator
    assert isinstance(found, Opaque)
    assert found.evaluate().outputs[0].shape == Unknown(f"{operator} cannot be read: {reason}")


def test_packed_weights_count_what_they_stand_for() -> None:
    """Two numbers lie in a byte, and a block is padded: 8 features in a block of 16."""
    weight = OnnxTensor("w", (3, 1, 8), "uint8")
    product = node("MatMulNBits", "x w s - - b", "y", domain="com.microsoft", K=8, N=3, bits=4, block_size=16)
    tensors = [weight, OnnxTensor("s", (3,), "float32"), OnnxTensor("b", (3,), "float32")]
    file = model(graph([product], "y", [value("x", 2, 5, 8)], tensors))
    costs = costs_of(evaluated(file))
    assert (costs.total_parameters, costs.total_macs) == (8 * 3 + 3, 5 * 8 * 3)
