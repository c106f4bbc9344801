"""Rows of flat boxes: how large the boxes are, and where the network is parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from math import isinf

from shapelens.drawing.flat.box_words import box_lines
from shapelens.drawing.flat.boxes import PLUS, Room, Written, marks_room, shape_texts
from shapelens.drawing.flat.layering import Part, crossings_of, cuts_of, layers_of, main_path, parts_of
from shapelens.drawing.flat.standing import Size, Spacing, Wired, least_area
from shapelens.drawing.flat.wiring import wired
from shapelens.drawing.metrics import text_width
from shapelens.drawing.options import Options
from shapelens.drawing.palette import Theme
from shapelens.drawing.stations import Graph, Station
from shapelens.records import dataclass

__all__ = ["AROUND", "MARGIN_LANE", "PITCH", "SHAPE_SIZE", "ZIGZAG", "Row", "Rows"]

SHAPE_SIZE, PITCH = 6.6, 8.4
ZIGZAG = 10.0
"""How much further a line ends before a box that does not get what it takes."""

AROUND = 9.0
"""The room at both sides for what leads from one row to the next."""

MARGIN_LANE = 4.5
"""How far lines are apart that lead to other rows at the right."""

_WIDEST, _NARROWEST, _MARK = 78.0, 20.0, 15.0
_WIDEST_SHAPE = 76.0
_WIDEST_MORE = 20.0
_MARK_PART = 0.72
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A row in its place.

    Args:
        part: its layers.
        wired: the same in their places.
        left: the x of its beginning.
        axis: the y of its main path.
        channel: for what comes from other rows or goes to them, the y at which it does.
    """

    part: Part
    wired: Wired
    left: float
    axis: float = 0.0
    channel: Mapping[int, float] = field(default_factory=dict)

    def at(self, point: tuple[float, float], above: float = 0.0) -> tuple[float, float]:
        """A point along and across as x and y; what is infinitely far across is at a given y."""
        along, across = point
        return self.left + along, above if isinf(across) else self.axis + across


