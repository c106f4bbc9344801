"""Many sizes at once, against one size at a time."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.analyses.sizes.points import Points, symbols_of
from shapelens.dims import Unknown, any_of, at_least, equal, evaluate_condition, symbol

H, W, N, K = (symbol(name) for name in "HWNK")
POINTS = Points({"H": np.array([1, 2, 2, 7, 16]), "W": np.array([5, 1, 2, 7, 3]), "N": 2})
EVERY = np.arange(5)

CONDITIONS = [
    at_least(H, 2),
    equal(16 * (H // 16), H),
    at_least(H, W),
    equal(H * W, 4),
    any_of(equal(H, W), at_least(H * N, 14)),
    at_least(H // W, 2),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
@pytest.mark.parametrize("places", [EVERY, np.array([3, 0]), np.array([], dtype=np.intp)], ids=str)
def test_each_point_is_what_it_is_alone(condition, places):
    alone = [evaluate_condition(condition, POINTS.at(int(place))) for place in places]
    assert POINTS.where(condition, places).tolist() == alone


def test_an_answer_is_the_same_for_all():
    assert POINTS.where(True, EVERY).all()
    assert not POINTS.where(False, EVERY).any()


@pytest.mark.parametrize("truth", [Unknown("data decide it"), at_least(K, 4), at_least(K * H, 4)], ids=str)
def test_what_cannot_be_told_is_not_told(truth):
    assert POINTS.where(truth, EVERY) is None


def test_a_condition_names_its_symbols():
    assert symbols_of(any_of(equal(H, 3), at_least(W * N, 2))) == ("H", "N", "W")
