"""Fractions of sizes: what `x.shape[2] / 2` and `x.shape[2] * 0.5` are while a model is traced.

A traced float remembers its formula as long as rounding it gives a dim (`math.ceil(height / 32)`); else only from
which sizes it was computed, and they are pinned where it becomes an integer or decides something. A quotient of
quotients is rounded at every step, unless each of them is whole: then that is asked before the formula is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from shapelens.dims import Dim, Truth, at_least, ceil_divide, equal, rounded_product
from shapelens.readers.torch.sizes import (
    RELATIONS,
    TracedInt,
    Witness,
    dim_of,
    integer_of,
    remainder,
    traced,
)
from shapelens.records import dataclass

__all__ = ["TracedFloat", "divided", "plain_number", "power", "with_float"]


class TracedFloat(float):
    """A float computed from sizes: `numerator · factor / denominator`, or nothing more than from which.

    Args:
        value: its value at the example's size.
        sources: the traced integers that it was computed from.
        witness: who is told what is asked of it.
        numerator: a dim; None where no formula is kept.
        denominator: a positive integer or dim.
        factor: a plain factor.
        whole: the numerator and the denominator at the example's size.
        needs: what has to hold for the formula to be exact, and whether it does at the example's size.
    """

    def __new__(
        cls,
        value: float,
        sources: tuple[TracedInt, ...],
        witness: Witness,
        numerator: Dim = None,
        denominator: Dim = 1,
        factor: float = 1.0,
        whole: tuple[int, int] = (0, 1),
        needs: tuple[tuple[Truth, bool], ...] = (),
    ) -> TracedFloat:
        self = float.__new__(cls, value)
        self.sources = sources
        self.witness = witness
        self.numerator = numerator
        self.denominator = denominator
        self.factor = factor
        self.whole = whole
        self.needs = needs
        return self

    sources: tuple[TracedInt, ...]
    witness: Witness
    numerator: Dim
    denominator: Dim
    factor: float
    whole: tuple[int, int]
    needs: tuple[tuple[Truth, bool], ...]

    def pinned(self) -> float:
        """Its value; the sizes that it was computed from are held from here on."""
        for source in self.sources:
            source.pinned()
        return float.__float__(self)

    @property
    def is_fraction(self) -> bool:
        """Whether it is its numerator by its denominator, where what that needs holds."""
        return self.numerator is not None and self.factor == 1.0 and all(holds for _, holds in self.needs)

    def ask_needs(self) -> None:
        """What its formula needs is asked, before that is used."""
        for truth, holds in self.needs:
            self.witness.ask(truth, holds)

    def _rounded(self, rounding: str) -> Dim:
        """What it is rounded to, by its formula; None where it has none."""
        if self.is_fraction:
            self.ask_needs()
            if rounding == "ceil":
                return ceil_divide(self.numerator, self.denominator)
            return self.numerator // self.denominator
        is_product = self.numerator is not None and not self.needs and self.factor >= 0
        if is_product and isinstance(self.denominator, int) and self.denominator == 1:
            return rounded_product(self.numerator, self.factor, rounding=rounding)
        return None

    def _whole(self, rounding: str, value: int) -> int:
        """Rounded to an integer, by its formula if it has one."""
        dim = self._rounded(rounding)
        if dim is None:
            self.pinned()
            return value
        return traced(value, dim, self.witness)

    def __int__(self) -> int:
        """A plain integer, which holds for all sizes that give the same."""
        value = int(float.__float__(self))
        is_cut = self.numerator is not None and at_least(self.numerator, 0) is True
        dim = self._rounded("floor") if is_cut else None
        if dim is None:
            self.pinned()
        else:
            self.witness.ask(equal(dim, value), True)
        return value

    def __float__(self) -> float:
        return self.pinned()

    def __trunc__(self) -> int:
        return math.trunc(self.pinned())

    def __floor__(self) -> int:
        return self._whole("floor", math.floor(float.__float__(self)))

    def __ceil__(self) -> int:
        return self._whole("ceil", math.ceil(float.__float__(self)))

    def __round__(self, digits: int | None = None) -> Any:  # type: ignore[override]
        self.pinned()
        return round(float.__float__(self), digits)

    def __bool__(self) -> bool:
        return self.pinned() != 0

    def __neg__(self) -> TracedFloat:
        return TracedFloat(-float.__float__(self), self.sources, self.witness)

    def __pos__(self) -> TracedFloat:
        return self

    def __abs__(self) -> TracedFloat:
        return self if float.__float__(self) >= 0 else -self

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, (int, float)) and not isinstance(other, (TracedInt, TracedFloat)):
            keeps = self.numerator is not None and self.factor == 1.0 and not self.needs and other > 0
            formula = (self.numerator, self.denominator, float(other)) if keeps else (None, 1, 1.0)
            return TracedFloat(float.__float__(self) * other, self.sources, self.witness, *formula)
        return _combined(float.__mul__, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return divided(self, other, self.witness)

    def __rtruediv__(self, other: Any) -> Any:
        return divided(other, self, self.witness)

    __hash__ = float.__hash__

    def __str__(self) -> str:
        return float.__repr__(self)

    def __format__(self, specification: str) -> str:
        return float.__format__(self, specification)

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float.__float__(self),)


def plain_number(number: Any) -> Any:
    """The value alone, nothing asked and nothing held."""
    if isinstance(number, TracedInt):
        return integer_of(number)
    return float.__float__(number) if isinstance(number, TracedFloat) else number


# arithmetic ---------------------------------------------------------------------------------------------

_Rule = Callable[[Any, Any], Any]


def with_float(name: str, self: TracedInt, other: float) -> Any:
    """An operation of a traced integer and a float; a product with a plain factor keeps its formula."""
    value = getattr(float, name)(float(integer_of(self)), plain_number(other))
    if name in {"__mul__", "__rmul__"} and not isinstance(other, TracedFloat) and other > 0:
        return TracedFloat(value, (self,), self.witness, self.dim, 1, other, (integer_of(self), 1))
    return _without_formula(value, [self, other], self.witness)


def _sources(numbers: list[Any]) -> tuple[TracedInt, ...]:
    found: dict[int, TracedInt] = {}
    for number in numbers:
        for source in number.sources if isinstance(number, TracedFloat) else [number]:
            if isinstance(source, TracedInt):
                found[id(source)] = source
    return tuple(found.values())


def _without_formula(value: Any, numbers: list[Any], witness: Witness) -> Any:
    """A number of which only the sources are known; one that is no float can be lost, so its sources are held."""
    sources = _sources(numbers)
    if isinstance(value, float):
        return TracedFloat(value, sources, witness)
    for source in sources:
        source.pinned()
    return value


def power(base: Any, exponent: Any, witness: Witness) -> Any:
    """`base ** exponent`, one of them traced."""
    if not isinstance(base, (int, float)) or not isinstance(exponent, (int, float)):
        return NotImplemented
    return _without_formula(plain_number(base) ** plain_number(exponent), [base, exponent], witness)


def divided(numerator: Any, denominator: Any, witness: Witness) -> Any:
    """`numerator / denominator`, one of them traced; of integers and of quotients of them the formula is kept."""
    if not isinstance(numerator, (int, float)) or not isinstance(denominator, (int, float)):
        return NotImplemented
    value = plain_number(numerator) / plain_number(denominator)
    sources = _sources([numerator, denominator])
    above, below = _fraction(numerator), _fraction(denominator)
    if above is None or below is None or plain_number(denominator) <= 0:
        return TracedFloat(value, sources, witness)
    top, bottom = above.top * below.bottom, above.bottom * below.top
    whole = (above.whole[0] * below.whole[1], above.whole[1] * below.whole[0])
    needs = above.needs + below.needs
    if isinstance(numerator, float):
        needs += (_divides(top, bottom, whole),)
    if isinstance(denominator, float):
        needs += (_divides(below.top, below.bottom, below.whole),)
    return TracedFloat(value, sources, witness, top, bottom, 1.0, whole, needs)


@dataclass(frozen=True, slots=True)
class _Fraction:
    """A number as a dim over a dim, what both are at the example's size, and what it needs to be exact."""

    top: Dim
    bottom: Dim
    whole: tuple[int, int]
    needs: tuple[tuple[Truth, bool], ...] = ()


