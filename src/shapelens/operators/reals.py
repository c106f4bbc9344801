"""Sizes in floating point, between the cast to float and the cast back.

Exported networks compute `floor(float(size) · 0.5)` and the like. A runtime rounds after every step, so what
is followed here is what no step can round wrongly, and anything else is unknown:

- whole numbers and fractions with a power of two below: every one of them is a floating-point number;
- **one** step that does round, a product or a quotient, followed by a rounding to an integer.

    >>> from shapelens.dims import symbol
    >>> H = symbol("H")
    >>> real_function("floor")("single", real_function("multiply")("single", H, 0.5))
    floor(H/2)

Whole numbers must be below 2^24 in single precision and 2^53 in double for that: larger sizes are no
floating-point numbers themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, isfinite
from typing import Any

from shapelens.dims import (
    Dim,
    Truth,
    Unknown,
    all_of,
    at_least,
    at_most,
    ceil_divide,
    different,
    equal,
    less_than,
    maximum,
    minimum,
    more_than,
    rounded_product,
    select,
)
from shapelens.records import dataclass

__all__ = ["NOT_FOLLOWED", "REAL_FUNCTIONS", "Real", "choose_real", "real_function"]

Element = Any
"""A float, a `Dim` that stands for a whole number, a `Real`, or an unknown."""

NOT_FOLLOWED = "floating-point arithmetic on a size that is not followed"

_FACTOR_BITS = {"single": 8, "double": 20}
"""A constant of at most so many bits above and below multiplies sizes without a rounding error."""
_TERM_BITS = {"single": 16, "double": 40}
"""A constant of at most so many bits is added to sizes without a rounding error."""

_MAXIMUM_FACTOR = 2.0**32


@dataclass(frozen=True, slots=True)
class Real:
    """`size · factor / divisor` in floating point. Either the factor is 1 or the divisor.

    Args:
        size: a dim.
        factor: a positive number; the product is rounded to the precision.
        divisor: a positive integer; a quotient by a power of two is exact, any other is rounded.
        precision: `single` or `double`.
    """

    size: Dim
    factor: float = 1.0
    divisor: int = 1
    precision: str = "single"

    @property
    def is_exact(self) -> bool:
        """Whether the number is its mathematical value."""
        return self.factor == 1.0 and self.divisor & (self.divisor - 1) == 0

    def rounded(self, rounding: str) -> Dim:
        """As an integer.

            >>> Real(7, divisor=2).rounded("even")
            4

        Args:
            rounding: `floor`, `ceil`, `even` (to the nearest, a half to the even one) or `truncate`.
        """
        if rounding == "truncate":
            return select(at_least(self.size, 0), self.rounded("floor"), self.rounded("ceil"))
        if self.factor != 1.0:
            if rounding == "even":
                return Unknown(NOT_FOLLOWED)
            return rounded_product(self.size, self.factor, precision=self.precision, rounding=rounding)
        if rounding == "floor":
            return self.size // self.divisor
        if rounding == "ceil":
            return ceil_divide(self.size, self.divisor)
        # The nearest, a half upwards; a half that went to an odd number goes down instead.
        doubled = 2 * self.size + self.divisor
        upwards = doubled // (2 * self.divisor)
        is_half = equal(doubled % (2 * self.divisor), 0)
        return select(all_of(is_half, equal(upwards % 2, 1)), upwards - 1, upwards)


def _real(size: Dim, divisor: int, precision: str) -> Element:
    """`size / divisor`: a whole number as its dim, and a plain number as a float."""
    if isinstance(size, int):
        return size / divisor
    return size if divisor == 1 else Real(size, 1.0, divisor, precision)


def _exact(element: Element, bits: int) -> tuple[Dim, int] | None:
    """An element as a fraction with a power of two below; None where it is none, or a number of more bits."""
    if isinstance(element, Real):
        return (element.size, element.divisor) if element.is_exact else None
    if not isinstance(element, (int, float)):
        return element, 1
    if not isfinite(element):
        return None
    above, below = element.as_integer_ratio()
    return (above, below) if abs(above) < 1 << bits and below <= 1 << bits else None


def _factor(element: Element, precision: str) -> tuple[Dim, int] | None:
    """An element that multiplies a size without a rounding error, as a fraction; else None."""
    return _exact(element, _FACTOR_BITS[precision])


def _both(left: Element, right: Element, precision: str) -> tuple[Dim, Dim, int] | None:
    """Two elements over a common divisor, to be added or compared."""
    bits = _TERM_BITS[precision]
    first, second = _exact(left, bits), _exact(right, bits)
    if first is None or second is None:
        return None
    divisor = max(first[1], second[1])
    return first[0] * (divisor // first[1]), second[0] * (divisor // second[1]), divisor


def _is_power_of_two(number: float) -> bool:
    above, below = number.as_integer_ratio()
    return above > 0 and above & (above - 1) == 0 and below & (below - 1) == 0


# arithmetic ---------------------------------------------------------------------------------------------


def _multiply(precision: str, left: Element, right: Element) -> Element:
    first, second = _factor(left, precision), _factor(right, precision)
    if first is not None and second is not None:
        return _reduced(first[0] * second[0], first[1] * second[1], precision)
    for element, number in ((left, right), (right, left)):
        if isinstance(number, (int, float)) and isfinite(number):
            return _scaled(precision, element, float(number))
    return Unknown(NOT_FOLLOWED)


def _reduced(size: Dim, divisor: int, precision: str) -> Element:
    """`size / divisor` with the divisor as small as may be: `8·H / 16` is `H / 2`."""
    if not isinstance(size, int):
        while divisor % 2 == 0 and equal(size % 2, 0) is True:
            size, divisor = size // 2, divisor // 2
    return _real(size, divisor, precision)


def _scaled(precision: str, element: Element, number: float) -> Element:
    """An element times a number of which the product must be rounded, or that is a power of two."""
    if number < 0:
        return _scaled(precision, _negative(precision, element), -number)
    if number == 0:
        return 0.0
    if isinstance(element, Real) and not element.is_exact:
        if not _is_power_of_two(number):
            return Unknown(NOT_FOLLOWED)
        if element.factor != 1.0:
            return _product(element.size, element.factor * number, precision)
        above, below = number.as_integer_ratio()
        return _quotient(element.size * above, element.divisor * below, precision)
    size, divisor = (element.size, element.divisor) if isinstance(element, Real) else (element, 1)
    return _product(size, number / divisor, precision)


def _product(size: Dim, factor: float, precision: str) -> Element:
    if not 0 < factor <= _MAXIMUM_FACTOR:
        return Unknown(NOT_FOLLOWED)
    return Real(size, factor, 1, precision)


def _quotient(size: Dim, divisor: int, precision: str) -> Element:
    """`size / divisor`, rounded once where the divisor is no power of two."""
    if divisor & (divisor - 1) == 0:
        return _reduced(size, divisor, precision)
    if isinstance(size, int):
        return Unknown(NOT_FOLLOWED)
    return Real(size, 1.0, divisor, precision)


def _divide(precision: str, left: Element, right: Element) -> Element:
    if isinstance(right, (int, float)):
        return _divide_by_number(precision, left, float(right))
    both = _both(left, right, precision)
    if both is None:
        return Unknown(NOT_FOLLOWED)
    above, below, _ = both
    # Of two sizes only a quotient without a rest is followed: any other is rounded, and so is what it scales.
    if at_least(below, 1) is True and equal(above % below, 0) is True:
        return _real(above // below, 1, precision)
    return Unknown(NOT_FOLLOWED)


def _divide_by_number(precision: str, left: Element, number: float) -> Element:
    if number == 0 or not isfinite(number):
        return Unknown("a division by zero or infinity in the network's own size computation")
    if number < 0:
        return _divide_by_number(precision, _negative(precision, left), -number)
    if _is_power_of_two(number):
        return _multiply(precision, left, 1 / number)
    first, second = _factor(left, precision), _factor(number, precision)
    if first is None or second is None:
        return Unknown(NOT_FOLLOWED)
    below = first[1] * int(second[0])
    common = gcd(second[1], below)
    return _quotient(first[0] * (second[1] // common), below // common, precision)


def _add(precision: str, left: Element, right: Element) -> Element:
    for element, other in ((left, right), (right, left)):
        if isinstance(other, (int, float)) and other == 0:
            return element
    both = _both(left, right, precision)
    return Unknown(NOT_FOLLOWED) if both is None else _reduced(both[0] + both[1], both[2], precision)


def _subtract(precision: str, left: Element, right: Element) -> Element:
    return _add(precision, left, _negative(precision, right))


def _negative(precision: str, element: Element) -> Element:
    if isinstance(element, Real):
        return Real(-element.size, element.factor, element.divisor, precision)
    return -element


def _absolute(precision: str, element: Element) -> Element:
    size = element.size if isinstance(element, Real) else element
    positive = select(at_least(size, 0), size, -size)
    if isinstance(element, Real):
        return Real(positive, element.factor, element.divisor, precision)
    return positive


def _sign(precision: str, element: Element) -> Element:
    size = element.size if isinstance(element, Real) else element
    return select(more_than(size, 0), 1, select(equal(size, 0), 0, -1))


def _power(precision: str, left: Element, right: Element) -> Element:
    if isinstance(right, (int, float)) and right in {1, 2}:
        return left if right == 1 else _multiply(precision, left, left)
    return Unknown(NOT_FOLLOWED)


def _rounding(rounding: str) -> Callable[[str, Element], Element]:
    def function(precision: str, element: Element) -> Element:
        return element.rounded(rounding) if isinstance(element, Real) else element

    return function


def _extreme(of_dims: Callable[[Dim, Dim], Dim]) -> Callable[[str, Element, Element], Element]:
    def function(precision: str, left: Element, right: Element) -> Element:
        both = _both(left, right, precision)
        if both is None:
            return Unknown(NOT_FOLLOWED)
        return _reduced(of_dims(both[0], both[1]), both[2], precision)

    return function


def _compared(relation: Callable[[Dim, Dim], Truth]) -> Callable[[str, Element, Element], Truth]:
    def function(precision: str, left: Element, right: Element) -> Truth:
        both = _both(left, right, precision)
        return Unknown(NOT_FOLLOWED) if both is None else relation(both[0], both[1])

    return function


def choose_real(precision: str, condition: Truth, when_true: Element, when_false: Element) -> Element:
    """One of two elements by a condition that the size decides."""
    if when_true == when_false:
        return when_true
    both = _both(when_true, when_false, precision)
    if both is None:
        return Unknown(NOT_FOLLOWED)
    return _reduced(select(condition, both[0], both[1]), both[2], precision)


REAL_FUNCTIONS: dict[str, Callable[..., Element]] = {
    "absolute": _absolute,
    "add": _add,
    "ceil": _rounding("ceil"),
    "divide": _divide,
    "equal": _compared(equal),
    "floor": _rounding("floor"),
    "greater": _compared(more_than),
    "greater_or_equal": _compared(at_least),
    "identity": lambda precision, element: element,
    "less": _compared(less_than),
    "less_or_equal": _compared(at_most),
    "maximum": _extreme(maximum),
    "minimum": _extreme(minimum),
    "multiply": _multiply,
    "negative": _negative,
    "not_equal": _compared(different),
    "power": _power,
    "round": _rounding("even"),
    "sign": _sign,
    "subtract": _subtract,
    "true_divide": _divide,
    "truncate": _rounding("truncate"),
}
"""The functions of the precision and of elements of which at least one is no plain number, by name."""


def real_function(name: str) -> Callable[..., Element]:
    """One of them, by name."""
    return REAL_FUNCTIONS[name]
