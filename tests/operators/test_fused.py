from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    EmbeddingSum,
    PackedGather,
    PackedProduct,
    ProjectedAttention,
    SkipGroupNormalization,
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
    bytes_, bias = Tensor((3, 1, 8), "uint8"), Tensor((3,))
    assert operator.parameters_of("weight", bytes_) + operator.parameters_of("bias", bias) == 8 * 3 + 3
    assert apply(operator, [TOKENS, bytes_, None, None, None, Tensor((4,))]).broken[0].kind == "bias"


@pytest.mark.parametrize(("dtype", "bits", "count"), [("uint8", 4, 800), ("uint8", 8, 400), ("int4", 4, 400)])
def test_a_packed_table_has_a_parameter_for_each_number(dtype, bits, count) -> None:
    assert PackedGather(0, bits).parameters_of("weight", Tensor((100, 4), dtype)) == count


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


def test_keys_in_a_buffer_that_stays_as_large_as_it_is() -> None:
    weight, buffer = Tensor((8, 24)), Tensor((2, N, 2, 30, 4))
    attention = ProjectedAttention(2, shares_buffer=True)
    assert shapes_of(attention, TOKENS, weight, None, None, buffer, count=2)[1] == (2, N, 2, 30, 4)
    assert isinstance(attention.macs([TOKENS, weight, None, None, buffer], []), Unknown)


def test_keys_are_kept_with_room_for_values() -> None:
    found = shapes_of(ProjectedAttention(2, (8, 8, 16)), TOKENS, Tensor((8, 32)), count=2)
    assert found == [(N, L, 16), (2, N, 2, L, 8)]


def test_types_of_what_is_quantised() -> None:
    tokens, weight = Tensor((N, L, 8), "uint8"), Tensor((8, 24), "int8")
    found = apply(ProjectedAttention(2, dtype="float32"), [tokens, weight], 2).outputs
    assert [tensor.dtype for tensor in found] == ["float32", "float32"]
    table = Tensor((9, 8), "uint8")
    found = apply(EmbeddingSum("float32"), [Tensor((N, L), "int32"), None, table, table], 2).outputs
    assert [tensor.dtype for tensor in found[:2]] == ["float32", "int32"]


def test_a_sum_and_a_norm_of_an_image() -> None:
    last, first = Tensor((N, 4, L, 8)), Tensor((N, 8, 4, L))
    weights = [Tensor((8,)), Tensor((8,)), Tensor((8,))]
    for skip in (last, Tensor((N, 1, 1, 8)), Tensor((N, 8))):
        assert shapes_of(SkipGroupNormalization(), last, skip, *weights, count=2) == [(N, 4, L, 8)] * 2
    for skip in (first, Tensor((N, 8))):
        operator = SkipGroupNormalization(channels_last=False)
        assert shapes_of(operator, first, skip, *weights, count=2) == [(N, 8, 4, L)] * 2
    assert broken(SkipGroupNormalization(), (2, 4, 4, 8), (2, 8), (7,)) == {"features"}
    assert broken(SkipGroupNormalization(), (2, 4, 4, 8), (2, 7), (8,)) == {"broadcast"}
    assert broken(SkipGroupNormalization(), (), ()) == {"rank"}


@pytest.mark.parametrize(
    ("bits", "dtype", "axis", "shape"),
    [
        (4, "uint8", 0, (N, L, 8)),
        (8, "uint8", 0, (N, L, 4)),
        (2, "uint8", 0, (N, L, 16)),
        (4, "int4", 0, (N, L, 4)),
        (4, "int4", 1, (99, N, L)),
        (4, "int4", -1, (99, N, L)),
    ],
)
def test_rows_of_a_packed_table(bits, dtype, axis, shape) -> None:
    table, rows, scales = Tensor((99, 4), dtype), Tensor((N, L), "int64"), Tensor((99, 1), "float16")
    (found,) = apply(PackedGather(axis, bits), [table, rows, scales]).outputs
    assert (found.shape, found.dtype) == (shape, "float16")
    assert {r.kind for r in apply(PackedGather(2), [table, rows, scales]).broken} == {"axis"}


@given(st.sampled_from([(False, True), (True, False), (True, True)]), st.booleans(), st.booleans())
def test_a_product_of_operands_that_are_turned_is_numpy_s(turned, left, right) -> None:
    """The first axis moves in front of the last before the last two are swapped."""
    batch, rows, middle, columns = 2, 3, 4, 5

    def folded(matrix, turns, swaps):
        matrix = np.swapaxes(matrix, -1, -2) if swaps else matrix
        return np.moveaxis(matrix, -2, 0) if turns else matrix

    def unfolded(tensor, turns, swaps):
        tensor = np.moveaxis(tensor, 0, -2) if turns else tensor
        return np.swapaxes(tensor, -1, -2) if swaps else tensor

    one = folded(np.zeros((batch, rows, middle)), turned[0], left)
    other = folded(np.ones((batch, middle, columns)), turned[1], right)

    def multiplied(x):
        return np.matmul(unfolded(x, turned[0], left), unfolded(other, turned[1], right))

    operator = TransposedProduct(None, left, right, *turned)
    inputs = [Tensor(one.shape), Tensor(other.shape)]
    assert_links_see(operator, inputs, multiplied)
    assert operator.macs(inputs, operator.evaluate(*inputs).outputs) == batch * rows * middle * columns


@pytest.mark.parametrize(
    ("operator", "inputs", "count"),
    [
        (SkipNormalization(), [TOKENS, TOKENS, Tensor((8,))], 4),
        (PackedProduct(8, 3), [TOKENS], 1),
        (TransposedProduct(None, True, False), [Tensor((N, 8, L)), Tensor((8, 3))], 1),
        (ProjectedAttention(2), [TOKENS, Tensor((8, 24))], 2),
        (SkipGroupNormalization(), [Tensor((N, 4, L, 8)), Tensor((N, 8)), Tensor((8,))], 2),
        (PackedGather(0, 4), [Tensor((99, 4), "uint8"), Tensor((N, L), "int64"), Tensor((99, 1))], 1),
        (TransposedProduct(None, False, False, True), [Tensor((L, N, 8)), Tensor((N, 8, 3))], 1),
        (EmbeddingSum(), [Tensor((N, L)), None, Tensor((9, 8)), Tensor((9, 8))], 2),
    ],
)
def test_readings_agree(operator, inputs, count) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "L": (5, 6, 7)}, output_count=count)
