"""Proofs about expressions: by their normal form, by intervals, or over one full period.

A quasi-affine expression repeats: after a period P its value has grown by a fixed amount. So what holds on
one period and does not fall afterwards holds for every size:

    >>> from shapelens.dims import symbol
    >>> from shapelens.dims.condition import Comparison
    >>> H = symbol("H")
    >>> prove(Comparison(H // 4, "==", (H // 2) // 2))
    <Verdict.ALWAYS: 'always'>
    >>> prove(Comparison(H // 4, "==", 2 * (H // 8)))
    <Verdict.SOMETIMES: 'sometimes'>
"""

from __future__ import annotations

import math
from enum import Enum
from functools import lru_cache
from itertools import product

from shapelens.dims.atoms import Atom, Extremum, Floor, Interval, Named, Quotient, Rounded, Symbol
from shapelens.dims.cases import cases
from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.expression import Expression
from shapelens.dims.rounding import multiply, round_number

__all__ = ["Period", "Verdict", "bounds", "period", "prove"]

MAXIMUM_POINTS = 4096
"""A proof over one period evaluates at most this many points; beyond, nothing is claimed."""

MAXIMUM_RANGE = 64
"""A symbol that takes no more values than this is tried at each."""

MAXIMUM_ROUNDED = 2**63
"""Beyond this, what a framework's multiplication gives is no longer asked."""

MAXIMUM_SPLITS = 4
"""Minima and maxima are told apart by cases to this depth."""


class Verdict(Enum):
    """What is known of a condition, over all values of its symbols."""

    ALWAYS = "always"
    NEVER = "never"
    SOMETIMES = "sometimes"
    NOT_KNOWN = "not known"


Period = dict[str, tuple[int, int]]
"""For each symbol its period and what the expression grows by in one."""


def prove(condition: Condition) -> Verdict:
    """What is known of a condition, over all values of its symbols: never wrong, `NOT_KNOWN` if in doubt."""
    return _prove(condition)


@lru_cache(maxsize=8192)
def _prove(condition: Condition) -> Verdict:
    if isinstance(condition, Comparison):
        if condition.strictness == ">=":
            return _at_least_zero(condition.difference)
        verdict = _equal_to_zero(condition.difference)
        return verdict if condition.strictness == "==" else _opposite(verdict)
    if isinstance(condition, All):
        verdicts = [_prove(member) for member in condition.members]
        if all(v is Verdict.ALWAYS for v in verdicts):
            return Verdict.ALWAYS
        return Verdict.NEVER if Verdict.NEVER in verdicts else Verdict.NOT_KNOWN
    if isinstance(condition, Either):
        return _opposite(_prove(condition.negated()))
    return Verdict.NOT_KNOWN


def _opposite(verdict: Verdict) -> Verdict:
    swapped = {Verdict.ALWAYS: Verdict.NEVER, Verdict.NEVER: Verdict.ALWAYS}
    return swapped.get(verdict, verdict)


# intervals --------------------------------------------------------------------------------------------


def bounds(dim: Expression | int) -> Interval:
    """The interval that a dim lies in. It may be wider than need be; it is never too narrow."""
    if isinstance(dim, int):
        return dim, dim
    low: int | None = dim.constant
    high: int | None = dim.constant
    for monomial, coefficient in dim.terms:
        interval: Interval = (1, 1)
        for atom in monomial:
            if atom.interval is None:
                atom.interval = _atom_bounds(atom)
            interval = _product(interval, atom.interval)
        interval = _scaled(interval, coefficient)
        low = None if low is None or interval[0] is None else low + interval[0]
        high = None if high is None or interval[1] is None else high + interval[1]
    return low, high


def _product(left: Interval, right: Interval) -> Interval:
    low, high = left
    other_low, other_high = right
    if low is not None and other_low is not None and low >= 0 and other_low >= 0:
        return low * other_low, None if high is None or other_high is None else high * other_high
    if None in left or None in right:
        # A factor that is one constant scales and may flip; anything else with an open end is unbounded.
        if low == high and low is not None:
            return _scaled(right, low)
        if other_low == other_high and other_low is not None:
            return _scaled(left, other_low)
        return None, None
    assert low is not None and high is not None and other_low is not None and other_high is not None
    corners = [low * other_low, low * other_high, high * other_low, high * other_high]
    return min(corners), max(corners)


def _scaled(interval: Interval, factor: int) -> Interval:
    ends = [None if end is None else end * factor for end in interval]
    return (ends[0], ends[1]) if factor >= 0 else (ends[1], ends[0])


