"""Exact sets of sizes: which heights work, for every height there is.

>>> from shapelens.dims import at_least, equal, symbol
>>> H = symbol("H")
>>> works = SizeSet.where(equal(16 * (H // 16), H)) & SizeSet.where(at_least(H, 40))
>>> print(works)
multiples of 16, at least 48
>>> works.contains(64), works.nearest(100), works.contains(10**12)
(True, (96, 112), True)

A set repeats in the end, and differs from that on finitely many stretches before.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from math import lcm
from typing import TYPE_CHECKING, Any

from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.evaluation import evaluate, evaluate_condition
from shapelens.dims.expression import Expression
from shapelens.dims.growth import growth, turns
from shapelens.dims.unknown import Unknown
from shapelens.errors import DimensionError
from shapelens.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shapelens.dims.arithmetic import Truth
    from shapelens.dims.atoms import Symbol

__all__ = ["PeriodError", "SizeSet", "Stretch"]

MAXIMUM_PERIOD = 65_536
"""A set that repeats only after more sizes than this is not made."""

MAXIMUM_TRIED = 16_384
"""So many sizes are tried one by one, where a condition has not yet settled into its period."""


class PeriodError(DimensionError):
    """Two sets whose union or intersection repeats only after more sizes than anybody would ask for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a set is from one size on: the sizes n for which bit `n mod period` of the mask is set.

    Args:
        first: the first size that this is said of; it ends where the next stretch begins.
        period: after how many sizes it repeats.
        mask: one bit for each residue.
    """

    first: int
    period: int
    mask: int

    def window(self, first: int, length: int) -> int:
        """So many sizes from one on, as bits: the lowest is that one."""
        turned = first % self.period
        needed = turned + length
        copies = -(-needed // self.period)
        tiled = self.mask * (((1 << copies * self.period) - 1) // ((1 << self.period) - 1))
        return (tiled >> turned) & ((1 << length) - 1)

    def shortened(self) -> Stretch:
        """The same with the shortest period that it has."""
        period, mask = self.period, self.mask
        for factor in _prime_factors(period):
            while period % factor == 0 and _repeats(mask, period, period // factor):
                period //= factor
                mask &= (1 << period) - 1
        return Stretch(self.first, period, mask)


class SizeSet:
    """A set of sizes, each at least 1. It is immutable and exact.

    Make one with `where`, `of`, `at_least`, `between`, `repeating`, `every` or `none`; combine with `& | ~`.
    """

    __slots__ = ("stretches",)

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self.stretches = _normal(list(stretches))

    # making -----------------------------------------------------------------------------------------------

    @classmethod
    def every(cls) -> SizeSet:
        """Every size."""
        return cls([Stretch(1, 1, 1)])

    @classmethod
    def none(cls) -> SizeSet:
        """No size."""
        return cls([Stretch(1, 1, 0)])

    @classmethod
    def of(cls, *sizes: int) -> SizeSet:
        """These sizes and no others."""
        return cls._of_turns(sorted({n for n in sizes if n >= 1} ^ {n + 1 for n in sizes if n >= 1}))

    @classmethod
    def at_least(cls, low: int) -> SizeSet:
        """All sizes from one on."""
        return cls._of_turns([max(low, 1)])

    @classmethod
    def between(cls, low: int, high: int) -> SizeSet:
        """All sizes from one to another, both included."""
        return cls._of_turns([max(low, 1), high + 1] if max(low, 1) <= high else [])

    @classmethod
    def repeating(cls, period: int, *residues: int) -> SizeSet:
        """The sizes with one of these remainders: `repeating(16, 0)` are the multiples of 16."""
        mask = 0
        for residue in residues:
            mask |= 1 << residue % period
        return cls([Stretch(1, period, mask)])

    @classmethod
    def _of_turns(cls, turns: list[int]) -> SizeSet:
        """The sizes from the first on, without those from the second on, and so on."""
        stretches = [Stretch(1, 1, 0)]
        stretches += [Stretch(turn, 1, (place + 1) % 2) for place, turn in enumerate(turns)]
        return cls(stretches)

    @classmethod
    def where(cls, condition: Truth) -> SizeSet | None:
        """The sizes of its only symbol for which a condition holds.

        Args:
            condition: a condition over one symbol, or a `bool`.

        Returns:
            The set, within what the symbol may be; None where it cannot be told exactly: several symbols,
            a quotient by a symbol or a floating-point product without a bound, too long a period.
        """
        if isinstance(condition, bool):
            return cls.every() if condition else cls.none()
        if not isinstance(condition, Condition):
            return None
        symbols = {symbol for expression in condition.expressions() for symbol in expression.symbols()}
        if len(symbols) != 1:
            return None
        (symbol,) = symbols
        low, high = max(symbol.minimum, 1), symbol.maximum
        try:
            found = _where(condition, symbol)
            if found is not None:
                return found & (cls.at_least(low) if high is None else cls.between(low, high))
        except PeriodError:
            pass
        if high is None or high - low > MAXIMUM_TRIED:
            return None
        try:
            truths = {n: evaluate_condition(condition, {symbol.name: n}) for n in range(low, high + 1)}
        except ZeroDivisionError:
            return None
        if any(isinstance(truth, Unknown) for truth in truths.values()):
            return None
        return cls.of(*[n for n, truth in truths.items() if truth is True])

    # asking -----------------------------------------------------------------------------------------------

    def contains(self, sizes: Any) -> Any:
        """Whether a size is in the set; of a NumPy vector of sizes, a vector of truths."""
        if hasattr(sizes, "__len__") and getattr(sizes, "ndim", 1) > 0:
            return self._contains_each(sizes)
        size = operator.index(sizes)
        if size < 1:
            return False
        stretch = next(stretch for stretch in reversed(self.stretches) if stretch.first <= size)
        return bool(stretch.mask >> (size % stretch.period) & 1)

    def __contains__(self, size: int) -> bool:
        return bool(self.contains(size))

    def _contains_each(self, sizes: Any) -> NDArray[np.bool_]:
        import numpy as np

        values = np.asarray(sizes)
        if values.dtype.kind not in "iu":
            raise DimensionError(f"a vector of {values.dtype} holds no sizes", rule="sizes are integers")
        result = np.zeros(values.shape, dtype=np.bool_)
        for first, last, stretch in self.spans():
            inside = values >= first
            if last is not None:
                inside &= values <= last
            data = stretch.mask.to_bytes(stretch.period // 8 + 1, "little")
            table = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little").astype(np.bool_)
            result[inside] = table[(values[inside] % stretch.period).astype(np.intp)]
        return result

    def nearest(self, size: int) -> tuple[int | None, int | None]:
        """The largest member that is not above a size, and the smallest that is not below it; None for none."""
        below = above = None
        for first, last, stretch in self.spans():
            if first <= size:
                high = size if last is None else min(last, size)
                length = min(high - first + 1, stretch.period)
                window = stretch.window(high - length + 1, length)
                below = high - length + window.bit_length() if window else below
            if above is None and (last is None or last >= size):
                low = max(first, size)
                length = stretch.period if last is None else min(last - low + 1, stretch.period)
                window = stretch.window(low, length)
                above = low + (window & -window).bit_length() - 1 if window else None
        return below, above

    @property
    def is_empty(self) -> bool:
        """Whether no size is in it."""
        return all(stretch.mask == 0 for stretch in self.stretches)

    def spans(self) -> Iterator[tuple[int, int | None, Stretch]]:
        """Its stretches, each with its first size and its last (None: without end)."""
        lasts = [*[stretch.first - 1 for stretch in self.stretches[1:]], None]
        for stretch, last in zip(self.stretches, lasts, strict=True):
            yield stretch.first, last, stretch

    # combining --------------------------------------------------------------------------------------------

    def __and__(self, other: SizeSet) -> SizeSet:
        return self._combined(operator.and_, other)

    def __or__(self, other: SizeSet) -> SizeSet:
        return self._combined(operator.or_, other)

    def __invert__(self) -> SizeSet:
        return SizeSet([Stretch(s.first, s.period, s.mask ^ ((1 << s.period) - 1)) for s in self.stretches])

    def _combined(self, combine: Callable[[int, int], int], other: SizeSet) -> SizeSet:
        if not isinstance(other, SizeSet):
            return NotImplemented
        firsts = sorted({stretch.first for stretch in (*self.stretches, *other.stretches)})
        stretches = []
        for first, after in zip(firsts, [*firsts[1:], None], strict=True):
            left, right = self._at(first), other._at(first)
            # A stretch that ends may be shorter than what it would take to repeat.
            period = lcm(left.period, right.period)
            period = period if after is None else min(period, after - first)
            if period > MAXIMUM_PERIOD:
                raise PeriodError(
                    f"these sets together repeat only after {period:,} sizes",
                    rule=f"a set of sizes repeats after at most {MAXIMUM_PERIOD:,}",
                )
            window = combine(left.window(first, period), right.window(first, period))
            stretches.append(Stretch(first, period, _turned(window, period, first)))
        return SizeSet(stretches)

    def _at(self, size: int) -> Stretch:
        return next(stretch for stretch in reversed(self.stretches) if stretch.first <= size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SizeSet) and self._combined(operator.xor, other).is_empty

    def __hash__(self) -> int:
        # What it is in the end has one form only; how the stretches before are cut has not.
        return hash((self.stretches[-1].period, self.stretches[-1].mask))

    def __bool__(self) -> bool:
        return not self.is_empty

    def __str__(self) -> str:
        from shapelens.dims.set_words import set_text

        return set_text(self)

    def __repr__(self) -> str:
        return f"<SizeSet: {self}>"


# where a condition holds ----------------------------------------------------------------------------------


def _where(condition: Condition, symbol: Symbol) -> SizeSet | None:
    if isinstance(condition, Comparison):
        return _where_compared(condition, symbol)
    if not isinstance(condition, (All, Either)):
        return None
    result = SizeSet.every() if isinstance(condition, All) else SizeSet.none()
    for member in condition.members:
        found = _where(member, symbol)
        if found is None:
            return None
        result = result & found if isinstance(condition, All) else result | found
    return result


def _where_compared(comparison: Comparison, symbol: Symbol) -> SizeSet | None:
    difference = comparison.difference
    not_below = _where_not_below_zero(difference, symbol)
    if comparison.strictness == ">=" or not_below is None:
        return not_below
    above = _where_not_below_zero(Expression(difference.constant - 1, difference.terms), symbol)
    if above is None:
        return None
    zero = not_below & ~above
    return zero if comparison.strictness == "==" else ~zero


def _where_not_below_zero(difference: Expression, symbol: Symbol) -> SizeSet | None:
    grown = growth(difference, symbol.name)
    if grown is None or grown.start - symbol.minimum > MAXIMUM_TRIED:
        return None
    stretches = [Stretch(1, 1, 0)]
    for size in range(max(symbol.minimum, 1), max(grown.start, 1)):
        stretches.append(Stretch(size, 1, int(evaluate(difference, {symbol.name: size}) >= 0)))
    start = max(grown.start, 1)
    if start != grown.start:
        grown = grown.refined(start, grown.period)
    mask = 0
    changes: dict[int, int] = {}
    for residue, polynomial in enumerate(grown.polynomials):
        bit = 1 << (start + residue) % grown.period
        mask |= bit if polynomial[0] >= 0 else 0
        for turn in turns(polynomial):
            size = start + residue + turn * grown.period
            changes[size] = changes.get(size, 0) ^ bit
    stretches.append(Stretch(start, grown.period, mask))
    for size in sorted(changes):
        mask ^= changes[size]
        stretches.append(Stretch(size, grown.period, mask))
    return SizeSet(stretches)


# bits -----------------------------------------------------------------------------------------------------


def _turned(window: int, period: int, first: int) -> int:
    """The mask of a window of one period that begins at a size."""
    turned = first % period
    return ((window << turned) | (window >> (period - turned))) & ((1 << period) - 1)


def _repeats(mask: int, period: int, shorter: int) -> bool:
    low = mask & ((1 << shorter) - 1)
    return mask == low * (((1 << period) - 1) // ((1 << shorter) - 1))


def _prime_factors(number: int) -> list[int]:
    found = []
    factor = 2
    while factor * factor <= number:
        if number % factor == 0:
            found.append(factor)
            while number % factor == 0:
                number //= factor
        factor += 1
    return [*found, number] if number > 1 else found


def _normal(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Few stretches that say the same: each of the shortest period, and reaching back as far as it is right."""
    backwards: list[Stretch] = []
    for stretch in reversed(stretches):
        if not backwards:
            backwards.append(stretch.shortened())
            continue
        after = backwards[-1]
        # Two that agree on as many sizes as both periods have agree everywhere.
        length = min(after.first - stretch.first, stretch.period + after.period)
        if length <= 0:
            continue
        first = after.first - length
        differing = (stretch.window(first, length) ^ after.window(first, length)).bit_length()
        if differing == 0:
            backwards[-1] = Stretch(stretch.first, after.period, after.mask)
            continue
        backwards[-1] = Stretch(first + differing, after.period, after.mask)
        backwards.append(stretch.shortened())
    return tuple(reversed(backwards))
