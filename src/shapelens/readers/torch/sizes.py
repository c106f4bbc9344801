"""Numbers that remember how they were computed: what `x.shape[2] // 2` is while a model is traced.

A traced integer is an `int` for everybody who asks, with the value that it has at the example's size; and it
carries the same arithmetic on dims. A comparison answers as the example does and is kept as a condition of the
way that was taken. Where the arithmetic is left (`int(x)`, a text, a square root), the size is *pinned*: what
follows holds at this size alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from shapelens.dims import (
    Dim,
    Truth,
    Unknown,
    at_least,
    at_most,
    ceil_divide,
    different,
    equal,
    less_than,
    more_than,
    rounded_product,
)
from shapelens.errors import DimensionError

__all__ = ["TracedFloat", "TracedInt", "Witness", "dim_of", "plain_number", "traced"]


class Witness(Protocol):
    """Who is told what was asked of sizes."""

    def ask(self, truth: Truth, answer: bool) -> None:
        """A question about sizes was answered so."""
        ...

    def pin(self, dim: Dim, value: int) -> None:
        """From here on a dim is taken to have this value."""
        ...


class TracedInt(int):
    """An integer with the dim that it stands for.

    Args:
        value: its value at the example's size.
        dim: what it is at every size.
        witness: who is told what is asked of it.
    """

    dim: Dim
    witness: Witness

    def __new__(cls, value: int, dim: Dim, witness: Witness) -> TracedInt:
        self = int.__new__(cls, value)
        self.dim = dim
        self.witness = witness
        return self

    def pinned(self) -> int:
        """Its value, which is held from here on."""
        value = int.__int__(self)
        self.witness.pin(self.dim, value)
        return value

    # what leaves the arithmetic -----------------------------------------------------------------------

    def __int__(self) -> int:
        return self.pinned()

    def __float__(self) -> float:
        return float(self.pinned())

    def __str__(self) -> str:
        return int.__repr__(self)

    def __format__(self, specification: str) -> str:
        return int.__format__(self, specification)

    __hash__ = int.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return int, (int.__int__(self),)

    def __copy__(self) -> TracedInt:
        return self

    def __deepcopy__(self, memo: object) -> TracedInt:
        return self

    # what stays in it ---------------------------------------------------------------------------------

    def __pos__(self) -> TracedInt:
        return self

    def __neg__(self) -> int:
        return traced(int.__neg__(self), -self.dim, self.witness)

    def __abs__(self) -> int:
        return self if self >= 0 else -self

    def __trunc__(self) -> int:
        return self

    __floor__ = __ceil__ = __trunc__

    def __round__(self, digits: int = 0) -> int:  # type: ignore[override]
        return self if not digits else round(self.pinned(), digits)

    def __truediv__(self, other: Any) -> Any:
        return _divided(self, other, self.witness)

    def __rtruediv__(self, other: Any) -> Any:
        return _divided(other, self, self.witness)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is None and type(other) is int and 0 <= other <= 4:
            result: int = 1
            for _ in range(other):
                result = self * result
            return result
        return _unknown_float(int.__int__(self) ** plain_number(other), [self, other], self.witness)

    def __rpow__(self, other: Any) -> Any:  # type: ignore[override]
        return _unknown_float(plain_number(other) ** int.__int__(self), [self, other], self.witness)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __bool__(self) -> bool:
        answer = int.__int__(self) != 0
        self.witness.ask(different(self.dim, 0), answer)
        return answer


class TracedFloat(float):
    """A float computed from sizes: `numerator · factor / denominator`, or nothing more than from which.

    Args:
        value: its value at the example's size.
        sources: the traced integers that it was computed from.
        witness: who is told what is asked of it.
        numerator: a dim; None where no formula is kept.
        denominator: a positive integer or dim.
        factor: a plain factor.
    """

    def __new__(
        cls,
        value: float,
        sources: tuple[TracedInt, ...],
        witness: Witness,
        numerator: Dim = None,
        denominator: Dim = 1,
        factor: float = 1.0,
    ) -> TracedFloat:
        self = float.__new__(cls, value)
        self.sources = sources
        self.witness = witness
        self.numerator = numerator
        self.denominator = denominator
        self.factor = factor
        return self

    sources: tuple[TracedInt, ...]
    witness: Witness
    numerator: Dim
    denominator: Dim
    factor: float

    def pinned(self) -> float:
        """Its value; the sizes that it was computed from are held from here on."""
        for source in self.sources:
            source.pinned()
        return float.__float__(self)

    def _whole(self, rounding: str, value: int) -> int:
        """Rounded to an integer, by its formula if it has one."""
        if self.numerator is not None and self.factor == 1.0:
            dim = (
                ceil_divide(self.numerator, self.denominator)
                if rounding == "ceil"
                else self.numerator // self.denominator
            )
            return traced(value, dim, self.witness)
        is_product = (
            self.numerator is not None and isinstance(self.denominator, int) and self.denominator == 1
        )
        if is_product and self.factor >= 0:
            dim = rounded_product(self.numerator, self.factor, rounding=rounding)
            return traced(value, dim, self.witness)
        self.pinned()
        return value

    def __int__(self) -> int:
        self.pinned()
        return int(float.__float__(self))

    def __float__(self) -> float:
        return self.pinned()

    def __trunc__(self) -> int:
        return self._whole("floor", math.trunc(float.__float__(self)))

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
            keeps = self.numerator is not None and self.factor == 1.0 and other > 0
            formula = (self.numerator, self.denominator, float(other)) if keeps else (None, 1, 1.0)
            return TracedFloat(float.__float__(self) * other, self.sources, self.witness, *formula)
        return _combined(float.__mul__, self, other)

    __rmul__ = __mul__
    __hash__ = float.__hash__

    def __str__(self) -> str:
        return float.__repr__(self)

    def __format__(self, specification: str) -> str:
        return float.__format__(self, specification)

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float.__float__(self),)


def traced(value: int, dim: Dim, witness: Witness) -> int:
    """A traced integer; a plain one where the dim is a plain number."""
    return value if isinstance(dim, int) else TracedInt(value, dim, witness)


def dim_of(number: Any) -> Dim:
    """The dim behind a number: an expression for a traced integer, else the integer itself."""
    return number.dim if isinstance(number, TracedInt) else number


def plain_number(number: Any) -> Any:
    """The value alone, nothing asked and nothing held."""
    if isinstance(number, TracedInt):
        return int.__int__(number)
    return float.__float__(number) if isinstance(number, TracedFloat) else number


# arithmetic ---------------------------------------------------------------------------------------------

_Rule = Callable[[Any, Any], Any]


def _integer_operation(name: str, rule: _Rule) -> Callable[[TracedInt, Any], Any]:
    """An operation of `int` that computes with the dims as well."""
    plain = getattr(int, name)

    def operation(self: TracedInt, other: Any) -> Any:
        if isinstance(other, float):
            return _with_float(name, self, other)
        result = plain(self, other)
        if result is NotImplemented:
            if isinstance(other, (list, tuple, str, bytes)):
                self.pinned()
            return result
        if isinstance(other, bool):
            other = int(other)
        try:
            return traced(result, rule(self.dim, dim_of(other)), self.witness)
        except DimensionError:
            self.pinned()
            if isinstance(other, TracedInt):
                other.pinned()
            return result

    operation.__name__ = name
    return operation


def _floor(numerator: Dim, denominator: Dim) -> Dim:
    if isinstance(denominator, int) and denominator < 0:
        return (-numerator) // (-denominator)
    return numerator // denominator


def _remainder(numerator: Dim, denominator: Dim) -> Dim:
    if isinstance(denominator, int):
        return numerator % denominator if denominator > 0 else -((-numerator) % -denominator)
    return numerator - (numerator // denominator) * denominator


def _swapped(rule: _Rule) -> _Rule:
    def swapped(left: Any, right: Any) -> Any:
        return rule(right, left)

    return swapped


for _name, _rule in {
    "__add__": lambda a, b: a + b,
    "__sub__": lambda a, b: a - b,
    "__mul__": lambda a, b: a * b,
    "__floordiv__": _floor,
    "__mod__": _remainder,
}.items():
    setattr(TracedInt, _name, _integer_operation(_name, _rule))
    _reflected = f"__r{_name[2:]}"
    setattr(TracedInt, _reflected, _integer_operation(_reflected, _swapped(_rule)))


def _pinning_operation(name: str) -> Callable[[TracedInt, Any], Any]:
    plain = getattr(int, name)

    def operation(self: TracedInt, *others: Any) -> Any:
        held = [other.pinned() if isinstance(other, TracedInt) else other for other in others]
        return plain(self.pinned(), *held)

    operation.__name__ = name
    return operation


for _name in (
    "__and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rlshift__ __rshift__ __rrshift__ __invert__ "
    "bit_length bit_count to_bytes"
).split():
    setattr(TracedInt, _name, _pinning_operation(_name))


def _with_float(name: str, self: TracedInt, other: float) -> Any:
    value = getattr(float, name)(float(int.__int__(self)), plain_number(other))
    if name in {"__mul__", "__rmul__"} and not isinstance(other, TracedFloat) and other > 0:
        return TracedFloat(value, (self,), self.witness, self.dim, 1, other)
    return _unknown_float(value, [self, other], self.witness)


def _sources(numbers: list[Any]) -> tuple[TracedInt, ...]:
    found: dict[int, TracedInt] = {}
    for number in numbers:
        for source in number.sources if isinstance(number, TracedFloat) else [number]:
            if isinstance(source, TracedInt):
                found[id(source)] = source
    return tuple(found.values())


def _unknown_float(value: Any, numbers: list[Any], witness: Witness) -> Any:
    return TracedFloat(value, _sources(numbers), witness) if isinstance(value, float) else value


def _divided(numerator: Any, denominator: Any, witness: Witness) -> Any:
    if not isinstance(numerator, (int, float)) or not isinstance(denominator, (int, float)):
        return NotImplemented
    value = plain_number(numerator) / plain_number(denominator)
    sources = _sources([numerator, denominator])
    is_exact = isinstance(numerator, int) and isinstance(denominator, int) and plain_number(denominator) > 0
    if is_exact:
        return TracedFloat(value, sources, witness, dim_of(numerator), dim_of(denominator))
    return TracedFloat(value, sources, witness)


def _combined(plain: _Rule, self: TracedFloat, other: Any) -> Any:
    if not isinstance(other, (int, float)):
        return NotImplemented
    value = plain(float.__float__(self), float(plain_number(other)))
    return _unknown_float(value, [self, other], self.witness)


def _float_operation(name: str) -> Callable[[TracedFloat, Any], Any]:
    plain = getattr(float, name)

    def operation(self: TracedFloat, other: Any) -> Any:
        return _combined(plain, self, other)

    operation.__name__ = name
    return operation


for _name in (
    "__add__ __radd__ __sub__ __rsub__ __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ __rmod__ "
    "__pow__ __rpow__"
).split():
    setattr(TracedFloat, _name, _float_operation(_name))


# comparisons --------------------------------------------------------------------------------------------

_RELATIONS: dict[str, Callable[[Dim, Dim], Truth]] = {
    "__eq__": equal,
    "__ne__": different,
    "__lt__": less_than,
    "__le__": at_most,
    "__gt__": more_than,
    "__ge__": at_least,
}

_FLOAT_BOUND = {"__lt__": math.ceil, "__le__": math.floor, "__gt__": math.floor, "__ge__": math.ceil}


def _integer_comparison(name: str) -> Callable[[TracedInt, Any], Any]:
    plain, relation = getattr(int, name), _RELATIONS[name]

    def comparison(self: TracedInt, other: Any) -> Any:
        if isinstance(other, TracedFloat):
            self.pinned()
            return getattr(float, name)(float(int.__int__(self)), other.pinned())
        if isinstance(other, float):
            answer = getattr(float, name)(float(int.__int__(self)), other)
            if math.isfinite(other) and (name in _FLOAT_BOUND or other.is_integer()):
                whole = _FLOAT_BOUND[name](other) if name in _FLOAT_BOUND else int(other)
                self.witness.ask(relation(self.dim, whole), answer)
            return answer
        answer = plain(self, other)
        if answer is not NotImplemented:
            self.witness.ask(
                relation(self.dim, int(other) if isinstance(other, bool) else dim_of(other)), answer
            )
        return answer

    comparison.__name__ = name
    return comparison


def _float_comparison(name: str) -> Callable[[TracedFloat, Any], Any]:
    plain, relation = getattr(float, name), _RELATIONS[name]

    def comparison(self: TracedFloat, other: Any) -> Any:
        answer = plain(float.__float__(self), plain_number(other))
        if answer is NotImplemented:
            return answer
        exact = self.numerator is not None and self.factor == 1.0
        if exact and isinstance(other, int):
            self.witness.ask(relation(self.numerator, dim_of(other) * self.denominator), answer)
        elif exact and isinstance(other, TracedFloat) and other.numerator is not None and other.factor == 1.0:
            left, right = self.numerator * other.denominator, other.numerator * self.denominator
            self.witness.ask(relation(left, right), answer)
        else:
            self.pinned()
            if isinstance(other, (TracedInt, TracedFloat)):
                other.pinned()
        return answer

    comparison.__name__ = name
    return comparison


for _name in _RELATIONS:
    setattr(TracedInt, _name, _integer_comparison(_name))
    setattr(TracedFloat, _name, _float_comparison(_name))


def is_tainted(number: Any) -> bool:
    """Whether nothing is known of a number but its value at the example's size."""
    return isinstance(number, TracedInt) and isinstance(number.dim, Unknown)
