"""What a condition that mixes axes hangs on, axis by axis.

A product of two sizes is 6 only where one of them divides 6. So `H·(W - 1) = 6` is settled by which divisor H is, and
which W - 1 is: finitely many kinds of heights and widths, whatever sizes there are.

    >>> from shapelens.dims import equal, symbol
    >>> told = telling(equal(symbol("H") * (symbol("W") - 1), 3))
    >>> [str(condition) for condition in told]
    ['H = 1', 'H = 3', 'W - 1 = 1', 'W - 1 = 3']
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, isqrt

from shapelens.analyses.sizes.points import symbols_of
from shapelens.dims import (
    All,
    Comparison,
    Condition,
    Dim,
    Either,
    Expression,
    Truth,
    at_least,
    at_most,
    bounds,
    equal,
)
from shapelens.dims.factoring import factors

__all__ = ["telling"]

MAXIMUM_PRODUCT = 1 << 24
"""The divisors of larger numbers are not looked for."""

MAXIMUM_BOUND = 64
"""A product that has to reach more than this is not taken apart."""


def telling(condition: Condition) -> tuple[Condition, ...] | None:
    """Conditions on one symbol each, whose answers settle another condition; None where there are none.

    Args:
        condition: a condition on any symbols.
    """
    if len(symbols_of(condition)) <= 1:
        return (condition,)
    if isinstance(condition, (All, Either)):
        found: list[Condition] = []
        for member in condition.members:
            told = telling(member)
            if told is None:
                return None
            found += told
        return tuple(found)
    if not isinstance(condition, Comparison):
        return None
    told = _of_product(condition)
    return _of_products(condition) if told is None and condition.strictness != ">=" else told


def _of_product(comparison: Comparison) -> tuple[Condition, ...] | None:
    """Of a product of what each symbol makes, compared with a number."""
    made, number = _sides(comparison)
    by_symbol = _by_symbol(made)
    if by_symbol is None:
        return None
    content, own = by_symbol
    wanted, rest = divmod(number, content)
    if comparison.strictness != ">=":
        if abs(wanted) > MAXIMUM_PRODUCT:
            return None
        # What is no multiple of the common factor is never reached, whatever the sizes.
        return _kept([equal(dim, d) for dim in own.values() for d in (() if rest else _divisors(wanted))])
    least = wanted + bool(rest)
    lows = [bounds(dim)[0] for dim in own.values()]
    is_counted = content > 0 and all(
        low is not None and low >= (-MAXIMUM_BOUND if least > 0 else 0) for low in lows
    )
    if not is_counted or least > MAXIMUM_BOUND:
        return None
    steps = [range((low or 0) + 1, max(least, 1) + 1) for low in lows]
    return _kept([at_least(dim, n) for dim, ns in zip(own.values(), steps, strict=True) for n in ns])


def _by_symbol(made: Dim) -> tuple[int, dict[str, Dim]] | None:
    """A product as a number and what each symbol makes of it; None where that is not what it is."""
    if not isinstance(made, Expression):
        return None
    content, own = 1, dict[str, Dim]()
    for part in factors(made):
        if isinstance(part, int):
            content *= part
            continue
        names = [symbol.name for symbol in part.symbols()]
        if len(names) != 1:
            return None
        # Two factors may both stand there negated.
        is_negated = bounds(part)[0] is None
        content = -content if is_negated else content
        own[names[0]] = own.get(names[0], 1) * (-part if is_negated else part)
    return content, own


def _of_products(comparison: Comparison) -> tuple[Condition, ...] | None:
    """Of two products, one of which is nowhere larger than the other, axis by axis: `H·W = 4·floor(H/2)·floor(W/2)`.

    Then both are equal where they are on every axis, or where the larger is 0.
    """
    left, right = _by_symbol(comparison.left), _by_symbol(comparison.right)
    if left is None or right is None or left[1].keys() != right[1].keys():
        return None
    common = gcd(left[0], right[0])
    for (times, less), (own_times, more) in ((left, right), (right, left)):
        pairs = list(zip(less.values(), more.values(), strict=True))
        shares = _shares(times // common, own_times // common, pairs)
        if shares is not None:
            scaled = [
                (low * one, high * other) for (low, high), (one, other) in zip(pairs, shares, strict=True)
            ]
            return _kept([t for low, high in scaled for t in (equal(low, high), at_least(high, 1))])
    return None


def _shares(times: int, own_times: int, pairs: Sequence[tuple[Dim, Dim]]) -> list[tuple[int, int]] | None:
    """How the numbers in front of two products part among their factors, so that none of the one is larger."""
    if not pairs:
        return [] if times == own_times == 1 else None
    low, high = pairs[0]
    for one in _positive_divisors(times):
        for other in _positive_divisors(own_times):
            if at_least(low, 0) is True and at_most(low * one, high * other) is True:
                rest = _shares(times // one, own_times // other, pairs[1:])
                if rest is not None:
                    return [(one, other), *rest]
    return None


def _positive_divisors(number: int) -> list[int]:
    return [n for n in _divisors(number) if n > 0] if 0 < number <= MAXIMUM_PRODUCT else []


def _kept(truths: list[Truth]) -> tuple[Condition, ...]:
    return tuple([truth for truth in truths if isinstance(truth, Condition)])


def _sides(comparison: Comparison) -> tuple[Expression, int]:
    """What is compared with which number: as it was asked, where a number stands on one side.

    Of an inequality, the least that is enough, or that is too much.
    """
    left, right, relation = comparison.left, comparison.right, comparison.relation
    if isinstance(left, int):
        left, right, relation = right, left, relation.translate(_MIRRORED)
    if isinstance(left, Expression) and isinstance(right, int):
        return left, right + (relation in {">", "<="})
    return comparison.difference, 0


_MIRRORED = str.maketrans("<>", "><")


def _divisors(number: int) -> list[int]:
    """What a number can be divided by, of either sign; 0 alone of 0."""
    size = abs(number)
    if size == 0:
        return [0]
    low = [n for n in range(1, isqrt(size) + 1) if size % n == 0]
    whole = sorted({*low, *[size // n for n in low]})
    return [*whole, *[-n for n in whole]]
