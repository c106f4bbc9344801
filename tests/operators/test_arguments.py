from __future__ import annotations

import pytest

from shapelens.dims import UndecidedError, Unknown, symbol
from shapelens.operators import Tensor
from shapelens.operators.arguments import fixed_axes, told, told_number

H = symbol("H")
DATA = Unknown("it is computed from data")


@pytest.mark.parametrize(
    ("setting", "tensor", "expected"),
    [
        (None, None, None),
        ((1, H), None, (1, H)),
        ((1, H), Tensor((1,), "int64", (7,)), (7,)),
        (None, Tensor((3,), "int64", (7, H, Unknown("x"))), (7, H, Unknown("x"))),
        (None, Tensor((2,), "float32", (7.0, 0.5)), (7, Unknown("it is computed from what is no size"))),
        (None, Tensor((2,), "int64"), (DATA, DATA)),
        (None, Tensor((), "int64"), (DATA,)),
        (None, Tensor((0,), "int64"), ()),
        (None, Tensor((H,), "int64"), DATA),
        (None, Tensor((10**9,), "int64"), DATA),
        (None, Tensor(Unknown("x"), "int64"), Unknown("x")),
    ],
)
def test_what_an_operator_is_told(setting, tensor, expected) -> None:
    assert told(setting, tensor, "it") == expected


def test_one_number() -> None:
    assert told_number(3, None, "it") == 3
    assert told_number(None, None, "it") is None
    assert told_number(None, Tensor((1,), "int64", (H,)), "it") == H
    assert told_number(None, Tensor((), "int64"), "it") == DATA
    assert told_number(None, Tensor((2,), "int64", (1, 2)), "it") == Unknown("it is no single number")


@pytest.mark.parametrize("axes", [(Unknown("x"),), Unknown("x"), (H,)])
def test_axes_that_are_not_fixed_decide_nothing(axes) -> None:
    with pytest.raises(UndecidedError):
        fixed_axes(axes, 4)


@pytest.mark.parametrize("axes", [(4,), (-5,), (0, 0), (1, -3)])
def test_axes_that_are_not_there_break_a_requirement(axes) -> None:
    _, broken = fixed_axes(axes, 4)
    assert broken is not None
    assert (broken.kind, broken.truth, broken.facts) == ("axis", False, {"axes": axes, "rank": 4})


def test_a_truth_value_is_told_as_a_number() -> None:
    assert told(None, Tensor((2,), "bool", (True, False)), "the shape") == (1, 0)
