"""Columns of flat boxes: how close they stand, how large they are, and where the network is parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from shapelens.drawing.flat.box_words import wordings_of
from shapelens.drawing.flat.boxes import SMALLEST, Room, Written, marks_room, shape_texts
from shapelens.drawing.flat.layering import Part, crossings_of, cuts_of, layers_of, main_path, parts_of
from shapelens.drawing.flat.operators_graph import gives_apart
from shapelens.drawing.flat.standing import Size, Spacing, Wired, least_area
from shapelens.drawing.flat.wiring import wired
from shapelens.drawing.metrics import text_width
from shapelens.drawing.options import Options
from shapelens.drawing.palette import Theme
from shapelens.drawing.scene import Point
from shapelens.drawing.stations import Graph
from shapelens.records import dataclass

__all__ = [
    "DENSITIES",
    "GUTTER",
    "IN_A_ROW",
    "MARK",
    "MARK_LINE",
    "ZIGZAG",
    "Column",
    "Columns",
    "Density",
    "Plan",
]

TYPE, NAME, PITCH, SHAPE_PITCH = 6.4, 6.8, 7.8, 7.2
ZIGZAG = 8.0
"""How much further a line ends over a box that does not get what it takes."""

GUTTER = 8.0
"""The least room between two columns, for the line that leads from one to the next."""

MARK = 3.9
"""Half of what a number takes up where a line ends that goes on elsewhere."""

IN_A_ROW, MARK_LINE, ASIDE = 4, 7.4, 4.0
_SLACKS = (1.02, 1.06, 1.12, 1.2, 1.32)
_EVENNESS = 0.3
_OVERFULL = 1.15
_NARROWEST_PORT = 6.0
_RETURNS = 3.5


@dataclass(frozen=True, slots=True)
class Density:
    """How close boxes stand, and how much is written.

    Args:
        scale: of the type.
        widest: the width of a box that is not exceeded.
        tallest: which part of the height that there is may be used.
        air: how much room there is around words, and for arrows.
        has_names: whether a box tells the layer's name over what it does.
        has_all_shapes: whether each line tells its shape, also where it is that of the line before.
    """

    scale: float
    widest: float
    tallest: float = 1.0
    air: float = 1.0
    has_names: bool = False
    has_all_shapes: bool = True


DENSITIES = (
    Density(1.3, 116.0, 0.62, has_names=True),
    Density(1.1, 110.0, 0.8, has_names=True),
    Density(0.94, 104.0, has_names=True),
    Density(1.1, 92.0),
    Density(0.94, 72.0),
    Density(0.94, 58.0, has_all_shapes=False),
    Density(0.94, 43.0, air=0.8, has_all_shapes=False),
)
"""From the one that tells most to the one that needs least room."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same however large a network is drawn.

    Args:
        parents: for each station those that it takes from.
        layers: the layer of each station.
        path: the main path.
        crossings: how many lines lead past each layer.
        whole: all layers, in one part.
    """

    parents: tuple[tuple[int, ...], ...]
    layers: tuple[int, ...]
    path: tuple[int, ...]
    crossings: tuple[int, ...]
    whole: Part

    @classmethod
    def of(cls, graph: Graph) -> Plan:
        """The plan of a network."""
        parents = tuple([tuple(dict.fromkeys(station.parents)) for station in graph.stations])
        layers = layers_of(parents)
        path = main_path(parents, layers)
        whole = parts_of(parents, layers, path, [0])[0]
        return cls(parents, tuple(layers), tuple(path), tuple(crossings_of(parents, layers)), whole)


@dataclass(frozen=True, slots=True)
class Column:
    """A column in its place.

    Args:
        part: its layers.
        wired: the same in their places.
        axis: the x of its main path.
    """

    part: Part
    wired: Wired
    axis: float = 0.0

    def at(self, point: tuple[float, float]) -> Point:
        """A point along and across as x and y."""
        return self.axis + point[1], point[0]

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.wired.far - self.wired.near


@dataclass(slots=True)
class Columns:
    """A network in columns.

    Args:
        graph: the network.
        options: how it is drawn.
        theme: the figure's.
        room: what it may take up.
        density: how close its boxes stand.
        plan: its layers.
    """

    graph: Graph
    options: Options
    theme: Theme
    room: Room
    density: Density
    plan: Plan
    lines: list[list[Written]] = field(default_factory=list)
    shapes: list[list[tuple[str, bool]]] = field(default_factory=list)
    sizes: dict[int, Size] = field(default_factory=dict)
    width: float = 0.0

    def found(self) -> list[Column] | None:
        """As few columns as have room, side by side; None where there is not enough."""
        self._measure()
        tallest = self.room.most * self.density.tallest - _RETURNS
        if least_area(self.plan.whole, self.sizes) > self.room.width * tallest:
            return None
        whole = self._wired(self.plan.whole, self.sizes)
        least = max(int(whole.length / tallest), 1)
        for count in range(least, int(self.room.width // self.width) + 1):
            columns = self._parted(whole, count)
            if columns is None:
                continue
            height = max(column.wired.length for column in columns)
            width = sum(column.width for column in columns) + GUTTER * (len(columns) - 1)
            if width > _OVERFULL * self.room.width:
                return None
            if height <= tallest and width <= self.room.width:
                return columns if height >= self.room.least else self._stretched(columns)
        return None

    # sizes --------------------------------------------------------------------------------------------------

    @property
    def type_size(self) -> float:
        """The size of the type of all but names."""
        return TYPE * self.density.scale

    def _measure(self) -> None:
        """Finds what is written in each box and under it, and how large all of them are."""
        density, s, stations = self.density, self.density.scale, self.graph.stations
        marks = max(sum(marks_room(station, self.theme)) for station in stations)
        inner = density.widest * s - marks - 4 * s
        self.lines = [self._words(place, inner) for place in range(len(stations))]
        self.width = min(max(line.width for lines in self.lines for line in lines), inner) + marks + 5 * s
        self.shapes = [self._shapes(place) for place in range(len(stations))]
        labels = [
            max([text_width(text, self.type_size) for text, _ in texts], default=0.0) + 3.0
            for texts in self.shapes
        ]
        # Lines leave boxes as near to the middle as what is written beside them lets them.
        port = max(min(self.width / 2, self.width - max(labels)), _NARROWEST_PORT)
        tall = 2 * PITCH * s + 4 * s if density.has_names else 0.72 * self.type_size + 3.6 * s * density.air
        for place, station in enumerate(stations):
            count = len(self.shapes[place])
            reach = tall + count * SHAPE_PITCH * s + (1.2 if count else 0.0)
            lead = 4.6 * s * density.air + (ZIGZAG if station.broken else 0.0)
            self.sizes[place] = Size(
                port, self.width - port, tall, reach, lead, port, max(self.width - port, labels[place]),
                stretches=bool(station.join),
            )  # fmt: skip

    def _words(self, place: int, inner: float) -> list[Written]:
        station, s, has_names = self.graph.stations[place], self.density.scale, self.density.has_names
        is_given_out = station.is_open_end and bool(self.graph.children[place])
        wordings = [
            Written(text, self.type_size)
            for text in wordings_of(station, has_names=has_names, is_given_out=is_given_out)
        ]
        words = next((line for line in wordings if line.width <= inner), wordings[-1])
        if not has_names:
            return [words]
        name = Written(station.name, NAME * s, is_bold=True)
        return [name] if words.text in {"", station.name} else [name, words]

    def _shapes(self, place: int) -> list[tuple[str, bool]]:
        """What is written under a box: the lines of its shape, and whether each is in the second order."""
        station, size = self.graph.stations[place], self.type_size
        if gives_apart(self.graph, place):
            return []
        text = station.form.text()
        if not self.density.has_all_shapes and station.parents:
            same = [self.graph.stations[p].form.text() == text for p in self.plan.parents[place]]
            if all(same):
                return []
        room = max(self.width, 6.2 * size)
        first = shape_texts(station.form, "source", size, room)
        last = shape_texts(station.form, "other", size, room)
        is_both = self.options.order == "both" and first != last
        return [*[(line, False) for line in first], *[(line, True) for line in last if is_both]]

    # columns ------------------------------------------------------------------------------------------------

    def _wired(self, part: Part, sizes: Mapping[int, Size], stretch: Sequence[float] = ()) -> Wired:
        spacing = Spacing(stations=5 * self.density.scale, lanes=3.2, beside=3.2, track=3.4, ports=4.0)
        return wired(part, frozenset(self.plan.path), sizes, spacing, stretch=stretch)

    def _parted(self, whole: Wired, count: int) -> list[Column] | None:
        """The network in about so many columns, as even as few cut lines let them be."""
        plan = self.plan
        if count == 1:
            return [Column(plan.whole, whole)]
        starts = None
        for slack in _SLACKS:
            longest = whole.length / count * slack
            starts = cuts_of(whole.gaps, plan.crossings, longest, evenness=_EVENNESS)
            if starts is not None and len(starts) <= count:
                break
        if starts is None:
            return None
        parts = parts_of(plan.parents, plan.layers, plan.path, starts)
        return [Column(part, self._wired(part, self._with_marks(part))) for part in parts]

    def _with_marks(self, part: Part) -> Mapping[int, Size]:
        """The sizes of a part's stations, with room for the numbers over and under them."""
        sizes = {place: self.sizes[place] for place in part.stations}
        for place, sources in part.entering.items():
            size, (wide, tall) = sizes[place], self._mark_size(len(sources))
            is_wide = wide > 2 * MARK
            after = max(size.room_after, size.after + wide) if is_wide else size.room_after
            stretches = size.stretches and not is_wide
            sizes[place] = replace(size, lead=size.lead + tall, room_after=after, stretches=stretches)
        for place in part.leaving:
            size = sizes[place]
            after = max(size.room_after, ASIDE + 2 * MARK)
            sizes[place] = replace(size, room_after=after, reach=size.reach + 2 * MARK + 1.5)
        return sizes

    def _mark_size(self, count: int) -> tuple[float, float]:
        """How wide and how tall the numbers of so many lines from other columns are."""
        is_many = len(self.graph.stations) > 99
        if count == 1 and not is_many:
            return 2 * MARK, 2 * MARK
        number = text_width("000, " if is_many else "00, ", SMALLEST)
        return min(count, IN_A_ROW) * number + 1.0, 2 * MARK + (count - 1) // IN_A_ROW * MARK_LINE

    def _stretched(self, columns: Sequence[Column]) -> list[Column]:
        """What is not tall enough for its page, with longer lines."""
        longer: list[Column] = []
        for column in columns:
            gaps = max(len(column.wired.gaps) - 1, 1)
            more = (self.room.least - column.wired.length) / gaps
            sizes = self._with_marks(column.part)
            longer.append(replace(column, wired=self._wired(column.part, sizes, [more] * gaps)))
        return longer
