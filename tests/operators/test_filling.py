from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Fill, FillLike, Sample, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


@pytest.mark.parametrize(
    ("operator", "inputs", "expected"),
    [
        (Fill((2, 3), 1, "int64"), (), Tensor((2, 3), "int64", (1,) * 6)),
        (Fill((N, H)), (), Tensor((N, H))),
        (Fill((), 0.5), (), Tensor((), "float32", (0.5,))),
        (Fill((2, 0)), (), Tensor((2, 0), "float32", ())),
        (Fill((1000, 1000)), (), Tensor((1000, 1000))),
        (Fill((4,), None), (), Tensor((4,))),
        (Fill(value=1), (Tensor((2,), "int64", (3, N)),), Tensor((3, N))),
        (Fill(), (Tensor((2,), "int64"),), Tensor((Unknown("the shape is computed from data"),) * 2)),
        (Fill(), (Tensor((H,), "int64"),), Tensor(Unknown("the shape is computed from data"))),
        (Fill(None, None), (Tensor((), "int64", (10,)),), Tensor((10,))),
        (FillLike(), (Tensor((N, H), "float16"),), Tensor((N, H), "float16")),
        (FillLike(0, dtype="int64"), (Tensor((2,)),), Tensor((2,), "int64", (0, 0))),
        (FillLike(rank=2), (Tensor(Unknown("x")),), Tensor(Unknown("x"))),
        (Sample(4), (Tensor((N, 10)),), Tensor((N, 4), "int64")),
        (Sample(4), (Tensor((10,)),), Tensor((4,), "int64")),
    ],
)
def test_filling(operator, inputs, expected) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs) == ((), (expected,))


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (Fill((2, -1)), (), "fill"),
        (FillLike(rank=2), (Tensor((2, 3, 4)),), "rank"),
        (Sample(2), (Tensor((2, 3, 4)),), "rank"),
        (Sample(2), (Tensor(()),), "rank"),
    ],
)
def test_what_does_not_fit(operator, inputs, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, inputs).broken] == [kind]


def test_words() -> None:
    assert Fill((2,), called="zeros").words([], [Tensor((2,))]) == "zeros"
    assert FillLike(called="random").words([Tensor((2,))], [Tensor((2,))]) == "random"
    assert Sample(3).words([Tensor((2,))], [Tensor((3,))]) == "draw 3"


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Fill(value=None), (Tensor((2,), "int64", (N, H - 2)),)),
        (FillLike(), (Tensor((N, H)),)),
        (Sample(3), (Tensor((N, H)),)),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "H": (1, 2, 9)})


def test_of_few_classes_none_is_drawn_again() -> None:
    assert [r.kind for r in apply(Sample(4, repeats=False), [Tensor((2, 3))]).broken] == ["draw"]
    assert apply(Sample(3, repeats=False), [Tensor((2, 3))]).broken == ()
    assert_readings_agree(Sample(3, repeats=False), [Tensor((N, H))], {"N": (1, 2), "H": (2, 3)})
