from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.operators import Decomposition, Kronecker, MatrixChain, Solve, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, H, W = (symbol(letter) for letter in "NHW")
SVD = Decomposition("svd", ("mk", "k", "kn"))


def shapes_of(operator, *shapes):
    outcome = apply(operator, [Tensor(shape) for shape in shapes])
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs]


@pytest.mark.parametrize(
    ("operator", "shapes", "after"),
    [
        (SVD, [(8, 5, 3)], [(8, 5, 3), (8, 3), (8, 3, 3)]),
        (SVD, [(N, 3, W)], None),
        (Decomposition("qr", ("mm", "mn")), [(N, 5, 3)], [(N, 5, 5), (N, 5, 3)]),
        (Decomposition("pinv", ("nm",)), [(H, W)], [(W, H)]),
        (Decomposition("det", ("",), True), [(N, 3, 3)], [(N,)]),
        (Decomposition("inverse", ("mn",), True), [(N, H, H)], [(N, H, H)]),
        (Solve(), [(N, 5, 5), (N, 5, W)], [(N, 5, W)]),
        (Solve(), [(5, 5), (N, 5, W)], [(N, 5, W)]),
        (Solve(on_right=True), [(N, 5, 5), (N, W, 5)], [(N, W, 5)]),
        (Solve(takes_vectors=True), [(2, 3, 5, 5), (2, 3, 5)], [(2, 3, 5)]),
        (Solve(takes_vectors=True), [(2, 3, 5, 5), (5,)], [(2, 3, 5)]),
        (Solve(takes_vectors=True), [(2, 5, 5), (5, 4)], [(2, 5, 4)]),
        (MatrixChain(), [(N, 5), (5, H), (H, 7)], [(N, 7)]),
        (MatrixChain(), [(5,), (5, H), (H,)], [()]),
        (Kronecker(), [(2, H), (3, W)], [(6, H * W)]),
        (Kronecker(), [(2, 3), (4,)], [(2, 12)]),
    ],
)
def test_shapes(operator, shapes, after) -> None:
    if after is None:
        outcome = apply(operator, [Tensor(shape) for shape in shapes])
        assert str(outcome.outputs[1].shape[1]) == "min(W, 3)"
        return
    assert shapes_of(operator, *shapes) == after


@pytest.mark.parametrize(
    ("operator", "shapes", "kinds"),
    [
        (SVD, [(5,)], ["rank"]),
        (Decomposition("inverse", ("mn",), True), [(2, 3, 4)], ["square"]),
        (Solve(), [(5,), (5, 1)], ["rank"]),
        (Solve(), [(5, 5), (5,)], ["rank"]),
        (Solve(), [(5, 4), (5, 2)], ["square"]),
        (Solve(), [(5, 5), (4, 2)], ["contraction"]),
        (Solve(on_right=True), [(5, 5), (5, 4)], ["contraction"]),
        (Solve(), [(2, 5, 5), (3, 5, 2)], ["broadcast"]),
        (MatrixChain(), [(5,), (5,), (5, 1)], ["rank"]),
        (MatrixChain(), [(5, 4), (3, 2), (2, 1)], ["contraction"]),
    ],
)
def test_what_does_not_fit(operator, shapes, kinds) -> None:
    assert [broken.kind for broken in apply(operator, [Tensor(shape) for shape in shapes]).broken] == kinds


def test_each_part_has_a_type() -> None:
    operator = Decomposition("svd", ("mm", "k", "nn"), dtypes=("complex64", "float32"))
    outcome = apply(operator, [Tensor((5, 3), "complex64")])
    assert [part.dtype for part in outcome.outputs] == ["complex64", "float32", "complex64"]


@given(st.lists(st.integers(1, 6), min_size=3, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_chain_takes_the_least_of_all_orders(sizes) -> None:
    def least(first: int, last: int) -> int:
        if last - first < 2:
            return 0
        cuts = range(first + 1, last)
        return min(least(first, c) + least(c, last) + sizes[first] * sizes[c] * sizes[last] for c in cuts)

    inputs = [Tensor(pair) for pair in pairwise(sizes)]
    outcome = apply(MatrixChain(), inputs)
    assert outcome.outputs[0].shape == (sizes[0], sizes[-1])
    assert MatrixChain().macs(inputs, outcome.outputs) == least(0, len(sizes) - 1)


def test_vectors_at_the_ends_of_a_chain() -> None:
    inputs = [Tensor((5,)), Tensor((5, 7)), Tensor((7,))]
    assert MatrixChain().macs(inputs, apply(MatrixChain(), inputs).outputs) == 5 * 7 + 5


@given(st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(1, 3), max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_kronecker_product_is_numpys(left, right) -> None:
    true = np.kron(np.ones(left), np.ones(right))
    assert shapes_of(Kronecker(), tuple(left), tuple(right)) == [true.shape]


@pytest.mark.parametrize(
    ("operator", "shapes"),
    [
        (SVD, [(N, H, W)]),
        (Decomposition("inverse", ("mn",), True), [(N, H, W)]),
        (Solve(takes_vectors=True), [(N, H, W), (N, H)]),
        (Solve(takes_vectors=True), [(N, H, H), (N, H, W)]),
        (Solve(on_right=True), [(N, H, H), (W, H)]),
        (MatrixChain(), [(N, H), (H, W), (W, N), (N, H)]),
        (Kronecker(), [(N, H), (W, 3)]),
    ],
)
def test_four_readings(operator, shapes) -> None:
    inputs = [Tensor(shape) for shape in shapes]
    outputs = len(getattr(operator, "parts", ("",)))
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "H": (5, 4, 6), "W": (5, 7, 2)}, outputs)


def test_what_a_cell_sees() -> None:
    left, right = np.ones((2, 3, 3), np.float32), np.ones((2, 3, 2), np.float32)
    tensors = [Tensor(left.shape), Tensor(right.shape)]
    links = Solve().links(tensors, apply(Solve(), tensors).outputs)
    assert links == identity(0, [(0, 0)]) + identity(1, [(0, 0)])
    matrix = [Tensor((4, 5, 3))]
    assert SVD.links(matrix, apply(SVD, matrix).outputs) == identity(0, [(0, 0)])
    pair = [Tensor((2, 3)), Tensor((4, 5))]
    assert_links_see(Kronecker(), pair, lambda x: np.kron(x, np.ones((4, 5))))
    assert_links_see(Kronecker(), pair, lambda x: np.kron(np.ones((2, 3)), x), 1)
    assert_links_see(Kronecker(), [Tensor((2, 3)), Tensor((4,))], lambda x: np.kron(np.ones((2, 3)), x), 1)
    chain = [Tensor((2, 3)), Tensor((3, 4)), Tensor((4, 5))]
    first, second, third = (np.ones(tensor.dims, np.float32) for tensor in chain)
    assert_links_see(MatrixChain(), chain, lambda x: x @ second @ third)
    assert_links_see(MatrixChain(), chain, lambda x: first @ x @ third, 1)
    assert_links_see(MatrixChain(), chain, lambda x: first @ second @ x, 2)


def test_a_symbolic_block_is_not_followed_cell_by_cell() -> None:
    tensors = [Tensor((2, 3)), Tensor((H, 5))]
    links = Kronecker().links(tensors, apply(Kronecker(), tensors).outputs)
    assert [link.spans is None for link in links] == [True, True, False, False]


def test_words() -> None:
    assert SVD.words([], []) == "svd"
    assert Decomposition("householder_product").words([], []) == "householder product"
    assert (Solve().word, MatrixChain().word, Kronecker().word) == ("solve", "matmul", "kronecker product")
