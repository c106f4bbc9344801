"""Where things stand across their layers: what follows on one another stands in one straight line.

Items of neighbouring layers are tied together where no two ties cross. What is tied stands at one place: what the main
path goes through in the middle, the rest to both sides of it, as near as there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from shapelens.drawing.flat.layering import Item, Part

__all__ = ["places_across", "ports_of"]

_MAIN, _LANE, _CHAIN, _END, _ELSE = range(5)


def places_across(
    part: Part, main: Collection[int], apart: Callable[[Item, Item], float]
) -> dict[Item, dict[int, float]]:
    """The place of each item, in each layer in which it stands.

    Args:
        part: the layers.
        main: the stations of the main path, one in each layer.
        apart: how far neighbours in a layer are apart, from the middle of the one to the middle of the other.
    """
    tied = _tied(part, main)
    number = {(layer, item): tie for tie, members in enumerate(tied) for layer, item in members}
    center = next(
        number[layer, item] for layer, row in enumerate(part.layers) for item in row if item[0] in main
    )
    after: list[dict[int, float]] = [{} for _ in tied]
    for layer, row in enumerate(part.layers):
        for one, two in pairwise(row):
            first, second = number[layer, one], number[layer, two]
            after[first][second] = max(after[first].get(second, 0.0), apart(one, two))
    order = _in_order(after)
    at: dict[int, float] = {center: 0.0}
    for tie in order:
        if tie in at:
            for other, distance in after[tie].items():
                at[other] = max(at.get(other, at[tie] + distance), at[tie] + distance)
    right = set(at)
    for tie in reversed(order):
        if tie in right:
            continue
        at[tie] = min([at[other] - distance for other, distance in after[tie].items()], default=0.0)
    found: dict[Item, dict[int, float]] = {}
    for (layer, item), tie in number.items():
        found.setdefault(item, {})[layer] = at[tie]
    return found


def _tied(part: Part, main: Collection[int]) -> list[list[tuple[int, Item]]]:
    """Items that stand in one line, each with its layer."""
    lines: list[list[tuple[int, Item]]] = []
    ends: dict[Item, list[tuple[int, Item]]] = {}
    for layer, row in enumerate(part.layers):
        above = _ties(part, layer - 1, main) if layer else {}
        following: dict[Item, list[tuple[int, Item]]] = {}
        for item in row:
            line = ends[above[item]] if item in above else []
            if not line:
                lines.append(line)
            line.append((layer, item))
            following[item] = line
        ends = following
    return lines


def _ties(part: Part, layer: int, main: Collection[int]) -> dict[Item, Item]:
    """For items of the next layer the item of this one that they are tied to."""
    before = {item: place for place, item in enumerate(part.layers[layer])}
    after = {item: place for place, item in enumerate(part.layers[layer + 1])}
    taken: dict[Item, int] = {}
    for _, following in part.nets[layer]:
        for other in following:
            taken[other] = taken.get(other, 0) + 1
    wanted: list[tuple[int, int, int, Item, Item]] = []
    for item, following in part.nets[layer]:
        for other in following:
            is_only = len(following) == 1 and taken[other] == 1
            is_carried = not layer and item == (part.carried, True)
            weight = _weight((item[0], item[1] and not is_carried), other, main, is_only=is_only)
            wanted.append((weight, before[item], after[other], item, other))
    chosen: dict[Item, Item] = {}
    used: set[Item] = set()
    kept: list[tuple[int, int]] = []
    for _, start, end, item, other in sorted(wanted):
        if item in used or other in chosen:
            continue
        if all((start - one) * (end - two) > 0 for one, two in kept):
            chosen[other] = item
            used.add(item)
            kept.append((start, end))
    return chosen


def _weight(item: Item, other: Item, main: Collection[int], *, is_only: bool) -> int:
    """What is tied first."""
    if not item[1] and not other[1] and item[0] in main and other[0] in main:
        return _MAIN
    if item[1] and other[1]:
        return _LANE
    if is_only:
        return _CHAIN
    return _END if item[1] != other[1] else _ELSE


def _in_order(after: Sequence[Mapping[int, float]]) -> list[int]:
    """Lines each behind those on its left."""
    waits = [0] * len(after)
    for following in after:
        for other in following:
            waits[other] += 1
    order = [tie for tie, count in enumerate(waits) if not count]
    for tie in order:
        for other in after[tie]:
            waits[other] -= 1
            if not waits[other]:
                order.append(other)
    return order


def ports_of(wanted: Sequence[float], least: float, most: float, apart: float, middle: float) -> list[float]:
    """Where lines reach a side, each as near to where it comes from as there is room, in their order.

    >>> ports_of([-30.0, 0.0, 2.0], -10.0, 10.0, 5.0, 0.0)
    [-10.0, 0.0, 5.0]

    Args:
        wanted: where each line comes from, in order.
        least: where the side begins.
        most: where it ends.
        apart: how far lines are apart, if there is room.
        middle: a line that comes from here goes straight on.
    """
    count = len(wanted)
    if count > 1:
        apart = min(apart, (most - least) / (count - 1))
    at = [min(max(place, least), most) for place in wanted]
    anchor = min(range(count), key=lambda number: (abs(wanted[number] - middle), number))
    for number in range(anchor + 1, count):
        at[number] = max(at[number], at[number - 1] + apart)
    for number in range(anchor - 1, -1, -1):
        at[number] = min(at[number], at[number + 1] - apart)
    # Where a side is full, those before have to give way.
    for number in range(count - 1, -1, -1):
        at[number] = min(at[number], most - (count - 1 - number) * apart)
    for number in range(count):
        at[number] = max(at[number], least + number * apart)
    return at
