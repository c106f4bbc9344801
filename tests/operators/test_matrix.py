from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Filters, Gemm, MatrixProduct, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


def macs_of(operator, *inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


sizes = st.sampled_from([1, 1, 2, 3, 5])
shapes = st.lists(sizes, max_size=4).map(tuple)


@given(left=shapes, right=shapes)
def test_a_product_is_numpys(left, right) -> None:
    outcome = apply(MatrixProduct(), [Tensor(left), Tensor(right)])
    try:
        true = np.matmul(np.zeros(left), np.zeros(right))
    except ValueError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), true.shape)


@given(batch=st.lists(st.sampled_from([1, 2, 3]), max_size=2), rows=sizes, summed=sizes, columns=sizes)
def test_a_product_costs_what_is_multiplied(batch, rows, summed, columns) -> None:
    left, right = (*batch, rows, summed), (summed, columns)
    pairs = np.einsum("...ik,kj->...ikj", np.ones(left), np.ones(right)).size
    assert macs_of(MatrixProduct(), Tensor(left), Tensor(right)) == pairs


@pytest.mark.torch
@pytest.mark.parametrize(
    ("left", "right"),
    [((8, 12, 197, 64), (8, 12, 64, 197)), ((5, 7), (7, 3)), ((2, 5, 7), (7, 3)), ((4, 1, 5, 7), (3, 7, 2))],
)
def test_a_product_costs_what_pytorch_counts(left, right) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        true = torch.empty(left, device="meta") @ torch.empty(right, device="meta")
    assert macs_of(MatrixProduct(), Tensor(left), Tensor(right)) * 2 == counter.get_total_flops()
    assert apply(MatrixProduct(), [Tensor(left), Tensor(right)]).outputs[0].shape == tuple(true.shape)


@given(data=st.data(), left_rank=st.integers(1, 4), right_rank=st.integers(1, 4))
def test_four_readings(data, left_rank, right_rank) -> None:
    dims = st.sampled_from([N, H, W, 1, 3])
    left = data.draw(st.lists(dims, min_size=left_rank, max_size=left_rank))
    right = data.draw(st.lists(dims, min_size=right_rank, max_size=right_rank))
    numbers = st.lists(st.sampled_from([1, 2, 3]), min_size=4, max_size=4)
    symbols = {name: data.draw(numbers) for name in "NHW"}
    assert_readings_agree(MatrixProduct(), [Tensor(tuple(left)), Tensor(tuple(right))], symbols)


def test_what_does_not_fit() -> None:
    (broken,) = apply(MatrixProduct(), [Tensor((2, 5)), Tensor((4, 3))]).broken
    assert (broken.kind, broken.facts["gets"], broken.facts["wants"]) == ("contraction", 5, 4)
    outcome = apply(MatrixProduct(), [Tensor((2, 4, 5)), Tensor((3, 5, 6))])
    assert outcome.outputs[0].shape == (Unknown("because of MatrixProduct"), 4, 6)
    assert apply(MatrixProduct(), [Tensor(()), Tensor((3,))]).broken[0].kind == "rank"


def test_a_weight_on_the_right_makes_it_a_linear_layer() -> None:
    tokens, weight = Tensor((1, 197, 768)), Tensor((768, 3072), is_held=True)
    assert MatrixProduct().words([tokens, weight], []) == "linear"
    assert MatrixProduct().filters([tokens, weight]) == Filters(3072, (768,))
    (broken,) = apply(MatrixProduct(), [Tensor((1, 197, 700)), weight]).broken
    assert (broken.kind, broken.facts["weight"]) == ("features", (768, 3072))
    for others in ([tokens, Tensor((768, 3072))], [weight, Tensor((3072, 4), is_held=True)]):
        assert MatrixProduct().words(others, []) == "matmul"
        assert MatrixProduct().filters(others) is None