def _fraction(number: Any) -> _Fraction | None:
    """A number as a fraction of dims; None where no formula is kept."""
    if isinstance(number, int):
        return _Fraction(dim_of(number), 1, (plain_number(number), 1))
    if isinstance(number, TracedFloat) and number.is_fraction:
        return _Fraction(number.numerator, number.denominator, number.whole, number.needs)
    return None


def _divides(top: Dim, bottom: Dim, whole: tuple[int, int]) -> tuple[Truth, bool]:
    """That one dim is a multiple of another, and whether it is at the example's size."""
    return equal(remainder(top, bottom), 0), whole[0] % whole[1] == 0


def _combined(plain: _Rule, self: TracedFloat, other: Any) -> Any:
    if not isinstance(other, (int, float)):
        return NotImplemented
    value = plain(float.__float__(self), float(plain_number(other)))
    return _without_formula(value, [self, other], self.witness)


def _float_operation(name: str) -> Callable[[TracedFloat, Any], Any]:
    plain = getattr(float, name)

    def operation(self: TracedFloat, other: Any) -> Any:
        return _combined(plain, self, other)

    operation.__name__ = name
    return operation


for _name in (
    "__add__ __radd__ __sub__ __rsub__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __pow__ __rpow__"
).split():
    setattr(TracedFloat, _name, _float_operation(_name))


def _float_comparison(name: str) -> Callable[[TracedFloat, Any], Any]:
    plain, relation = getattr(float, name), RELATIONS[name]

    def comparison(self: TracedFloat, other: Any) -> Any:
        answer = plain(float.__float__(self), plain_number(other))
        if answer is NotImplemented:
            return answer
        if self.is_fraction and isinstance(other, int):
            self.ask_needs()
            self.witness.ask(relation(self.numerator, dim_of(other) * self.denominator), answer)
        elif self.is_fraction and isinstance(other, TracedFloat) and other.is_fraction:
            self.ask_needs()
            other.ask_needs()
            left, right = self.numerator * other.denominator, other.numerator * self.denominator
            self.witness.ask(relation(left, right), answer)
        else:
            self.pinned()
            if isinstance(other, (TracedInt, TracedFloat)):
                other.pinned()
        return answer

    comparison.__name__ = name
    return comparison


def _pinning_operation(name: str) -> Callable[..., Any]:
    plain = getattr(float, name)

    def operation(self: TracedFloat, *others: Any) -> Any:
        return plain(
            self.pinned(),
            *[other.pinned() if isinstance(other, (TracedInt, TracedFloat)) else other for other in others],
        )

    operation.__name__ = name
    return operation


for _name in RELATIONS:
    setattr(TracedFloat, _name, _float_comparison(_name))

for _name in ("__divmod__", "__rdivmod__", "is_integer", "as_integer_ratio", "hex"):
    setattr(TracedFloat, _name, _pinning_operation(_name))
