"""Conditions that mix axes, taken apart: sizes that answer the parts alike answer the whole alike."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.sizes.points import symbols_of
from shapelens.analyses.sizes.telling import telling
from shapelens.dims import (
    Condition,
    all_of,
    any_of,
    at_least,
    ceil_divide,
    different,
    equal,
    evaluate_condition,
    less_than,
    more_than,
    symbol,
)

H, W, D = (symbol(name) for name in "HWD")
RANGE = range(1, 41)


def check(condition):
    """Every kind of height with every kind of width has one answer; a condition without mixing symbols is its own."""
    told = telling(condition)
    assert told is not None
    assert all(len(symbols_of(part)) == 1 for part in told)
    answers: dict[tuple, set] = {}
    for h, w in product(RANGE, RANGE):
        sizes = {"H": h, "W": w}
        kind = tuple([evaluate_condition(part, sizes) for part in told])
        answers.setdefault(kind, set()).add(evaluate_condition(condition, sizes))
    assert all(len(found) == 1 for found in answers.values())


axes = st.sampled_from([(1, 0), (2, 0), (4, 3), (1, -2), (3, -4), (8, 7)])


@given(axes, axes, st.integers(1, 6), st.integers(-40, 200), st.sampled_from([equal, different]))
def test_a_product_that_is_a_number(one, other, times, number, relation):
    made = (H + one[1]) // one[0] * ((W + other[1]) // other[0]) * times
    condition = relation(made, number)
    if isinstance(condition, Condition):
        check(condition)


@given(axes, axes, st.integers(1, 12), st.sampled_from([at_least, more_than, less_than]))
def test_a_product_that_is_enough(one, other, number, relation):
    condition = relation((H + one[1]) // one[0] * ((W + other[1]) // other[0]), number)
    if isinstance(condition, Condition):
        check(condition)


@pytest.mark.parametrize(
    "condition",
    [
        equal(H * W, 16 * (H // 4) * (W // 4)),
        equal(6 * H * W, 96 * (H // 4) * (W // 4)),
        equal(ceil_divide(H, 8) * ceil_divide(W, 8), 4 * ceil_divide(H, 16) * ceil_divide(W, 16)),
        different(H * W, 6 * (H // 2) * (W // 3)),
        any_of(equal(H * W, 12), at_least(H, 30)),
        all_of(at_least((H - 4) * (W - 4), 2), at_least(W, 3)),
    ],
    ids=str,
)
def test_products_of_which_one_is_never_larger(condition):
    check(condition)


@pytest.mark.parametrize(
    "condition",
    [
        equal(H, W),
        at_least(H + W, 40),
        equal(H * W, 2 * H + 7),
        at_least(H * W, 1000),
        equal(H * W * D, H * D + 1),
    ],
    ids=str,
)
def test_what_is_no_product_is_left(condition):
    assert telling(condition) is None
