from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import ComplexToPairs, PairsToComplex, Tensor, apply
from shapelens.operators.backward import Run
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


@pytest.mark.parametrize(
    ("whole", "part"), [("complex64", "float32"), ("complex128", "float64"), ("complex32", "float16")]
)
def test_pairs_and_numbers_are_one_the_other(whole, part) -> None:
    pairs = apply(ComplexToPairs(), [Tensor((N, H), whole)]).outputs[0]
    assert pairs == Tensor((N, H, 2), part)
    assert apply(PairsToComplex(), [pairs]).outputs[0] == Tensor((N, H), whole)


@pytest.mark.parametrize(("shape", "kind"), [((2, 3), "pairs"), ((), "rank")])
def test_what_does_not_fit(shape, kind) -> None:
    assert [requirement.kind for requirement in apply(PairsToComplex(), [Tensor(shape)]).broken] == [kind]


def test_a_shape_that_is_not_known_stays_so() -> None:
    assert apply(ComplexToPairs(), [Tensor(Unknown("x"), "complex64")]).outputs[0].shape == Unknown("x")


def test_each_sees_its_own_place() -> None:
    numbers, pairs = Tensor((4, 5), "complex64"), Tensor((4, 5, 2))
    assert ComplexToPairs().links([numbers], [pairs]) == identity(0, [(0, 0), (1, 1)])
    assert PairsToComplex().links([pairs], [numbers]) == identity(0, [(0, 0), (1, 1)])


def test_both_look_at_the_same_memory() -> None:
    numbers, pairs = Tensor((4, 5), "complex64"), Tensor((4, 5, 2))
    assert ComplexToPairs().views(Run((numbers,), (pairs,), ("x",), (None,))) == ((10, 2, 1),)
    assert PairsToComplex().views(Run((pairs,), (numbers,), ("x",), (None,))) == ((5, 1),)


def test_every_reading_agrees() -> None:
    sizes = {"N": (1, 2, 3), "H": (2, 2, 4)}
    assert_readings_agree(ComplexToPairs(), [Tensor((N, 3), "complex64")], sizes)
    answers = assert_readings_agree(PairsToComplex(), [Tensor((N, H))], sizes)
    assert [answer.broken for answer in answers] == [(), (), ("pairs",)]
