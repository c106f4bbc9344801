"""Layers: each station behind all that it takes from, in an order in which few lines cross.

What a station gives to one that is further away than the next layer passes the layers between on a lane: one for each
station, however many take from it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shapelens.records import dataclass

__all__ = [
    "Item", "Net", "Part", "crossings_of", "cuts_of", "layers_of", "main_path", "part_of", "parts_of",
]  # fmt: skip

Item = tuple[int, bool]
"""A station, and whether it stands here or only its lane passes."""

Net = tuple[Item, tuple[Item, ...]]
"""What leaves an item, and the items of the next layer that it leads to."""

_SWEEPS = 8
_CUT_COST = 0.5
_LAST_PART = 0.35


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring layers, which are drawn in one row or column.

    Args:
        first: the number of its first layer.
        layers: what stands in each, in order.
        nets: what leads from each layer to the next.
        leaving: for stations that later parts take from, which do, in order.
        entering: for stations that take from earlier parts, from which, in order.
        carried: the station of an earlier part whose line goes on here, in a layer of its own before the others.
    """

    first: int
    layers: tuple[tuple[Item, ...], ...]
    nets: tuple[tuple[Net, ...], ...]
    leaving: Mapping[int, tuple[int, ...]]
    entering: Mapping[int, tuple[int, ...]]
    carried: int | None = None

    @property
    def stations(self) -> list[int]:
        """The stations in it, layer by layer."""
        return [place for layer in self.layers for place, is_lane in layer if not is_lane]


def layers_of(parents: Sequence[Sequence[int]]) -> list[int]:
    """The layer of each: as early as can be, but what takes nothing stands right before what takes from it first.

    >>> layers_of([[], [0], [1], [], [2, 3], [4, 0]])
    [0, 1, 2, 2, 3, 4]
    """
    layers: list[int] = []
    for taken in parents:
        layers.append(1 + max([layers[parent] for parent in taken], default=-1))
    nearest: dict[int, int] = {}
    for place, taken in enumerate(parents):
        for parent in taken:
            nearest[parent] = min(nearest.get(parent, layers[place]), layers[place])
    return [
        layer if parents[place] or place not in nearest else nearest[place] - 1
        for place, layer in enumerate(layers)
    ]


def main_path(parents: Sequence[Sequence[int]], layers: Sequence[int]) -> list[int]:
    """One station for each layer, each of which takes from the one before: what is drawn as a straight line."""
    at = layers.index(max(layers))
    path = [at]
    while layers[at]:
        near = [parent for parent in parents[at] if layers[parent] == layers[at] - 1]
        at = next((parent for parent in near if parents[parent]), near[0])
        path.append(at)
    return path[::-1]


def crossings_of(parents: Sequence[Sequence[int]], layers: Sequence[int]) -> list[int]:
    """How many stations give something past each layer to later ones.

    >>> crossings_of([[], [0], [1, 0]], [0, 1, 2])
    [1, 2, 0]
    """
    last = list(layers)
    for place, taken in enumerate(parents):
        for parent in taken:
            last[parent] = max(last[parent], layers[place])
    change = [0] * (max(layers) + 2)
    for place, layer in enumerate(layers):
        change[layer] += 1
        change[last[place]] -= 1
    counts: list[int] = []
    running = 0
    for step in change[:-1]:
        running += step
        counts.append(running)
    return counts


def cuts_of(
    lengths: Sequence[float], crossings: Sequence[int], room: float, *, evenness: float = 1.0
) -> list[int] | None:
    """Where layers are parted, so that each part has room and few lines are cut; None where a layer has none.

    Args:
        lengths: how long each layer is, with what leads from it.
        crossings: how many lines are cut behind each.
        room: for each part.
        evenness: how much it matters that all parts are as full as the others, beside that few lines are cut.

    Returns:
        The number of the first layer of each part.
    """
    count = len(lengths)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, count + 1):
        used = 0.0
        found: tuple[float, int] | None = None
        for start in range(end - 1, -1, -1):
            used += lengths[start]
            if used > room:
                break
            weight = evenness * (_LAST_PART if end == count else 1.0)
            cost = best[start][0] + weight * ((room - used) / room) ** 2
            cost += _CUT_COST * max(crossings[start - 1] - 1, 0) + 0.01 if start else 0.0
            if found is None or cost < found[0] - 1e-9:
                found = (cost, start)
        if found is None:
            return None
        best.append(found)
    starts: list[int] = []
    at = count
    while at:
        at = best[at][1]
        starts.append(at)
    return starts[::-1]


