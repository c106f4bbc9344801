"""Multiplying by a fraction in floating point and rounding to an integer, to the bit as a framework does."""

from __future__ import annotations

import math
import struct

__all__ = ["multiply", "round_number", "single"]


def single(number: float) -> float:
    """The nearest number of single precision."""
    return float(struct.unpack("<f", struct.pack("<f", number))[0])


def multiply(size: int, factor: float, precision: str) -> float:
    """`size · factor` in the given precision: `"single"` or `"double"`."""
    return single(single(size) * factor) if precision == "single" else float(size) * factor


def round_number(number: float, rounding: str) -> int:
    """A floating-point number as an integer: `"floor"`, `"ceil"` or `"round"` (half away from zero)."""
    if rounding == "floor":
        return math.floor(number)
    if rounding == "ceil":
        return math.ceil(number)
    # Not floor(number + 0.5): that sum is rounded itself, and gives 1 for the largest number below a half.
    size = abs(number)
    rounded = math.floor(size) + (size - math.floor(size) >= 0.5)
    return rounded if number >= 0 else -rounded
