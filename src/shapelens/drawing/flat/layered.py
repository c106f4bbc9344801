"""Every operator, from top to bottom in layers, in as many columns as it takes.

What one column ends with is led to the top of the next. What goes to another column besides ends in a number, and goes
on where the number stands again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shapelens.drawing.flat.boxes import SMALLEST, Room, drawn_box, junction, sections_of, zigzag
from shapelens.drawing.flat.columns import (
    ASIDE,
    DENSITIES,
    IN_A_ROW,
    MARK,
    MARK_LINE,
    PITCH,
    SHAPE_PITCH,
    ZIGZAG,
    Column,
    Columns,
    Plan,
)
from shapelens.drawing.laid import Laid
from shapelens.drawing.options import Options
from shapelens.drawing.palette import Theme
from shapelens.drawing.scene import Box, Circle, Element, Group, Label, Line, Paint, Point, Polygon
from shapelens.drawing.stations import Graph
from shapelens.records import dataclass

__all__ = ["lay_graph"]

_USUAL_ROOM = 458.0
_WIDEST_GUTTER = 34.0
_SMALLEST_BOX = 11.0 * 40.0
_LINE, _HEAD, _STUB = 0.6, 2.6, 4.6
_DASHES = (2.0, 1.6)


def lay_graph(graph: Graph, options: Options, theme: Theme, room: Room) -> Laid | None:
    """The network as a layered graph in columns, with as much written as there is room for; None where it does not fit.

    Args:
        graph: the network.
        options: how it is drawn.
        theme: the figure's.
        room: what it may take up.
    """
    if len(graph.stations) * _SMALLEST_BOX > room.width * room.most:
        return None
    wide = max(1.0, room.width / _USUAL_ROOM)
    plan = Plan.of(graph)
    for density in DENSITIES:
        scale = density.scale * (wide if density.scale > 1 else 1.0)
        columns = Columns(graph, options, theme, room, replace(density, scale=scale), plan)
        found = columns.found()
        if found is not None:
            return Laid(tuple(_Painter(columns, found).all()), is_table_wanted=False)
    return None


@dataclass(slots=True)
class _Painter:
    columns: Columns
    placed: list[Column]

    def all(self) -> Iterator[Element]:
        """Everything: lines first, and boxes over them."""
        gutter = self._place()
        leaving = [
            place for column in self.placed for place in column.part.stations if place in column.part.leaving
        ]
        numbers = {place: number for number, place in enumerate(leaving, 1)}
        for number, column in enumerate(self.placed):
            start = self._return(self.placed[number - 1], column, gutter) if number else ()
            yield from self._lines(column, start)
        for column in self.placed:
            yield from self._boxes(column)
            yield from self._leaving(column, numbers)
            yield from self._entering(column, numbers)

    def _place(self) -> float:
        """Puts the columns side by side; returns how far they are apart."""
        spare = self.columns.room.width - sum(column.width for column in self.placed)
        gutter = min(spare / max(len(self.placed) - 1, 1), _WIDEST_GUTTER)
        x = 0.0
        for number, column in enumerate(self.placed):
            self.placed[number] = replace(column, axis=x - column.wired.near)
            x += column.width + gutter
        return gutter

    # lines --------------------------------------------------------------------------------------------------

    def _paint(self, source: int) -> Paint:
        is_doubtful = self.columns.graph.stations[source].is_doubtful
        return Paint(stroke=self.columns.theme.line, width=_LINE, dash=_DASHES if is_doubtful else ())

    def _arrow(self, source: int, target: int, points: Sequence[Point]) -> Group:
        """A line that ends at a box, or before the break over it."""
        station = self.columns.graph.stations[target]
        x, y = points[-1]
        end = (x, y - (ZIGZAG if station.broken else 0.4))
        line = Line((*points[:-1], end), self._paint(source), head=_HEAD)
        return Group((line,), kind="arrow", name=station.name)

    def _return(self, before: Column, after: Column, gutter: float) -> list[Point]:
        """The way from the foot of a column to the top of the next."""
        source = after.part.carried
        assert source is not None
        stand = before.wired.stands[source]
        x, y = before.at((stand.end, stand.port))
        foot = before.wired.length + 1.0
        aside = before.axis + before.wired.far + gutter / 2
        return [(x, y), (x, foot), (aside, foot), (aside, -2.0), (after.axis, -2.0)]

    def _lines(self, column: Column, start: Sequence[Point]) -> Iterator[Element]:
        """The lines within a column and from the one before, and what leads out of the network."""
        graph = self.columns.graph
        for wire in column.wired.wires:
            if wire.target is None:
                continue
            points = [column.at(point) for point in wire.points]
            if wire.source == column.part.carried and not wire.is_branch:
                points = [*start, *points]
            yield self._arrow(wire.source, wire.target, points)
            if wire.is_branch:
                yield junction(points[0], self.columns.theme)
        for place, stand in column.wired.stands.items():
            if not graph.children[place]:
                x, y = column.at((stand.end, stand.port))
                size = self.columns.sizes[place]
                line = Line(((x, y), (x, y + size.reach - size.thickness)), self._paint(place), head=_HEAD)
                yield Group((line,), kind="arrow", name=graph.stations[place].name)

    # boxes --------------------------------------------------------------------------------------------------

    def _boxes(self, column: Column) -> Iterator[Element]:
        columns = self.columns
        for place, stand in column.wired.stands.items():
            station = columns.graph.stations[place]
            left, top = column.at((stand.start, stand.near))
            right, bottom = column.at((stand.end, stand.far))
            ports = column.wired.ports_of(place) if station.join == "concat" else {}
            sections = [
                (kind, Box(column.axis + near, top, column.axis + far, bottom))
                for kind, near, far in sections_of(station, ports, stand.near, stand.far)
            ]
            yield from drawn_box(
                station, Box(left, top, right, bottom), columns.lines[place], columns.theme,
                pitch=PITCH * columns.density.scale, highlight=columns.options.highlight, sections=sections,
            )  # fmt: skip
            if station.broken:
                y = top - ZIGZAG / 2
                mark = zigzag((left - 1.0, y), (right + 1.0, y), columns.theme)
                yield Group((mark,), kind="break", name=station.name)
            if columns.shapes[place]:
                yield self._shape(place, column.at((stand.end, stand.port)))

    def _shape(self, place: int, at: Point) -> Group:
        """The shape beside the line that leaves a box."""
        columns = self.columns
        theme, station, size = columns.theme, columns.graph.stations[place], columns.type_size
        pitch = SHAPE_PITCH * columns.density.scale
        x, y = at[0] + 2.2, at[1] + 1.6 + 0.74 * size
        labels = [
            Label(
                (x, y + number * pitch),
                text,
                size,
                theme.second if is_second or station.is_doubtful else theme.text,
            )
            for number, (text, is_second) in enumerate(columns.shapes[place])
        ]
        return Group(tuple(labels), kind="shape", name=station.name)

    # numbers ------------------------------------------------------------------------------------------------

    def _leaving(self, column: Column, numbers: Mapping[int, int]) -> Iterator[Element]:
        """Where lines end that go on in other columns."""
        theme = self.columns.theme
        going_on = {item[0] for nets in column.part.nets for item, _ in nets}
        going_on |= {after.part.carried for after in self.placed if after.part.carried is not None}
        for place in column.part.leaving:
            stand, size = column.wired.stands[place], self.columns.sizes[place]
            x, y = column.at((stand.end, stand.port))
            level = y + size.reach - size.thickness + MARK + 0.75
            if place in going_on:
                points, center = ((x, level), (x + ASIDE, level)), (x + ASIDE + MARK, level)
                yield junction((x, level), theme)
            else:
                points, center = ((x, y), (x, level - MARK)), (x, level)
            mark = _number_mark(center, numbers[place], theme)
            name = self.columns.graph.stations[place].name
            yield Group((Line(points, self._paint(place)), *mark), kind="leaves", name=name)

    def _entering(self, column: Column, numbers: Mapping[int, int]) -> Iterator[Element]:
        """Where lines from other columns go on."""
        for place, sources in column.part.entering.items():
            station = self.columns.graph.stations[place]
            x, y = column.at((column.wired.stands[place].start, column.wired.entries[place]))
            foot = y - _STUB - (ZIGZAG if station.broken else 0.0)
            arrow = self._arrow(sources[0], place, [(x, foot), (x, y)])
            mark = _numbers_mark((x, foot), [numbers[source] for source in sources], self.columns.theme)
            yield Group((arrow, *mark), kind="enters", name=station.name)


def _number_mark(center: Point, number: int, theme: Theme) -> list[Element]:
    """A number in a circle, which is as large as it has to be."""
    label = Label((center[0], center[1] + 2.15), str(number), SMALLEST, theme.text, anchor="middle")
    return [Circle(center, max(MARK, label.width / 2 + 0.6), Paint(theme.page, theme.line, _LINE)), label]


def _numbers_mark(foot: Point, numbers: Sequence[int], theme: Theme) -> list[Element]:
    """The numbers of what comes together from other columns: one in a circle, several in a box."""
    x, y = foot
    told = sorted(numbers)
    if len(told) == 1:
        return _number_mark((x, y - MARK), told[0], theme)
    rows = [told[at : at + IN_A_ROW] for at in range(0, len(told), IN_A_ROW)]
    left, top = x - 3.0, y - 2 * MARK - (len(rows) - 1) * MARK_LINE
    labels = [
        Label(
            (left + 1.5, top + MARK + 2.15 + line * MARK_LINE), ", ".join(map(str, row)), SMALLEST, theme.text
        )
        for line, row in enumerate(rows)
    ]
    right = max(label.box.right for label in labels) + 1.5
    corners = ((left, top), (right, top), (right, y), (left, y))
    return [Polygon(corners, Paint(theme.page, theme.line, _LINE)), *labels]
