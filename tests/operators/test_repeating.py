from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Expand, RepeatElements, Tensor, Tile, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


def outcome_of(operator, *inputs):
    return apply(operator, inputs)


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ((3, 1), (2, 1, 6), (2, 3, 6)),
        ((3, 4), (1,), (3, 4)),
        ((1, 3), (0, 3), (0, 3)),
        ((1, 768), (N, 1, 768), (N, 1, 768)),
        ((N, 1, H), (N, 8, 1), (N, 8, H)),
        ((1, 3), (Unknown("x"), 3), (Unknown("x"), 3)),
        ((5, 3), (Unknown("x"), 3), (5, 3)),
    ],
)
def test_expand_both_ways(before, asked, after) -> None:
    outcome = outcome_of(Expand(both_ways=True), Tensor(before), Tensor((len(asked),), "int64", asked))
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(("asked", "kind"), [((2, 2), "broadcast"), ((-1, 3), "expand")])
def test_an_expansion_that_does_not_fit(asked, kind) -> None:
    outcome = outcome_of(Expand(asked, both_ways=True), Tensor((2, 3)))
    assert kind in [requirement.kind for requirement in outcome.broken]


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ((1, 3), (4, -1), (4, 3)),
        ((3,), (2, -1), (2, 3)),
        ((1, H), (N, -1), (N, H)),
        ((N, 1), (-1, 7), (N, 7)),
    ],
)
def test_expand_one_way(before, asked, after) -> None:
    outcome = outcome_of(Expand(asked), Tensor(before))
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


def test_repeats_that_are_not_known() -> None:
    unknown = Unknown("how often it is repeated is computed from data")
    assert outcome_of(Tile(), Tensor((2, 3)), Tensor((2,), "int64")).outputs[0].shape == (unknown, unknown)
    assert outcome_of(Tile(), Tensor((2, 3)), Tensor((H,), "int64")).outputs[0].shape == (unknown, unknown)
    assert outcome_of(Tile(new_axes=True), Tensor((2,)), Tensor((H,), "int64")).outputs[0].shape == unknown
    assert outcome_of(Tile((1, 2)), Tensor(Unknown("x"))).outputs[0].shape == (Unknown("x"), Unknown("x"))


@pytest.mark.parametrize("repeats", [(2,), (1, 2, 3), (1, -1)])
def test_repeats_that_do_not_fit(repeats) -> None:
    assert [r.kind for r in outcome_of(Tile(repeats), Tensor((2, 3))).broken] == ["repeats"]


def test_words() -> None:
    tensor = Tensor((1, 2))
    assert Tile((1, 2)).words([tensor], [tensor]) == "tile 1×2"
    assert Tile().words([tensor], [tensor]) == "tile"


small = st.lists(st.integers(1, 3), min_size=1, max_size=3)


@given(small, st.data())
@settings(max_examples=60)
def test_repeating_does_what_numpy_does(shape, data) -> None:
    repeats = tuple(data.draw(st.lists(st.integers(0, 3), min_size=len(shape), max_size=len(shape))))
    assert_links_hold(Tile(repeats), [tuple(shape)], lambda x: np.tile(x, repeats))
    repeats = (2, *repeats)
    assert_links_hold(Tile(repeats, new_axes=True), [tuple(shape)], lambda x: np.tile(x, repeats))
    own = tuple([1 if data.draw(st.booleans()) else size for size in shape])
    asked = (2, *shape)
    for operator in (Expand(asked), Expand(asked, both_ways=True)):
        assert_links_hold(operator, [own], lambda x: np.broadcast_to(x, asked))


@given(small, st.booleans(), st.booleans())
@settings(max_examples=30)
def test_readings_agree(shape, is_one, both_ways) -> None:
    sizes = {"N": (1, 2, 3), "H": (1, 2, 2)}
    asked = Tensor((len(shape) + 2,), "int64", (N, *shape, H))
    own = (*([1] * len(shape) if is_one else shape), N)
    assert_readings_agree(Expand(both_ways=both_ways), [Tensor(own), asked], sizes)
    assert_readings_agree(Expand((4, *shape, -1)), [Tensor((*shape, H))], sizes)
    assert_readings_agree(
        Tile(), [Tensor((*shape, N)), Tensor((len(shape) + 1,), "int64", (*shape, H))], sizes
    )


