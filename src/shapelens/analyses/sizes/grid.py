"""Kinds of sizes along each axis, and what is known of every combination of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shapelens.analyses.sizes.points import Mask, Points
from shapelens.analyses.sizes.way import ELSEWHERE, FITS, Way
from shapelens.dims.sets import SizeSet
from shapelens.records import dataclass

__all__ = ["Box", "Grid", "judged_by"]

Box = dict[str, SizeSet]
"""A set of sizes for each symbol: all their combinations."""


@dataclass(frozen=True)
class Grid:
    """What is known of the combinations of kinds.

    Args:
        names: the symbols, one for each axis of the grid.
        points: one size of each kind for each combination, the last symbol's next to each other.
        status: what is known of each combination.
        way: the index of the way that says it.
        joined: the sizes of some kinds of one symbol, as one set.
    """

    names: tuple[str, ...]
    points: Points
    status: NDArray[np.int8]
    way: NDArray[np.int32]
    joined: Callable[[str, Mask], SizeSet]

    @property
    def fits(self) -> Mask:
        """Which combinations fit."""
        fits: Mask = self.status == FITS
        return fits

    def boxes(self, member: Mask, most: int | None = None) -> list[Box]:
        """A set of combinations, as few boxes that share no size; of more than the most there are more than those.

        Args:
            member: which combinations are in the set.
            most: so many boxes are of interest.
        """
        return list(_limited(self._boxes(self.names, member), most))

    def _boxes(self, names: Sequence[str], member: Mask) -> Iterator[Box]:
        if not member.any():
            return
        if len(names) == 1:
            yield {names[0]: self.joined(names[0], member)}
            return
        # What goes with the same sizes of the other axes goes together.
        rows: dict[bytes, list[int]] = {}
        for place in np.flatnonzero(member.any(axis=tuple(range(1, member.ndim)))):
            rows.setdefault(member[place].tobytes(), []).append(int(place))
        for places in rows.values():
            kinds = np.zeros(len(member), dtype=np.bool_)
            kinds[places] = True
            first = self.joined(names[0], kinds)
            for rest in self._boxes(names[1:], member[places[0]]):
                yield {names[0]: first, **rest}

    def margins(self, member: Mask) -> tuple[Box, Mask]:
        """The sizes of each axis that are in a set with some sizes of the others, and all their combinations."""
        box: Box = {}
        around = np.ones((1,) * member.ndim, dtype=np.bool_)
        for axis, name in enumerate(self.names):
            others = tuple([other for other in range(member.ndim) if other != axis])
            box[name] = self.joined(name, np.asarray(member.any(axis=others)))
            around = around & member.any(axis=others, keepdims=True)
        return box, around


def _limited(boxes: Iterator[Box], most: int | None) -> Iterator[Box]:
    for count, box in enumerate(boxes):
        yield box
        if most is not None and count >= most:
            return


def judged_by(ways: Sequence[Way], points: Points) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """What ways say of points, and which of them says it; the first that leads there is right."""
    status = np.full(points.count, ELSEWHERE, dtype=np.int8)
    origin = np.full(points.count, -1, dtype=np.int32)
    for index, way in enumerate(ways):
        left = np.flatnonzero(status == ELSEWHERE)
        if not len(left):
            break
        status[left] = way.judge(points, left).status
        origin[left] = index
    return status, origin
