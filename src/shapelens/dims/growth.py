"""How an expression of one symbol grows in the end: by one polynomial for each residue.

    >>> from shapelens.dims import symbol
    >>> H = symbol("H")
    >>> growth(H // 2 + H * H, "H")
    Growth(start=1, polynomials=((1, 5, 4), (5, 9, 4)))

At the sizes 1, 3, 5, … = 1 + 2·k it is 1 + 5·k + 4·k², at 2, 4, 6, … = 2 + 2·k it is 5 + 9·k + 4·k². Sums,
products, floors, minima and maxima of such expressions are such expressions again; a quasi-affine one has straight
lines for polynomials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import gcd, lcm

from shapelens.dims.atoms import Atom, Extremum, Floor, Named, Symbol
from shapelens.dims.expression import Expression
from shapelens.records import dataclass

__all__ = ["Growth", "Polynomial", "growth", "turns"]

MAXIMUM_PERIOD = 4096
"""What repeats only after more than this many sizes is not followed."""

Polynomial = tuple[int, ...]
"""Its coefficients, that of k⁰ first; the last is not 0, unless it is the only one."""


@dataclass(frozen=True, slots=True)
class Growth:
    """From `start` on, the value at `start + residue + k·period` is `polynomials[residue]` at k.

    Args:
        start: the first size that this is said of.
        polynomials: one for each residue; the period is how many they are.
    """

    start: int
    polynomials: tuple[Polynomial, ...]

    @property
    def period(self) -> int:
        """After how many sizes the polynomials come again."""
        return len(self.polynomials)

    def refined(self, start: int, period: int) -> Growth:
        """The same, said from a later start on and with a multiple of the period."""
        if (start, period) == (self.start, self.period):
            return self
        polynomials = []
        for residue in range(period):
            passed, own_residue = divmod(start + residue - self.start, self.period)
            polynomials.append(_composed(self.polynomials[own_residue], passed, period // self.period))
        return Growth(start, tuple(polynomials))


def growth(expression: Expression, name: str) -> Growth | None:
    """How an expression grows with its only symbol, or None where it does not grow in this way.

    Args:
        expression: an expression with no other symbol.
        name: the symbol's.
    """
    known: dict[Atom, Growth] = {}
    for atom in sorted(expression.atoms(), key=lambda atom: atom.height):
        found = _of_atom(atom, name, known)
        if found is None:
            return None
        known[atom] = found
    return _of_sum(expression, known)


def _of_atom(atom: Atom, name: str, known: dict[Atom, Growth]) -> Growth | None:
    if isinstance(atom, Symbol):
        return Growth(atom.minimum, ((atom.minimum, 1),)) if atom.name == name else None
    operands = [_of_sum(operand, known) for operand in atom.operands]
    first = operands[0]
    if isinstance(atom, Named):
        return first
    if isinstance(atom, Floor) and first is not None:
        return _floor(first, atom.divisor)
    if isinstance(atom, Extremum):
        for other in operands[1:]:
            first = None if first is None or other is None else _extremum(atom.kind, first, other)
        return first
    return None


def _of_sum(expression: Expression, known: dict[Atom, Growth]) -> Growth | None:
    start = max([known[atom].start for monomial, _ in expression.terms for atom in monomial], default=0)
    total: Growth | None = Growth(start, ((expression.constant,),))
    for monomial, coefficient in expression.terms:
        term: Growth | None = Growth(start, ((coefficient,),))
        for atom in monomial:
            term = _pointwise(_product, term, known[atom])
        total = _pointwise(_sum, total, term)
    return total


# polynomials ------------------------------------------------------------------------------------------------


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    length = max(len(left), len(right))
    padded = [polynomial + (0,) * (length - len(polynomial)) for polynomial in (left, right)]
    return _trimmed([a + b for a, b in zip(*padded, strict=True)])


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    coefficients = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            coefficients[i + j] += a * b
    return _trimmed(coefficients)


def _composed(polynomial: Polynomial, offset: int, factor: int) -> Polynomial:
    """The polynomial at `offset + factor·k`."""
    result: Polynomial = (0,)
    for coefficient in reversed(polynomial):
        result = _sum(_product(result, (offset, factor)), (coefficient,))
    return result


def _trimmed(coefficients: list[int]) -> Polynomial:
    while len(coefficients) > 1 and coefficients[-1] == 0:
        coefficients.pop()
    return tuple(coefficients)


def _value(polynomial: Polynomial, k: int) -> int:
    result = 0
    for coefficient in reversed(polynomial):
        result = result * k + coefficient
    return result


def turns(polynomial: Polynomial) -> list[int]:
    """Where a polynomial comes to be 0 or more, or ceases to: each k > 0 at which that is otherwise than at k - 1.

    Between two turns of its differences a polynomial only rises, or only falls, so that there is at most one
    turn of its own, and halving finds it.
    """
    if len(polynomial) == 1:
        return []
    differences = _sum(_composed(polynomial, 1, 1), tuple([-c for c in polynomial]))
    found = []
    starts = [0, *turns(differences)]
    for start, stop in zip(starts, [*starts[1:], None], strict=True):
        low, high = start, _end_of_slope(polynomial, start) if stop is None else stop
        if (_value(polynomial, low) >= 0) is (_value(polynomial, high) >= 0):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if (_value(polynomial, middle) >= 0) is (_value(polynomial, low) >= 0):
                low = middle
            else:
                high = middle
        found.append(high)
    return found


def _end_of_slope(polynomial: Polynomial, start: int) -> int:
    """A place on the last slope from which on it stays at least 0, or below."""
    ends_high = polynomial[-1] > 0
    step = 1
    while (_value(polynomial, start + step) >= 0) is not ends_high:
        step *= 2
    return start + step


# growths ----------------------------------------------------------------------------------------------------


def _pointwise(
    combine: Callable[[Polynomial, Polynomial], Polynomial], left: Growth | None, right: Growth | None
) -> Growth | None:
    aligned = _aligned(left, right)
    if aligned is None:
        return None
    both = zip(aligned[0].polynomials, aligned[1].polynomials, strict=True)
    return Growth(aligned[0].start, tuple([combine(a, b) for a, b in both]))


def _aligned(left: Growth | None, right: Growth | None) -> tuple[Growth, Growth] | None:
    if left is None or right is None:
        return None
    start, period = max(left.start, right.start), lcm(left.period, right.period)
    if period > MAXIMUM_PERIOD:
        return None
    return left.refined(start, period), right.refined(start, period)


def _floor(numerator: Growth, divisor: int) -> Growth | None:
    # After so many periods each polynomial has grown by a multiple of the divisor, whatever k is.
    grown = gcd(divisor, *[c for polynomial in numerator.polynomials for c in polynomial[1:]])
    period = numerator.period * (divisor // grown)
    if period > MAXIMUM_PERIOD:
        return None
    refined = numerator.refined(numerator.start, period)
    return Growth(refined.start, tuple([tuple([c // divisor for c in p]) for p in refined.polynomials]))


def _extremum(kind: str, left: Growth, right: Growth) -> Growth | None:
    aligned = _aligned(left, right)
    if aligned is None:
        return None
    left, right = aligned
    settled = max([k for difference in _differences(left, right) for k in turns(difference)], default=0)
    start = left.start + settled * left.period
    left, right = left.refined(start, left.period), right.refined(start, right.period)
    polynomials = []
    for own, other, difference in zip(
        left.polynomials, right.polynomials, _differences(left, right), strict=True
    ):
        left_is_larger = difference[0] >= 0
        polynomials.append(own if left_is_larger is (kind == "max") else other)
    return Growth(start, tuple(polynomials))


def _differences(left: Growth, right: Growth) -> Iterator[Polynomial]:
    for own, other in zip(left.polynomials, right.polynomials, strict=True):
        yield _sum(own, tuple([-c for c in other]))
