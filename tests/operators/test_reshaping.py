from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Flatten, Reshape, Squeeze, Tensor, Unsqueeze, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    return apply(operator, inputs).outputs[0].shape


# reshape ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ((2, 3, 4), (6, 4), (6, 4)),
        ((2, 3, 4), (-1, 4), (6, 4)),
        ((2, 3, 4), (24,), (24,)),
        ((2, 3, 4), (-1,), (24,)),
        ((1, 1), (), ()),
        ((), (1, 1), (1, 1)),
        ((), (-1,), (1,)),
        ((0, 3), (3, 0), (3, 0)),
        ((0, 3), (3, -1), (3, 0)),
        ((N, 256, 6, 6), (-1, 9216), (N, 9216)),
        ((N, 16, H, W), (N, -1), (N, 16 * H * W)),
        ((N, 16, H, W), (N * 16, H * W), (16 * N, H * W)),
        ((N, 16, H, W), (N, 16, -1), (N, 16, H * W)),
        ((N, 64, H, W), (N, 8, 8, H, W), (N, 8, 8, H, W)),
        ((N, 64, H // 2, W // 2), (N, 64, -1), (N, 64, (H // 2) * (W // 2))),
        ((N, 16, 5, 5), (-1, 256), (25 * N // 16, 256)),
        ((N, 3, 4 * H), (N, 3, 4, -1), (N, 3, 4, H)),
    ],
)
def test_reshape(before, asked, after) -> None:
    assert shape_of(Reshape(asked), Tensor(before)) == after
    assert shape_of(Reshape(), Tensor(before), Tensor((len(asked),), "int64", asked)) == after


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ((2, 3, 4), (0, -1), (2, 12)),
        ((2, 3, 4), (0, 0, 4), (2, 3, 4)),
        ((N, C, H, W), (0, 0, -1), (N, C, H * W)),
        ((N, C, H, W), (0, -1), (N, C * H * W)),
        ((N, 512, 1, 1), (0, 512), (N, 512)),
    ],
)
def test_a_zero_that_copies(before, asked, after) -> None:
    assert shape_of(Reshape(asked, zero_copies=True), Tensor(before)) == after


@pytest.mark.parametrize(
    ("before", "asked", "after", "facts"),
    [
        ((2, 3), (7,), (7,), {"elements": 6, "wants": 7}),
        ((2, 3), (4, -1), (4, Unknown("because of Reshape")), {"elements": 6, "wants": 4, "inferred": 1}),
        ((N, 3, 5), (N, 16), (N, 16), {"elements": 15 * N, "wants": 16 * N}),
        ((0, 3), (0, -1), (0, Unknown("because of Reshape")), {"elements": 0, "wants": 0, "inferred": 1}),
        ((2, 3), (-1, -1), Unknown("the reshape does not fit"), {"inferred": (0, 1)}),
        ((2, 3), (-2, 3), Unknown("the reshape does not fit"), {"negative": 0}),
    ],
)
def test_a_reshape_that_does_not_fit(before, asked, after, facts) -> None:
    outcome = apply(Reshape(asked), [Tensor(before)])
    assert [requirement.kind for requirement in outcome.broken] == ["reshape"]
    assert {name: outcome.broken[0].facts[name] for name in facts} == facts
    assert outcome.broken[0].facts["asked"] == asked
    assert outcome.outputs[0].shape == after


def test_a_copy_of_an_axis_that_is_not_there() -> None:
    outcome = apply(Reshape((2, 3, 0), zero_copies=True), [Tensor((2, 3))])
    assert outcome.broken[0].facts["copied"] == (2,)


def test_a_folded_batch_works_for_some_batches_only() -> None:
    (requirement,) = apply(Reshape((-1, 256)), [Tensor((N, 16, 5, 5))]).requirements
    with following(Path({"N": 16})) as path:
        assert path.holds(requirement.truth)
    with following(Path({"N": 1})) as path:
        assert not path.holds(requirement.truth)


@pytest.mark.parametrize(
    ("tensors", "after"),
    [
        ((Tensor((2, 3)), Tensor((2,), "int64")), (Unknown("the new shape is computed from data"),) * 2),
        ((Tensor((2, 3)), Tensor((N,), "int64")), Unknown("the new shape is computed from data")),
        ((Tensor((2, 3)), Tensor(Unknown("x"), "int64")), Unknown("x")),
        ((Tensor((2, Unknown("x"))), Tensor((2,), "int64", (-1, 2))), (Unknown("x"), 2)),
        ((Tensor(Unknown("x")), Tensor((2,), "int64", (4, 5))), (4, 5)),
        ((Tensor(Unknown("x")), Tensor((3,), "int64", (0, -1, 5))), (Unknown("x"), Unknown("x"), 5)),
        ((Tensor((N, 4)), Tensor((2,), "int64", (Unknown("x"), 4))), (Unknown("x"), 4)),
        ((Tensor((2, 3)), None), Unknown("the new shape is not given")),
    ],
)
def test_what_is_not_known_stays_unknown(tensors, after) -> None:
    assert shape_of(Reshape(zero_copies=True), *tensors) == after


