from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Tensor, Transpose, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("order", "before", "after"),
    [
        ((0, 2, 3, 1), (N, 64, H, W), (N, H, W, 64)),
        ((0, -1, 1, 2), (N, H, W, 3), (N, 3, H, W)),
        (None, (2, 3, 4), (4, 3, 2)),
        (None, (), ()),
        ((1, 0), Unknown("x"), (Unknown("x"), Unknown("x"))),
        (None, Unknown("x"), Unknown("x")),
    ],
)
def test_transpose(order, before, after) -> None:
    assert apply(Transpose(order), [Tensor(before)]).outputs[0].shape == after


@pytest.mark.parametrize("order", [(0, 1), (0, 0, 1), (0, 1, 3), (0, 1, 2, 3), (0, 1, -4)])
def test_an_order_that_is_none(order) -> None:
    outcome = apply(Transpose(order), [Tensor((2, 3, 4))])
    assert [(r.kind, r.facts["order"]) for r in outcome.broken] == [("order", order)]
    assert isinstance(outcome.outputs[0].shape, Unknown)


def test_words() -> None:
    tensor = Tensor((1, 2, 3))
    assert Transpose().words([tensor], [tensor]) == "transpose"
    assert Transpose((0, 2, 1)).words([tensor], [tensor]) == "permute 0, 2, 1"


@given(st.lists(st.integers(0, 4), max_size=4), st.data())
@settings(max_examples=40)
def test_transpose_does_what_numpy_does(shape, data) -> None:
    order = tuple(data.draw(st.permutations(range(len(shape)))))
    assert_links_hold(Transpose(order), [tuple(shape)], lambda x: np.transpose(x, order))
    assert_readings_agree(Transpose(None), [Tensor((*shape, H))], {"H": (1, 2, 9)})