def part_of(
    parents: Sequence[Sequence[int]],
    layers: Sequence[int],
    span: tuple[int, int],
    main: Collection[int],
    *,
    carried: int | None = None,
    lanes_first: bool = False,
) -> Part:
    """The layers from one on to before another, in order.

    Args:
        parents: for each station those that it takes from.
        layers: the layer of each station.
        span: the first layer of the part, and the one behind its last.
        main: the stations of the main path.
        carried: a station before the part whose line goes on in it.
        lanes_first: whether what stands beside the main path comes before it where either may.
    """
    first, stop = span
    inside = [place for place, layer in enumerate(layers) if first <= layer < stop]
    begin = first if carried is None else first - 1
    level = {place: layers[place] - begin for place in inside}
    if carried is not None:
        level[carried] = 0
    targets: dict[int, list[int]] = {place: [] for place in sorted(level)}
    leaving: dict[int, list[int]] = {}
    entering: dict[int, tuple[int, ...]] = {}
    for place, taken in enumerate(parents):
        for parent in taken:
            if place in level and parent in level and place != carried:
                targets[parent].append(place)
            elif parent in level and parent != carried:
                leaving.setdefault(parent, []).append(place)
            elif place in level and place != carried:
                entering[place] = (*entering.get(place, ()), parent)
    rows: list[list[Item]] = [[] for _ in range(begin, stop)]
    leads: list[dict[Item, list[Item]]] = [{} for _ in range(begin, stop)]
    for place, taking in targets.items():
        layer = level[place]
        rows[layer].append((place, place == carried))
        last = max([level[t] for t in taking], default=layer)
        for between in range(layer + 1, last):
            rows[between].append((place, True))
        for between in range(layer, last):
            item = (place, between > layer or place == carried)
            following = [(t, False) for t in taking if level[t] == between + 1]
            on = [(place, True)] if between + 1 < last else []
            leads[between][item] = [*on, *following] if lanes_first else [*following, *on]
    ordered = _ordered(rows, leads, _Ranks(main, set(leaving), lanes_first=lanes_first))
    nets = [
        tuple([(item, tuple(lead[item])) for item in row if item in lead])
        for row, lead in zip(ordered, leads, strict=True)
    ]
    return Part(
        first,
        tuple([tuple(row) for row in ordered]),
        tuple(nets),
        {place: tuple(taking) for place, taking in leaving.items()},
        entering,
        carried,
    )


def parts_of(
    parents: Sequence[Sequence[int]],
    layers: Sequence[int],
    path: Sequence[int],
    starts: Sequence[int],
    *,
    lanes_first: bool = False,
) -> list[Part]:
    """All layers in parts; the line of the main path at the end of each goes on in the next.

    Args:
        parents: for each station those that it takes from.
        layers: the layer of each station.
        path: the main path.
        starts: the first layer of each part.
        lanes_first: whether what stands beside the main path comes before it where either may.
    """
    main = frozenset(path)
    parts: list[Part] = []
    for span in zip(starts, [*starts[1:], len(path)], strict=True):
        carried = path[span[0] - 1] if span[0] else None
        part = part_of(parents, layers, span, main, carried=carried, lanes_first=lanes_first)
        if carried is not None:
            before, inside = parts[-1], set(part.stations)
            kept = tuple([place for place in before.leaving[carried] if place not in inside])
            leaving = {place: taking for place, taking in before.leaving.items() if place != carried}
            parts[-1] = replace(before, leaving={**leaving, carried: kept} if kept else leaving)
        parts.append(part)
    return parts


# the order ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ranks:
    """What comes first where means do not tell.

    Args:
        main: the stations of the main path.
        leaving: those whose lines leave the part.
        lanes_first: whether lanes come before what they begin beside.
    """

    main: Collection[int]
    leaving: Collection[int]
    lanes_first: bool

    def of(self, item: Item, beside: int) -> tuple[int, int]:
        """A lane is outside; of two branches the main one is inside, of more all are in their order."""
        place, is_lane = item
        is_main = place in self.main and not is_lane
        inner = 0 if is_lane else 2 if is_main and beside <= 2 else 1 if place not in self.leaving else 0
        return (inner if self.lanes_first else -inner), place


def _ordered(rows: list[list[Item]], leads: list[dict[Item, list[Item]]], ranks: _Ranks) -> list[list[Item]]:
    """The layers, each in the order with the fewest crossings that is found by sweeping to and fro."""
    below = leads
    above: list[dict[Item, list[Item]]] = [{} for _ in rows]
    for number, lead in enumerate(leads):
        for item, following in lead.items():
            for other in following:
                above[number + 1].setdefault(other, []).append(item)
    order: list[list[Item]] = []
    for number, row in enumerate(rows):
        known = {item: place for place, item in enumerate(order[-1])} if order else {}
        middle = {
            item: _mean([known[o] for o in above[number].get(item, ())], len(known) / 2) for item in row
        }
        beside = len([item for item in row if not item[1]])
        order.append(sorted(row, key=lambda item: (middle[item], ranks.of(item, beside))))
    best, fewest = order, _crossings(order, leads)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        order = _swept(order, below if sweep % 2 == 0 else above, is_upwards=sweep % 2 == 0)
        found = _crossings(order, leads)
        if found < fewest:
            best, fewest = order, found
    return best


def _swept(
    order: list[list[Item]], neighbours: list[dict[Item, list[Item]]], *, is_upwards: bool
) -> list[list[Item]]:
    """Each layer sorted by the means of where its neighbours in the layer before stand."""
    result = [list(row) for row in order]
    numbers = range(len(order) - 2, -1, -1) if is_upwards else range(1, len(order))
    for number in numbers:
        beside = result[number + 1 if is_upwards else number - 1]
        known = {item: place for place, item in enumerate(beside)}
        middle = {
            item: _mean([known[o] for o in neighbours[number].get(item, ())], place)
            for place, item in enumerate(result[number])
        }
        result[number].sort(key=lambda item: middle[item])
    return result


def _mean(places: Sequence[int], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _crossings(order: Sequence[Sequence[Item]], leads: Sequence[Mapping[Item, Sequence[Item]]]) -> int:
    """How many pairs of lines between neighbouring layers cross."""
    count = 0
    for number, lead in enumerate(leads[:-1]):
        if len(lead) < 2:
            continue
        after = {item: place for place, item in enumerate(order[number + 1])}
        seen: list[int] = []
        for item in order[number]:
            ends = sorted([after[o] for o in lead.get(item, ())])
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count
