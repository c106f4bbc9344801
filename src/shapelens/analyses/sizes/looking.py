"""What was looked at as a grid, each kind with the sizes that it has there, and goes on to have."""

from __future__ import annotations

import numpy as np

from shapelens.analyses.sizes.domain import Domain
from shapelens.analyses.sizes.grid import Grid, judged_by
from shapelens.analyses.sizes.points import Mask
from shapelens.analyses.sizes.way import Way
from shapelens.dims.sets import SizeSet

__all__ = ["grid_of", "likely_set"]


def grid_of(ways: tuple[Way, ...], domain: Domain) -> Grid:
    """The grid of the sizes that were looked at."""
    points = domain.points()
    status, origin = judged_by(ways, points)

    def joined(name: str, chosen: Mask) -> SizeSet:
        return likely_set(chosen[domain.kinds[name]])

    shape = domain.shape
    return Grid(tuple(domain.sizes), points, status.reshape(shape), origin.reshape(shape), joined)


def likely_set(mask: Mask) -> SizeSet:
    """The set that has these members among the sizes from 1 on, and goes on as they do.

        >>> print(likely_set(np.arange(1, 101) % 16 == 0))
        multiples of 16

    Args:
        mask: for each size from 1 on, whether it is a member.
    """
    members = np.flatnonzero(mask) + 1
    half = len(mask) // 2
    tail = mask[half:]
    for period in range(1, len(tail) // 3 + 1):
        if (tail[period:] == tail[:-period]).all():
            residues = [int(n) % period for n in members if half < n <= half + period]
            later = SizeSet.at_least(half + 1) & SizeSet.repeating(period, *residues)
            return SizeSet.of(*[int(n) for n in members if n <= half]) | later
    return SizeSet.of(*[int(n) for n in members])
