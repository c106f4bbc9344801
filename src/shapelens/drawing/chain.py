"""Everything on one axis, from left to right, with what goes past in lanes above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from shapelens.drawing.laid import Laid
from shapelens.drawing.lanes import Lane, lanes_of, line_past
from shapelens.drawing.marks import BREAK_ROOM
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run, lay_run, split_runs
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Box, Element, Group, Line, Paint
from shapelens.drawing.solids import Body, filter_on
from shapelens.drawing.stations import Graph
from shapelens.drawing.words import filters_of
from shapelens.operators import Convolution

__all__ = ["lay_chain", "lay_rows"]

_GAP, _PYRAMID_GAP, _BAR_GAP = 11.5, 21.0, 11.0
_WIDEST_GAP = 64.0
_ROW_GAP = 14.0
_LEAD = 12.0


def opened_by_filter(graph: Graph, axis: Sequence[int]) -> int | None:
    """The first convolution on the axis that changes the shape of what it takes, and whose filter can be drawn."""
    for before, place in pairwise(axis):
        station = graph.stations[place]
        if isinstance(station.operator, Convolution) and station.parents == (before,) and not station.members:
            filters = filters_of(station)
            form = graph.stations[before].form
            if (
                filters is not None
                and len(form.places) == 2
                and not form.is_vector
                and not station.is_doubtful
            ):
                return place
    return None


def lay_chain(
    graph: Graph, scale: Scale, theme: Theme, room: float, axis: float = 0.0, *, has_filter: bool = True
) -> Laid | None:
    """The network on one axis, as wide as there is room for; None where there is not enough."""
    if _least_width(graph, scale) > room:
        return None
    places, lanes = lanes_of(graph)
    filtered = opened_by_filter(graph, places) if has_filter else None
    opened = frozenset() if filtered is None else frozenset({filtered})
    groups = split_runs(places, graph.stations, opened)
    gaps = [0.0] + [_gap_before(graph, group, filtered) for group in groups[1:]]
    runs = _placed(graph, groups, gaps, scale, theme, axis)
    spare = room - (max(run.box.right for run in runs) - min(run.box.left for run in runs))
    if spare < 0:
        return None
    if len(groups) > 1:
        # What is left over goes between the runs, so that a table finds room under them.
        more = min(spare / (len(groups) - 1), _WIDEST_GAP)
        wider = [0.0] + [gap + more for gap in gaps[1:]]
        stretched = _placed(graph, groups, wider, scale, theme, axis)
        if max(run.box.right for run in stretched) - min(run.box.left for run in stretched) <= room + 0.01:
            runs = stretched
    return _joined(graph, runs, lanes, filtered, scale, theme)


def lay_rows(graph: Graph, scale: Scale, theme: Theme, room: float) -> Laid | None:
    """The network in rows under one another, parted where nothing goes past; None where a row is too long.

    What a row ends with is what the next begins after: an arrow leads out of the one and into the other.
    """
    places, lanes = lanes_of(graph)
    cuts = [
        number
        for number in range(1, len(places))
        if places[number - 1] in graph.stations[places[number]].parents
        and not any(lane.start < places[number] <= lane.end for lane in lanes)
    ]
    rows: list[Laid] = []
    first = 0
    while first < len(places):
        ends = [cut for cut in cuts if cut > first] + [len(places)]
        fitting: Laid | None = None
        stop = first
        for end in ends:
            beyond = places[end] if end < len(places) else len(graph.stations)
            part = _part(graph, places[first], beyond)
            laid = lay_chain(part, scale, theme, room - 2 * _LEAD, has_filter=first == 0)
            if laid is None:
                break
            fitting, stop = laid, end
        if fitting is None:
            return None
        rows.append(fitting)
        first = stop
    return _under_one_another(rows, theme)


def _part(graph: Graph, first: int, stop: int) -> Graph:
    """The stations from one on to before another."""
    kept = range(first, stop)
    stations = [
        replace(
            graph.stations[place],
            parents=tuple([p - first for p in graph.stations[place].parents if p in kept]),
        )
        for place in kept
    ]
    return replace(graph, stations=tuple(stations))


def _under_one_another(rows: Sequence[Laid], theme: Theme) -> Laid:
    elements: list[Element] = []
    y = 0.0
    paint = Paint(stroke=theme.line, width=0.7)
    for number, row in enumerate(rows):
        box = row.box
        placed = row.moved(_LEAD - box.left, y - box.top)
        elements += placed.elements
        axis = y - box.top
        if number:
            elements.append(Group((Line(((0.0, axis), (_LEAD - 2.0, axis)), paint, head=2.8),), kind="arrow"))
        if number < len(rows) - 1:
            right = placed.box.right + 1.5
            elements.append(
                Group((Line(((right, axis), (right + _LEAD - 2.0, axis)), paint, head=2.8),), kind="arrow")
            )
        y += box.height + _ROW_GAP
    return Laid(tuple(elements), shows_filter=any(row.shows_filter for row in rows), is_table_wanted=False)


def _least_width(graph: Graph, scale: Scale) -> float:
    """What the bodies alone take up; nothing is laid out to find it."""
    return sum(scale.measures(station.form).thickness for station in graph.stations)


def _gap_before(graph: Graph, group: Sequence[int], filtered: int | None) -> float:
    station = graph.stations[group[0]]
    if group[0] == filtered:
        return _PYRAMID_GAP
    if station.broken:
        return _GAP + BREAK_ROOM
    return _BAR_GAP if station.form.is_vector else _GAP


def _placed(
    graph: Graph,
    groups: Sequence[Sequence[int]],
    gaps: Sequence[float],
    scale: Scale,
    theme: Theme,
    axis: float,
) -> list[Run]:
    """The runs side by side, as near as their labels let them."""
    runs: list[Run] = []
    taken: list[Box] = []
    x = 0.0
    for number, group in enumerate(groups):
        is_led_to = number > 0 and any(p == groups[number - 1][-1] for p in graph.stations[group[0]].parents)
        x += gaps[number]
        run = lay_run(
            group, graph.stations, (x, axis), scale, theme, is_first=number == 0, has_arrow=is_led_to
        )
        push = _push(taken, run)
        if push > 0:
            x += push
            run = lay_run(
                group, graph.stations, (x, axis), scale, theme, is_first=number == 0, has_arrow=is_led_to
            )
        runs.append(run)
        taken = [*taken[-12:], *run.body_boxes, *[label.box for label in run.labels]]
        x = run.last.right
    return runs


def _push(taken: Sequence[Box], run: Run) -> float:
    """How far a run has to give way to what stands before it."""
    push = 0.0
    own = [*run.body_boxes, *[label.box for label in run.labels]]
    for before in taken:
        for box in own:
            is_level = before.top < box.bottom + 0.5 and box.top < before.bottom + 0.5
            if is_level:
                push = max(push, before.right + 1.8 - box.left)
    return push


def _joined(
    graph: Graph, runs: Sequence[Run], lanes: Sequence[Lane], filtered: int | None, scale: Scale, theme: Theme
) -> Laid:
    """The runs with what connects them."""
    bodies = {body.place: body for run in runs for body in run.bodies}
    elements: list[Element] = []
    for run in runs:
        elements += run.elements
    for before, run in pairwise(runs):
        if run.first.place == filtered or run.first.station.broken:
            continue
        if before.last.place in graph.stations[run.first.place].parents:
            elements += _arrow(before.last, run.first, theme)
    if filtered is not None:
        station = graph.stations[filtered]
        filters = filters_of(station)
        window = [e if isinstance(e, int) else None for e in (filters.kernel if filters is not None else ())]
        slid_over = bodies[station.parents[0]]
        elements.append(filter_on(slid_over, bodies[filtered], window, scale, theme)[0])
    elements += line_past(graph, runs, lanes, bodies, theme)
    return Laid(
        tuple(elements), tuple([_with_lanes(graph, run, lanes) for run in runs]), filtered is not None
    )


def _with_lanes(graph: Graph, run: Run, lanes: Sequence[Lane]) -> Run:
    """A run that knows what stands on the lanes that end in it."""
    places = {body.place for body in run.bodies}
    beside = [graph.stations[place] for lane in lanes if lane.end in places for place in lane.through]
    return replace(run, beside=tuple(beside))


def _arrow(before: Body, after: Body, theme: Theme) -> list[Element]:
    start, end = before.right + 1.4, after.x - 1.2
    if after.station.form.is_vector:
        # Its number stands on its left.
        end -= 7.4
    if end - start < 3:
        return []
    y = before.axis
    is_doubtful = after.station.is_doubtful
    paint = Paint(stroke=theme.line, width=0.7, dash=(2.0, 1.6) if is_doubtful else ())
    return [Group((Line(((start, y), (end, y)), paint, head=2.8),), kind="arrow", name=after.station.name)]