@pytest.mark.parametrize(
    ("left", "right", "seen"),
    [
        (
            (8, 12, 197, 64),
            (8, 12, 64, 50),
            [(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 1), (0, 2, 2), (1, 3, 3)],
        ),
        ((197, 64), (8, 64, 50), [(1, 0, 0), (0, 0, 1), (1, 2, 2)]),
        ((64,), (8, 64, 50), [(1, 0, 0), (1, 2, 1)]),
        ((8, 197, 64), (64,), [(0, 0, 0), (0, 1, 1)]),
        ((64,), (64,), []),
    ],
)
def test_a_cell_sees_a_row_and_a_column(left, right, seen) -> None:
    inputs = [Tensor(left), Tensor(right)]
    outputs = apply(MatrixProduct(), inputs).outputs
    links = MatrixProduct().links(inputs, outputs)
    assert [(link.input, link.input_axis, link.output_axis) for link in links] == seen


@pytest.mark.parametrize(
    ("before", "after", "followed"),
    [
        (((1, 512), (512, 10)), ((1, 256), (512, 10)), {1: (256, 10)}),
        (((1, 512), (512,)), ((1, 256), (512,)), {1: (256,)}),
        (((10, 512), (512, 7)), ((10, 512), (256, 7)), {0: (10, 256)}),
        (((1, 512), (500, 10)), ((1, 256), (500, 10)), {}),
    ],
)
def test_a_weight_follows_the_other_side(before, after, followed) -> None:
    olds, news = [Tensor(shape) for shape in before], [Tensor(shape) for shape in after]
    assert MatrixProduct().follow(olds, news).shapes == followed


def test_the_type_may_be_said_or_shown() -> None:
    left, right = Tensor((2, 3), "int8"), Tensor((3, 4), "int8")
    assert apply(MatrixProduct("int32"), [left, right]).outputs[0].dtype == "int32"
    assert apply(MatrixProduct(), [left, right, Tensor((), "uint8")]).outputs[0].dtype == "uint8"
    assert apply(MatrixProduct(), [left, right]).outputs[0].dtype == "int8"


# general products ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("transposed_left", [False, True])
@pytest.mark.parametrize("transposed_right", [False, True])
@given(left=st.tuples(sizes, sizes), right=st.tuples(sizes, sizes), bias=st.one_of(st.none(), shapes))
def test_a_general_product_is_numpys(transposed_left, transposed_right, left, right, bias) -> None:
    operator = Gemm(transposed_left, transposed_right)
    outcome = apply(operator, [Tensor(left), Tensor(right), None if bias is None else Tensor(bias)])
    one, other = np.zeros(left), np.zeros(right)
    try:
        true = (one.T if transposed_left else one) @ (other.T if transposed_right else other)
        if bias is not None:
            np.broadcast_to(np.zeros(bias), true.shape)
    except ValueError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), true.shape)


@given(
    transposed_left=st.booleans(),
    transposed_right=st.booleans(),
    numbers=st.lists(st.sampled_from([1, 2, 5]), min_size=4, max_size=4),
)
def test_four_readings_of_a_general_product(transposed_left, transposed_right, numbers) -> None:
    inputs = [Tensor((N, H)), Tensor((H, 5)), Tensor((W,))]
    symbols = {"N": numbers, "H": [1, 2, 5, 2], "W": [5, 1, 5, 3]}
    assert_readings_agree(Gemm(transposed_left, transposed_right), inputs, symbols)


def test_a_general_product_with_a_weight_is_a_linear_layer() -> None:
    inputs = [Tensor((N, 512)), Tensor((1000, 512), is_held=True), Tensor((1000,), is_held=True)]
    operator = Gemm(transposed_right=True)
    (output,) = apply(operator, inputs).outputs
    assert output.shape == (N, 1000)
    assert operator.words(inputs, [output]) == "linear"
    assert operator.filters(inputs) == Filters(1000, (512,))
    assert operator.macs(inputs, [output]) == N * 512000
    assert [(link.input, link.input_axis, link.output_axis) for link in operator.links(inputs, [output])] == [
        (0, 0, 0),
        (1, 0, 1),
    ]
    assert operator.follow(inputs, [Tensor((N, 256)), *inputs[1:]]).shapes == {1: (1000, 256)}
    (broken,) = apply(operator, [Tensor((N, 256)), *inputs[1:]]).broken
    assert broken.kind == "features"
    assert Gemm(transposed_left=True).words([Tensor((4, 5)), inputs[1]], []) == "matmul"


def test_a_general_product_takes_matrices() -> None:
    assert apply(Gemm(), [Tensor((2, 3, 4)), Tensor((4, 5))]).broken[0].kind == "rank"
