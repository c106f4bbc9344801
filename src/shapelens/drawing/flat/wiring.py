"""Layers in their places, and the orthogonal lines between them, each with room of its own.

`along` is the way that the network flows, `across` the other; a layout turns both into x and y. Between two layers
stand, in this order: what is written of the one, the tracks on which lines go across, and the heads of the arrows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from math import inf

from shapelens.drawing.flat.alignment import places_across, ports_of
from shapelens.drawing.flat.layering import Item, Part
from shapelens.drawing.flat.standing import Size, Spacing, Stand, Wire, Wired
from shapelens.drawing.flat.tracks import NEAR, Pins, tracks_of
from shapelens.records import dataclass

__all__ = ["wired"]


def wired(
    part: Part,
    main: Collection[int],
    sizes: Mapping[int, Size],
    spacing: Spacing,
    *,
    has_drops: bool = False,
    stretch: Sequence[float] = (),
) -> Wired:
    """A part laid out.

    Args:
        part: its layers.
        main: the stations of the main path.
        sizes: what each station takes up.
        spacing: how far things are apart.
        has_drops: whether lines from and to other parts are drawn, from and to the near side.
        stretch: what is added to each gap.
    """
    return _Wiring(part, main, sizes, spacing, has_drops, stretch).all()


@dataclass(slots=True)
class _Wiring:
    part: Part
    main: Collection[int]
    sizes: Mapping[int, Size]
    spacing: Spacing
    has_drops: bool
    stretch: Sequence[float]
    across: dict[Item, dict[int, float]] = field(default_factory=dict)
    sides: dict[int, tuple[float, float]] = field(default_factory=dict)
    ports: dict[tuple[int, int], float] = field(default_factory=dict)
    entries: dict[int, float] = field(default_factory=dict)
    tracks: list[dict[int, int]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    zones: list[float] = field(default_factory=list)

    def all(self) -> Wired:
        """Everything in its place."""
        part, sizes = self.part, self.sizes
        self.across = places_across(part, self.main, self._apart)
        self._find_sides()
        self._find_ports()
        gaps: list[float] = []
        first = self._tracks_before(0)
        lead = max([sizes[place].lead for place, is_lane in part.layers[0] if not is_lane], default=0.0)
        lead += first * self.spacing.track if first else 0.0
        at = lead
        for layer, row in enumerate(part.layers):
            self.starts.append(at)
            here = [sizes[place] for place, is_lane in row if not is_lane]
            reach = max([size.reach for size in here], default=0.0)
            following = part.layers[layer + 1] if layer + 1 < len(part.layers) else ()
            count = self._tracks_before(layer + 1)
            self.zones.append(at + reach)
            ahead = max([sizes[place].lead for place, is_lane in following if not is_lane], default=0.0)
            length = reach + count * self.spacing.track + ahead
            length += self.stretch[layer] if layer < len(self.stretch) else 0.0
            gaps.append(length)
            at += length
        stands = {
            place: Stand(
                self.starts[layer], self.starts[layer] + sizes[place].thickness,
                *self.sides[place], self.across[place, False][layer],
            )
            for layer, row in enumerate(part.layers)
            for place, is_lane in row
            if not is_lane
        }  # fmt: skip
        near, far = self._extent()
        return Wired(
            stands, tuple(self._wires(stands)), tuple(gaps), at, near, far, lead, self.entries, self.ports
        )

    # across -------------------------------------------------------------------------------------------------

    def _room(self, item: Item) -> tuple[float, float]:
        if item[1]:
            return 0.0, 0.0
        size = self.sizes[item[0]]
        return size.room_before, size.room_after

    def _apart(self, item: Item, other: Item) -> float:
        spacing = self.spacing
        between = (
            spacing.lanes if item[1] and other[1]
            else spacing.beside if item[1] or other[1]
            else spacing.stations
        )  # fmt: skip
        return self._room(item)[1] + between + self._room(other)[0]

    def _extent(self) -> tuple[float, float]:
        near, far = inf, -inf
        for layer, row in enumerate(self.part.layers):
            for item in (row[0], row[-1]):
                at = self.across[item][layer]
                before, after = self._room(item)
                near, far = min(near, at - before), max(far, at + after)
                if not item[1]:
                    near, far = min(near, self.sides[item[0]][0]), max(far, self.sides[item[0]][1])
        return near, far

    def _find_sides(self) -> None:
        """Where each station begins and ends; what joins others grows to where they come from, if it may."""
        for layer, row in enumerate(self.part.layers):
            for number, item in enumerate(row):
                if item[1]:
                    continue
                size, at = self.sizes[item[0]], self.across[item][layer]
                near, far = at - size.before, at + size.after
                sources = [
                    self.across[other][layer - 1]
                    for other, following in (self.part.nets[layer - 1] if layer else ())
                    if item in following
                ]
                if size.stretches and sources:
                    least, most = self._between(layer, number)
                    near = min(near, max(min(sources) - self.spacing.ports, least))
                    far = max(far, min(max(sources) + self.spacing.ports, most))
                self.sides[item[0]] = near, far

    def _between(self, layer: int, number: int) -> tuple[float, float]:
        """From where to where something may grow beside its neighbours; that before it has grown already."""
        row, spacing = self.part.layers[layer], self.spacing
        least, most = -inf, inf
        if number:
            before = row[number - 1]
            end = self.across[before][layer] + self._room(before)[1]
            if not before[1]:
                end = max(end, self.sides[before[0]][1])
            least = end + (spacing.beside if before[1] else spacing.stations)
        if number + 1 < len(row):
            after = row[number + 1]
            start = self.across[after][layer] - self._room(after)[0]
            most = start - (spacing.beside if after[1] else spacing.stations)
        return least, most

    def _find_ports(self) -> None:
        """Where each line reaches its station; those from other parts before all others."""
        for layer, row in enumerate(self.part.layers):
            before = self.part.nets[layer - 1] if layer else ()
            coming: dict[int, list[tuple[float, int]]] = {}
            for item, following in before:
                for other in following:
                    if not other[1]:
                        coming.setdefault(other[0], []).append((self.across[item][layer - 1], item[0]))
            for place, is_lane in row:
                if is_lane:
                    continue
                lines = sorted(coming.get(place, ()))
                middle = self.across[place, False][layer]
                if self.has_drops:
                    lines = [(-inf, source) for source in self._dropping(place)] + lines
                elif place in self.part.entering:
                    lines.append((inf if lines else middle, place))
                if not lines:
                    continue
                near, far = self.sides[place]
                inset = min(self.spacing.ports * 0.6, (far - near) / 2)
                at = ports_of([c for c, _ in lines], near + inset, far - inset, self.spacing.ports, middle)
                for (_, source), port in zip(lines, at, strict=True):
                    if source == place:
                        self.entries[place] = port
                        if len(self.part.entering[place]) == 1:
                            self.ports[self.part.entering[place][0], place] = port
                    else:
                        self.ports[source, place] = port

    def _dropping(self, place: int) -> Sequence[int]:
        """From which stations of other parts lines come down to a station."""
        return self.part.entering.get(place, ()) if self.has_drops else ()

    # tracks -------------------------------------------------------------------------------------------------

    def _pins(self, layer: int) -> dict[int, Pins]:
        """What leads to a layer, by what gives it."""
        part = self.part
        pins: dict[int, Pins] = {}
        for item, following in part.nets[layer - 1] if layer else ():
            ends = [
                self.across[other][layer] if other[1] else self.ports[item[0], other[0]]
                for other in following
            ]
            pins[item[0]] = self.across[item][layer - 1], ends
        if not self.has_drops:
            return pins
        for place, is_lane in part.layers[layer - 1] if layer else ():
            if not is_lane and place in part.leaving:
                start, before = pins.get(place, (self.across[place, False][layer - 1], ()))
                pins[place] = start, [*before, -inf]
        for place, is_lane in part.layers[layer] if layer < len(part.layers) else ():
            for source in () if is_lane else part.entering.get(place, ()):
                start, before = pins.get(source, (-inf, ()))
                pins[source] = start, [*before, self.ports[source, place]]
        return pins

    def _tracks_before(self, layer: int) -> int:
        """Finds the track of each line before a layer; returns how many there are."""
        found, count = tracks_of(self._pins(layer))
        self.tracks.append(found)
        return count

    # lines --------------------------------------------------------------------------------------------------

    def _track_at(self, layer: int, source: int) -> float:
        """Along, where the line of a source goes across before a layer."""
        number = self.tracks[layer].get(source, 0)
        begin = self.zones[layer - 1] if layer else 0.0
        return begin + (number + 0.5) * self.spacing.track

    def _wires(self, stands: Mapping[int, Stand]) -> list[Wire]:
        wires: list[Wire] = []
        leads = [dict(nets) for nets in self.part.nets]
        for layer, row in enumerate(self.part.layers):
            for place, is_lane in row:
                if not layer and place == self.part.carried:
                    begin = (self.starts[0], self.across[place, True][0])
                    self._follow((place, True), 0, [begin], leads, stands, wires)
                if is_lane:
                    continue
                start = (stands[place].end, stands[place].port)
                self._follow((place, False), layer, [start], leads, stands, wires)
                for source in self._dropping(place):
                    track, port = self._track_at(layer, source), self.ports[source, place]
                    points = ((track, -inf), (track, port), (stands[place].start, port))
                    wires.append(Wire(source, place, points))
        return wires

    def _follow(
        self,
        first: Item,
        layer: int,
        start: list[tuple[float, float]],
        leads: Sequence[Mapping[Item, Sequence[Item]]],
        stands: Mapping[int, Stand],
        wires: list[Wire],
    ) -> None:
        """The lines from a station to all that take from it: the first from its port, the others from one of those."""
        source = first[0]
        waiting: list[tuple[Item, int, list[tuple[float, float]], bool]] = [(first, layer, start, False)]
        while waiting:
            item, number, path, is_branch = waiting.pop()
            at = path[-1][1]
            ends: list[tuple[float, Item | None]] = [
                (self.across[other][number + 1] if other[1] else self.ports[source, other[0]], other)
                for other in leads[number].get(item, ())
            ]
            if self.has_drops and item == (source, False) and source in self.part.leaving:
                ends.append((-inf, None))
            track = self._track_at(number + 1, source)
            used: list[float] = []
            for end, other in sorted(ends, key=lambda pair: (abs(pair[0] - at) > NEAR, -abs(pair[0] - at))):
                is_straight = abs(end - at) <= NEAR
                beside = [place for place in used if (place - at) * (end - at) > 0]
                if not used:
                    begin, branches = list(path), is_branch
                    bend = [] if is_straight else [(track, at), (track, end)]
                else:
                    begin, branches = [(track, end if beside else at)], True
                    bend = [] if beside else [(track, end)]
                points = [*begin, *bend]
                used.append(end)
                if other is None:
                    wires.append(Wire(source, None, tuple(points), branches))
                elif other[1]:
                    waiting.append((other, number + 1, [*points, (self.starts[number + 1], end)], branches))
                else:
                    points.append((stands[other[0]].start, end))
                    wires.append(Wire(source, other[0], tuple(points), branches))
