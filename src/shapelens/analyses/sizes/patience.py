"""When to look no further: where every trace tells its own size and few others.

Code that goes through a size one by one (`for row in range(height): …`) does something else at every size, and no
trace tells what it does at another. Then a hundred traces know a hundred sizes of a million, and take minutes.

    >>> from shapelens.analyses.sizes.patience import is_lost
    >>> is_lost([0.001, 0.3, 0.001, 0.001, 0.001], left=0.69, most=0.001, traces=95)
    False
    >>> is_lost([0.001, 0.001, 0.001, 0.0005], left=0.99, most=0.001, traces=96)
    True
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["EACH_ITS_OWN", "is_lost"]

PATIENCE = 4
"""So many traces in a row are each allowed to tell no more than a few sizes."""

FEW = 8
"""So many sizes along an axis are few."""

LITTLE = 1 / 32
"""Where no more than this share is left, it is looked for as long as may be."""

EACH_ITS_OWN = f"each of the last {PATIENCE} traces told a few sizes alone"


def is_lost(told: Sequence[float], *, left: float, most: float, traces: int) -> bool:
    """Whether the traces that are left would not tell a quarter of what is not known, to go by the last ones.

    Args:
        told: the share of all sizes that each trace told, in order.
        left: the share of which nothing is known.
        most: the share that one size along an axis is.
        traces: how many traces are left.
    """
    last = told[-PATIENCE:]
    if left <= LITTLE or len(last) < PATIENCE or any(share > FEW * most for share in last):
        return False
    return traces * sum(last) / PATIENCE < left / 4
