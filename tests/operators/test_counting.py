from __future__ import annotations

import numpy as np
import pytest

from shapelens.dims import Expression, Unknown, bounds, product, symbol
from shapelens.dims.lanes import Lanes
from shapelens.dims.recorder import Recorder
from shapelens.operators import BinCount, Compress, NonMaxSuppression, NonZero, Reshape, Tensor, Unique, apply
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


def output(operator, *inputs) -> Tensor:
    return apply(operator, inputs).outputs[0]


def numbers(*contents, shape=None):
    return Tensor(shape or (len(contents),), "int64", contents)


BOXES, SCORES = Tensor((1, 8400, 4)), Tensor((1, 80, 8400))


@pytest.mark.parametrize(
    ("operator", "inputs", "shape", "limits"),
    [
        (NonZero("k"), (Tensor((8400, 4)),), (2, "k"), (0, 33600)),
        (NonZero("k", rows_are_axes=False), (Tensor((3, 4, 5)),), ("k", 3), (0, 60)),
        (NonZero("k"), (Tensor((N, 4)),), (2, "k"), (0, None)),
        (NonZero("k"), (Tensor(Unknown("x")),), ("?", "k"), (0, None)),
        (Compress("k", 1), (Tensor((2, 7)), Tensor((7,), "bool")), (2, "k"), (0, 7)),
        (Compress("k", 1), (Tensor((2, 7)), Tensor((5,), "bool")), (2, "k"), (0, 5)),
        (Compress("k"), (Tensor((2, 7)), Tensor((2, 7), "bool")), ("k",), (0, 14)),
        (Compress("k", 0), (Tensor((symbol("M", 1, 9), 7)), Tensor((H,), "bool")), ("k", 7), (0, 9)),
        (Unique("k"), (Tensor((2, 7)),), ("k",), (1, 14)),
        (Unique("k", 1), (Tensor((2, 7)),), (2, "k"), (1, 7)),
        (Unique("k"), (Tensor((symbol("M", 0, 9),)),), ("k",), (0, 9)),
        (NonMaxSuppression("k"), (BOXES, SCORES), ("k", 3), (0, 672000)),
        (NonMaxSuppression("k"), (BOXES, SCORES, numbers(200)), ("k", 3), (0, 16000)),
        (NonMaxSuppression("k"), (BOXES, SCORES, Tensor((1,), "int64")), ("k", 3), (0, 672000)),
        (NonMaxSuppression("k", triples=False), (Tensor((50, 4)), Tensor((50,))), ("k",), (0, 50)),
        (NonMaxSuppression("k"), (Tensor(Unknown("x")), SCORES), ("k", 3), (0, None)),
    ],
)
def test_a_count_is_a_symbol_with_bounds(operator, inputs, shape, limits) -> None:
    found = output(operator, *inputs)
    assert tuple([str(dim) if not isinstance(dim, int) else dim for dim in found.shape]) == shape
    (count,) = [dim for dim in found.shape if isinstance(dim, Expression)]
    assert bounds(count) == limits


@pytest.mark.parametrize(
    ("operator", "inputs", "shape"),
    [
        (NonZero("k"), (Tensor((0, 4)),), (2, 0)),
        (NonZero("k"), (numbers(0, 5, 7),), (1, 2)),
        (Compress("k", 1), (Tensor((N, 3)), numbers(1, 0, 1)), (N, 2)),
        (Compress("k", 1), (Tensor((N, 2)), numbers(1, 1, 1, 1)), (N, 2)),
        (Compress("k"), (Tensor((2, 3)), numbers(0, 1)), (1,)),
        (Unique("k"), (Tensor((1,)),), (1,)),
        (Unique("k"), (Tensor((0,)),), (0,)),
        (NonMaxSuppression("k", most=0), (BOXES, SCORES), (0, 3)),
        (NonMaxSuppression("k"), (BOXES, SCORES, numbers(-1)), (0, 3)),
    ],
)
def test_a_count_that_is_known_is_a_number(operator, inputs, shape) -> None:
    assert output(operator, *inputs).shape == shape


def test_the_places_of_known_contents() -> None:
    contents = (0, 1, 0, 2, 3, 0)
    true = np.nonzero(np.array(contents).reshape(2, 3))
    found = output(NonZero("k"), numbers(*contents, shape=(2, 3)))
    assert found.contents == tuple(np.stack(true).reshape(-1).tolist())
    found = output(NonZero("k", rows_are_axes=False), numbers(*contents, shape=(2, 3)))
    assert found.contents == tuple(np.stack(true, 1).reshape(-1).tolist())


