"""What is not known taints whatever is computed from it."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from shapelens.dims import (
    UndecidedError,
    Unknown,
    all_of,
    any_of,
    at_least,
    at_most,
    ceil_divide,
    decide,
    different,
    dim_text,
    equal,
    evaluate,
    less_than,
    maximum,
    minimum,
    more_than,
    negate,
    product,
    rounded_product,
    select,
    symbol,
    total,
)
from shapelens.dims.lanes import Lanes
from shapelens.dims.recorder import Recorder
from shapelens.errors import DimensionError

REASON = "the values of 'boxes' decide it"
UNKNOWN = Unknown(REASON)
H = symbol("H")
OTHERS = {
    "integer": 3,
    "symbol": H,
    "expression": H // 2 + 1,
    "unknown": Unknown(REASON),
    "lanes": Lanes(np.array([1, 2, 3])),
    "recorded": Recorder({"H": 224}).input("H"),
}
COMBINATIONS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
    minimum,
    maximum,
    ceil_divide,
    equal,
    different,
    at_least,
    at_most,
    more_than,
    less_than,
    lambda left, right: product([left, right, 2]),
    lambda left, right: total([left, right, 2]),
]


@pytest.mark.parametrize("combine", COMBINATIONS)
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_taints(combine, other):
    assert combine(UNKNOWN, other) == UNKNOWN
    assert combine(other, UNKNOWN) == UNKNOWN


def test_taints_alone():
    assert -UNKNOWN == UNKNOWN
    assert rounded_product(UNKNOWN, 0.5) == UNKNOWN
    assert evaluate(UNKNOWN, {"H": 3}) == UNKNOWN
    assert evaluate(H * 3 + H // 2, {"H": UNKNOWN}) == UNKNOWN
    assert negate(UNKNOWN) == UNKNOWN


@pytest.mark.parametrize("factor", [-0.5, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_factor_that_no_size_has(factor, other):
    assert isinstance(rounded_product(other, factor), Unknown)


def test_first_reason_is_kept():
    assert UNKNOWN + Unknown("another") == UNKNOWN
    assert Unknown("another") + UNKNOWN == Unknown("another")


def test_conditions():
    open_condition = at_least(H, 4)
    assert any_of(True, UNKNOWN) is True
    assert all_of(False, UNKNOWN) is False
    for join in (any_of, all_of):
        assert join(UNKNOWN, open_condition) == UNKNOWN
        assert join(open_condition, UNKNOWN) == UNKNOWN
    assert any_of(False, UNKNOWN) == UNKNOWN
    assert all_of(True, UNKNOWN) == UNKNOWN


def test_select():
    assert select(UNKNOWN, 3, 4) == UNKNOWN
    assert select(UNKNOWN, 3, 3) == 3
    assert select(UNKNOWN, H + 1, 1 + H) == H + 1
    assert select(True, 3, UNKNOWN) == 3
    assert select(False, 3, UNKNOWN) == UNKNOWN
    lanes = at_least(Lanes(np.array([1, 5])), 3)
    assert select(lanes, UNKNOWN, 1) == select(lanes, 1, UNKNOWN) == UNKNOWN
    recorded = at_least(Recorder({"H": 2}).input("H"), 3)
    assert select(recorded, UNKNOWN, 1) == select(recorded, 1, UNKNOWN) == UNKNOWN


def test_decide():
    with pytest.raises(UndecidedError) as caught:
        decide(UNKNOWN)
    assert str(caught.value) == REASON


def test_no_truth_value():
    with pytest.raises(DimensionError) as caught:
        bool(UNKNOWN)
    assert str(caught.value) == f"an unknown has no truth value\n  have   {REASON}\n  rule   use decide()"


def test_identity():
    assert Unknown(REASON) == UNKNOWN
    assert hash(Unknown(REASON)) == hash(UNKNOWN)
    assert Unknown("another") != UNKNOWN
    assert UNKNOWN != REASON
    assert dim_text(UNKNOWN) == str(UNKNOWN) == "?"
    assert repr(UNKNOWN) == f"Unknown({REASON!r})"
