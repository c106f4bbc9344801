"""PyTorch's linear layers and embeddings."""

from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import broken, outputs, weights


@pytest.mark.parametrize(
    ("text", "sample", "shape", "held"),
    [
        ("Linear(784, 10)", None, "N×10", {"weight": (10, 784), "bias": (10,)}),
        ("Linear(16*5*5, 120, bias=False)", (400,), "N×120", {"weight": (120, 400)}),
        ("Linear(4, 2)", (7, 3, 4), "N×7×3×2", {"weight": (2, 4), "bias": (2,)}),
        ("LazyLinear(10)", (7, 6), "N×7×10", {"weight": (10, 6), "bias": (10,)}),
        ("Bilinear(3, 4, 5)", (2, 3), "N×2×5", {"weight": (5, 3, 4), "bias": (5,)}),
        ("Embedding(1000, 64, padding_idx=0)", (7,), "N×7×64", {"weight": (1000, 64)}),
        ("Embedding(1000, 64)", (7, 2), "N×7×2×64", {"weight": (1000, 64)}),
        ("EmbeddingBag(1000, 64, mode='sum')", (7,), "N×64", {"weight": (1000, 64)}),
    ],
)
def test_shapes_and_weights(text, sample, shape, held):
    assert outputs(text, sample) == [shape]
    assert weights(text, sample) == held


@pytest.mark.parametrize("text", ["Embedding(10, 3)", "EmbeddingBag(10, 3)", "Sequential(Embedding(10, 3))"])
def test_tables_are_asked_for_rows_by_their_numbers(text):
    assert read_notation(text, (7,)).inputs[0].dtype == "int64"


def test_what_does_not_fit():
    assert broken("Linear(4, 2)", (5,)) == ["features"]
    assert broken("EmbeddingBag(10, 3)", (5, 6)) == ["rank"]