def _atom_bounds(atom: Atom) -> Interval:
    if isinstance(atom, Symbol):
        return atom.minimum, atom.maximum
    operands = [bounds(operand) for operand in atom.operands]
    low, high = operands[0]
    if isinstance(atom, Floor):
        return None if low is None else low // atom.divisor, None if high is None else high // atom.divisor
    if isinstance(atom, Extremum):
        return _extremum_bounds(atom.kind, operands)
    if isinstance(atom, Quotient):
        return _quotient_bounds(operands[0], operands[1])
    if isinstance(atom, Rounded):
        return _rounded_end(atom, low), _rounded_end(atom, high)
    assert isinstance(atom, Named)
    return low, high


def _rounded_end(atom: Rounded, end: int | None) -> int | None:
    if end is None or abs(end) > MAXIMUM_ROUNDED:
        return None
    return round_number(multiply(end, atom.factor, atom.precision), atom.rounding)


def _quotient_bounds(numerator: Interval, denominator: Interval) -> Interval:
    low, high = numerator
    least, most = denominator
    if least is None or least < 0:
        return None, None
    # Where the denominator is 0 there is no quotient.
    least = max(least, 1)
    far_low = 0 if most is None else None if low is None else low // most
    far_high = -1 if most is None else None if high is None else high // most
    return (
        None if low is None else far_low if low >= 0 else low // least,
        None if high is None else high // least if high >= 0 else far_high,
    )


def _extremum_bounds(kind: str, operands: list[Interval]) -> Interval:
    lows = [low for low, _ in operands]
    highs = [high for _, high in operands]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    if kind == "min":
        return (
            None if None in lows else min(known_lows),
            min(known_highs) if known_highs else None,
        )
    return max(known_lows) if known_lows else None, None if None in highs else max(known_highs)


# periods ----------------------------------------------------------------------------------------------


