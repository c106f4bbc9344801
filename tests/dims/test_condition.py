"""Conditions are data: equal where they say the same, negated exactly."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, evaluate_condition, symbol
from shapelens.dims.condition import All, Comparison, Either
from shapelens.errors import DimensionError
from tests.dims.formulas import Formula, build, formulas

H, W = symbol("H"), symbol("W")
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
POINTS = [{"H": h, "W": w, "N": n} for h in (1, 2, 3, 7, 16) for w in (1, 4, 9) for n in (1, 2)]


@pytest.mark.parametrize("relation", OPERATORS)
@given(formulas(leaves=4), formulas(leaves=4))
@settings(max_examples=40)
def test_comparison(relation, left: Formula, right: Formula):
    condition = Comparison(build(left), relation, build(right))
    for point in POINTS:
        values = build(left, point), build(right, point)
        expected = OPERATORS[relation](*values)
        assert evaluate_condition(condition, point) is expected
        assert evaluate_condition(condition.negated(), point) is not expected
        # The one expression that it was reduced to says the same.
        difference = build_at(condition.difference, point)
        settled = {"==": difference == 0, "!=": difference != 0, ">=": difference >= 0}
        assert settled[condition.strictness] is expected


def build_at(expression, point):
    from shapelens.dims import evaluate

    return evaluate(expression, point)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Comparison(H, ">=", 4), Comparison(4, "<=", H)),
        (Comparison(H, ">=", 4), Comparison(H, ">", 3)),
        (Comparison(H, ">=", 4), Comparison(H, "<", 4).negated()),
        (Comparison(H, ">=", 4), Comparison(2 * H, ">=", 7)),
        (Comparison(H, ">=", 4), Comparison(H + 2, ">=", 6)),
        (Comparison(H, "==", W), Comparison(W, "==", H)),
        (Comparison(3 * H, "==", 3 * W), Comparison(-W, "==", -H)),
        (Comparison(H, "!=", 4), Comparison(H, "==", 4).negated()),
        (Either((Comparison(H, "==", 1),)), All((Comparison(H, "!=", 1),)).negated()),
    ],
    ids=str,
)
def test_two_that_say_the_same(left, right):
    assert left == right
    assert hash(left) == hash(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Comparison(H, ">=", 4), Comparison(H, ">", 4)),
        (Comparison(H, "==", 4), Comparison(H, "!=", 4)),
        (Comparison(H, ">=", W), Comparison(W, ">=", H)),
        (Comparison(H, ">=", 4), 4),
        (Either((Comparison(H, "==", 1),)), All((Comparison(H, "==", 1),))),
        (Comparison(2 * H, "==", 7), Comparison(H, "==", 3)),
    ],
    ids=str,
)
def test_two_that_do_not(left, right):
    assert left != right


@given(st.booleans(), st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=60)
def test_groups(joined_by_or, first, second, size):
    members = (Comparison(H, ">=", first), Comparison(H, "!=", second))
    group = (Either if joined_by_or else All)(members)
    expected = (any if joined_by_or else all)((size >= first, size != second))
    assert evaluate_condition(group, {"H": size}) is expected
    assert evaluate_condition(group.negated(), {"H": size}) is not expected
    assert group.negated().negated() == group


def test_expressions():
    group = Either((Comparison(H, "==", 1), Comparison(H, "==", W)))
    assert group.expressions() == (H - 1, H - W)


@pytest.mark.parametrize("condition", [Comparison(H, ">=", 4), Either((Comparison(H, ">=", 4),))], ids=repr)
def test_no_truth_value(condition):
    with pytest.raises(DimensionError) as caught:
        bool(condition)
    assert str(caught.value) == (
        "H ≥ 4 has no truth value\n  rule   a rule does not branch on dims: use decide()"
    )


def test_what_divides_by_zero_is_not_known():
    condition = Comparison(H // (W // 7), ">=", 2)
    assert evaluate_condition(condition, {"H": 20, "W": 14}) is True
    assert isinstance(evaluate_condition(condition, {"H": 20, "W": 3}), Unknown)
