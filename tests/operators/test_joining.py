from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Concatenate, Split, Stack, Tensor, Unbind, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


def shapes_of(operator, *inputs, count=1):
    return [tensor.shape for tensor in apply(operator, inputs, count).outputs]


# joining ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "shapes", "after"),
    [
        (Concatenate(1), [(N, 64, H, W), (N, 32, H, W)], (N, 96, H, W)),
        (Concatenate(-1), [(2, 3), (2, 0), (2, 5)], (2, 8)),
        (Concatenate(0), [(N, 3)], (N, 3)),
        (Concatenate(1), [(Unknown("x"), 3), (2, 4)], (2, 7)),
        (Concatenate(1), [Unknown("x"), (2, 4)], (2, Unknown("x"))),
        (Concatenate(1), [Unknown("x"), Unknown("y")], Unknown("x")),
        (Stack(0), [(2, 3), (2, 3)], (2, 2, 3)),
        (Stack(-1), [(N, H), (N, H), (N, H)], (N, H, 3)),
        (Stack(1), [(2, Unknown("x")), (2, 5)], (2, 2, 5)),
        (Stack(0), [(), ()], (2,)),
    ],
)
def test_joining(operator, shapes, after) -> None:
    outcome = apply(operator, [Tensor(shape) for shape in shapes])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


def test_a_concatenation_tells_what_differs() -> None:
    shapes = ((1, 512, 88, 88), (1, 512, 87, 87))
    outcome = apply(Concatenate(1), [Tensor(shape) for shape in shapes], blame="cat4")
    assert [requirement.kind for requirement in outcome.broken] == ["concatenation"] * 2
    facts = {"shapes": shapes, "axis": 2, "along": 1, "position": 1, "left": 88, "right": 87}
    assert outcome.broken[0].facts == facts
    because = Unknown("because of cat4")
    assert outcome.outputs[0].shape == (1, 1024, because, because)


def test_a_skip_of_a_symbol_is_a_condition_of_it() -> None:
    skip, upsampled = Tensor((N, 64, H)), Tensor((N, 64, 2 * (H // 2)))
    (requirement,) = apply(Concatenate(1), [skip, upsampled]).requirements
    assert str(requirement.truth) == "H = 2*floor(H/2)"


@pytest.mark.parametrize(
    ("operator", "shapes", "kind"),
    [
        (Concatenate(1), [(2, 3), (2, 3, 1)], "concatenation"),
        (Concatenate(2), [(2, 3), (2, 3)], "axis"),
        (Stack(3), [(2, 3), (2, 3)], "axis"),
        (Stack(0), [(2, 3), (2, 4)], "stack"),
        (Stack(0), [(2, 3), (2,)], "stack"),
    ],
)
def test_what_cannot_be_joined(operator, shapes, kind) -> None:
    outcome = apply(operator, [Tensor(shape) for shape in shapes])
    assert [requirement.kind for requirement in outcome.broken] == [kind]


def test_sizes_are_joined() -> None:
    sizes = [Tensor((1,), "int64", (N,)), Tensor((2,), "int64", (-1, H))]
    assert apply(Concatenate(0), sizes).outputs[0] == Tensor((3,), "int64", (N, -1, H))
    scalars = [Tensor((), "int64", (N,)), Tensor((), "int64", (H,))]
    assert apply(Stack(0), scalars).outputs[0] == Tensor((2,), "int64", (N, H))
    assert apply(Concatenate(0), [sizes[0], Tensor((2,), "int64")]).outputs[0].contents is None


# parting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "sizes"),
    [
        (Split(1, sizes=(2, 5)), (N, 7), [2, 5]),
        (Split(1, sizes=(0, 7)), (N, 7), [0, 7]),
        (Split(-1, parts=3), (N, 6), [2, 2, 2]),
        (Split(1, parts=2), (N, 2 * H), [H, H]),
        (Split(1, parts=3, sharing="ceil"), (N, 7), [3, 3, 1]),
        (Split(1, parts=4, sharing="ceil"), (N, 6), [2, 2, 2, 0]),
        (Split(1, parts=4, sharing="chunk"), (N, 6), [2, 2, 2]),
        (Split(1, parts=3, sharing="chunk"), (N, 0), [0, 0, 0]),
        (Split(1, parts=3, sharing="balanced"), (N, 7), [3, 2, 2]),
        (Split(1, size=3), (N, 7), [3, 3, 1]),
        (Split(1, size=9), (N, 7), [7]),
        (Split(1, size=2), (N, 0), [0]),
        (Split(1, size=0), (N, 0), [0]),
    ],
)
def test_the_sizes_of_parts(operator, before, sizes) -> None:
    outcome = apply(operator, [Tensor(before)], len(sizes))
    assert outcome.broken == ()
    assert [tensor.shape for tensor in outcome.outputs] == [(N, size) for size in sizes]


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        (Split(1, sizes=(2, 6)), "split"),
        (Split(1, parts=2), "split"),
        (Split(1, parts=5, sharing="ceil"), "split"),
        (Split(1, size=0), "split"),
        (Split(2, parts=2), "axis"),
    ],
)
def test_a_split_that_does_not_fit(operator, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor((2, 7))]).broken] == [kind]


