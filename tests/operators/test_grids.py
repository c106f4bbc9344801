from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import BroadcastTogether, CartesianProduct, Combinations, MeshGrid, Tensor, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


def shapes_of(operator, *shapes):
    outcome = apply(operator, [Tensor(shape) for shape in shapes], len(shapes))
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs]


@pytest.mark.parametrize(
    ("operator", "shapes", "after"),
    [
        (MeshGrid(), [(H,), (W,)], [(H, W)] * 2),
        (MeshGrid("xy"), [(H,), (W,)], [(W, H)] * 2),
        (MeshGrid("xy"), [(H,), (W,), (3,)], [(W, H, 3)] * 3),
        (MeshGrid("xy"), [(H,)], [(H,)]),
        (MeshGrid(), [(), (W,)], [(1, W)] * 2),
        (BroadcastTogether(), [(N, 1, H), (3, 1), ()], [(N, 3, H)] * 3),
        (CartesianProduct(), [(H,)], [(H,)]),
    ],
)
def test_the_shapes_that_come_out(operator, shapes, after) -> None:
    assert shapes_of(operator, *shapes) == after


def test_products_and_choices() -> None:
    assert apply(CartesianProduct(), [Tensor((H,)), Tensor((W,)), Tensor((2,))]).outputs[0].shape == (
        2 * H * W,
        3,
    )
    assert apply(Combinations(2), [Tensor((H,))]).outputs[0].shape == ((H * H - H) // 2, 2)
    assert apply(Combinations(0), [Tensor((H,))]).outputs[0].shape == (0,)
    assert Combinations(3).words([], []) == "combinations of 3"
    assert apply(Combinations(2), [Tensor(Unknown("x"))]).outputs[0].shape == Unknown("x")


@pytest.mark.parametrize(
    ("operator", "shapes", "kind"),
    [
        (MeshGrid(), [(2, 3), (2,)], "rank"),
        (CartesianProduct(), [(2,), ()], "rank"),
        (Combinations(), [(2, 3)], "rank"),
        (BroadcastTogether(), [(2,), (3,)], "broadcast"),
    ],
)
def test_what_does_not_fit(operator, shapes, kind) -> None:
    outcome = apply(operator, [Tensor(shape) for shape in shapes])
    assert [requirement.kind for requirement in outcome.broken] == [kind]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from(["ij", "xy"]))
@settings(max_examples=40)
def test_grids_do_what_numpy_does(sizes, indexing) -> None:
    # The links are those of every output: each is one vector alone.
    for place in range(len(sizes)):
        operator = MeshGrid(indexing)
        assert_links_hold(
            operator,
            [(size,) for size in sizes],
            lambda *vectors, place=place: np.meshgrid(*vectors, indexing=indexing)[place],
        )
    shape = tuple(sizes)
    assert_links_hold(
        BroadcastTogether(), [shape, (1, *shape[1:])], lambda x, y: np.broadcast_arrays(x, y)[0]
    )


@given(st.integers(0, 7), st.integers(0, 4))
@settings(max_examples=40)
def test_choices_are_counted_as_python_counts_them(count, size) -> None:
    for operator, choose in (
        (Combinations(size), combinations),
        (Combinations(size, repeats=True), combinations_with_replacement),
    ):
        rows = len(list(choose(range(count), size))) if size else 0
        assert apply(operator, [Tensor((count,))]).outputs[0].shape == ((rows, size) if size else (0,))


def test_every_reading_agrees() -> None:
    sizes = {"H": (1, 2, 7), "W": (3, 4, 5)}
    vectors = [Tensor((H,)), Tensor((W,))]
    for operator in (MeshGrid("xy"), CartesianProduct()):
        assert_readings_agree(operator, vectors, sizes, 2 if isinstance(operator, MeshGrid) else 1)
    assert_readings_agree(BroadcastTogether(), [Tensor((H, 1)), Tensor((W,))], sizes, 2)
    assert_readings_agree(Combinations(3), [Tensor((H,))], sizes)
    assert_readings_agree(Combinations(3, repeats=True), [Tensor((H,))], sizes)
