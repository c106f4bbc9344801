from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    EmbeddingSum,
    FusedAttention,
    GroupedAttention,
    PackedProduct,
    ProjectedAttention,
    SkipNormalization,
    Tensor,
    TransposedProduct,
    apply,
)
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, L = symbol("N"), symbol("L")
TOKENS = Tensor((N, L, 8))


def shapes_of(operator, *inputs, count=1):
    outcome = apply(operator, inputs, count)
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs[:count]]


def broken(operator, *shapes):
    return {r.kind for r in apply(operator, [Tensor(shape) for shape in shapes]).broken}


def test_a_sum_and_a_norm() -> None:
    found = shapes_of(SkipNormalization(), TOKENS, TOKENS, Tensor((8,)), count=4)
    assert (found[0], found[3]) == ((N, L, 8), (N, L, 8))
    assert isinstance(found[1], Unknown)
    assert shapes_of(SkipNormalization(), TOKENS, Tensor((L, 8)), Tensor((8,)), count=4)[3] == (N, L, 8)
    assert broken(SkipNormalization(), (2, 5, 8), (2, 5, 8), (7,)) == {"features"}
    assert broken(SkipNormalization(), (2, 5, 8), (2, 4, 8), (8,)) == {"broadcast"}


def test_embeddings() -> None:
    numbers, tables = Tensor((N, L), "int32"), [Tensor((99, 8)), Tensor((512, 8)), None, Tensor((8,)), None]
    found = EmbeddingSum().evaluate(numbers, None, *tables).outputs
    assert [(t.shape, t.dtype) for t in found] == [
        ((N, L, 8), "float32"),
        ((N,), "int32"),
        ((N, L, 8), "float32"),
    ]
    assert broken(EmbeddingSum(), (2, 5), (2, 5), (99, 8), (512, 7)) == {"features"}
    assert broken(EmbeddingSum(), (2, 5, 1), (2, 5), (99, 8), (512, 8)) == {"rank"}


def test_a_packed_weight() -> None:
    operator = PackedProduct(8, 3)
    assert shapes_of(operator, TOKENS) == [(N, L, 3)]
    assert operator.macs([Tensor((2, 5, 8))], [Tensor((2, 5, 3))]) == 2 * 5 * 3 * 8
    assert broken(operator, (2, 5, 7)) == {"features"}
    assert broken(operator, ()) == {"rank"}
    assert operator.words((), ()) == "packed linear 8 → 3"


@given(st.booleans(), st.booleans(), st.lists(st.integers(1, 3), max_size=2))
def test_a_transposed_product_is_numpy_s(left, right, batch) -> None:
    rows, middle, columns = 2, 3, 4
    one = (*batch, middle, rows) if left else (*batch, rows, middle)
    other = (columns, middle) if right else (middle, columns)
    turned = np.zeros(other).T if right else np.zeros(other)

    def multiplied(x):
        return np.matmul(np.swapaxes(x, -1, -2) if left else x, np.ones_like(turned))

    operator = TransposedProduct(None, left, right)
    inputs = [Tensor(one), Tensor(other)]
    assert_links_see(operator, inputs, multiplied)
    outputs = operator.evaluate(*inputs).outputs
    assert operator.macs(inputs, outputs) == np.prod(batch, dtype=int) * rows * middle * columns


def test_attention_with_its_projections() -> None:
    weight, past = Tensor((8, 24)), Tensor((2, N, 2, 30, 4))
    attention = ProjectedAttention(2)
    assert shapes_of(attention, TOKENS, weight, count=2) == [(N, L, 8), (2, N, 2, L, 4)]
    assert shapes_of(attention, TOKENS, weight, None, None, past, count=2)[1] == (2, N, 2, L + 30, 4)
    assert shapes_of(ProjectedAttention(2, (8, 8, 16)), TOKENS, Tensor((8, 32))) == [(N, L, 16)]
    inputs = [Tensor((2, 5, 8)), weight]
    expected = 2 * 5 * 8 * 24 + 2 * 5 * 5 * (8 + 8)
    assert attention.macs(inputs, attention.evaluate(*inputs).outputs) == expected
    assert broken(attention, (2, 5, 7), (8, 24)) == {"features"}
    assert broken(ProjectedAttention(3), (2, 5, 8), (8, 24)) == {"heads"}
    assert broken(attention, (5, 8), (8, 24)) == {"rank"}


def test_keys_that_are_split_into_heads_already() -> None:
    attention = FusedAttention(2, 2)
    keys = Tensor((N, 2, 7, 4))
    assert shapes_of(attention, TOKENS, keys, keys) == [(N, L, 8)]
    assert shapes_of(attention, TOKENS, Tensor((N, 7, 8)), Tensor((N, 7, 12))) == [(N, L, 12)]
    inputs = [Tensor((2, 5, 8)), Tensor((2, 2, 7, 4)), Tensor((2, 2, 7, 4))]
    assert attention.macs(inputs, ()) == 2 * 2 * 5 * 7 * (4 + 4)


def test_heads_that_share_a_key() -> None:
    attention = GroupedAttention(4, 2)
    key = Tensor((N, L, 16))
    assert shapes_of(attention, Tensor((N, L, 32)), key, key) == [(N, L, 32)]
    assert shapes_of(attention, Tensor((N, L, 64)), None, None) == [(N, L, 32)]
    assert broken(attention, (2, 5, 32), (2, 5, 12), (2, 5, 12)) == {"features"}
    assert {r.kind for r in apply(attention, [Tensor((2, 5, 63)), None, None]).broken} == {"heads"}
    assert isinstance(attention.macs((), ()), Unknown)


@pytest.mark.parametrize(
    ("operator", "inputs", "count"),
    [
        (SkipNormalization(), [TOKENS, TOKENS, Tensor((8,))], 4),
        (PackedProduct(8, 3), [TOKENS], 1),
        (TransposedProduct(None, True, False), [Tensor((N, 8, L)), Tensor((8, 3))], 1),
        (ProjectedAttention(2), [TOKENS, Tensor((8, 24))], 2),
        (FusedAttention(2, 2), [TOKENS, TOKENS, TOKENS], 1),
        (EmbeddingSum(), [Tensor((N, L)), None, Tensor((9, 8)), Tensor((9, 8))], 2),
    ],
)
def test_readings_agree(operator, inputs, count) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "L": (5, 6, 7)}, output_count=count)
