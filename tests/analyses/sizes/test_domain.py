"""The sizes that are looked at, and for how many each of them stands."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from shapelens.analyses.sizes.domain import MAXIMUM_POINTS, domain_of, settled
from shapelens.dims import at_least, equal, evaluate_condition, symbol

H, W, D, N = (symbol(name) for name in "HWDN")


@pytest.mark.parametrize(
    ("conditions", "shape"),
    [
        ([], (1, 1)),
        ([at_least(H, 32)], (2, 1)),
        ([at_least(H, 32), equal(H % 16, 0), at_least(W, 5)], (4, 2)),
        ([equal(H * W, 6)], (5, 5)),
        ([equal(H, W)], (100, 100)),
    ],
    ids=str,
)
def test_one_of_each_kind(conditions, shape):
    domain = domain_of(("H", "W"), conditions, 100, {"N": 2})
    assert domain.shape == shape
    assert domain.weights().sum() == 100 * 100
    for name, sizes in domain.sizes.items():
        for size in range(1, 101):
            alike = sizes[domain.kinds[name][size - 1]]
            for condition in conditions:
                fixed = {"N": 2, "H": 7, "W": 7, "D": 7}
                own = evaluate_condition(condition, {**fixed, name: size})
                assert own == evaluate_condition(condition, {**fixed, name: int(alike)})


def test_axes_that_are_mixed_are_cut_short_where_they_are_too_many():
    domain = domain_of(("D", "H", "W"), [equal(D + H, W)], 1024, {})
    assert prod(domain.shape) <= MAXIMUM_POINTS
    assert domain.maximum == {"D": 128, "H": 128, "W": 128}
    assert domain.points().count == prod(domain.shape)


def test_a_point_has_the_sizes_of_its_place():
    domain = domain_of(("H", "W"), [at_least(H, 3), at_least(W, 5)], 10, {"N": 2})
    points = domain.points()
    assert [points.at(n) for n in range(4)] == [
        {"N": 2, "H": int(h), "W": int(w)} for h in domain.sizes["H"] for w in domain.sizes["W"]
    ]
    assert np.array_equal(domain.weights(), np.outer(domain.counts["H"], domain.counts["W"]).ravel())


def test_what_is_fixed_settles_conditions():
    assert str(settled(equal(N * H, 8), {"N": 2})) == "2*H = 8"
    assert settled(at_least(N * H, 2), {"N": 2}) is None
    assert settled(equal(H, 8), {"N": 2}) == equal(H, 8)
