"""Counts as text: parameters, multiply-accumulates, bytes.

Exact below a million; from there three digits and a unit, four in totals:

    >>> count_text(147_584), count_text(2_359_808), count_text(15_470_264_320, digits=4)
    ('147,584', '2.36 M', '15.47 G')
"""

from __future__ import annotations

from shapelens.dims.arithmetic import Dim
from shapelens.dims.expression import Expression
from shapelens.dims.text import dim_text
from shapelens.dims.unknown import Unknown

__all__ = ["bytes_text", "count_text", "exact_text", "share_text"]

_UNITS = ((10**6, "M"), (10**9, "G"), (10**12, "T"), (10**15, "P"))


def exact_text(count: Dim) -> str:
    """All digits, in groups of three; a formula for a symbolic count, `?` for an unknown one."""
    if isinstance(count, Unknown):
        return "?"
    return dim_text(count, "·") if isinstance(count, Expression) else f"{count:,}"


def count_text(count: Dim, digits: int = 3) -> str:
    """A count as short as it may be: exact below a million, then so many digits and a unit."""
    if not isinstance(count, int) or count < 10**6:
        return exact_text(count)
    return scaled_text(count, digits, _UNITS)


def scaled_text(count: int, digits: int, units: tuple[tuple[int, str], ...]) -> str:
    """A number with so many digits, in the largest unit that leaves at least 1."""
    for place in range(len(units) - 1, -1, -1):
        size, unit = units[place]
        if count < size:
            continue
        decimals = max(digits - len(str(count // size)), 0)
        text = f"{count / size:.{decimals}f}"
        if place + 1 < len(units) and float(text) >= units[place + 1][0] / size:
            return f"{1:.{digits - 1}f} {units[place + 1][1]}"
        return f"{text} {unit}"
    return f"{count:,}"


def bytes_text(count: Dim) -> str:
    """Bytes in decimal units: `8.4 MB`."""
    if not isinstance(count, int):
        return exact_text(count)
    if count < 1000:
        return f"{count} B"
    return scaled_text(count, 2, ((10**3, "kB"), (10**6, "MB"), (10**9, "GB"), (10**12, "TB")))


def share_text(part: Dim, whole: Dim) -> str:
    """A share of a total: `12.0 %`; a small one is `<0.1 %`, none is empty."""
    if not isinstance(part, int) or not isinstance(whole, int) or not part or not whole:
        return ""
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.05 else "<0.1 %"