def period(expression: Expression) -> Period | None:
    """How a quasi-affine expression repeats in each of its symbols, or None where it does not.

    `floor(E / c)` of an `E` that grows by d in P repeats after `P · c / gcd(c, d)`.
    """
    result: Period = {s.name: (1, 0) for s in expression.symbols()}
    for monomial, coefficient in expression.terms:
        if len(monomial) != 1:
            return None
        part = _atom_period(monomial[0])
        if part is None:
            return None
        for name, (length, growth) in part.items():
            own_length, own_growth = result[name]
            common = math.lcm(own_length, length)
            grown = own_growth * (common // own_length) + coefficient * growth * (common // length)
            result[name] = (common, grown)
    return result


@lru_cache(maxsize=8192)
def _atom_period(atom: Atom) -> Period | None:
    if isinstance(atom, Symbol):
        return {atom.name: (1, 1)}
    if not isinstance(atom, Floor):
        return None
    inner = period(atom.numerator)
    if inner is None:
        return None
    result: Period = {}
    for name, (length, growth) in inner.items():
        times = atom.divisor // math.gcd(atom.divisor, growth)
        result[name] = (length * times, growth * times // atom.divisor)
    return result


class _Sample:
    """The values that tell all others: on one period of each symbol, or wherever it may be if that is less.

    Attributes:
        values: what the expression is there.
        growths: by what a period more of a symbol changes it, for the symbols that go on.
        is_open: whether each of these goes on without a bound.
    """

    __slots__ = ("growths", "is_open", "values")

    def __init__(self, values: list[int], growths: list[int], is_open: bool) -> None:
        self.values = values
        self.growths = growths
        self.is_open = is_open


def _sample(expression: Expression) -> _Sample | None:
    """The telling values of a quasi-affine expression, or None where they are too many."""
    from shapelens.dims.evaluation import evaluate

    repeats = period(expression)
    symbols = expression.symbols()
    if repeats is None or len(repeats) < len(symbols):
        return None
    ranges: list[range] = []
    growths: list[int] = []
    is_open = True
    for symbol in symbols:
        length, growth = repeats[symbol.name]
        stop = symbol.minimum + length
        if symbol.maximum is not None and symbol.maximum < symbol.minimum + max(length, MAXIMUM_RANGE):
            stop = symbol.maximum + 1
        else:
            growths.append(growth)
            is_open = is_open and symbol.maximum is None
        ranges.append(range(symbol.minimum, stop))
    if not 0 < math.prod([len(r) for r in ranges]) <= MAXIMUM_POINTS:
        return None
    names = [symbol.name for symbol in symbols]
    values = [evaluate(expression, dict(zip(names, point, strict=True))) for point in product(*ranges)]
    return _Sample(values, growths, is_open)


# comparisons with zero --------------------------------------------------------------------------------


def _at_least_zero(difference: Expression, depth: int = 0) -> Verdict:
    """What is known of `difference >= 0`."""
    low, high = bounds(difference)
    if low is not None and low >= 0:
        return Verdict.ALWAYS
    if high is not None and high < 0:
        return Verdict.NEVER
    if not difference.is_quasi_affine:
        return _at_least_zero_by_cases(difference, depth)
    sample = _sample(difference)
    if sample is None:
        return Verdict.NOT_KNOWN
    if min(sample.values) >= 0 and min(sample.growths, default=0) >= 0:
        return Verdict.ALWAYS
    if max(sample.values) < 0 and max(sample.growths, default=0) <= 0:
        return Verdict.NEVER
    # Both are seen, or no bound above keeps a symbol from where the sign turns.
    is_seen = min(sample.values) < 0 <= max(sample.values)
    return Verdict.SOMETIMES if is_seen or sample.is_open else Verdict.NOT_KNOWN


def _at_least_zero_by_cases(difference: Expression, depth: int) -> Verdict:
    """What holds in all cases holds; one is enough where the difference is at least, or at most, each."""
    told_apart = cases(difference) if depth < MAXIMUM_SPLITS else None
    if told_apart is None:
        return _at_least_zero_by_factors(difference, depth)
    verdicts: set[Verdict] = set()
    for member in told_apart.members:
        verdict = _at_least_zero(member, depth + 1)
        verdicts.add(verdict)
        settles = {1: Verdict.ALWAYS, -1: Verdict.NEVER}.get(told_apart.pull)
        if verdict is settles:
            return verdict
    return _shared(verdicts)


def _at_least_zero_by_factors(difference: Expression, depth: int) -> Verdict:
    """A product of what is never below zero is not below zero either."""
    from shapelens.dims.factoring import factors

    if depth >= MAXIMUM_SPLITS:
        return Verdict.NOT_KNOWN
    parts = factors(difference)
    if len(parts) == 1:
        return Verdict.NOT_KNOWN
    for part in parts:
        is_known = part >= 0 if isinstance(part, int) else _at_least_zero(part, depth + 1) is Verdict.ALWAYS
        if not is_known:
            return Verdict.NOT_KNOWN
    return Verdict.ALWAYS


def _shared(verdicts: set[Verdict]) -> Verdict:
    return verdicts.pop() if verdicts in ({Verdict.ALWAYS}, {Verdict.NEVER}) else Verdict.NOT_KNOWN


def _equal_to_zero(difference: Expression, depth: int = 0) -> Verdict:
    """What is known of `difference == 0`."""
    low, high = bounds(difference)
    if low == high == 0:
        return Verdict.ALWAYS
    if (low is not None and low > 0) or (high is not None and high < 0):
        return Verdict.NEVER
    divisor = math.gcd(*[coefficient for _, coefficient in difference.terms])
    if divisor and difference.constant % divisor:
        return Verdict.NEVER
    if not difference.is_quasi_affine:
        told_apart = cases(difference) if depth < MAXIMUM_SPLITS else None
        if told_apart is None:
            return Verdict.NOT_KNOWN
        return _shared({_equal_to_zero(member, depth + 1) for member in told_apart.members})
    sample = _sample(difference)
    return Verdict.NOT_KNOWN if sample is None else _equal_to_zero_by_period(sample)


def _equal_to_zero_by_period(sample: _Sample) -> Verdict:
    values, growths = sample.values, [growth for growth in sample.growths if growth]
    if not growths:
        if not any(values):
            return Verdict.ALWAYS
        return Verdict.NEVER if all(values) else Verdict.SOMETIMES
    if (min(values) > 0 and min(growths) > 0) or (max(values) < 0 and max(growths) < 0):
        return Verdict.NEVER
    if len(growths) == 1:
        # One line through each value: does one of them meet 0?
        is_met = any(value % growths[0] == 0 and value // growths[0] <= 0 for value in values)
        if not is_met:
            return Verdict.NEVER
        return Verdict.SOMETIMES if sample.is_open else Verdict.NOT_KNOWN
    differs = any(values) or sample.is_open
    return Verdict.SOMETIMES if 0 in values and differs else Verdict.NOT_KNOWN
