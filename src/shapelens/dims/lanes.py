"""Many sizes at once: a dim that is a vector of integers, one lane for each size.

    >>> import numpy as np
    >>> from shapelens.dims.lanes import Lanes
    >>> heights = Lanes(np.array([223, 224, 225]))
    >>> ((heights + 2 - 3) // 2 + 1).values
    array([112, 112, 113])

Lanes are 64-bit integers for as long as no lane can leave their range, which the least and largest value tell
without looking at each; beyond, they go on as Python's integers, slower and still exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from shapelens.dims.arithmetic import Dim, relate
from shapelens.dims.rounding import multiply, round_number
from shapelens.dims.unknown import Unknown
from shapelens.errors import DimensionError

__all__ = ["LaneCondition", "Lanes", "LanesPartError"]

_LIMIT = 2**63 - 1


class LanesPartError(DimensionError):
    """A structure that differs between lanes: whoever evaluates them parts them by `mask` and goes on."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        super().__init__("the structure differs between lanes", rule="part the lanes and evaluate each part")
        self.mask = mask


class Lanes:
    """A vector of integers that does arithmetic like one.

    Args:
        values: a vector of integers.
        low: no lane is less than this; found by looking if not given.
        high: no lane is more than this.
    """

    __slots__ = ("high", "low", "values")

    __array_ufunc__ = None  # A NumPy number to the left leaves the arithmetic to the lanes.

    def __init__(self, values: NDArray[Any], low: int | None = None, high: int | None = None) -> None:
        if low is None or high is None:
            values, low, high = _measured(values)
        self.values = values
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Lanes({self.values!r})"

    def __bool__(self) -> NoReturn:
        raise DimensionError("lanes have no truth value", rule="use select() or decide()")

    def __len__(self) -> int:
        return len(self.values)

    def _apply(self, operation: Callable[[Any, Any], Any], other: Dim, corners: tuple[int, ...]) -> Lanes:
        """One operation, in 64 bits where its operands and all its corners fit, and exact otherwise."""
        low, high = min(corners), max(corners)
        right = other.values if isinstance(other, Lanes) else other
        other_low, other_high = _ends(other)
        if _fits(min(low, self.low, other_low), max(high, self.high, other_high)):
            return Lanes(operation(self.values, right), low, high)
        exact_right = right.astype(object) if isinstance(other, Lanes) else right
        return Lanes(operation(self.values.astype(object), exact_right))

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        low, high = _ends(other)
        if low == high == 0:
            return self
        return self._apply(lambda a, b: a + b, other, (self.low + low, self.high + high))

    __radd__ = __add__

    def __neg__(self) -> Lanes:
        return self._apply(lambda a, _: -a, 0, (-self.high, -self.low))

    def __sub__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        low, high = _ends(other)
        if low == high == 0:
            return self
        return self._apply(lambda a, b: a - b, other, (self.low - high, self.high - low))

    def __rsub__(self, other: Dim) -> Dim:
        return -self + other

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        low, high = _ends(other)
        if low == high == 1:
            return self
        corners = (self.low * low, self.low * high, self.high * low, self.high * high)
        return self._apply(lambda a, b: a * b, other, corners)

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        low, high = _ends(other)
        if low == high == 1:
            return self
        if low <= 0 <= high:
            if not isinstance(other, Lanes) or not other.values.all():
                return self._divide_where_possible(other)
            corners = (self.low, self.high, -self.low, -self.high)
        else:
            corners = (self.low // low, self.low // high, self.high // low, self.high // high)
        return self._apply(lambda a, b: a // b, other, corners)

    def _divide_where_possible(self, other: Dim) -> Lanes:
        """A division with a zero in some lanes: they broke before, and their value does not count."""
        if not isinstance(other, Lanes):
            raise ZeroDivisionError("lanes // 0")
        safe = Lanes(np.where(other.values == 0, 1, other.values))
        result: Lanes = self // safe
        return result

    def __rfloordiv__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        return Lanes(np.broadcast_to(_array(other), len(self.values))) // self

    def __mod__(self, other: Dim) -> Dim:
        return self - (self // other) * other

    def __rmod__(self, other: Dim) -> Dim:
        return other - (other // self) * self

    # what the arithmetic asks of a reading ------------------------------------------------------------

    def extremum(self, kind: str, other: Dim) -> Lanes:
        low, high = _ends(other)
        choose = min if kind == "min" else max
        operation = np.minimum if kind == "min" else np.maximum
        return self._apply(operation, other, (choose(self.low, low), choose(self.high, high)))

    def compare(self, relation: str, other: Dim) -> bool | LaneCondition:
        low, high = _ends(other)
        if relation in {">=", ">"} and relate(self.low, relation, high):
            return True
        if relation in {"<=", "<"} and relate(self.high, relation, low):
            return True
        right = other.values if isinstance(other, Lanes) else other
        return _settled(np.asarray(relate(self.values, relation, right), dtype=np.bool_))

    def rounded_product(self, factor: float, precision: str, rounding: str) -> Lanes:
        sizes, lanes = np.unique(self.values, return_inverse=True)
        products = [round_number(multiply(int(size), factor, precision), rounding) for size in sizes]
        return Lanes(np.array(products, dtype=object)[lanes])


class LaneCondition:
    """A condition that holds in some lanes and not in others."""

    __slots__ = ("mask",)

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self.mask = mask

    def __bool__(self) -> NoReturn:
        raise DimensionError("lanes have no truth value", rule="use select() or decide()")

    def __repr__(self) -> str:
        return f"LaneCondition({self.mask!r})"

    def both(self, other: LaneCondition) -> bool | LaneCondition:
        return _settled(self.mask & other.mask)

    def either(self, other: LaneCondition) -> bool | LaneCondition:
        return _settled(self.mask | other.mask)

    def opposite(self) -> LaneCondition:
        return LaneCondition(~self.mask)

    def select(self, when_true: Dim, when_false: Dim) -> Dim:
        for value in (when_true, when_false):
            if isinstance(value, Unknown):
                return value
        return Lanes(np.where(self.mask, *[_array(value) for value in (when_true, when_false)]))

    def decide(self) -> bool:
        raise LanesPartError(self.mask)


def _array(dim: Dim) -> NDArray[Any]:
    if isinstance(dim, Lanes):
        return dim.values
    low, high = _ends(dim)
    return np.array(dim, dtype=np.int64 if _fits(low, high) else object)


def _fits(low: int, high: int) -> bool:
    return -_LIMIT <= low and high <= _LIMIT


def _measured(values: NDArray[Any]) -> tuple[NDArray[Any], int, int]:
    """Lanes as 64-bit integers where they fit, as Python's otherwise, with the least and the largest."""
    values = np.asarray(values)
    if values.dtype.kind not in "iuO":
        raise DimensionError(f"lanes of {values.dtype} are no sizes", rule="lanes are integers")
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return values.astype(np.int64 if _fits(low, high) else object, copy=False), low, high


def _settled(mask: NDArray[np.bool_]) -> bool | LaneCondition:
    if mask.all():
        return True
    return LaneCondition(mask) if mask.any() else False


def _ends(dim: Dim) -> tuple[int, int]:
    """The least and the largest value of lanes or of an integer."""
    if isinstance(dim, Lanes):
        return dim.low, dim.high
    if isinstance(dim, int):
        return dim, dim
    raise DimensionError(
        f"lanes cannot be combined with {type(dim).__name__} {dim}",
        rule="every symbol has a vector or an integer when many sizes are evaluated at once",
    )