def test_runtimes_differ_in_the_places_of_a_scalar() -> None:
    rows, count = output(NonZero("k"), Tensor(())).shape
    assert isinstance(rows, Unknown)
    assert bounds(count) == (0, 1)
    assert output(NonZero("k"), Tensor((), "int64", (7,))).contents is None
    assert output(NonZero("k", rows_are_axes=False), Tensor((), "int64", (7,))).shape == (1, 0)


def test_unique_says_four_things() -> None:
    outputs = apply(Unique("k", 0), [Tensor((5, 7), "float16")], 4).outputs
    k = symbol("k", 1, 5)
    places = Tensor((k,), "int64")
    assert outputs == (Tensor((k, 7), "float16"), places, Tensor((5,), "int64"), places)


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (Compress("k", 2), (Tensor((2, 3)), Tensor((3,), "bool")), "axis"),
        (Unique("k", -3), (Tensor((2, 3)),), "axis"),
        (NonMaxSuppression("k"), (Tensor((6, 4)), SCORES), "rank"),
        (NonMaxSuppression("k"), (Tensor((1, 8400, 5)), SCORES), "boxes"),
        (NonMaxSuppression("k"), (Tensor((1, 8399, 4)), SCORES), "boxes"),
        (NonMaxSuppression("k"), (Tensor((2, 8400, 4)), SCORES), "boxes"),
    ],
)
def test_what_does_not_fit(operator, inputs, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, inputs).broken] == [kind]


def test_what_follows_a_count_stays_computable() -> None:
    kept = output(Compress("k", 0), Tensor((100, 4, 5)), Tensor((100,), "bool"))
    assert str(output(Reshape((-1, 10)), kept).shape) == "(2*k, 10)"
    assert str(product(kept.dims)) == "20*k"


def test_without_a_name_or_where_many_sizes_are_evaluated_a_count_is_unknown() -> None:
    assert isinstance(output(NonZero(), Tensor((8, 4))).shape[1], Unknown)
    assert isinstance(output(NonZero("k"), Tensor((Lanes(np.array([3, 4])), 4))).shape[1], Unknown)
    assert isinstance(output(NonZero("k"), Tensor((Recorder({"H": 3}).input("H"), 4))).shape[1], Unknown)


def test_readings_of_a_condition_that_is_known_agree() -> None:
    sizes = {"N": (1, 2, 3), "H": (1, 2, 9)}
    assert_readings_agree(Compress("k", 1), [Tensor((N, H)), numbers(1, 0, 1, 1)], sizes)


def test_a_count_may_be_given_as_a_symbol_or_a_number() -> None:
    found = symbol("found", 0)
    assert output(NonZero(found), Tensor((H, 4))).shape == (2, found)
    assert output(NonZero(7, rows_are_axes=False), Tensor((H, 4))).shape == (7, 2)
    assert output(NonZero(found), numbers(0, 3)).shape == (1, 1)
    assert output(NonZero(Unknown("x")), Tensor((4,))).shape == (1, Unknown("x"))


def test_where_each_element_went_keeps_its_place() -> None:
    tensor = Tensor((2, H))
    assert apply(Unique("k", keeps_places=True), [tensor], 4).outputs[2] == Tensor((2, H), "int64")
    assert apply(Unique("k"), [tensor], 4).outputs[2] == Tensor((2 * H,), "int64")
    assert apply(Unique("k", 1, keeps_places=True), [tensor], 4).outputs[2] == Tensor((H,), "int64")


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (BinCount("k"), (Tensor((H,), "int64"),), Tensor((symbol("k", 0),), "int64")),
        (BinCount("k", 5), (Tensor((H,), "int64"),), Tensor((symbol("k", 5),), "int64")),
        (BinCount("k", H), (Tensor((9,), "int64"),), Tensor((symbol("k", 0),), "int64")),
        (BinCount(), (numbers(3, 0, 3),), Tensor((4,), "int64")),
        (BinCount(least=9), (numbers(3, 0, 3),), Tensor((9,), "int64")),
        (BinCount(), (numbers(shape=(0,)),), Tensor((0,), "int64")),
        (BinCount("k", 0, "float64"), (Tensor((H,)), Tensor((H,))), Tensor((symbol("k", 0),), "float64")),
        (BinCount("k"), (Tensor(Unknown("x"), "int64"),), Tensor((symbol("k", 0),), "int64")),
    ],
)
def test_bins(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0]) == ((), after)


@pytest.mark.parametrize(
    ("inputs", "kind"), [((Tensor((2, 3)),), "rank"), ((Tensor((2,)), Tensor((3,))), "weights")]
)
def test_bins_that_do_not_fit(inputs, kind) -> None:
    assert [requirement.kind for requirement in apply(BinCount("k"), inputs).broken] == [kind]
