"""An expression at known remainders: equal there, and never longer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    Unknown,
    ceil_divide,
    dim_text,
    evaluate,
    maximum,
    minimum,
    rounded_product,
    symbol,
)
from shapelens.dims.given import expression_given
from tests.dims.formulas import Formula, brute_force, build, formulas

H, W = symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("dim", "modulus", "remainder", "text"),
    [
        (16 * (H // 16), 16, 0, "H"),
        (16 * (H // 16), 32, 0, "H"),
        (16 * (H // 16), 48, 0, "H"),
        (16 * (H // 16), 16, 5, "H - 5"),
        (16 * (H // 16), 8, 0, "16*floor(H/16)"),
        (32 * ceil_divide(H, 32) - 8, 32, 0, "H - 8"),
        (2 * ceil_divide(H, 2), 2, 1, "H + 1"),
        (H // 16, 16, 0, "floor(H/16)"),
        ((H + 5) // 32, 32, 0, "floor(H/32)"),
        (ceil_divide(H, 32), 16, 0, "ceil(H/32)"),
        (ceil_divide(H, 32), 32, 0, "ceil(H/32)"),
        (16 * (H // 16) * W, 16, 0, "H*W"),
        (64 * (H // 16) * (W // 16), 16, 0, "4*H*floor(W/16)"),
        (16 * (H // 16) * 16 * (W // 16), 16, 0, "16*H*floor(W/16)"),
        (H % 16, 16, 3, "3"),
        (minimum(16 * (H // 16), W), 16, 0, "min(H, W)"),
        (minimum(H // 16, W), 16, 0, "min(W, floor(H/16))"),
        (maximum(16 * (H // 16), H), 16, 7, "H"),
        ((16 * (H // 16)) // W, 16, 0, "floor(H/W)"),
        (rounded_product(16 * (H // 16), 0.29), 16, 0, "floor_double(H*0.29)"),
        (H + W, 16, 0, "H + W"),
        (H, 1, 0, "H"),
        (16 * (H // 16), 1, 0, "16*floor(H/16)"),
        (16 * (symbol("H", 20, 70) // 16), 16, 0, "H"),
        (16 * (symbol("H", 32, 32) // 16), 16, 0, "H"),
        (W // (H % 16), 16, 0, "floor(W/(H - 16*floor(H/16)))"),
        (7, 16, 0, "7"),
        (Unknown("data"), 16, 0, "?"),
    ],
    ids=str,
)
def test_expression_given(dim, modulus, remainder, text):
    assert dim_text(expression_given(dim, "H", modulus, remainder)) == text


def test_another_symbol_is_left_alone():
    assert expression_given(16 * (H // 16), "W", 16) == 16 * (H // 16)


def functions(dim):
    """How many floors and extrema stand in a formula."""
    return len(re.findall(r"[a-z]\(", dim_text(dim)))


@given(formulas(), st.integers(1, 12), st.integers(0, 11), st.integers(1, 30))
@settings(max_examples=300)
def test_it_is_equal_for_these_sizes(formula: Formula, modulus, remainder, w):
    dim = build(formula)
    found = expression_given(dim, "H", modulus, remainder)
    assert len(dim_text(found)) <= len(dim_text(dim)) or functions(found) < functions(dim)
    for steps in (0, 1, 2, 3, 7):
        h = steps * modulus + remainder % modulus
        if h:
            point = {"H": h, "W": w, "N": 2}
            assert evaluate(found, point) == brute_force(formula, point)


@given(formulas(affine=True, names=("H",)), st.sampled_from([2, 4, 16]))
@settings(max_examples=100)
def test_once_is_enough(formula: Formula, modulus):
    once = expression_given(build(formula), "H", modulus)
    assert expression_given(once, "H", modulus) == once
