"""The sizes that are looked at: few that stand for many.

Sizes of one axis that answer every question alike stand for each other. So one of each kind is looked at, and counts
for as many as there are. Axes that a question mixes are looked at size by size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapelens.analyses.sizes.points import Points, symbols_of
from shapelens.analyses.sizes.telling import telling
from shapelens.dims import Condition
from shapelens.dims.evaluation import evaluate_condition
from shapelens.records import dataclass

__all__ = ["MAXIMUM_POINTS", "Domain", "domain_of", "settled"]

MAXIMUM_POINTS = 1 << 21
"""So many points are looked at; axes that a question mixes are cut short where there would be more."""

USUAL = 224
"""The size that stands for all where they are all alike."""


@dataclass(frozen=True)
class Domain:
    """A grid of sizes.

    Args:
        sizes: the sizes that are looked at, for each free symbol.
        counts: for how many sizes each of them stands, for each free symbol.
        kinds: which of them stands for each size from 1 on, for each free symbol.
        maximum: up to which size each symbol is looked at.
        fixed: the symbols with one size.
    """

    sizes: Mapping[str, NDArray[Any]]
    counts: Mapping[str, NDArray[Any]]
    kinds: Mapping[str, NDArray[np.intp]]
    maximum: Mapping[str, int]
    fixed: Mapping[str, int]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many sizes are looked at, for each free symbol."""
        return tuple([len(vector) for vector in self.sizes.values()])

    def points(self) -> Points:
        """Every point of the grid, the last symbol's sizes next to each other."""
        grids = np.meshgrid(*self.sizes.values(), indexing="ij") if self.sizes else []
        varied = {name: grid.ravel() for name, grid in zip(self.sizes, grids, strict=True)}
        return Points({**self.fixed, **varied})

    def weights(self) -> NDArray[np.int64]:
        """For how many sizes each point stands."""
        result = np.ones(1, dtype=np.int64)
        for counts in self.counts.values():
            result = np.multiply.outer(result, counts).ravel()
        return result

    def is_like(self, other: Domain) -> bool:
        """Whether the same points are looked at."""
        return all(np.array_equal(self.sizes[name], other.sizes[name]) for name in self.sizes)


def domain_of(
    names: Sequence[str], conditions: Iterable[Condition], maximum: int, fixed: Mapping[str, int]
) -> Domain:
    """The sizes that have to be looked at for some conditions.

    Args:
        names: the free symbols.
        conditions: what is asked of sizes.
        maximum: up to which size.
        fixed: the symbols that have one size.
    """
    single: dict[str, list[Condition]] = {name: [] for name in names}
    mixed: dict[str, None] = {}
    for asked in dict.fromkeys(conditions):
        condition = settled(asked, fixed)
        if condition is None:
            continue
        told = telling(condition)
        if told is None:
            mixed |= dict.fromkeys([name for name in symbols_of(condition) if name in single])
        for part in told or ():
            for name in [name for name in symbols_of(part) if name in single]:
                single[name].append(part)
    apart = {name: _kinds(name, single[name], maximum, fixed) for name in names if name not in mixed}
    room = MAXIMUM_POINTS // max(prod([len(sizes) for sizes, _, _ in apart.values()]), 1)
    cut = maximum if not mixed else min(maximum, max(int(room ** (1 / len(mixed)) + 1e-9), 8))
    each = np.arange(cut)
    chosen = {name: apart.get(name, (each + 1, np.ones_like(each), each)) for name in names}
    return Domain(
        {name: sizes for name, (sizes, _, _) in chosen.items()},
        {name: counts for name, (_, counts, _) in chosen.items()},
        {name: kinds for name, (_, _, kinds) in chosen.items()},
        {name: cut if name in mixed else maximum for name in names},
        dict(fixed),
    )


def settled(condition: Condition, fixed: Mapping[str, int]) -> Condition | None:
    """A condition on what is free; None where it then holds everywhere, or nowhere."""
    if not any(name in fixed for name in symbols_of(condition)):
        return condition
    truth = evaluate_condition(condition, fixed)
    return truth if isinstance(truth, Condition) else None


def _kinds(
    name: str, conditions: Sequence[Condition], maximum: int, fixed: Mapping[str, int]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.intp]]:
    """One size of each kind, the middle one; how many of the kind there are; and the kind of each size."""
    points = Points({**fixed, name: np.arange(1, maximum + 1)})
    everywhere = np.arange(maximum)
    answers = [points.where(condition, everywhere) for condition in conditions]
    told = [mask for mask in answers if mask is not None]
    if not told:
        return np.array([min(maximum, USUAL)]), np.array([maximum]), np.zeros(maximum, dtype=np.intp)
    _, found = np.unique(np.packbits(np.stack(told), axis=0), axis=1, return_inverse=True)
    kinds = found.ravel()
    order = np.argsort(kinds, kind="stable")
    firsts = np.flatnonzero(np.diff(kinds[order], prepend=-1))
    counts = np.diff(firsts, append=maximum)
    return order[firsts + counts // 2] + 1, counts, kinds