@dataclass(slots=True)
class Rows:
    """A network in rows.

    Args:
        graph: the network.
        options: how it is drawn.
        theme: the figure's.
        room: what it may take up.
        scale: of its type.
        taller: by how much boxes are taller than their words need.
    """

    graph: Graph
    options: Options
    theme: Theme
    room: Room
    scale: float
    taller: float = 0.0
    parents: list[tuple[int, ...]] = field(default_factory=list)
    path: list[int] = field(default_factory=list)
    lines: list[list[Written]] = field(default_factory=list)
    sizes: dict[int, Size] = field(default_factory=dict)
    margins: dict[int, int] = field(default_factory=dict)

    def found(self) -> list[Row] | None:
        """The rows, each with its place from left to right; None where there is not enough room."""
        self.parents = [tuple(dict.fromkeys(station.parents)) for station in self.graph.stations]
        layers = layers_of(self.parents)
        self.path = main_path(self.parents, layers)
        self._measure()
        single = parts_of(self.parents, layers, self.path, [0], lanes_first=True)[0]
        if least_area(single, self.sizes) > self.room.width * self.room.most:
            return None
        whole = self._wired(single)
        if whole.length <= self.room.width:
            return [Row(single, whole, 0.0)]
        crossings = crossings_of(self.parents, layers)
        lead = max(size.lead for size in self.sizes.values())
        left, lanes, less = 1.6 * AROUND, 0, 0.0
        for _ in range(_TRIES):
            space = self.room.width - left - AROUND - lanes * MARGIN_LANE
            starts = cuts_of(whole.gaps, crossings, space - lead - less)
            if starts is None:
                return None
            parts = parts_of(self.parents, layers, self.path, starts, lanes_first=True)
            found = self._find_margins(parts)
            rows = [self._wired(part) for part in parts]
            over = max(row.length for row in rows) - space
            if over <= 0 and found <= lanes:
                return self._spread(parts, rows, space, left)
            lanes, less = max(lanes, found), less + max(over, 0.0)
        return None

    # sizes --------------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Finds what is written in each box, and how large it is; those of the main path are of one height."""
        s, main = self.scale, set(self.path)
        self.lines = [
            box_lines(station, s, is_given_out=station.is_open_end and bool(self.graph.children[place]))
            for place, station in enumerate(self.graph.stations)
        ]
        most = max(len(lines) for lines in self.lines)
        for place, station in enumerate(self.graph.stations):
            lines = self.lines[place]
            count = most if place in main else len(lines)
            half = ((count * PITCH + 6) * s + self.taller) / 2
            wide = min(max([line.width for line in lines], default=0.0), _WIDEST * s)
            width = max(wide, _NARROWEST * s) + 7 * s
            if [line.text for line in lines] == [PLUS]:
                half, width = half * _MARK_PART, _MARK * s
            width += sum(marks_room(station, self.theme))
            above, below = self.shapes(station)
            label = max([text_width(text, SHAPE_SIZE * s) for text in (*above, *below)], default=0.0)
            upper, lower = len(above) * PITCH * s + 3, len(below) * PITCH * s + 3
            lead = 7 * s + (ZIGZAG if station.broken else 0.0)
            self.sizes[place] = Size(
                half, half, width, width + label + 5 * s, lead, max(half, upper), max(half, lower),
                stretches=len(self.parents[place]) > 1,
            )  # fmt: skip

    def shapes(self, station: Station) -> tuple[list[str], list[str]]:
        """What is written over a station's line, and under it."""
        size, most = SHAPE_SIZE * self.scale, _WIDEST_SHAPE * self.scale
        first = shape_texts(station.form, "source", size, most)
        last = shape_texts(station.form, "other", size, most)
        return first, last if self.options.order == "both" and first != last else []

    # rows ---------------------------------------------------------------------------------------------------

    def _wired(self, part: Part, stretch: Sequence[float] = ()) -> Wired:
        s = self.scale
        spacing = Spacing(stations=8 * s, lanes=5.0, beside=6 * s, track=5.0, ports=6 * s)
        return wired(part, frozenset(self.path), self.sizes, spacing, has_drops=True, stretch=stretch)

    def _find_margins(self, parts: Sequence[Part]) -> int:
        """Finds where each line from one row to others runs at the right; returns how many run side by side."""
        home = {place: number for number, part in enumerate(parts) for place in part.stations}
        spans = {
            source: (number, max(home[place] for place in taking))
            for number, part in enumerate(parts)
            for source, taking in part.leaving.items()
        }
        lanes: list[list[tuple[int, int]]] = []
        self.margins = {}
        # Short ones are inside.
        for source in sorted(spans, key=lambda s: (spans[s][1] - spans[s][0], spans[s], s)):
            first, last = spans[source]
            lane = next(
                (n for n, taken in enumerate(lanes) if all(last < one or two < first for one, two in taken)),
                len(lanes),
            )
            lanes[lane:] = lanes[lane:] or [[]]
            lanes[lane].append((first, last))
            self.margins[source] = lane
        return len(lanes)

    def _spread(self, parts: Sequence[Part], rows: Sequence[Wired], space: float, left: float) -> list[Row]:
        """The rows with what is left over between their boxes."""
        spread: list[Row] = []
        most = 0.0
        for number, (part, row) in enumerate(zip(parts, rows, strict=True)):
            # What leads into a row is as long in each.
            inner = [0.0] * (part.carried is not None)
            gaps = len(row.gaps) - 1 - len(inner)
            more = min((space - row.length) / gaps if gaps else 0.0, _WIDEST_MORE * self.scale)
            if number == len(parts) - 1:
                more = min(more, most)
            most = max(most, more)
            spread.append(Row(part, self._wired(part, [*inner, *[more] * gaps]), left))
        return spread
