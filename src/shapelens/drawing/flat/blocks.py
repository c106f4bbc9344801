"""Flat boxes from left to right, in as many rows as it takes, with the shapes on the arrows: for a slide.

Branches stand one above another, and skips run on lanes above what they pass. What one row ends with is led around to
where the next begins; what goes to another row besides goes around at the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isinf

from shapelens.drawing.flat.boxes import Room, drawn_box, junction, sections_of, zigzag
from shapelens.drawing.flat.rows import AROUND, MARGIN_LANE, PITCH, SHAPE_SIZE, ZIGZAG, Row, Rows
from shapelens.drawing.flat.standing import Wire
from shapelens.drawing.laid import Laid
from shapelens.drawing.options import Options
from shapelens.drawing.palette import Theme
from shapelens.drawing.scene import Box, Element, Group, Label, Line, Paint, Point
from shapelens.drawing.stations import Graph, Station
from shapelens.records import dataclass

__all__ = ["lay_blocks"]

_SCALES = (1.3, 1.15, 1.0, 0.91)
_USUAL_ROOM = 458.0
_ROW_GAP = 11.5
_CHANNEL = 5.0
_LINE, _HEAD = 0.7, 2.8
_DASHES = (2.0, 1.6)


def lay_blocks(graph: Graph, options: Options, theme: Theme, room: Room) -> Laid | None:
    """The network as flat boxes in rows, at the largest type at which it fits; None where it does not.

    Args:
        graph: the network.
        options: how it is drawn.
        theme: the figure's.
        room: what it may take up.
    """
    wide = max(1.0, room.width / _USUAL_ROOM)
    for scale in _SCALES:
        laid = _laid(Rows(graph, options, theme, room, scale * (wide if scale > 1 else 1.0)))
        if laid is not None:
            return laid
    return None


def _laid(rows: Rows) -> Laid | None:
    found = rows.found()
    if found is None:
        return None
    laid = Laid(tuple(_Painter(rows, found).all()), is_table_wanted=False)
    height = laid.box.height
    if height < rows.room.least - 0.01 and not rows.taller:
        return _laid(replace(rows, taller=(rows.room.least - height) / len(found)))
    return laid if height <= rows.room.most else None


@dataclass(slots=True)
class _Painter:
    rows: Rows
    placed: list[Row]

    def all(self) -> Iterator[Element]:
        """Everything: lines first, and boxes over them."""
        self._place()
        right = max(row.left + row.wired.length for row in self.placed)
        yield from self._around(right)
        for number, row in enumerate(self.placed):
            start = self._return(self.placed[number - 1], row, right) if number else ()
            yield from self._lines(row, start)
        for row in self.placed:
            yield from self._boxes(row)

    def _place(self) -> None:
        """Puts the rows under one another, with room between for what comes from other rows."""
        pitch = SHAPE_SIZE * self.rows.scale + 3.5
        y = 0.0
        for number, row in enumerate(self.placed):
            drops: dict[int, float] = {}
            for wire in row.wired.wires:
                for x, across in (wire.points[0], wire.points[-1]):
                    if isinf(across):
                        drops[wire.source] = min(drops.get(wire.source, x), x)
            # What comes down further right is led there under the others, and crosses none of them.
            order = sorted(drops, key=lambda source: (drops[source], source))
            channel = {source: y + (place + 1) * pitch for place, source in enumerate(order)}
            y += len(order) * pitch + (_CHANNEL if order else 0.0)
            axis = y - row.wired.near
            self.placed[number] = replace(row, axis=axis, channel=channel)
            y = axis + row.wired.far + _ROW_GAP

    # lines --------------------------------------------------------------------------------------------------

    def _paint(self, source: int) -> Paint:
        is_doubtful = self.rows.graph.stations[source].is_doubtful
        return Paint(stroke=self.rows.theme.line, width=_LINE, dash=_DASHES if is_doubtful else ())

    def _arrow(self, source: int, target: int, points: Sequence[Point]) -> Group:
        """A line that ends at a box, or before the break in front of it."""
        station = self.rows.graph.stations[target]
        x, y = points[-1]
        end = (x - (ZIGZAG if station.broken else 0.6), y)
        line = Line((*points[:-1], end), self._paint(source), head=_HEAD)
        return Group((line,), kind="arrow", name=station.name)

    def _return(self, before: Row, after: Row, right: float) -> list[Point]:
        """The way from the end of a row to the beginning of the next."""
        source = after.part.carried
        assert source is not None
        start = before.wired.stands[source]
        x, y = before.at((start.end, start.port))
        turn = before.axis + before.wired.far + 0.7 * AROUND
        return [(x, y), (right + 3.0, y), (right + 3.0, turn), (after.left - AROUND, turn),
                (after.left - AROUND, after.axis)]  # fmt: skip

    def _around(self, right: float) -> Iterator[Element]:
        """What leads from one row to others, around at the right."""
        starts: dict[int, tuple[int, Wire]] = {}
        ends: dict[int, list[tuple[Row, Wire]]] = {}
        for number, row in enumerate(self.placed):
            for wire in row.wired.wires:
                if wire.target is None:
                    starts[wire.source] = number, wire
                elif isinf(wire.points[0][1]):
                    ends.setdefault(wire.source, []).append((row, wire))
        for source in sorted(starts):
            number, wire = starts[source]
            row = self.placed[number]
            x = right + AROUND - 1.0 + (self.rows.margins[source] + 0.5) * MARGIN_LANE
            leaves = [row.at(point, row.channel[source]) for point in wire.points]
            yield from self._way(source, [*leaves, (x, row.channel[source])], ends[source][::-1])
            if wire.is_branch:
                yield junction(leaves[0], self.rows.theme)
            elif number + 1 < len(self.placed) and self.placed[number + 1].part.carried == source:
                yield junction(leaves[-2], self.rows.theme)
            for entered in dict.fromkeys(id(entered) for entered, _ in ends[source]):
                below = next(r for r in self.placed if id(r) == entered)
                yield from self._lane_label(source, below, right)

    def _way(
        self, source: int, leaves: Sequence[Point], ends: Sequence[tuple[Row, Wire]]
    ) -> Iterator[Element]:
        """The lines from where something leaves its row to all that take it, the furthest first."""
        x = leaves[-1][0]
        for number, (row, wire) in enumerate(ends):
            level = row.channel[source]
            comes = [(x, level), *[row.at(point, level) for point in wire.points]]
            assert wire.target is not None
            yield self._arrow(source, wire.target, comes if number else [*leaves, *comes])
            if number:
                yield junction(comes[0], self.rows.theme)

    def _lane_label(self, source: int, row: Row, right: float) -> Iterator[Element]:
        """The shape of what comes along a lane, over it, where no line comes down through it."""
        station = self.rows.graph.stations[source]
        downs = [
            (row.at(point)[0], wire.source)
            for wire in row.wired.wires
            for point in (wire.points[0], wire.points[-1])
            if isinf(point[1])
        ]
        level = row.channel[source]
        x = min(x for x, of in downs if of == source)
        color = self.rows.theme.second if station.is_doubtful else self.rows.theme.text
        label = Label((x + 3, level - 2), station.form.text(), SHAPE_SIZE * self.rows.scale, color)
        is_crossed = any(
            label.box.left - 1 < x < label.box.right + 1 and row.channel[of] < level for x, of in downs
        )
        if not is_crossed and label.box.right < right:
            yield Group((label,), kind="shape", name=station.name)

    def _lines(self, row: Row, start: Sequence[Point]) -> Iterator[Element]:
        """The lines within a row and from the one before, and what leads out of the network."""
        graph = self.rows.graph
        for wire in row.wired.wires:
            if wire.target is None or isinf(wire.points[0][1]):
                continue
            points = [row.at(point) for point in wire.points]
            if wire.source == row.part.carried and not wire.is_branch:
                points = [*start, *points]
            yield self._arrow(wire.source, wire.target, points)
            if wire.is_branch:
                yield junction(points[0], self.rows.theme)
        for place, stand in row.wired.stands.items():
            if not graph.children[place]:
                x, y = row.at((stand.end, stand.port))
                size = self.rows.sizes[place]
                line = Line(((x, y), (x + size.reach - size.thickness, y)), self._paint(place), head=_HEAD)
                yield Group((line,), kind="arrow", name=graph.stations[place].name)

    # boxes --------------------------------------------------------------------------------------------------

    def _boxes(self, row: Row) -> Iterator[Element]:
        rows = self.rows
        for place, stand in row.wired.stands.items():
            station = rows.graph.stations[place]
            left, top = row.at((stand.start, stand.near))
            right, bottom = row.at((stand.end, stand.far))
            ports = row.wired.ports_of(place) if station.join == "concat" else {}
            sections = [
                (kind, Box(left, row.axis + near, right, row.axis + far))
                for kind, near, far in sections_of(station, ports, stand.near, stand.far)
            ]
            yield from drawn_box(
                station, Box(left, top, right, bottom), rows.lines[place], rows.theme, pitch=PITCH * rows.scale,
                highlight=rows.options.highlight, sections=sections,
            )  # fmt: skip
            if station.broken:
                x = left - ZIGZAG / 2
                mark = zigzag((x, top - 1.0), (x, bottom + 1.0), rows.theme)
                yield Group((mark,), kind="break", name=station.name)
            yield self._shape(station, row.at((stand.end, stand.port)))

    def _shape(self, station: Station, at: Point) -> Group:
        """The shape on the line that leaves a box: over it, and in the other order under it."""
        theme, scale = self.rows.theme, self.rows.scale
        above, below = self.rows.shapes(station)
        size, pitch = SHAPE_SIZE * scale, PITCH * scale
        x, y = at[0] + 2.5 * scale, at[1]
        color = theme.second if station.is_doubtful else theme.text
        labels = [
            Label((x, y - 2.6 - (len(above) - 1 - number) * pitch), text, size, color)
            for number, text in enumerate(above)
        ]
        labels += [
            Label((x, y + 2.6 + 0.74 * size + number * pitch), text, size, theme.second)
            for number, text in enumerate(below)
        ]
        return Group(tuple(labels), kind="shape", name=station.name)
