"""Which input cells no window reads: at the end, and between windows or their cells."""

from __future__ import annotations

from math import gcd

from shapelens.dims import Unknown
from shapelens.operators.windows import Sliding
from shapelens.records import dataclass

__all__ = ["Unread", "is_read", "unread_cells", "unread_of"]

_MOST_LOOKED_AT = 100_000
"""Along an axis whose ends are longer, it is not told which cells no window reads."""


def unread_cells(sliding: Sliding, size: int, out: int) -> list[int]:
    """The input cells that no window reads."""
    before, _ = sliding.sides(size)
    return [cell for cell in range(size) if not is_read(sliding, cell + before, out)]


def is_read(sliding: Sliding, place: int, out: int) -> bool:
    """Whether a window reads the cell at a place of the padded axis.

    Window `w` reads it as its cell `t` where `w·stride + t·dilation` is the place: `t·dilation` leaves the same
    rest by the stride as the place does.
    """
    stride, dilation = sliding.stride, sliding.dilation
    shared = gcd(stride, dilation)
    if place % shared:
        return False
    period = stride // shared
    rest = (place // shared) * pow(dilation // shared, -1, period) % period
    least = max(
        0, -(((out - 1) * stride - place) // dilation)
    )  # so that the window is not beyond the last one
    cell = least + (rest - least) % period
    return bool(cell < sliding.kernel and cell * dilation <= place)


@dataclass(frozen=True, slots=True)
class Unread:
    """What no window reads along one axis.

    Args:
        count: how many input cells.
        last: how many of them are the last cells of the input.
        period: where a cell is unread by its remainder alone, what it is divided by; else 0.
        remainders: how many of the remainders are unread.
        padding: how many cells of the padding at the end no window reaches.
    """

    count: int = 0
    last: int = 0
    period: int = 0
    remainders: int = 0
    padding: int = 0


def unread_of(sliding: Sliding, size: int) -> Unread | None:
    """What no window reads along an axis of any length; None where its ends alone are too long to look at.

    None, too, where it is not known where its windows stand.

    >>> unread_of(Sliding(1, stride=2), 2_000_000_000)
    Unread(count=1000000000, last=1, period=2, remainders=1, padding=0)
    >>> unread_of(Sliding(5, stride=3), 224)
    Unread(count=0, last=0, period=0, remainders=0, padding=0)
    """
    out, stride, (before, _) = sliding.count(size), sliding.stride, sliding.sides(size)
    if isinstance(before, Unknown):
        return None
    # Where every window that could reach a cell is there, what reads it is told by its remainder.
    low = min(max(sliding.extent - 1 - before, 0), size)
    high = max(min((out - 1) * stride + 1 - before, size), low)
    if low + size - high > _MOST_LOOKED_AT or stride > _MOST_LOOKED_AT:
        return None

    def missed(cell: int) -> bool:
        return not is_read(sliding, cell + before, out)

    ends = [cell for cell in (*range(low), *range(high, size)) if missed(cell)]
    first = [cell for cell in range(low, min(low + stride, high)) if missed(cell)]
    between = sum(len(range(cell, high, stride)) for cell in first)
    # Between the ends every window reads a cell, so the last that is read is not far.
    last = next((size - 1 - cell for cell in range(size - 1, -1, -1) if not missed(cell)), size)
    by_remainder = high - low >= stride and all(
        missed(cell) == any((cell - other) % stride == 0 for other in first)
        for cell in (*range(low), *range(high, size))
    )
    count = len(ends) + between
    period = stride if by_remainder and count else 0
    return Unread(count, last, period, len(first) if period else 0, sliding.unread(size)[0])
