"""Every lane is what an integer would be, beyond 64 bits too."""

from __future__ import annotations

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    all_of,
    any_of,
    at_least,
    at_most,
    decide,
    different,
    equal,
    less_than,
    maximum,
    minimum,
    more_than,
    negate,
    rounded_product,
    select,
    symbol,
)
from shapelens.dims.lanes import LaneCondition, Lanes, LanesPartError
from shapelens.errors import DimensionError

EDGE = 2**63
# Near every border where 64 bits could be left, and small ones.
INTEGERS = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**66), 2**66),
    st.sampled_from([EDGE - 1, EDGE, EDGE + 1, -EDGE, -EDGE + 1, -EDGE - 1, 2**32, -(2**32), 2**31]),
)
VECTORS = st.lists(INTEGERS, min_size=1, max_size=5)
ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, minimum, maximum]
RELATIONS = [equal, different, at_least, at_most, more_than, less_than]


def lanes(values):
    return Lanes(np.array(values, dtype=object))


def integers(dim, count):
    """The lanes as Python's integers; whatever is one integer for all, repeated."""
    return [int(value) for value in dim.values] if isinstance(dim, Lanes) else [dim] * count


def truths(condition, count):
    if isinstance(condition, LaneCondition):
        return [bool(truth) for truth in condition.mask]
    return [condition] * count


@pytest.mark.parametrize("combine", ARITHMETIC)
@given(st.lists(st.tuples(INTEGERS, INTEGERS), min_size=1, max_size=5))
@settings(max_examples=150)
def test_lanes_with_lanes(combine, pairs):
    if combine in (operator.floordiv, operator.mod):
        pairs = [(left, right or 1) for left, right in pairs]
    left, right = zip(*pairs, strict=True)
    found = combine(lanes(left), lanes(right))
    assert integers(found, len(pairs)) == [combine(a, b) for a, b in pairs]
    assert_ends_hold(found)


@pytest.mark.parametrize("combine", ARITHMETIC)
@given(VECTORS, INTEGERS)
@settings(max_examples=100)
def test_lanes_with_an_integer(combine, values, other):
    if combine not in (operator.floordiv, operator.mod) or other:
        found = combine(lanes(values), other)
        assert integers(found, len(values)) == [combine(value, other) for value in values]
        assert_ends_hold(found)
    if combine not in (operator.floordiv, operator.mod) or all(values):
        found = combine(other, lanes(values))
        assert integers(found, len(values)) == [combine(other, value) for value in values]
        assert_ends_hold(found)


def assert_ends_hold(found):
    if isinstance(found, Lanes):
        assert found.low <= min(found.values)
        assert found.high >= max(found.values)
        fits = -EDGE < found.low and found.high < EDGE
        assert found.values.dtype == (np.int64 if fits else object)


@pytest.mark.parametrize("relate", RELATIONS)
@given(st.lists(st.tuples(INTEGERS, INTEGERS), min_size=1, max_size=5), INTEGERS)
@settings(max_examples=100)
def test_comparisons(relate, pairs, other):
    left, right = zip(*pairs, strict=True)
    count = len(pairs)
    assert truths(relate(lanes(left), lanes(right)), count) == [relate(a, b) for a, b in pairs]
    assert truths(relate(lanes(left), other), count) == [relate(a, other) for a in left]
    assert truths(relate(other, lanes(left)), count) == [relate(other, a) for a in left]


@given(VECTORS, INTEGERS, INTEGERS, INTEGERS)
@settings(max_examples=100)
def test_select(values, threshold, when_true, when_false):
    truth = at_least(lanes(values), threshold)
    expected = [when_true if value >= threshold else when_false for value in values]
    assert integers(select(truth, when_true, when_false), len(values)) == expected
    shifted = select(truth, lanes(values) + when_true, when_false)
    expected = [value + when_true if value >= threshold else when_false for value in values]
    assert integers(shifted, len(values)) == expected


