from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Gather, GatherElements, GatherND, OneHot, Tensor, Triangle, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
SIZES = {"N": (1, 2, 3), "H": (2, 3, 9)}


def indices(*shape, contents=None):
    return Tensor(shape, "int64", contents)


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (Gather(), (Tensor((30522, 768)), indices(N, 128)), (N, 128, 768)),
        (Gather(1), (Tensor((N, 197, 768)), indices(contents=(0,))), (N, 768)),
        (Gather(-1), (Tensor((2, 3)), indices(4, 5)), (2, 4, 5)),
        (Gather(1, indices=0), (Tensor((N, 197, 768)),), (N, 768)),
        (Gather(1, indices=(0, -1)), (Tensor((N, 197, 768)),), (N, 2, 768)),
        (Gather(), (Tensor(Unknown("x")), indices(4)), Unknown("x")),
        (Gather(), (Tensor((2, 3)), Tensor(Unknown("x"), "int64")), Unknown("x")),
        (GatherElements(1), (Tensor((2, 3)), indices(2, 9)), (2, 9)),
        (GatherElements(1), (Tensor(Unknown("x")), indices(2, 9)), (2, 9)),
        (GatherND(), (Tensor((2, 3, 4)), indices(5, 2)), (5, 4)),
        (GatherND(), (Tensor((2, 3, 4)), indices(5, 3)), (5,)),
        (GatherND(1), (Tensor((N, 3, 4)), indices(N, 5, 1)), (N, 5, 4)),
        (OneHot(10), (indices(N),), (N, 10)),
        (OneHot(axis=0), (indices(N, 3), Tensor((1,), "float32", (12.0,))), (12, N, 3)),
        (
            OneHot(),
            (indices(N), Tensor((), "int64")),
            (N, Unknown("the number of classes is computed from data")),
        ),
        (Triangle(), (Tensor((N, H, H)),), (N, H, H)),
    ],
)
def test_the_shape_that_comes_out(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (Gather(2), (Tensor((2, 3)), indices(4)), "axis"),
        (Gather(), (Tensor((2, 3)), indices(contents=(2,))), "index"),
        (Gather(1, indices=-4), (Tensor((2, 3)),), "index"),
        (GatherElements(), (Tensor((2, 3)), indices(2)), "indices"),
        (GatherElements(), (Tensor((2, 3)), indices(2, 4)), "indices"),
        (GatherElements(2), (Tensor((2, 3)), indices(2, 3)), "axis"),
        (GatherND(), (Tensor((2, 3)), indices(5, 3)), "indices"),
        (GatherND(), (Tensor((2, 3)), indices()), "indices"),
        (GatherND(1), (Tensor((2, 3)), indices(3, 1)), "indices"),
        (GatherND(2), (Tensor((2, 3)), indices(2, 3, 1)), "indices"),
        (OneHot(0), (indices(2),), "classes"),
        (OneHot(3, axis=2), (indices(2),), "axis"),
        (Triangle(), (Tensor((2,)),), "rank"),
    ],
)
def test_what_does_not_fit(operator, inputs, kind) -> None:
    assert kind in [requirement.kind for requirement in apply(operator, inputs).broken]


def test_a_slice_of_a_shape_is_a_size() -> None:
    sizes = Tensor((4,), "int64", (N, 3, H, W))
    assert apply(Gather(), [sizes, indices(contents=(-1,))]).outputs[0] == Tensor((), "int64", (W,))
    assert apply(Gather(), [sizes, indices(2, contents=(2, 0))]).outputs[0].contents == (H, N)
    assert apply(Gather(), [sizes, indices(2)]).outputs[0].contents is None
    assert apply(Gather(), [sizes, indices(1, contents=(H,))]).outputs[0].contents is None


def test_an_index_into_a_symbol_is_a_condition_of_it() -> None:
    (requirement,) = apply(Gather(1, indices=4), [Tensor((2, H))]).requirements
    assert str(requirement.truth) == "H ≥ 5"


def test_words() -> None:
    tensor = Tensor((2, 3))
    assert Gather(indices=0).words([tensor], [tensor]) == "take 0"
    assert Gather().words([tensor, tensor], [tensor]) == "gather"
    assert Triangle(upper=False).words([tensor], [tensor]) == "lower triangle"
    assert OneHot(3).words([tensor], [tensor]) == "one hot"


shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@given(shapes, st.data())
@settings(max_examples=60)
def test_gather_does_what_numpy_does(shape, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    chosen = data.draw(st.lists(st.integers(-shape[axis], shape[axis] - 1), min_size=1, max_size=4))
    shape = tuple(shape)
    assert_links_hold(Gather(axis, tuple(chosen)), [shape], lambda x: np.take(x, chosen, axis))
    assert_links_hold(Gather(axis, chosen[0]), [shape], lambda x: np.take(x, chosen[0], axis))
    told = indices(1, len(chosen), contents=tuple(chosen))
    assert_links_hold(Gather(axis - len(shape)), [shape], lambda x: np.take(x, [chosen], axis), told)


@given(shapes, st.data())
@settings(max_examples=40)
def test_elements_come_from_their_own_places_on_all_axes_but_one(shape, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    wanted = (*shape[:axis], 3, *shape[axis + 1 :])
    places = np.array(data.draw(st.lists(st.integers(0, shape[axis] - 1), min_size=3 * 64, max_size=3 * 64)))
    chosen = places[: int(np.prod(wanted))].reshape(wanted)
    shape = tuple(shape)
    assert_links_hold(
        GatherElements(axis), [shape], lambda x: np.take_along_axis(x, chosen, axis), indices(*wanted)
    )


def test_gathered_slices_come_from_anywhere_on_the_indexed_axes() -> None:
    places = np.array([[[1], [0]], [[2], [2]]])

    def gathered(x):
        return np.stack([x[i, places[i, :, 0]] for i in range(2)])

    outcome = assert_links_hold(GatherND(1), [(2, 3, 4)], gathered, indices(2, 2, 1))
    operator, tensors = GatherND(1), [Tensor((2, 3, 4)), indices(2, 2, 1)]
    links = [
        (link.input, link.input_axis, link.output_axis) for link in operator.links(tensors, outcome.outputs)
    ]
    assert links == [(0, 0, 0), (0, 2, 2), (1, 0, 0), (1, 1, 1)]


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Gather(1), (Tensor((N, H)), indices(2, contents=(-1, 1)))),
        (Gather(1), (Tensor((N, H)), indices(N, 4))),
        (Gather(0), (Tensor((3,), "int64", (N, H, 5)), indices(2, contents=(1, 2)))),
        (GatherElements(1), (Tensor((N, H)), indices(N, 2))),
        (GatherND(), (Tensor((3, 4, H)), indices(5, N))),
        (GatherND(1), (Tensor((N, 4, H)), indices(N, 5, 1))),
        (OneHot(), (indices(N), indices(contents=(H - 2,)))),
        (Triangle(), (Tensor((N, H)),)),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, SIZES)


@pytest.mark.torch
@given(shapes, st.integers(-3, 3), st.integers(-5, 5), shapes)
@settings(max_examples=80)
def test_indexing_as_pytorch_does(shape, axis, place, wanted) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.empty(shape, device="meta")
    chosen = torch.zeros(wanted, dtype=torch.int64, device="meta")
    pairs = [
        (Gather(axis, place), (), lambda: tensor.select(axis, place)),
        (GatherElements(axis), (indices(*wanted),), lambda: tensor.gather(axis, chosen)),
    ]
    for operator, told, function in pairs:
        outcome = apply(operator, [Tensor(tuple(shape)), *told])
        try:
            true = tuple(function().shape)
        except (IndexError, RuntimeError):
            assert outcome.broken, operator
        else:
            assert (outcome.broken, outcome.outputs[0].shape) == ((), true), operator


@pytest.mark.parametrize(
    ("place", "after", "conditions"),
    [
        (W // 2, (N,), ["H ≥ floor(W/2) + 1"]),
        (H - 1, (N,), []),
        (-H, (N,), []),
        ((0, H - 1, -H), (N, 3), []),
        (Unknown("x"), (N,), []),
    ],
)
def test_a_place_may_be_a_dim(place, after, conditions) -> None:
    outcome = apply(Gather(1, place), [Tensor((N, H))])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)
    assert [str(r.truth) for r in outcome.requirements if r.truth is not True] == conditions


def test_a_place_that_is_a_dim_must_exist() -> None:
    assert [r.kind for r in apply(Gather(0, H), [Tensor((H,))]).broken] == ["index"]
    assert [r.kind for r in apply(Gather(0, (1, -H - 1)), [Tensor((H,))]).broken] == ["index"]
    assert_readings_agree(Gather(1), [Tensor((N, H)), indices(contents=(N - 3,))], SIZES)
    assert Gather(0, H).words([], []) == f"take {H}"


def test_indices_and_tensor_stretched_to_each_other() -> None:
    operator = GatherElements(1, broadcasts=True)
    inputs = [Tensor((N, 5, 1)), indices(1, H, 7)]
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), (N, H, 7))
    links = operator.links(inputs, outcome.outputs)
    assert {(link.input, link.input_axis, link.advance) for link in links} == {
        (0, 0, 1), (0, 2, 0), (1, 0, 0), (1, 1, 1), (1, 2, 1),
    }  # fmt: skip
    assert apply(operator, [Tensor(()), indices()]).broken[0].kind == "axis"
    assert apply(GatherElements(0, broadcasts=True), [Tensor(()), indices()]).outputs[0].shape == ()
    kinds = [r.kind for r in apply(operator, [Tensor((2, 3)), indices(2)]).broken]
    assert kinds == ["indices"]
    assert [r.kind for r in apply(operator, [Tensor((2, 3)), indices(4, 3)]).broken] == ["broadcast"]
    assert_readings_agree(operator, [Tensor((N, H)), indices(1, 4)], SIZES)
