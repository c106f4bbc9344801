from __future__ import annotations

import pytest

from shapelens.dims import bounds, symbol
from shapelens.operators import NGrams, NormalizeTexts, SplitTexts, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, C = symbol("N"), symbol("C")


def first(operator, shape):
    outcome = apply(operator, [Tensor(shape, "string")], 2)
    assert outcome.broken == ()
    return outcome.outputs[0]


def test_texts_that_stay_are_counted() -> None:
    assert first(NormalizeTexts("k"), (5,)).shape == (5,)
    assert first(NormalizeTexts("k"), (1, 5)).shape == (1, 5)
    found = first(NormalizeTexts("k", drops=True), (1, 5)).shape
    assert (str(found[1]), bounds(found[1])) == ("k", (1, 5))


@pytest.mark.parametrize("drops", [True, False])
def test_of_no_text_an_empty_one_is_left(drops) -> None:
    assert first(NormalizeTexts("k", drops), (0,)).shape == (1,)


@pytest.mark.parametrize(("shape", "kind"), [((), "rank"), ((1, 1, 2), "rank"), ((2, 3), "row")])
def test_what_is_no_row_of_texts(shape, kind) -> None:
    assert {r.kind for r in apply(NormalizeTexts("k"), [Tensor(shape, "string")]).broken} == {kind}


def test_parts_of_texts() -> None:
    outcome = SplitTexts("k").evaluate(Tensor((N, 3), "string"))
    assert str(outcome.outputs[0].shape) == "(N, 3, k)"
    assert (outcome.outputs[1].shape, outcome.outputs[1].dtype) == ((N, 3), "int64")
    few = first(SplitTexts("k", splits=2), (4,)).shape
    assert bounds(few[1]) == (0, 3)
    assert first(SplitTexts("k"), (0, 3)).shape == (0, 3, 0)


def test_phrases() -> None:
    assert first(NGrams(7), (12,)).shape == (7,)
    assert first(NGrams(7), (N, 12)).shape == (N, 7)
    assert {r.kind for r in apply(NGrams(7), [Tensor((1, 2, 3))]).broken} == {"rank"}


def test_readings_agree() -> None:
    symbols = {"N": (1, 2, 3), "C": (1, 5, 8)}
    assert_readings_agree(NGrams(7), [Tensor((N, C), "string")], symbols)
    assert_readings_agree(NormalizeTexts(), [Tensor((1, C), "string")], symbols)
