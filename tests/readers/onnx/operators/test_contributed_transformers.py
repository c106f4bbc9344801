"""Operators that onnxruntime's optimizer makes of transformers have the shapes that onnxruntime gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from shapelens.dims import Unknown
from shapelens.operators import Opaque
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import FAMILIES, translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.test_contributed import MICROSOFT, executed, image, told

pytestmark = pytest.mark.onnx

TOKENS, NUMBERS = image(2, 5, 8), np.zeros((2, 5), np.int32)

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
    ("RotaryEmbedding", [TOKENS, np.zeros((2, 5), np.int64), image(9, 2), image(9, 2)], {"num_heads": 2}),
    ("SkipLayerNormalization", [TOKENS, TOKENS, image(8), image(8), image(8)], {}),
    ("SkipSimplifiedLayerNormalization", [TOKENS, TOKENS, image(8), image(8)], {}),
]

NOT_ON_THE_CPU = {
    *("BiasDropout", "BiasSoftmax", "GemmaRotaryEmbedding", "MatMulBnb4", "MoE", "NGramRepeatBlock", "QMoE"),
    *("SampleOp", "ScaledSiLU"),
}
"""onnxruntime has these for other processors, for training, or in its tests; or they take many weights."""


@pytest.mark.parametrize(("operator", "arrays", "attributes"), CASES, ids=[case[0] for case in CASES])
def test_it_is_as_onnxruntime_gives_it(operator, arrays, attributes) -> None:
    outputs = {"EmbedLayerNormalization": 2, "GroupQueryAttention": 3}.get(operator, 1)
    assert told(operator, arrays, attributes) == executed(operator, arrays, attributes, outputs)


def test_every_operator_has_a_case_or_a_reason() -> None:
    named = set(FAMILIES["contributed_transformers", MICROSOFT].split())
    assert named == {operator for operator, _, _ in CASES} | NOT_ON_THE_CPU


@pytest.mark.parametrize("operator", sorted(NOT_ON_THE_CPU - {"MatMulBnb4"}))
def test_what_is_like_its_first_input(operator) -> None:
    assert told(operator, [TOKENS], {})[0] == TOKENS.shape


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "reason"),
    [
        ("MatMulNBits", ("x", "w"), {}, "it does not say how large its weight is"),
        ("MultiHeadAttention", ("x",), {}, "a query with key and value packed into it is not followed"),
    ],
)
def test_what_cannot_be_read(operator, inputs, attributes, reason) -> None:
    node = OnnxNode(operator, MICROSOFT, "", inputs, ("y",), attributes, {})
    found = translated(Call(node, 1, {})).operator
    assert isinstance(found, Opaque)
    assert found.evaluate().outputs[0].shape == Unknown(f"{operator} cannot be read: {reason}")
