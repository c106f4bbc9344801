"""What has to hold for a size to fit, and where in the network: the conditions that refuse some size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shapelens.analyses.sizes.domain import settled
from shapelens.analyses.sizes.points import symbols_of
from shapelens.analyses.sizes.way import FITS, REFUSED, REQUIRED
from shapelens.dims import Condition, evaluate_condition, symbol
from shapelens.dims.sets import SizeSet
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.analyses.sizes.sizes import Sizes

__all__ = ["Reason", "reasons_of"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that has to hold.

    Args:
        condition: what.
        layer: the first layer that needs it.
    """

    condition: Condition
    layer: str


def reasons_of(sizes: Sizes) -> tuple[Reason, ...]:
    """What refuses a size that nothing before it refuses, in the order of the network.

    What is asked of the height and of the width alike is told once, and what follows from another condition not at all.
    """
    exploration = sizes.exploration
    points = exploration.domain.points()
    ways = exploration.ways
    status = sizes.grid.status
    if not (status == FITS).any() or not (status == REFUSED).any():
        return ()
    way = ways[int(sizes.grid.way[status == FITS].ravel()[0])]
    judged = way.judge(points, np.arange(points.count))
    found: list[Reason] = []
    for index in sorted({int(event) for event in judged.event[judged.status == REFUSED]} - {-1}):
        event = way.events[index]
        condition = settled(event.truth, points.fixed) if isinstance(event.truth, Condition) else None
        if event.kind != REQUIRED or condition is None:
            continue
        found.append(Reason(condition, way.evaluation.steps[event.place].node.name))
    names = [axis.name for axis in sizes.axes]
    told: dict[Condition, Reason] = {}
    for reason in found:
        own = SizeSet.where(reason.condition)
        others = [other for other in found if symbols_of(other.condition) == symbols_of(reason.condition)]
        if not any(_is_implied(own, SizeSet.where(other.condition)) for other in others):
            told.setdefault(_on_first_axis(reason.condition, names), reason)
    return tuple(told.values())


def _is_implied(sizes: SizeSet | None, other: SizeSet | None) -> bool:
    """Whether every size that one condition lets pass, another does too, and not only these."""
    return sizes is not None and other is not None and other != sizes and (other & ~sizes).is_empty


def _on_first_axis(condition: Condition, names: list[str]) -> Condition:
    """The same asked of the first axis, to be told from what is asked otherwise."""
    inside = symbols_of(condition)
    if len(inside) != 1 or inside[0] not in names:
        return condition
    moved = evaluate_condition(condition, {inside[0]: symbol(names[0])})
    return moved if isinstance(moved, Condition) else condition
