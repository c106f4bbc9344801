"""The little arithmetic that arguments may hold: `16*5*5`, `224//32`, `(3 - 1) // 2`. Computed, never run."""

from __future__ import annotations

import math
from collections.abc import Callable

from shapelens.errors import LayerTextError
from shapelens.readers.notation.source import Source, Span

__all__ = ["MAXIMUM_INTEGER", "compute", "nearest_divisor", "number"]

MAXIMUM_INTEGER = 2**31 - 1
"""The largest integer that layer text may hold or come to."""

MAXIMUM_DIGITS = 24
"""A number is written in so many characters at most; `0.3333333333333333` is 18."""

_LARGEST_BASE, _LARGEST_EXPONENT = 2**16, 31

_FUNCTIONS: dict[str, Callable[[int | float, int | float], int | float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
}


def number(source: Source, span: Span) -> int | float:
    """The number that stands somewhere.

    >>> number(Source("Conv2d(3, 1_024, 3)"), (10, 15))
    1024
    """
    text = source.text[span[0] : span[1]].replace("_", "")
    if len(text) > MAXIMUM_DIGITS:
        raise _too_large(source, span)
    value = float(text) if any(sign in text for sign in ".eE") else int(text)
    return _bounded(source, span, value)


def _bounded(source: Source, span: Span, value: int | float) -> int | float:
    """The value, if it is within bounds."""
    if abs(value) > MAXIMUM_INTEGER and (isinstance(value, int) or math.isfinite(value)):
        raise _too_large(source, span)
    return value


def _too_large(source: Source, span: Span) -> LayerTextError:
    length = span[1] - span[0]
    shown = source.shown(span, MAXIMUM_DIGITS)
    return LayerTextError(
        "a number is larger than any tensor's",
        at=source.excerpt(span),
        have=shown if length <= MAXIMUM_DIGITS else f"{shown} ({length:,} characters)",
        rule=f"a number in layer text is at most {MAXIMUM_INTEGER:,}, in at most {MAXIMUM_DIGITS} digits",
    )


def compute(source: Source, span: Span, sign: str, left: int | float, right: int | float) -> int | float:
    """The result of one operation on two numbers.

        >>> compute(Source("Linear(16*5*5, 120)"), (7, 11), "*", 16, 5)
        80

    Raises:
        LayerTextError: a division by zero, or a result beyond bounds.
    """
    # A power is bounded before it is computed: its operands are small enough to be written, its result may not be.
    if sign == "**" and (abs(right) > _LARGEST_EXPONENT or abs(left) > _LARGEST_BASE):
        raise _too_large(source, span)
    try:
        result = _FUNCTIONS[sign](left, right)
    except (ArithmeticError, ValueError):
        result = math.nan
    if isinstance(result, complex) or math.isnan(result):
        raise LayerTextError(
            "this arithmetic has no result",
            at=source.excerpt(span),
            have=source.shown(span),
            rule="whole numbers, + - * // % and parentheses",
        )
    return _bounded(source, span, result)


def nearest_divisor(most: int, *numbers: int) -> int:
    """The largest number up to a limit that divides all of the others.

    >>> nearest_divisor(5, 12, 16)
    4
    """
    shared = math.gcd(*numbers)
    low = [divisor for divisor in range(1, math.isqrt(shared) + 1) if shared % divisor == 0]
    return max(divisor for divisor in (*low, *[shared // divisor for divisor in low]) if divisor <= most)
