"""An expression of one symbol is its polynomials from the start on."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Expression, maximum, minimum, rounded_product, symbol
from shapelens.dims.growth import Growth, growth, turns
from tests.dims.formulas import Formula, brute_force, build, formulas

H, W = symbol("H"), symbol("W")


def value(polynomial, k):
    return sum(coefficient * k**power for power, coefficient in enumerate(polynomial))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (H, Growth(1, ((1, 1),))),
        (symbol("k", minimum=5) - 2, Growth(5, ((3, 1),))),
        (H // 2, Growth(1, ((0, 1), (1, 1)))),
        (H - 2 * (H // 2), Growth(1, ((1,), (0,)))),
        (H * H, Growth(1, ((1, 2, 1),))),
        (H * H - H * (H - 1), Growth(1, ((1, 1),))),
        (maximum(H, 3), Growth(3, ((3, 1),))),
        (minimum(H, 3), Growth(3, ((3,),))),
    ],
    ids=str,
)
def test_growth(expression, expected):
    assert growth(expression, "H" if H.symbols()[0] in expression.symbols() else "k") == expected


@pytest.mark.parametrize(
    "expression",
    [H + W, W // 2, H // (H + 1), rounded_product(H, 0.29), H // 5000, H // 97 + H // 101],
    ids=str,
)
def test_no_growth(expression):
    assert growth(expression, "H") is None


@given(formulas(names=("H",), leaves=6))
@settings(max_examples=300)
def test_growth_against_brute_force(formula: Formula):
    dim = build(formula)
    assume(isinstance(dim, Expression))
    found = growth(dim, "H")
    assume(found is not None)
    for residue, polynomial in enumerate(found.polynomials[:40]):
        for k in (0, 1, 2, 5, 1000):
            size = found.start + residue + k * found.period
            assert value(polynomial, k) == brute_force(formula, {"H": size})


@given(formulas(names=("H",), leaves=4), st.integers(0, 7), st.integers(1, 4))
@settings(max_examples=100)
def test_refined(formula: Formula, later, times):
    dim = build(formula)
    assume(isinstance(dim, Expression))
    found = growth(dim, "H")
    assume(found is not None)
    refined = found.refined(found.start + later, found.period * times)
    assert refined.period == found.period * times
    for residue, polynomial in enumerate(refined.polynomials[:20]):
        for k in (0, 1, 6):
            size = refined.start + residue + k * refined.period
            passed, own = divmod(size - found.start, found.period)
            assert value(polynomial, k) == value(found.polynomials[own], passed)


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=4))
@settings(max_examples=300)
def test_turns_against_brute_force(coefficients):
    while len(coefficients) > 1 and coefficients[-1] == 0:
        coefficients.pop()
    polynomial = tuple(coefficients)
    # All its roots lie below 1 + the largest ratio of its coefficients.
    truths = [value(polynomial, k) >= 0 for k in range(40)]
    assert turns(polynomial) == [k for k in range(1, 40) if truths[k] is not truths[k - 1]]


@pytest.mark.parametrize(
    ("polynomial", "expected"),
    [
        ((-(10**20), 1), [10**20]),
        ((10**20, -1), [10**20 + 1]),
        ((-(10**20) + 1, 0, 1), [10**10]),
        ((6, -5, 1), []),  # 0 at 2 and 3
        ((24, -10, 1), [5, 6]),  # below 0 at 5 only
        ((5,), []),
    ],
)
def test_turns_far_out(polynomial, expected):
    assert turns(polynomial) == expected
