"""The words of rules, and that every reading of them says the same."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    Path,
    UndecidedError,
    all_of,
    any_of,
    at_least,
    at_most,
    ceil_divide,
    decide,
    different,
    equal,
    evaluate,
    evaluate_condition,
    following,
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
from shapelens.dims.arithmetic import Reading, TruthReading, truth_of
from shapelens.dims.lanes import Lanes, LanesPartError
from shapelens.dims.recorder import AnotherPathError, Recorder, replay
from shapelens.errors import DimensionError
from tests.dims.formulas import (
    FACTORS,
    NAMES,
    SYMBOLS,
    Formula,
    brute_force,
    brute_force_rounded,
    build,
    formulas,
)

H, W = symbol("H"), symbol("W")
POINT = st.fixed_dictionaries({"H": st.integers(1, 70), "W": st.integers(1, 70), "N": st.integers(1, 5)})
POINTS = st.lists(POINT, min_size=1, max_size=6)


# the readings agree -----------------------------------------------------------------------------------------


@given(formulas(choices=True, leaves=10), POINTS)
@settings(max_examples=300)
def test_integers_are_pythons(formula: Formula, points):
    for point in points:
        assert build(formula, point) == brute_force(formula, point)


@given(formulas(choices=True, leaves=10), POINTS)
@settings(max_examples=300)
def test_expressions_agree_along_their_path(formula: Formula, points):
    example = points[0]
    with following(Path(example)) as path:
        dim = build(formula)
    for point in points:
        on_path = all(evaluate_condition(condition, point) is True for condition in path.conditions)
        assert on_path or point != example
        if on_path:
            assert evaluate(dim, point) == brute_force(formula, point)


@given(formulas(choices=True, leaves=10), POINTS)
@settings(max_examples=300)
def test_lanes_agree(formula: Formula, points):
    assert values_of_lanes(formula, points) == [brute_force(formula, point) for point in points]


def values_of_lanes(formula, points):
    dims = {name: Lanes(np.array([point[name] for point in points])) for name in NAMES}
    try:
        found = build(formula, dims)
    except LanesPartError as parting:
        values = {}
        for side in (True, False):
            places = [place for place, truth in enumerate(parting.mask) if bool(truth) is side]
            assert places, "lanes part into two"
            part = values_of_lanes(formula, [points[place] for place in places])
            values.update(zip(places, part, strict=True))
        return [values[place] for place in range(len(points))]
    return [int(value) for value in found.values] if isinstance(found, Lanes) else [found] * len(points)


@given(formulas(choices=True, leaves=10), POINTS)
@settings(max_examples=300)
def test_recorded_programs_agree(formula: Formula, points):
    example = points[0]
    recorder = Recorder(example)
    found = build(formula, {name: recorder.input(name) for name in NAMES})
    program = json.loads(json.dumps(recorder.program({"found": found})))
    for point in points:
        try:
            assert replay(program, point) == {"found": brute_force(formula, point)}
        except AnotherPathError:
            assert point != example


@given(formulas(choices=True, leaves=8), POINT)
@settings(max_examples=150)
def test_conditions_agree(formula: Formula, point):
    truth = ("compare", ">=", formula, ("symbol", "W"))
    with following(Path(point)):
        condition = build(truth)
        assert decide(condition) is brute_force(truth, point)
        assert decide(negate(condition)) is not brute_force(truth, point)


# values -----------------------------------------------------------------------------------------------------


def test_minimum_and_maximum_of_integers():
    assert (minimum(3), minimum(3, 1, 2), maximum(3), maximum(3, 1, 4)) == (3, 1, 3, 4)


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.parametrize("divisor", [1, 2, 3, 7])
def test_ceil_divide(size, divisor):
    assert ceil_divide(size, divisor) == -(-size // divisor)
    assert evaluate(ceil_divide(H, divisor), {"H": size}) == -(-size // divisor)


def test_ceil_divide_by_a_symbol():
    assert evaluate(ceil_divide(H, W), {"H": 7, "W": 3}) == 3


def test_product_and_total():
    assert (product([]), total([])) == (1, 0)
    assert (product([2, 3, 4]), total([2, 3, 4])) == (24, 9)
    assert product([2, H, W]) == 2 * H * W
    assert total([2, H, W]) == H + W + 2


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        (H, H // 2, "floor(H/2)"),
        (H // 2, H // 3, "floor(H/3)"),
        (H + 3, 3 + H, "H + 3"),
        (H, 0, "0"),
        (H // 4, 2 * (H // 8), "2*floor(H/8)"),
        ((H + 1) // 2, H // 2, "floor(H/2)"),
        (H, W, "min(H, W)"),
        (H, 7, "min(H, 7)"),
    ],
    ids=str,
)
def test_minimum_of_what_is_proved(left, right, text):
    assert str(minimum(left, right)) == str(minimum(right, left)) == text


# rounding as frameworks do ----------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("rounding", ["floor", "ceil", "round"])
@pytest.mark.parametrize("factor", [*FACTORS, 0.7, 224 / 97, 7.25, 255.0, 1023.0])
def test_rounded_product(factor, rounding, precision):
    dim = rounded_product(H, factor, precision=precision, rounding=rounding)
    sizes = [*range(1, 260), 1000, 4095, 65535]
    expected = [brute_force_rounded(size, factor, precision, rounding) for size in sizes]
    words = {"precision": precision, "rounding": rounding}
    assert [rounded_product(size, factor, **words) for size in sizes] == expected
    assert [evaluate(dim, {"H": size}) for size in sizes] == expected
    assert list(rounded_product(Lanes(np.array(sizes)), factor, **words).values) == expected


def test_the_two_frameworks_differ():
    assert rounded_product(100, 0.29, precision="double") == 28  # PyTorch
    assert rounded_product(100, 0.29, precision="single") == 29  # onnxruntime


@pytest.mark.parametrize(
    ("factor", "text"), [(2.0, "2*H"), (0.5, "floor(H/2)"), (1.5, "floor(3*H/2)"), (1.0, "H"), (0.0, "0")]
)
def test_dyadic_factors_stay_provable(factor, text):
    assert str(rounded_product(H, factor)) == str(rounded_product(H, factor, precision="single")) == text


# comparisons ------------------------------------------------------------------------------------------------

RELATIONS = {
    "==": equal,
    "!=": different,
    ">=": at_least,
    ">": more_than,
    "<=": at_most,
    "<": less_than,
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_comparisons_of_integers(relation):
    for left in range(4):
        for right in range(4):
            expected = brute_force(("compare", relation, ("constant", left), ("constant", right)), {})
            assert RELATIONS[relation](left, right) is expected


@pytest.mark.parametrize(
    ("truth", "known"),
    [
        (at_least(H, 1), True),
        (at_least(H, 0), True),
        (less_than(H, 1), False),
        (at_least(H, 2), None),
        (equal(H, H), True),
        (equal(H, H + 1), False),
        (equal(H // 4, (H // 2) // 2), True),
        (equal(H, W), None),
        (different(2 * H, 2 * W + 1), True),
        (equal(H // 2 + (H + 1) // 2, H), True),
        (at_most(16 * (H // 16), H), True),
        (more_than(H, H // 2), True),
        (at_least(maximum(H, W), W), True),
        (at_most(minimum(H, W), H + W), True),
        (less_than(maximum(H, 3), minimum(3, W)), False),
    ],
    ids=str,
)
def test_comparisons_settle_what_is_proved(truth, known):
    assert truth_of(truth) is known


# conditions -------------------------------------------------------------------------------------------------


def test_joining_integers():
    assert any_of() is False
    assert all_of() is True
    for left in (True, False):
        assert negate(left) is (not left)
        for right in (True, False):
            assert any_of(left, right) is (left or right)
            assert all_of(left, right) is (left and right)


def test_joining_expressions():
    first, second = at_least(H, 4), equal(W, 3)
    assert any_of(first, True, second) is True
    assert all_of(first, False, second) is False
    assert any_of(first, False) is first
    assert all_of(True, first, first) is first
    assert any_of(first, second).negated() == all_of(first.negated(), second.negated())


@pytest.mark.parametrize("joined", [all_of, any_of])
@pytest.mark.parametrize("last", [True, False])
def test_joining_lanes_that_settle_each_other(joined, last):
    # The first two have one answer for all lanes, and a third follows.
    lanes = Lanes(np.array([1, 5]))
    low, high = less_than(lanes, 3), at_least(lanes, 3)
    third = at_least(lanes, 3) if last else less_than(lanes, 3)
    assert joined(low, high, third) is (joined is any_of)


def test_select_and_decide_of_integers():
    assert (select(True, 3, 4), select(False, 3, 4)) == (3, 4)
    assert (decide(True), decide(False)) == (True, False)


def test_readings_provide_what_is_asked():
    recorder = Recorder({"H": 3})
    for reading in (Lanes(np.array([1, 5])), recorder.input("H")):
        assert isinstance(reading, Reading)
        assert isinstance(at_least(reading, 3), TruthReading)


@pytest.mark.parametrize(
    "question",
    [
        at_least(H, 4),
        any_of(at_least(H, 4), at_least(W, 4)),
        Lanes(np.array([1, 2])),
        at_least(Lanes(np.array([1, 2])), 2),
        Recorder({"H": 3}).input("H"),
        at_least(Recorder({"H": 3}).input("H"), 2),
    ],
    ids=lambda question: type(question).__name__,
)
def test_no_truth_values(question):
    with pytest.raises(DimensionError, match="truth value"):
        bool(question)


def test_an_undecided_error_is_an_error_of_dims():
    assert issubclass(UndecidedError, DimensionError)


def test_symbols_are_what_the_formulas_use():
    assert SYMBOLS["H"] == H
