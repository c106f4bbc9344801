from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Scatter, ScatterND, Tensor, UpdateCache, apply
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")
SIZES = {"N": (1, 2, 3), "H": (2, 3, 9)}


def whole(*shape):
    return Tensor(shape, "int64")


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Scatter(1), (Tensor((N, 5)), whole(N, 2), Tensor((N, 2)))),
        (Scatter(1), (Tensor((3, 5)), whole(2, 9), Tensor((2, 9)))),
        (ScatterND(), (Tensor((4, 5, H)), whole(2, 1), Tensor((2, 5, H)))),
        (ScatterND(), (Tensor((4, 5, H)), whole(N, 2), Tensor((N, H)))),
        (UpdateCache(), (Tensor((N, 8, H, 64)), Tensor((N, 8, 1, 64)), whole(N))),
        (Scatter(), (Tensor((2, 3)), Tensor(Unknown("x"), "int64"), Tensor((1, 2)))),
        (ScatterND(), (Tensor((2, 3)), Tensor((4, Unknown("x")), "int64"), Tensor((4,)))),
        (UpdateCache(), (Tensor((2, 3)), Tensor(Unknown("x")))),
        (UpdateCache(), (Tensor(Unknown("x")), Tensor((2, 3)))),
    ],
)
def test_the_tensor_keeps_its_shape(operator, inputs) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), inputs[0].shape)
    assert outcome.outputs[0].dtype == inputs[0].dtype


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (Scatter(), (Tensor((2, 3)), whole(2), Tensor((2,))), "indices"),
        (Scatter(), (Tensor((2, 3)), whole(1, 4), Tensor((1, 4))), "indices"),
        (Scatter(3), (Tensor((2, 3)), whole(1, 3), Tensor((1, 3))), "axis"),
        (Scatter(), (Tensor((2, 3)), whole(1, 2), Tensor((2, 2))), "updates"),
        (ScatterND(), (Tensor((2, 3)), whole(5, 3), Tensor((5,))), "indices"),
        (ScatterND(), (Tensor((2, 3, 4)), whole(5, 2), Tensor((5, 3))), "updates"),
        (ScatterND(), (Tensor((2, 3, 4)), whole(5, 2), Tensor((5,))), "updates"),
        (UpdateCache(), (Tensor((1, 8, 64)), Tensor((1, 9, 64))), "updates"),
        (UpdateCache(), (Tensor((1, 8, 64)), Tensor((2, 8, 64))), "updates"),
        (UpdateCache(), (Tensor((1, 8, 64)), Tensor((8, 64))), "updates"),
        (UpdateCache(3), (Tensor((1, 8, 64)), Tensor((1, 8, 64))), "axis"),
    ],
)
def test_what_does_not_fit(operator, inputs, kind) -> None:
    outcome = apply(operator, inputs)
    assert kind in [requirement.kind for requirement in outcome.broken]


@pytest.mark.parametrize(
    ("operator", "inputs", "links"),
    [
        (
            Scatter(1),
            (Tensor((3, 5)), whole(3, 2), Tensor((3, 2))),
            [(0, 0, 0), (0, 1, 1), (1, 0, 0), (2, 0, 0)],
        ),
        (
            ScatterND(),
            (Tensor((4, 5, 6)), whole(2, 7, 1), Tensor((2, 7, 5, 6))),
            [(0, 0, 0), (0, 1, 1), (0, 2, 2), (2, 2, 1), (2, 3, 2)],
        ),
        (
            UpdateCache(),
            (Tensor((1, 8, 4)), Tensor((1, 2, 4))),
            [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 0), (1, 2, 2)],
        ),
    ],
)
def test_an_update_may_have_gone_anywhere_on_the_indexed_axes(operator, inputs, links) -> None:
    outcome = apply(operator, inputs)
    found = operator.links(inputs, outcome.outputs)
    assert [(link.input, link.input_axis, link.output_axis) for link in found] == links


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Scatter(1), (Tensor((N, 5)), whole(N, H), Tensor((N, H)))),
        (ScatterND(), (Tensor((4, 5, H)), whole(2, N), Tensor((2, H)))),
        (UpdateCache(), (Tensor((N, 8, 4)), Tensor((N, H, 4)))),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3, 2), "H": (2, 5, 7, 9)})


def test_there_may_be_more_updates_than_indices() -> None:
    inputs = [Tensor((3, 5)), whole(3, 2), Tensor((3, 5))]
    assert apply(Scatter(1, more_updates=True), inputs).broken == ()
    assert [r.kind for r in apply(Scatter(1), inputs).broken] == ["updates"]
    fewer = [Tensor((3, 5)), whole(3, 2), Tensor((3, 1))]
    assert [r.kind for r in apply(Scatter(1, more_updates=True), fewer).broken] == ["updates"]
    assert_readings_agree(Scatter(1, more_updates=True), [Tensor((N, H)), whole(N, 2), Tensor((N, 3))], SIZES)