def test_a_size_that_may_be_zero_is_asked_for_only_where_zero_means_something() -> None:
    tensor, asked = Tensor((H // 2, 4)), (H // 2, 4)
    with following(Path({"H": 8})) as path:
        assert shape_of(Reshape(asked), tensor) == asked
        assert path.conditions == []
        assert shape_of(Reshape(asked, zero_copies=True), tensor) == asked
        assert [str(condition) for condition in path.conditions] == ["floor(H/2) ≥ 1"]


def test_contents_go_along() -> None:
    tensor = Tensor((2, 2), "int64", (1, H, 3, 4))
    assert apply(Reshape((-1,)), [tensor]).outputs[0].contents == (1, H, 3, 4)
    assert apply(Reshape((3,)), [tensor]).outputs[0].contents is None


@st.composite
def reshapes(draw):
    """A shape, and another of as many elements with a -1 in it."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    after = list(draw(st.permutations(shape)))
    while len(after) > 1 and draw(st.booleans()):
        place = draw(st.integers(0, len(after) - 2))
        after[place : place + 2] = [after[place] * after[place + 1]]
    if draw(st.booleans()):
        after.insert(draw(st.integers(0, len(after))), 1)
    inferred = draw(st.one_of(st.none(), st.integers(0, len(after) - 1)))
    if inferred is not None:
        after[inferred] = -1
    return tuple(shape), tuple(after)


@given(reshapes())
@settings(max_examples=80)
def test_reshape_does_what_numpy_does(setting) -> None:
    shape, asked = setting
    assert_links_hold(Reshape(asked), [shape], lambda x: x.reshape(asked))


@given(reshapes(), st.data())
@settings(max_examples=25)
def test_readings_of_reshape_agree(setting, data) -> None:
    shape, asked = setting
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=3, max_size=3))
    place = data.draw(st.integers(0, len(shape)))
    own = (*shape[:place], N, *shape[place:])
    assert_readings_agree(Reshape(asked), [Tensor(own)], {"N": sizes})
    assert_readings_agree(Reshape(asked, zero_copies=True), [Tensor(own)], {"N": sizes})
    target = Tensor((2,), "int64", (N, -1))
    assert_readings_agree(Reshape(zero_copies=True), [Tensor(own), target], {"N": sizes})
    target = Tensor((2,), "int64", (prod(shape), N))
    assert_readings_agree(Reshape(), [Tensor(own), target], {"N": sizes})


# flatten ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (Flatten(), (N, 512, 7, 7), (N, 25088)),
        (Flatten(0), (2, 3, 4), (24,)),
        (Flatten(1, 2), (2, 3, 4, 5), (2, 12, 5)),
        (Flatten(-2), (2, 3, 4), (2, 12)),
        (Flatten(0), (), (1,)),
        (Flatten(1, to_matrix=True), (2, 3, 4), (2, 12)),
        (Flatten(0, to_matrix=True), (2, 3, 4), (1, 24)),
        (Flatten(3, to_matrix=True), (2, 3, 4), (24, 1)),
        (Flatten(-1, to_matrix=True), (N, 3, H), (3 * N, H)),
        (Flatten(0, to_matrix=True), (), (1, 1)),
    ],
)
def test_flatten(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after


@pytest.mark.parametrize(
    "operator", [Flatten(4, to_matrix=True), Flatten(3), Flatten(1, 3), Flatten(2, 1), Flatten(-4)]
)
def test_a_flatten_of_axes_that_are_not_there(operator) -> None:
    outcome = apply(operator, [Tensor((2, 3, 4))])
    assert [requirement.kind for requirement in outcome.broken] == ["axis"]
    assert outcome.outputs[0].shape == Unknown("the axis does not fit")


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_flatten_does_what_numpy_does(shape, data) -> None:
    start = data.draw(st.integers(0, len(shape) - 1))
    end = data.draw(st.integers(start, len(shape) - 1))
    after = (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])
    assert_links_hold(Flatten(start, end), [tuple(shape)], lambda x: x.reshape(after))
    assert_readings_agree(Flatten(start, end), [Tensor((*shape, H))], {"H": (1, 2, 9)})


# squeeze and unsqueeze --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (Squeeze(), (1, 3, 1, 5), (3, 5)),
        (Squeeze((0,)), (1, 3, 1), (3, 1)),
        (Squeeze((-1, 0)), (1, 3, 1), (3,)),
        (Squeeze((0, -3)), (1, 3, 1), (3, 1)),
        (Squeeze((1,), keeps_larger=True), (1, 3, 1), (1, 3, 1)),
        (Squeeze((2,), keeps_larger=True), (1, 3, 1), (1, 3)),
        (Squeeze((0,), keeps_larger=True), (), ()),
        (Squeeze((2, 3)), (N, 512, 1, 1), (N, 512)),
        (Squeeze((0,)), (Unknown("x"), 3), (3,)),
        (Squeeze(), (Unknown("x"), 3), Unknown("x")),
        (Unsqueeze((0,)), (3, 4), (1, 3, 4)),
        (Unsqueeze((0, -1)), (3, 4), (1, 3, 4, 1)),
        (Unsqueeze((-1, 0)), (3, 4), (1, 3, 4, 1)),
        (Unsqueeze((2,)), (N, H), (N, H, 1)),
    ],
)
def test_squeeze_and_unsqueeze(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after


def test_a_squeeze_of_a_larger_axis() -> None:
    outcome = apply(Squeeze((0, 1)), [Tensor((1, 3))])
    assert [requirement.facts["size"] for requirement in outcome.broken] == [3]


def test_a_size_that_is_one_at_the_example_is_a_condition() -> None:
    with following(Path({"N": 1, "H": 4})) as path:
        assert shape_of(Squeeze(), Tensor((N, H))) == (H,)
    assert [str(condition) for condition in path.conditions] == ["N = 1", "H ≠ 1"]


@pytest.mark.parametrize(
    ("operator", "axes"),
    [
        (Squeeze(), (3,)),
        (Squeeze(), (0, -4)),
        (Unsqueeze(), (0, 0)),
        (Unsqueeze(), (4,)),
        (Unsqueeze(), (-5,)),
    ],
)
def test_axes_that_are_not_there_or_come_twice(operator, axes) -> None:
    outcome = apply(operator, [Tensor((1, 1, 5)), Tensor((len(axes),), "int64", axes)])
    assert [requirement.kind for requirement in outcome.broken] == ["axis"]


@pytest.mark.parametrize(
    ("operator", "axes", "after"),
    [
        (Squeeze(), Tensor((1,), "int64"), Unknown("the axes to drop is computed from data")),
        (Squeeze(), Tensor((0,), "int64", ()), Unknown("an empty list of axes drops none, or all")),
        (Unsqueeze(), Tensor((2,), "int64"), (Unknown("where axes are put in is computed from data"),) * 4),
        (Unsqueeze(), Tensor((H,), "int64"), Unknown("where axes are put in is computed from data")),
        (Unsqueeze(), Tensor((), "int64", (1,)), (1, 1, 5)),
    ],
)
def test_axes_from_an_input(operator, axes, after) -> None:
    assert shape_of(operator, Tensor((1, 5)), axes) == after


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_unsqueeze_and_squeeze_do_what_numpy_does(shape, data) -> None:
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    assert_links_hold(Unsqueeze((axis,)), [tuple(shape)], lambda x: np.expand_dims(x, axis))
    assert_links_hold(Squeeze(), [tuple(shape)], np.squeeze)
    assert_readings_agree(Squeeze(), [Tensor((*shape, H))], {"H": (1, 2, 9)})
    assert_readings_agree(Squeeze((-1,)), [Tensor((*shape, H))], {"H": (1, 2, 9)})
    assert_readings_agree(Squeeze((-1,), keeps_larger=True), [Tensor((*shape, H))], {"H": (1, 2, 9)})
    assert_readings_agree(Unsqueeze((axis,)), [Tensor((*shape[:-1], H))], {"H": (1, 2, 9)})


# PyTorch ----------------------------------------------------------------------------------------------


@pytest.mark.torch
@given(reshapes(), st.booleans(), st.integers(1, 7))
@settings(max_examples=60)
def test_reshape_as_pytorch_does(setting, spoil, factor) -> None:
    torch = pytest.importorskip("torch")
    shape, asked = setting
    if spoil:
        asked = tuple(size * factor if place == 0 and size > 0 else size for place, size in enumerate(asked))
    outcome = apply(Reshape(asked), [Tensor(shape)])
    try:
        true = tuple(torch.empty(shape, device="meta").reshape(asked).shape)
    except RuntimeError:
        assert outcome.broken
    else:
        assert (outcome.broken, outcome.outputs[0].shape) == ((), true)


@pytest.mark.torch
@given(st.lists(st.integers(0, 3), max_size=4), st.integers(-5, 5), st.integers(-5, 5))
@settings(max_examples=80)
def test_flatten_and_squeeze_as_pytorch_does(shape, start, end) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.empty(shape, device="meta")
    pairs = [
        (Flatten(start, end), lambda: tensor.flatten(start, end)),
        (Squeeze((start,), keeps_larger=True), lambda: tensor.squeeze(start)),
        (Squeeze(), tensor.squeeze),
        (Unsqueeze((start,)), lambda: tensor.unsqueeze(start)),
    ]
    for operator, function in pairs:
        outcome = apply(operator, [Tensor(tuple(shape))])
        try:
            true = tuple(function().shape)
        except (IndexError, RuntimeError):
            assert outcome.broken, operator
        else:
            assert (outcome.broken, outcome.outputs[0].shape) == ((), true), operator
