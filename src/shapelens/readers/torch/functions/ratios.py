"""Numbers that are exact fractions of sizes, so that what is counted by them can be told at every size.

Python and PyTorch compute with floats, which are rounded. Here is what no rounding can change: fractions with a
power of two below, and one quotient that is rounded to the nearest float.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from shapelens.dims import Dim
from shapelens.readers.torch.quotients import TracedFloat

__all__ = ["exact_fraction", "in_whole_numbers"]

_LARGEST = 1 << 12
"""The largest divisor: sizes up to 2^29 times this are floats without a rounding error."""

Fraction = tuple[Dim, int]
"""A dim over a positive integer."""


def exact_fraction(number: Any) -> Fraction | None:
    """A number as a dim over an integer; None where it is none, or where it is rounded twice.

    >>> exact_fraction(0.75)
    (3, 4)
    >>> exact_fraction(0.1) is None
    True
    """
    if isinstance(number, TracedFloat):
        return _traced(number)
    if not isinstance(number, float):
        return number, 1
    if not isfinite(number):
        return None
    above, below = number.as_integer_ratio()
    return (above, below) if below <= _LARGEST and abs(above) <= _LARGEST**2 else None


def _traced(number: TracedFloat) -> Fraction | None:
    if number.numerator is None or number.needs or not isinstance(number.denominator, int):
        return None
    above, below = number.factor.as_integer_ratio()
    if number.factor != 1.0 and not _is_power_of_two(number.denominator):
        return None
    below = below * number.denominator
    return (number.numerator * above, below) if below <= _LARGEST and above <= _LARGEST else None


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0


def in_whole_numbers(start: Any, end: Any, step: Any) -> tuple[Dim, Dim, Dim, int] | None:
    """The start, the end and the step of a range, each times one common number, and that number.

    How many numbers there are between is `ceil((end - start) / step)`, and of floats it is the same as of fractions
    where one of the ends at most is a quotient that is rounded.

    >>> in_whole_numbers(0, 2.5, 0.5)
    (0, 5, 1, 2)
    """
    fractions = [exact_fraction(number) for number in (start, end, step)]
    if any(fraction is None for fraction in fractions):
        return None
    (first, a), (last, b), (each, c) = [fraction for fraction in fractions if fraction is not None]
    if not _is_power_of_two(c) or not (_is_power_of_two(a) or _is_power_of_two(b)):
        return None
    common = a * b * c
    if common == 1:
        return first, last, each, 1
    if common > _LARGEST or not isinstance(each, int):
        return None
    for divisor in (a, b, c, a * b, a * c, b * c, common):
        if all(divisor % part == 0 for part in (a, b, c)):
            common = min(common, divisor)
    return first * (common // a), last * (common // b), each * (common // c), common
