"""Factors multiply back to what they are factors of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from shapelens.dims import Expression, minimum, product, symbol
from shapelens.dims.expression import lift
from shapelens.dims.factoring import factors
from tests.dims.formulas import Formula, build, formulas

C, D, H, T, W, N, k = [symbol(name) for name in ("C", "D", "H", "T", "W", "N", "k")]


@given(formulas(), formulas(leaves=4))
@settings(max_examples=300)
def test_factors_multiply_back(formula: Formula, other: Formula):
    for dim in (build(formula), build(formula) * build(other)):
        found = factors(lift(dim))
        assert product(found) == dim
        assert all(isinstance(factor, Expression) for factor in found[1:])
        assert found[0] != 1 or found == (1,)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (lift(12), (12,)),
        (lift(0), (0,)),
        (H, (H,)),
        (-H, (-1, H)),
        (6 * H, (6, H)),
        (2 * H - 4, (2 * H - 4,)),
        (H + W, (H + W,)),
        (2 * H * W - 4 * W, (2, H - 2, W)),
        ((H - 2) * (W - 2), (H - 2, W - 2)),
        ((W + 1) * (H + 1) * (N + 1) * 5, (5, N + 1, H + 1, W + 1)),
        (W * H * D * C * T * N * k, (N, T, C, D, H, W, k)),
        ((H // 2) * (W // 2) * 64 * N, (64, N, H // 2, W // 2)),
        ((H // 2 + 1) * ((W + 1) // 2 - 3), (H // 2 + 1, (W + 1) // 2 - 3)),
        (H * H, (H, H)),
        (H * W + 1, (H * W + 1,)),
        (H * W + H + W, (H * W + H + W,)),
        (-(H + 1) * (W + 2), (-1, H + 1, W + 2)),
        (minimum(H, W) * (N + 1), (N + 1, minimum(H, W))),
        ((H - 1) * (2 * W - 2), (2, H - 1, W - 1)),
    ],
    ids=str,
)
def test_factors(expression, found):
    assert factors(expression) == found
