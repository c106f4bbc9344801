"""What products of matrices keep, or copy and keep, against PyTorch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown
from shapelens.operators import Einsum, Expand, Linear, MatrixProduct, Slice, Tensor, Transpose
from tests.operators.keeping import assert_keeps_as_pytorch, kept_in

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.torch

SIZE = st.integers(1, 3)


@st.composite
def operand(draw, matrix, batch):
    """An operand: its shape in memory, and the order in which its axes are looked at."""
    shape = (*batch, *matrix)
    order = draw(st.permutations(range(len(shape)))) if draw(st.booleans()) else list(range(len(shape)))
    lying = [0] * len(shape)
    for place, axis in enumerate(order):
        lying[axis] = shape[place]
    return tuple(lying), tuple(order)


@st.composite
def products(draw):
    """Two operands whose product exists."""
    rows, inner, columns = draw(SIZE), draw(SIZE), draw(SIZE)
    batch = draw(st.lists(SIZE, max_size=2))

    def part():
        own = batch[draw(st.integers(0, len(batch))) :]
        return [size if draw(st.integers(0, 3)) else 1 for size in own]

    left = (inner,) if draw(st.integers(0, 4)) == 0 else (rows, inner)
    right = (inner,) if draw(st.integers(0, 4)) == 0 else (inner, columns)
    return draw(operand(left, part() if len(left) == 2 else [])), draw(
        operand(right, part() if len(right) == 2 else [])
    )


@given(products())
@settings(max_examples=300)
def test_operands_are_kept_or_copied(operands):
    (left, left_order), (right, right_order) = operands
    layers = [
        (Transpose(left_order), ("in0",), 1),
        (Transpose(right_order), ("in1",), 1),
        (MatrixProduct(), ("0", "1"), 1),
    ]

    def product(x, y):
        return x.permute(left_order) @ y.permute(right_order)

    assert_keeps_as_pytorch(layers, product, Tensor(left), Tensor(right))


@given(products(), st.booleans())
@settings(max_examples=100)
def test_of_one_operand_only_the_gradient_is_wanted(operands, of_left):
    (left, left_order), (right, right_order) = operands
    learned, given_order, order = (
        (left, right_order, left_order) if of_left else (right, left_order, right_order)
    )
    fed = right if of_left else left
    layers = [
        (Transpose(given_order), ("in0",), 1),
        (Transpose(order), ("w0",), 1),
        (MatrixProduct(), ("1", "0") if of_left else ("0", "1"), 1),
    ]

    def product(x, w):
        x, w = x.permute(given_order), w.permute(order)
        return w @ x if of_left else x @ w

    assert_keeps_as_pytorch(layers, product, Tensor(fed), weights=[Tensor(learned)], gradients=False)


@given(st.data())
@settings(max_examples=100)
def test_a_linear_layer_of_any_tensor(data):
    features = data.draw(SIZE)
    lying, order = data.draw(operand((features,), data.draw(st.lists(SIZE, max_size=3))))
    layers = [(Transpose(order), ("in0",), 1), (Linear(), ("0", "w0", "w1"), 1)]

    def linear(x, w, b):
        return F.linear(x.permute(order), w, b)

    assert_keeps_as_pytorch(layers, linear, Tensor(lying), weights=[Tensor((5, features)), Tensor((5,))])


def test_parts_and_stretched_operands():
    layers = [
        (Slice((1,), (3,), (1,)), ("in0",), 1),
        (Expand((4, 2, 3)), ("0",), 1),
        (MatrixProduct(), ("1", "in1"), 1),
    ]
    assert_keeps_as_pytorch(
        layers, lambda x, y: x[:, 1:3].expand(4, 2, 3) @ y, Tensor((1, 5, 3)), Tensor((4, 3, 6))
    )


@pytest.mark.parametrize(
    ("equation", "left", "right"),
    [
        ("bhqd,bhkd->bhqk", (2, 3, 5, 4), (2, 3, 7, 4)),
        ("bqhd,bkhd->bhqk", (2, 5, 3, 4), (2, 7, 3, 4)),
        ("bhqk,bkhd->bqhd", (2, 3, 5, 7), (2, 7, 3, 4)),
        ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
        ("ij,kj->ik", (3, 4), (5, 4)),
        ("nctv,vw->nctw", (2, 3, 4, 5), (5, 6)),
        ("ntcv,vnw", (2, 3, 4, 5), (5, 2, 6)),
        ("...ij,...jk->...ik", (2, 6, 3, 4), (2, 6, 4, 5)),
        ("abcd,dcbe->ae", (2, 3, 4, 5), (5, 4, 3, 6)),
        ("i,j->ij", (3,), (4,)),
        ("ij,ij->ij", (3, 4), (3, 4)),
        ("i,i->", (3,), (3,)),
        ("bd,bd->b", (2, 3), (2, 3)),
    ],
)
def test_sums_over_named_axes(equation, left, right):
    def function(x, y):
        return torch.einsum(equation, x, y)

    assert_keeps_as_pytorch(Einsum(equation), function, Tensor(left), Tensor(right))
    assert_keeps_as_pytorch(
        Einsum(equation), function, Tensor(left), weights=[Tensor(right)], gradients=False
    )


@pytest.mark.parametrize(("equation", "shape"), [("ij->ji", (3, 4)), ("ij->i", (3, 4)), ("ij", (3, 4))])
def test_a_sum_of_one_operand(equation, shape):
    # The axes in another order are a view for PyTorch, and a tensor of its own here: neither is kept.
    kept = kept_in(Einsum(equation), [Tensor(shape)])
    assert kept == 3 * 4 * 4


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]),
        ("ij,jk->k", [(2, 3), (3, 4)]),
        ("ii,ij->j", [(2, 2), (2, 3)]),
        ("ij,jk->ik", [(2, 1), (3, 4)]),
    ],
)
def test_sums_that_are_made_in_steps_are_not_followed(equation, shapes):
    kept = kept_in(Einsum(equation), [Tensor(shape) for shape in shapes])
    assert kept == Unknown("what Einsum keeps for the backward pass is not known")
