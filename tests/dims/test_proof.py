"""A proof is never wrong: not by brute force, and not by z3."""

from __future__ import annotations

import itertools
import math
import operator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    Verdict,
    bounds,
    ceil_divide,
    evaluate,
    maximum,
    minimum,
    prove,
    rounded_product,
    symbol,
)
from shapelens.dims.condition import All, Comparison, Either
from shapelens.dims.expression import Expression, lift
from shapelens.dims.proof import period
from tests.dims.formulas import Formula, brute_force, build, formulas

H, W, N = symbol("H"), symbol("W"), symbol("N")
RELATIONS = st.sampled_from(["==", "!=", ">=", ">", "<=", "<"])
ALWAYS, NEVER, SOMETIMES, NOT_KNOWN = Verdict.ALWAYS, Verdict.NEVER, Verdict.SOMETIMES, Verdict.NOT_KNOWN
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
POINTS = [
    {"H": h, "W": w, "N": n} for h in (*range(1, 26), 64, 999) for w in (1, 2, 3, 8, 31) for n in (1, 2, 5)
]


@pytest.mark.parametrize(
    ("left", "relation", "right", "verdict"),
    [
        # by the normal form
        (H // 4, "==", (H // 2) // 2, ALWAYS),
        (H // 4, "!=", (H // 2) // 2, NEVER),
        (H * W, "==", W * H, ALWAYS),
        (H * W + 1, "==", W * H, NEVER),
        # by intervals
        (H, ">=", 1, ALWAYS),
        (H // 2, ">=", 0, ALWAYS),
        (H * W, ">", 0, ALWAYS),
        (H + W, "<", 2, NEVER),
        # by the signs of factors
        ((H - H // 4) * (W - W // 8), ">=", 0, ALWAYS),
        (N * (H - 4 * (H // 4)) * (W // 2), ">=", 0, ALWAYS),
        (H * H, ">=", H, ALWAYS),
        ((H - 4) * (W - 4), ">=", 0, NOT_KNOWN),
        (symbol("k", maximum=8400), "<=", 8400, ALWAYS),
        (symbol("k", maximum=8400) * 2, ">", 16800, NEVER),
        # by divisibility
        (2 * H, "==", 2 * W + 1, NEVER),
        (6 * H + 9 * W, "==", 4, NEVER),
        # over one period
        (H // 4, "==", 2 * (H // 8), SOMETIMES),
        (H // 2 + ceil_divide(H, 2), "==", H, ALWAYS),
        (H // 3 + (H + 1) // 3 + (H + 2) // 3, "==", H, ALWAYS),
        (16 * (H // 16), "<=", H, ALWAYS),
        (16 * (H // 16), "==", H, SOMETIMES),
        (16 * (H // 16), ">", H, NEVER),
        (ceil_divide(H, 2) * 2, ">=", H, ALWAYS),
        ((H // 2) * 2 + 2, "==", H, NEVER),
        (H, ">=", 29, SOMETIMES),
        (H, "==", 29, SOMETIMES),
        (4 * (H // 4), "==", 29, NEVER),
        (4 * (H // 4), "==", 28, SOMETIMES),
        (2 * (H // 2) + 2 * (W // 2), "<=", H + W, ALWAYS),
        (H // 2, "==", W // 2, SOMETIMES),
        # one case of a minimum or maximum is enough
        (maximum(H, W), ">=", W, ALWAYS),
        (minimum(H, W), "<=", H + 3, ALWAYS),
        (H - minimum(H, W), ">=", 0, ALWAYS),
        (minimum(H, W), ">", H, NEVER),
        (maximum(H, W) // 2, ">=", H // 2, NOT_KNOWN),
        (maximum(H, W) - minimum(H, W), ">=", 0, ALWAYS),
        (minimum(H, 7) - 7, "<=", 0, ALWAYS),
        (maximum(H, 7) * W, ">=", 7, ALWAYS),
        # the values that a bounded symbol takes are tried
        (symbol("k", maximum=9) // 10, "==", 0, ALWAYS),
        (symbol("k", 5, 6) % 7, ">=", 5, ALWAYS),
        (symbol("k", 5, 7) % 7, ">=", 5, SOMETIMES),
        (symbol("k", maximum=1000), ">=", 1001, NEVER),
        # beyond what is proved nothing is claimed
        (H * H, ">=", 2 * H, NOT_KNOWN),
        (H // W, "<=", H, NOT_KNOWN),
        (H // 4099 * 4099, "==", H, NOT_KNOWN),
    ],
    ids=str,
)
def test_verdicts(left, relation, right, verdict):
    assert prove(Comparison(left, relation, right)) is verdict


def test_a_name_is_not_looked_into():
    symbols = [symbol(f"s{i}") for i in range(70)]
    named = lift(sum(symbols))
    assert bounds(named) == (70, None)
    assert prove(Comparison(named, ">=", 70)) is ALWAYS


def test_groups():
    wide, high, odd = Comparison(W, ">=", 1), Comparison(H, ">=", 29), Comparison(2 * H, "==", 7)
    assert prove(All((wide, wide))) is ALWAYS
    assert prove(All((wide, high))) is NOT_KNOWN
    assert prove(All((high, odd))) is NEVER
    assert prove(Either((high, wide))) is ALWAYS
    assert prove(Either((odd, odd))) is NEVER
    assert prove(Either((high, odd))) is NOT_KNOWN


def test_what_is_known_of_one_symbol_is_not_taken_for_another_of_its_name():
    assert prove(Comparison(symbol("k", maximum=10), "<=", 10)) is ALWAYS
    assert prove(Comparison(symbol("k"), "<=", 10)) is SOMETIMES
    assert prove(Comparison(symbol("k", minimum=11), "<=", 10)) is NEVER
    mixed = Comparison(symbol("k") // 2, ">=", symbol("k", minimum=11) // 2)
    assert prove(mixed) is NOT_KNOWN


def test_a_case_that_divides_by_zero():
    # The case of min(H, W) = H has the denominator max(0, 1), and that one the case of 0.
    quotient = H // maximum(H - minimum(H, W), 1)
    assert prove(Comparison(quotient, ">=", 0)) is ALWAYS
    assert prove(Comparison(quotient, ">=", W)) is NOT_KNOWN
    assert prove(Comparison(H // (H - minimum(H, W)), ">=", W)) is NOT_KNOWN


def test_a_symbol_without_a_value():
    assert prove(Comparison(symbol("k", 5, 4) // 2 - symbol("k", 5, 4) // 3, ">=", 0)) is not NEVER


# against brute force ----------------------------------------------------------------------------------------


@given(formulas(leaves=6), RELATIONS, formulas(leaves=4))
@settings(max_examples=150)
def test_verdicts_against_brute_force(left: Formula, relation, right: Formula):
    verdict = prove(Comparison(build(left), relation, build(right)))
    if verdict in (ALWAYS, NEVER):
        truths = {brute_force(("compare", relation, left, right), point) for point in POINTS}
        assert truths == {verdict is ALWAYS}


@given(
    formulas(affine=True, names=("H",), leaves=5), RELATIONS, formulas(affine=True, names=("H",), leaves=4)
)
@settings(max_examples=200)
def test_a_quasi_affine_inequality_of_one_symbol_is_always_settled(left: Formula, relation, right: Formula):
    comparison = Comparison(build(left), relation, build(right))
    repeats = period(comparison.difference)
    assert repeats is not None
    length, _ = repeats.get("H", (1, 0))
    assume(length <= 4096)
    values = [brute_force(left, {"H": h}) - brute_force(right, {"H": h}) for h in range(1, 2 * length + 1)]
    truths = set()
    for value, later in zip(values[:length], values[length:], strict=True):
        growth_here = later - value
        # At once, far out, and where the line through both meets 0.
        meeting = -value // growth_here if growth_here and -value // growth_here >= 0 else 0
        for periods in (0, meeting, 10**9):
            there = value + periods * growth_here
            truths.add(OPERATORS[relation](there, 0))
    expected = {frozenset({True}): ALWAYS, frozenset({False}): NEVER}.get(frozenset(truths), SOMETIMES)
    assert prove(comparison) is expected


@given(formulas(affine=True, leaves=6))
@settings(max_examples=150)
def test_period(formula: Formula):
    dim = build(formula)
    assume(isinstance(dim, Expression))
    repeats = period(dim)
    assert repeats is not None
    for point in POINTS[::17]:
        for name, (length, growth) in repeats.items():
            there = {**point, name: point[name] + length}
            assert brute_force(formula, there) == brute_force(formula, point) + growth


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (H, {"H": (1, 1)}),
        (H // 16, {"H": (16, 1)}),
        (5 * (H // 4) - H, {"H": (4, 1)}),
        ((2 * H) // 3, {"H": (3, 2)}),
        ((H // 2 + W) // 3, {"H": (6, 1), "W": (3, 1)}),
        (H - 16 * (H // 16), {"H": (16, 0)}),
        (H * W, None),
        (minimum(H, W), None),
    ],
    ids=str,
)
def test_periods(expression, expected):
    assert period(expression) == expected


@given(formulas())
@settings(max_examples=300)
def test_bounds_are_never_too_narrow(formula: Formula):
    low, high = bounds(build(formula))
    values = [brute_force(formula, point) for point in POINTS[::7]]
    assert low is None or low <= min(values)
    assert high is None or high >= max(values)


@given(formulas(), st.integers(1, 6), st.integers(0, 6))
@settings(max_examples=200)
def test_bounds_of_bounded_symbols(formula: Formula, least, more):
    dims = {name: symbol(name, least, least + more) for name in ("H", "W", "N")}
    low, high = bounds(build(formula, dims))
    sizes = range(least, least + more + 1)
    for h, w, n in itertools.product(sizes, sizes, (least, least + more)):
        value = brute_force(formula, {"H": h, "W": w, "N": n})
        assert low is None or low <= value
        assert high is None or value <= high


@pytest.mark.parametrize(
    ("dim", "interval"),
    [
        (7, (7, 7)),
        (H, (1, None)),
        (-H, (None, -1)),
        (3 * H + 2, (5, None)),
        (H - W, (None, None)),
        (H * W, (1, None)),
        (H // 2, (0, None)),
        (symbol("k", 3, 9) // 2, (1, 4)),
        (symbol("k", 3, 9) * symbol("j", 2, 5), (6, 45)),
        (minimum(H, 7), (1, 7)),
        (maximum(H, 7), (7, None)),
        (100 // (H + 4), (0, 20)),
        (-(H // W), (None, 0)),
        (symbol("k", 3, 9) // symbol("j", 2, 5), (0, 4)),
        (rounded_product(symbol("k", 3, 9), 0.29), (0, 2)),
        (rounded_product(H, 0.29), (0, None)),
    ],
    ids=str,
)
def test_bounds(dim, interval):
    assert bounds(dim) == interval


# against z3 -------------------------------------------------------------------------------------------------


class Oracle:
    """Formulas as z3's integers; a division is two fresh ones, its quotient and its remainder."""

    def __init__(self, z3):
        self.z3 = z3
        self.symbols = {name: z3.Int(name) for name in ("H", "W", "N")}
        self.facts = [size >= 1 for size in self.symbols.values()]

    def integer(self, formula):
        kind, *parts = formula
        if kind == "symbol":
            return self.symbols[parts[0]]
        if kind == "constant":
            return self.z3.IntVal(parts[0])
        values = [self.integer(part) if isinstance(part, tuple) else part for part in parts]
        left, right = values
        if kind in {"//", "%", "ceil"}:
            whole, rest = self.divided(left + (right - 1) if kind == "ceil" else left, right)
            return rest if kind == "%" else whole
        if kind in {"min", "max"}:
            return self.z3.If((left <= right) if kind == "min" else (left >= right), left, right)
        return {"+": lambda: left + right, "-": lambda: left - right, "times": lambda: left * right}[kind]()

    def divided(self, numerator, divisor):
        number = len(self.facts)
        whole, rest = self.z3.Int(f"whole {number}"), self.z3.Int(f"rest {number}")
        self.facts += [numerator == whole * divisor + rest, rest >= 0, rest < divisor]
        return whole, rest

    def can_be(self, truth):
        """Whether some sizes make it true; None if z3 does not say."""
        solver = self.z3.Solver()
        solver.set("rlimit", 500_000)  # steps of its own: no machine is too slow for them
        solver.add(*self.facts, truth)
        return {"sat": True, "unsat": False}.get(str(solver.check()))


def linear(names, leaves):
    """Formulas that z3 decides: no products, floors by numbers only, minima and maxima."""

    def grow(inner):
        return st.one_of(
            st.tuples(st.sampled_from(["+", "-", "min", "max"]), inner, inner),
            st.tuples(st.just("times"), inner, st.integers(-4, 4)),
            st.tuples(st.sampled_from(["//", "%", "ceil"]), inner, st.sampled_from([1, 2, 3, 4, 8])),
        )

    leaf = st.one_of(
        st.sampled_from([("symbol", name) for name in names]),
        st.integers(-6, 6).map(lambda number: ("constant", number)),
    )
    return st.recursive(leaf, grow, max_leaves=leaves)


@given(linear(("H", "W"), 5), RELATIONS, linear(("H", "W"), 3))
@settings(max_examples=120)
def test_verdicts_against_z3(left: Formula, relation, right: Formula):
    z3 = pytest.importorskip("z3")
    comparison = Comparison(build(left), relation, build(right))
    verdict = prove(comparison)
    assume(verdict is not NOT_KNOWN)
    oracle = Oracle(z3)
    a, b = oracle.integer(left), oracle.integer(right)
    truth = {"==": a == b, "!=": a != b, ">=": a >= b, ">": a > b, "<=": a <= b, "<": a < b}[relation]
    can_hold, can_fail = oracle.can_be(truth), oracle.can_be(z3.Not(truth))
    if can_hold is not None:
        assert can_hold is (verdict is not NEVER)
    if can_fail is not None:
        assert can_fail is (verdict is not ALWAYS)


def test_the_oracle_itself():
    z3 = pytest.importorskip("z3")
    oracle = Oracle(z3)
    whole = oracle.integer(("//", ("-", ("constant", 0), ("symbol", "H")), 4))
    assert oracle.can_be(z3.And(oracle.symbols["H"] == 5, whole != -2)) is False
    assert oracle.can_be(z3.And(oracle.symbols["H"] == 5, whole == -2)) is True


def test_proofs_cost_no_more_than_a_period():
    # The periods of these multiply to far more than anybody would wait for.
    product = math.prod((4093, 4091, 4079))
    difference = H // 4093 + W // 4091 + N // 4079
    assert prove(Comparison(difference - (H + W + N) // product, ">=", 0)) is NOT_KNOWN
    assert evaluate(difference, {"H": 4093, "W": 1, "N": 1}) == 1
