"""From the sizes that were looked at to all that there are.

Where every condition is settled by what each axis is by itself, and that makes exact sets of sizes, the sizes of an
axis fall into finitely many kinds, however large they get. One size of each kind stands for all of it. What holds for
them holds for every size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod
from operator import or_

import numpy as np

from shapelens.analyses.sizes.domain import settled
from shapelens.analyses.sizes.grid import Grid, judged_by
from shapelens.analyses.sizes.points import Mask, Points, symbols_of
from shapelens.analyses.sizes.telling import telling
from shapelens.analyses.sizes.way import Way
from shapelens.dims import Condition
from shapelens.dims.sets import PeriodError, SizeSet

__all__ = ["proof_of"]

MAXIMUM_KINDS = 256
"""Of so many kinds of sizes along one axis is a proof made; beyond, none."""

MAXIMUM_POINTS = 1 << 16
"""Of so many combinations of kinds is a proof made; beyond, none."""


def proof_of(ways: Sequence[Way], names: Sequence[str], fixed: Mapping[str, int]) -> Grid | None:
    """What the ways say of every size; None where their conditions make no such kinds.

    Args:
        ways: the ways, in the order in which they are asked.
        names: the free symbols.
        fixed: the symbols with one size.
    """
    asked = dict.fromkeys([condition for way in ways for condition in way.conditions])
    conditions: dict[Condition, None] = {}
    for condition in [settled(condition, fixed) for condition in asked]:
        told = telling(condition) if condition is not None else ()
        if told is None:
            return None
        conditions |= dict.fromkeys(told)
    kinds = _kinds(names, list(conditions))
    if kinds is None or prod([len(parts) for parts in kinds.values()]) > MAXIMUM_POINTS:
        return None
    sizes = {name: np.array([_least(part) for part in parts]) for name, parts in kinds.items()}
    grids = np.meshgrid(*sizes.values(), indexing="ij")
    points = Points({**fixed, **{name: grid.ravel() for name, grid in zip(names, grids, strict=True)}})
    status, origin = judged_by(ways, points)
    shape = grids[0].shape

    def joined(name: str, chosen: Mask) -> SizeSet:
        parts = [part for part, is_in in zip(kinds[name], chosen, strict=True) if is_in]
        return reduce(or_, parts, SizeSet.none())

    return Grid(tuple(names), points, status.reshape(shape), origin.reshape(shape), joined)


def _kinds(names: Sequence[str], conditions: Sequence[Condition]) -> dict[str, list[SizeSet]] | None:
    """The kinds of sizes of each symbol that conditions tell apart, which share no size and leave none out."""
    kinds: dict[str, list[SizeSet]] = {name: [SizeSet.every()] for name in names}
    for condition in conditions:
        inside = symbols_of(condition)
        sizes = SizeSet.where(condition) if len(inside) == 1 and inside[0] in kinds else None
        if sizes is None:
            return None
        try:
            pieces = [piece for part in kinds[inside[0]] for piece in (part & sizes, part & ~sizes)]
        except PeriodError:
            return None
        kinds[inside[0]] = [piece for piece in pieces if piece]
        if len(kinds[inside[0]]) > MAXIMUM_KINDS:
            return None
    return kinds


def _least(sizes: SizeSet) -> int:
    least = sizes.nearest(1)[1]
    assert least is not None  # no kind is empty
    return least
