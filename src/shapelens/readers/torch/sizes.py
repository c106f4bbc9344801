"""Numbers that remember how they were computed: what `x.shape[2] // 2` is while a model is traced.

A traced integer is an `int` for everybody who asks, with the value that it has at the example's size; and it
carries the same arithmetic on dims. A comparison answers as the example does and is kept as a condition of the
way that was taken. Where the arithmetic is left (`int(x)`, a text, a square root), the size is *pinned*: what
follows holds at this size alone.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, Protocol

from shapelens.dims import (
    Dim,
    Truth,
    at_least,
    at_most,
    different,
    equal,
    less_than,
    more_than,
)
from shapelens.errors import DimensionError

__all__ = ["RELATIONS", "TracedInt", "Witness", "dim_of", "integer_of", "remainder", "traced"]


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

    def __hash__(self) -> int:
        """What is looked up in a set or a dictionary is found by its value."""
        from shapelens.readers.torch.lookups import is_looked_up

        return hash(self.pinned() if is_looked_up(sys._getframe(1)) else int.__int__(self))

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
        from shapelens.readers.torch.quotients import divided

        return divided(self, other, self.witness)

    def __rtruediv__(self, other: Any) -> Any:
        from shapelens.readers.torch.quotients import divided

        return divided(other, self, self.witness)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is None and type(other) is int and 0 <= other <= 4:
            result: int = 1
            for _ in range(other):
                result = self * result
            return result
        from shapelens.readers.torch.quotients import power

        return power(self, other, self.witness)

    def __rpow__(self, other: Any, modulus: Any = None) -> Any:
        from shapelens.readers.torch.quotients import power

        return power(other, self, self.witness)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __bool__(self) -> bool:
        answer = int.__int__(self) != 0
        self.witness.ask(different(self.dim, 0), answer)
        return answer


def traced(value: int, dim: Dim, witness: Witness) -> int:
    """A traced integer; a plain one where the dim is a plain number."""
    return value if isinstance(dim, int) else TracedInt(value, dim, witness)


def dim_of(number: Any) -> Dim:
    """The dim behind a number: an expression for a traced integer, else the integer itself."""
    return number.dim if isinstance(number, TracedInt) else number


def integer_of(number: TracedInt) -> int:
    """The value alone, nothing asked and nothing held."""
    return int.__int__(number)


# arithmetic ---------------------------------------------------------------------------------------------

_Rule = Callable[[Any, Any], Any]


def _integer_operation(name: str, rule: _Rule) -> Callable[[TracedInt, Any], Any]:
    """An operation of `int` that computes with the dims as well."""
    plain = getattr(int, name)

    def operation(self: TracedInt, other: Any) -> Any:
        if isinstance(other, float):
            from shapelens.readers.torch.quotients import with_float

            return with_float(name, self, other)
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


def remainder(numerator: Dim, denominator: Dim) -> Dim:
    """What Python's `%` gives."""
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
    "__mod__": remainder,
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
    "bit_length bit_count to_bytes as_integer_ratio"
).split():
    setattr(TracedInt, _name, _pinning_operation(_name))


# comparisons --------------------------------------------------------------------------------------------

RELATIONS: dict[str, Callable[[Dim, Dim], Truth]] = {
    "__eq__": equal,
    "__ne__": different,
    "__lt__": less_than,
    "__le__": at_most,
    "__gt__": more_than,
    "__ge__": at_least,
}

_FLOAT_BOUND = {"__lt__": math.ceil, "__le__": math.floor, "__gt__": math.floor, "__ge__": math.ceil}


def _integer_comparison(name: str) -> Callable[[TracedInt, Any], Any]:
    plain, relation = getattr(int, name), RELATIONS[name]

    def comparison(self: TracedInt, other: Any) -> Any:
        if isinstance(other, float) and type(other) is not float:
            return NotImplemented  # a traced quotient compares itself
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


for _name in RELATIONS:
    setattr(TracedInt, _name, _integer_comparison(_name))