@pytest.mark.torch
@given(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(-1, 3), max_size=4))
@settings(max_examples=150)
def test_repeating_as_pytorch_does(shape, asked) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.empty(shape, device="meta")
    pairs = [(Expand(tuple(asked)), tensor.expand), (Tile(tuple(asked), new_axes=True), tensor.repeat)]
    for operator, function in pairs:
        outcome = apply(operator, [Tensor(tuple(shape))])
        try:
            true = tuple(function(asked).shape)
            if -1 in true:  # the meta device lets a new axis of -1 pass where there are no elements
                raise RuntimeError
        except RuntimeError:
            assert outcome.broken, operator
        else:
            assert (outcome.broken, outcome.outputs[0].shape) == ((), true), operator


def test_an_expansion_of_a_size_that_is_one_at_the_example() -> None:
    with following(Path({"N": 1, "H": 4})) as path:
        shape = apply(Expand((H, 3), both_ways=True), [Tensor((N, 3))]).outputs[0].shape
    assert shape == (H, 3)
    assert "N = 1" in [str(condition) for condition in path.conditions]


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (RepeatElements(3, 1), [Tensor((N, H))], (N, 3 * H)),
        (RepeatElements(3), [Tensor((N, H))], (3 * N * H,)),
        (RepeatElements(W, -1), [Tensor((N, 2))], (N, 2 * W)),
        (RepeatElements(axis=0), [Tensor((3, H)), Tensor((3,), "int64", (2, 0, 5))], (7, H)),
        (RepeatElements(axis=1), [Tensor((3, H)), Tensor((1,), "int64", (2,))], (3, 2 * H)),
        (RepeatElements(axis=1), [Tensor((3, H)), Tensor((), "int64", (W,))], (3, H * W)),
        (RepeatElements(axis=1, count="k"), [Tensor((3, H)), Tensor((H,), "int64")], (3, symbol("k", 0))),
        (RepeatElements(axis=1, length=9), [Tensor((3, H)), Tensor((H,), "int64")], (3, 9)),
        (RepeatElements(2), [Tensor(Unknown("x"))], (Unknown("x"),)),
        (RepeatElements(2, 0), [Tensor(Unknown("x"))], Unknown("x")),
    ],
)
def test_repeated_elements(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (RepeatElements(2, 2), [Tensor((2, 3))], "axis"),
        (RepeatElements(-1, 1), [Tensor((2, 3))], "repeats"),
        (RepeatElements(axis=1), [Tensor((2, 3)), Tensor((2,), "int64")], "repeats"),
    ],
)
def test_repeats_of_elements_that_do_not_fit(operator, inputs, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, inputs).broken] == [kind]


@given(small, st.integers(1, 3), st.data())
@settings(max_examples=40)
def test_elements_are_repeated_as_numpy_does(shape, times, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    each = data.draw(st.lists(st.integers(0, 3), min_size=shape[axis], max_size=shape[axis]))
    shape = tuple(shape)
    assert_links_hold(RepeatElements(times, axis), [shape], lambda x: np.repeat(x, times, axis))
    assert_links_hold(RepeatElements(times), [shape], lambda x: np.repeat(x, times))
    told = Tensor((len(each),), "int64", tuple(each))
    assert_links_hold(RepeatElements(axis=axis), [shape], lambda x: np.repeat(x, each, axis), told)


def test_readings_of_repeated_elements_agree() -> None:
    sizes = {"N": (1, 2, 3), "H": (4, 1, 2)}
    assert_readings_agree(RepeatElements(3, 1), [Tensor((N, H))], sizes)
    assert_readings_agree(RepeatElements(), [Tensor((N, H)), Tensor((), "int64", (H,))], sizes)
    assert RepeatElements(3).words([], []) == "repeat elements ×3"