def test_a_comparison_that_is_one_answer_is_a_bool():
    sizes = lanes([3, 4, 5])
    assert at_least(sizes, 3) is True
    assert less_than(sizes, 3) is False
    assert equal(sizes, sizes) is True
    assert isinstance(at_least(sizes, 4), LaneCondition)


def test_overflow_goes_on_and_comes_back():
    sizes = Lanes(np.array([2**31, 3]))
    huge = sizes * sizes * sizes
    assert integers(huge, 2) == [2**93, 27]
    assert huge.values.dtype == object
    back = huge // (sizes * sizes)
    assert integers(back, 2) == [2**31, 3]
    assert back.values.dtype == np.int64


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
def test_narrow_vectors_do_not_wrap(dtype):
    sizes = Lanes(np.array([100, 120], dtype=dtype))
    assert integers(sizes * sizes - 15_000, 2) == [-5_000, -600]


def test_vectors_of_other_numbers():
    for values in (np.array([1.0]), np.array([True]), np.array(["1"])):
        with pytest.raises(DimensionError, match="are no sizes"):
            Lanes(values)


def test_no_lanes():
    nothing = Lanes(np.array([], dtype=np.int64))
    assert integers(nothing * 2 + 1, 0) == []


def test_numpy_numbers_are_refused_plainly():
    for combine in (lambda a, b: a + b, lambda a, b: b * a):
        with pytest.raises(DimensionError, match="lanes cannot be combined with int64"):
            combine(lanes([1, 2]), np.int64(3))


def test_expressions_are_refused_plainly():
    with pytest.raises(DimensionError) as caught:
        lanes([1, 2]) + symbol("H")
    assert str(caught.value) == (
        "lanes cannot be combined with Expression H\n"
        "  rule   every symbol has a vector or an integer when many sizes are evaluated at once"
    )
    for combine in (*ARITHMETIC, *RELATIONS):
        for left, right in ((symbol("H"), lanes([1, 2])), (lanes([1, 2]), symbol("H"))):
            with pytest.raises(DimensionError):
                combine(left, right)


def test_division_by_zero():
    # One integer for all lanes is an error, as it is for integers; a lane that broke before does not count.
    with pytest.raises(ZeroDivisionError):
        lanes([1, 2]) // 0
    assert integers(lanes([7, 9, 8]) // lanes([2, 0, 3]), 3)[::2] == [3, 2]


def test_conditions():
    sizes = lanes([1, 2, 3, 4])
    low, even = at_most(sizes, 2), equal(sizes % 2, 0)
    assert truths(all_of(low, even), 4) == [False, True, False, False]
    assert truths(any_of(low, even), 4) == [True, True, False, True]
    assert truths(negate(low), 4) == [False, False, True, True]
    assert all_of(low, negate(low)) is False
    assert any_of(low, negate(low)) is True


def test_decide_parts_the_lanes():
    sizes = lanes([1, 5, 2])
    with pytest.raises(LanesPartError) as caught:
        decide(at_least(sizes, 2))
    assert list(caught.value.mask) == [False, True, True]
    assert str(caught.value) == (
        "the structure differs between lanes\n  rule   part the lanes and evaluate each part"
    )
    assert decide(at_least(sizes, 1)) is True


def test_rounded_product_of_repeated_lanes():
    sizes = np.array([100, 7, 100, 200])
    found = rounded_product(Lanes(sizes), 0.29)
    assert integers(found, 4) == [rounded_product(int(size), 0.29) for size in sizes]


def test_a_thousand_sizes_of_a_chain():
    sizes = np.arange(1, 4097)
    dim = Lanes(sizes)
    for _ in range(5):
        dim = (dim + 2 - 3) // 2 + 1
    assert integers(dim, 4096) == [-(-int(size) // 32) for size in sizes]
    assert dim.values.dtype == np.int64