def test_sizes_of_parts_that_are_not_known() -> None:
    unknown = Unknown("the size of each part is computed from data")
    told = Tensor((2,), "int64")
    assert shapes_of(Split(1), Tensor((3, 7)), told, count=2) == [(3, unknown), (3, unknown)]
    assert shapes_of(Split(1), Tensor((3, 7)), Tensor((H,), "int64"), count=2) == [unknown, unknown]
    assert shapes_of(Split(1, parts=2), Tensor(Unknown("x")), count=2) == [Unknown("x"), Unknown("x")]
    assert shapes_of(Split(1, size=3), Tensor((3, Unknown("x"))), count=2) == [Unknown("x"), Unknown("x")]


def test_how_many_parts_there_are_is_decided_by_the_path() -> None:
    with following(Path({"H": 7})) as path:
        parts = Split(0, size=3).evaluate(Tensor((H,))).outputs
    assert len(parts) == 3
    assert [str(condition) for condition in path.conditions] == ["H - 3 > 0", "H - 6 > 0", "H - 9 ≤ 0"]


def test_parts_of_half_a_size_are_two_or_three() -> None:
    halves = Split(0, size=H // 2)
    for height, parts in ((6, 2), (7, 3), (1, 1)):
        with following(Path({"H": height})):
            outcome = halves.evaluate(Tensor((H,)))
        assert len(outcome.outputs) == parts
        assert [str(requirement.truth) for requirement in outcome.requirements] == ["floor(H/2) ≥ 1"]


def test_unbind() -> None:
    assert shapes_of(Unbind(0), Tensor((3, N, H)), count=3) == [(N, H)] * 3
    assert shapes_of(Unbind(-1), Tensor((N, 2)), count=2) == [(N,)] * 2
    assert [r.kind for r in apply(Unbind(2), [Tensor((2, 3))]).broken] == ["axis"]


def test_sizes_are_parted() -> None:
    sizes = Tensor((4,), "int64", (N, 3, H, W))
    assert [t.contents for t in apply(Split(0, sizes=(1, 3)), [sizes], 2).outputs] == [(N,), (3, H, W)]
    assert [t.contents for t in apply(Unbind(0), [sizes], 4).outputs] == [(N,), (3,), (H,), (W,)]
    assert apply(Split(0, sizes=(3, 3)), [sizes], 2).outputs[1].contents is None


def test_words() -> None:
    tensor = Tensor((2, 3))
    assert Concatenate().words([tensor], [tensor]) == "cat"
    assert Split().words([tensor], [tensor, tensor]) == "split in 2"
    assert Split().words([tensor], [tensor]) == "split"


# against others ---------------------------------------------------------------------------------------

shapes = st.lists(st.integers(1, 3), min_size=1, max_size=3)


@given(shapes, st.lists(st.integers(0, 3), min_size=1, max_size=3), st.data())
@settings(max_examples=60)
def test_joining_does_what_numpy_does(shape, sizes, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    parts = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    assert_links_hold(Concatenate(axis), parts, lambda *x: np.concatenate(x, axis))
    assert_links_hold(Stack(axis - 1), [tuple(shape)] * 2, lambda *x: np.stack(x, axis - 1))


@given(shapes, st.integers(1, 3), st.data())
@settings(max_examples=60)
def test_parting_does_what_numpy_does(shape, count, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    shape = (*shape[:axis], shape[axis] * count, *shape[axis + 1 :])
    for sharing in ("equal", "ceil", "chunk", "balanced"):
        operator = Split(axis, parts=count, sharing=sharing)
        assert_links_hold(operator, [shape], lambda x: np.split(x, count, axis)[0])
    assert_links_hold(Unbind(axis), [shape], lambda x: np.take(x, 0, axis))


@pytest.mark.parametrize(
    ("operator", "inputs", "count"),
    [
        (Concatenate(1), (Tensor((N, H)), Tensor((N, 3)), Tensor((2, W))), 1),
        (Concatenate(0), (Tensor((2,), "int64", (N, H)), Tensor((1,), "int64", (W,))), 1),
        (Stack(1), (Tensor((N, H)), Tensor((N, W))), 1),
        (Stack(0), (Tensor((), "int64", (N,)), Tensor((), "int64", (H,))), 1),
        (Split(1, sizes=(2, 3)), (Tensor((N, H)),), 2),
        (Split(1), (Tensor((N, H + W)), Tensor((2,), "int64", (H, W))), 2),
        (Split(1, parts=3), (Tensor((N, H)),), 3),
        (Split(1, parts=3, sharing="ceil"), (Tensor((N, H)),), 3),
        (Split(1, parts=3, sharing="chunk"), (Tensor((N, H)),), 3),
        (Split(1, parts=3, sharing="balanced"), (Tensor((N, H)),), 3),
        (Split(1, size=2), (Tensor((N, H)),), 3),
        (Unbind(1), (Tensor((N, H)),), 2),
    ],
)
def test_readings_agree(operator, inputs, count) -> None:
    sizes = {"N": (1, 2, 2, 3, 2, 2), "H": (6, 5, 7, 3, 1, 9), "W": (6, 5, 4, 3, 1, 2)}
    assert_readings_agree(operator, inputs, sizes, count)


@pytest.mark.torch
@given(st.lists(st.integers(1, 9), min_size=1, max_size=3), st.integers(-4, 3), st.integers(1, 5))
@settings(max_examples=80)
def test_parting_as_pytorch_does(shape, axis, number) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.empty(shape, device="meta")
    pairs = [
        (Split(axis, size=number), lambda: tensor.split(number, axis)),
        (Split(axis, parts=number, sharing="chunk"), lambda: tensor.chunk(number, axis)),
        (Split(axis, parts=number, sharing="balanced"), lambda: tensor.tensor_split(number, axis)),
        (Unbind(axis), lambda: tensor.unbind(axis)),
    ]
    for operator, function in pairs:
        outcome = apply(operator, [Tensor(tuple(shape))])
        try:
            true = [tuple(part.shape) for part in function()]
        except (IndexError, RuntimeError):
            assert outcome.broken, operator
        else:
            assert (outcome.broken, [part.shape for part in outcome.outputs]) == ((), true), operator


@pytest.mark.torch
@given(shapes, shapes, st.integers(-3, 3))
@settings(max_examples=80)
def test_joining_as_pytorch_does(left, right, axis) -> None:
    torch = pytest.importorskip("torch")
    for operator, function in ((Concatenate(axis), torch.cat), (Stack(axis), torch.stack)):
        outcome = apply(operator, [Tensor(tuple(left)), Tensor(tuple(right))])
        try:
            tensors = [torch.empty(shape, device="meta") for shape in (left, right)]
            true = tuple(function(tensors, axis).shape)
        except (IndexError, RuntimeError):
            assert outcome.broken, operator
        else:
            assert (outcome.broken, outcome.outputs[0].shape) == ((), true), operator
