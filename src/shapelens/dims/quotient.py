"""The quotient of two expressions, exact where one divides the other: `view(-1)` gives no fraction."""

from __future__ import annotations

from math import gcd

from shapelens.dims.atoms import Quotient
from shapelens.dims.expression import (
    MAXIMUM_TERMS,
    Expression,
    Term,
    floor_divide,
    from_atom,
    lift,
    settle,
    sum_of,
)

__all__ = ["quotient"]


def quotient(numerator: Expression, denominator: Expression) -> Expression | int:
    """`floor(numerator / denominator)`; exact where the denominator divides every term.

    What is cancelled is not 0 wherever the division is defined, so that cancelling is exact.

        >>> from shapelens.dims import symbol
        >>> N, H, W = symbol("N"), symbol("H"), symbol("W")
        >>> (N * 16 * H * W) // (N * H), (N * H + 2 * N) // (H + 2), (4 * H) // (6 * W)
        (16*W, N, floor(2*H/(3*W)))

    Raises:
        ZeroDivisionError: the denominator is 0.
    """
    if not denominator.terms:
        return floor_divide(numerator, denominator.constant)
    if denominator.terms[0][1] < 0:
        numerator, denominator = -numerator, -denominator
    common = gcd(
        *[c for _, c in (*numerator.terms, *denominator.terms)], numerator.constant, denominator.constant
    )
    if common > 1:
        numerator, denominator = _divided(numerator, common), _divided(denominator, common)
    if not numerator.terms and not numerator.constant:
        return 0
    if len(denominator.terms) == 1 and denominator.constant == 0:
        exact = _divide_terms(numerator, denominator.terms[0])
        if exact is not None:
            return exact
    multiple = _multiple(numerator, denominator)
    return multiple if multiple is not None else from_atom(Quotient(numerator, denominator))


def _divided(expression: Expression, number: int) -> Expression:
    return Expression(expression.constant // number, tuple([(m, c // number) for m, c in expression.terms]))


def _divide_terms(numerator: Expression, term: Term) -> Expression | int | None:
    """The numerator divided by one term, or None where a part of it leaves a rest.

    With a denominator `k·m` and a numerator `m·P` the quotient is `floor(P / k)`.
    """
    divisor_atoms, coefficient = term
    if numerator.constant:
        return None
    reduced: list[Term] = []
    constant = 0
    for monomial, own_coefficient in numerator.terms:
        remaining = list(monomial)
        for atom in divisor_atoms:
            if atom not in remaining:
                return None
            remaining.remove(atom)
        if remaining:
            reduced.append((tuple(remaining), own_coefficient))
        else:
            constant += own_coefficient
    return lift(sum_of(constant, reduced)) // coefficient


def _multiple(numerator: Expression, denominator: Expression) -> Expression | int | None:
    """The expression Q with `numerator = Q · denominator`, found by polynomial long division, or None."""
    result: Expression | int = 0
    rest: Expression | int = numerator
    lead, lead_coefficient = max(denominator.terms, key=_rank)
    for _ in range(MAXIMUM_TERMS):
        if not isinstance(rest, Expression):
            return result if rest == 0 else None
        factor: Expression | int | None = None
        for term in sorted(rest.terms, key=_rank, reverse=True):
            factor = _divide_terms(Expression(0, (term,)), (lead, 1))
            if factor is not None:
                break
        if factor is None:
            return None
        monomials = lift(factor)
        if any(c % lead_coefficient for c in (monomials.constant, *[c for _, c in monomials.terms])):
            return None
        step = settle(_divided(monomials, lead_coefficient))
        result = result + step
        rest = rest - step * denominator
    return None


def _rank(term: Term) -> tuple[int, str]:
    """Longer products first, as a polynomial's leading term is found."""
    return len(term[0]), "*".join([atom.key for atom in term[0]])
