"""A row for each resolution: what goes down and comes up again stands as a U, and skips run along their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import log2

from shapelens.drawing.laid import Laid
from shapelens.drawing.lanes import Lane, lane_over, lanes_of
from shapelens.drawing.marks import BREAK_ROOM
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run, lay_run
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Box, Element, Group, Label, Line, Paint, Point
from shapelens.drawing.stations import Graph, Station

__all__ = ["lay_levels"]

_STEP_DOWN, _STEP_UP, _GAP = 16.0, 10.0, 12.5
_ROW_GAP = 12.0
_SKIP_SIZE, _SHAPE_SIZE = 7.0, 6.2
_SHORTEST_SKIP = 34.0
_ONE_ROW = 0.4
_LEAST_STEP = 8.0


def lay_levels(graph: Graph, scale: Scale, theme: Theme, room: float) -> Laid | None:
    """The network in rows by resolution; None where there is not enough room."""
    places, lanes = lanes_of(graph)
    groups = _split(graph, places, lanes)
    thickness = sum(scale.measures(graph.stations[place].form).thickness for place in places)
    if max(_LEAST_STEP * len(groups), thickness / 2) > room:
        return None
    levels = _levels(graph, groups, lanes)
    axes = _axes(graph, groups, levels, scale, theme)
    runs = _placed(graph, groups, levels, axes, lanes, scale, theme, 0.0)
    if _width(runs) > room:
        return None
    ups = sum(later < earlier for earlier, later in pairwise(levels))
    if ups:
        # What is left over goes to the way up, so that the skips have room for their words.
        more = (room - _width(runs)) / ups
        wider = _placed(graph, groups, levels, axes, lanes, scale, theme, more)
        runs = wider if _width(wider) <= room + 0.01 else runs
    elements: list[Element] = [element for run in runs for element in run.elements]
    home = {body.place: number for number, run in enumerate(runs) for body in run.bodies}
    for number, (before, after) in enumerate(pairwise(runs)):
        if any(home.get(p) == number for p in graph.stations[after.first.place].parents):
            elements.append(_step(before, after, theme))
    taken = [box for run in runs for box in _boxes(run)]
    for lane in lanes:
        elements.append(_skip(graph, lane, runs, home, theme, taken))
    return Laid(tuple(elements), tuple(runs), is_table_wanted=False)


def _octaves(one: Station, other: Station) -> float:
    """By how many halvings the second is coarser than the first; none where that is not known."""
    sizes = [[place.size for place in station.form.places] for station in (one, other)]
    if len(sizes[0]) != len(sizes[1]):
        return 0.0
    if any(size is None for places in sizes for size in places):
        return 0.0
    first, second = (max([size or 1 for size in places], default=1) for places in sizes)
    return log2(first / second)


def _split(graph: Graph, places: Sequence[int], lanes: Sequence[Lane]) -> list[list[int]]:
    """Runs of neighbours of about one resolution; what a skip joins begins one."""
    ends = {lane.end for lane in lanes}
    groups: list[list[int]] = []
    for place in places:
        if groups and _goes_on(graph, groups[-1], place, is_joined=place in ends):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _goes_on(graph: Graph, group: Sequence[int], place: int, *, is_joined: bool) -> bool:
    """Whether a station stands in the run before it."""
    station, last = graph.stations[place], graph.stations[group[-1]]
    if station.form.is_vector or last.form.is_vector or group[-1] not in station.parents:
        return False
    if len(station.form.places) != len(last.form.places) or abs(_octaves(last, station)) >= _ONE_ROW:
        return False
    comes_from_elsewhere = any(parent not in group for parent in station.parents)
    return not station.broken and (not (is_joined and comes_from_elsewhere) or last.kind == "upsampling")


def _levels(graph: Graph, groups: Sequence[Sequence[int]], lanes: Sequence[Lane]) -> list[int]:
    """The row of each run: that of what it is joined to, else by how much coarser it is than what came before."""
    home = {place: number for number, group in enumerate(groups) for place in group}
    levels: list[int] = []
    for number, group in enumerate(groups):
        joined = [
            levels[home[lane.start]]
            for lane in lanes
            if lane.end in group
            and home[lane.start] < number
            and abs(_octaves(graph.stations[groups[home[lane.start]][-1]], graph.stations[lane.end])) < 0.8
        ]
        if joined:
            levels.append(joined[0])
        elif number == 0:
            levels.append(0)
        elif graph.stations[group[0]].form.is_vector:
            levels.append(levels[-1])
        else:
            before, after = graph.stations[groups[number - 1][-1]], graph.stations[group[0]]
            levels.append(levels[-1] + round(_octaves(before, after)))
    used = {level: row for row, level in enumerate(sorted(set(levels)))}
    return [used[level] for level in levels]


def _axes(
    graph: Graph, groups: Sequence[Sequence[int]], levels: Sequence[int], scale: Scale, theme: Theme
) -> dict[int, float]:
    """The y of the axis of each row."""
    above: dict[int, float] = {}
    below: dict[int, float] = {}
    for number, (group, level) in enumerate(zip(groups, levels, strict=True)):
        box = lay_run(group, graph.stations, (0.0, 0.0), scale, theme, is_first=number == 0).box
        above[level] = max(above.get(level, 0.0), -box.top)
        below[level] = max(below.get(level, 0.0), box.bottom)
    axes: dict[int, float] = {}
    y = 0.0
    for level in sorted(above):
        axes[level] = y + above[level]
        y = axes[level] + below[level] + _ROW_GAP
    return axes


def _placed(
    graph: Graph, groups: Sequence[Sequence[int]], levels: Sequence[int], axes: Mapping[int, float],
    lanes: Sequence[Lane], scale: Scale, theme: Theme, more: float,
) -> list[Run]:  # fmt: skip
    """The runs in order: a step down begins under the end of what is above, a step up leads into what is above."""
    runs: list[Run] = []
    for number, (group, level) in enumerate(zip(groups, levels, strict=True)):
        at = 0.0
        if runs:
            before, last = runs[-1], levels[number - 1]
            thickness = scale.measures(graph.stations[group[0]].form).thickness
            if level > last:
                at = (before.last.x + before.last.front_right) / 2 + _STEP_DOWN
            elif level < last:
                at = before.last.right + _STEP_UP + more - 0.7 * thickness
            else:
                at = before.last.right + _GAP + (BREAK_ROOM if graph.stations[group[0]].broken else 0)
        run = lay_run(group, graph.stations, (at, axes[level]), scale, theme, is_first=number == 0)
        starts = {lane.start for lane in lanes if lane.end in group}
        for other, row in zip(runs, levels, strict=False):
            if row == level:
                is_joined = any(body.place in starts for body in other.bodies)
                least = _SHORTEST_SKIP if is_joined and other is not runs[-1] else 4.0
                at = max(at, other.box.right + least + (run.first.x - run.box.left))
        if at > run.first.x:
            run = lay_run(group, graph.stations, (at, axes[level]), scale, theme, is_first=number == 0)
        push = max(
            (box.right + 2 - own.left for other in runs[-4:] for box in _boxes(other) for own in _boxes(run)
             if box.overlaps(own)),
            default=0.0,
        )  # fmt: skip
        if push > 0:
            run = lay_run(group, graph.stations, (at + push, axes[level]), scale, theme, is_first=number == 0)
        runs.append(run)
    return runs


def _boxes(run: Run) -> list[Box]:
    return [*run.body_boxes, *[label.box for label in run.labels]]


def _width(runs: Sequence[Run]) -> float:
    return max(run.box.right for run in runs) - min(run.box.left for run in runs)


def _step(before: Run, after: Run, theme: Theme) -> Group:
    """The arrow from one run to the next: level, or with an elbow."""
    start, end = before.last, after.first
    paint = Paint(stroke=theme.line, width=0.7, dash=(2.0, 1.6) if end.station.is_doubtful else ())
    if abs(start.axis - end.axis) < 0.01:
        path = [(start.right + 1.4, start.axis), (end.x - 1.2, end.axis)]
    elif end.axis > start.axis:
        x = (start.x + start.front_right) / 2
        path = [(x, before.box.bottom + 2), (x, end.axis), (end.x - 1.2, end.axis)]
    else:
        shades = theme.shades["upsampling"]
        paint = replace(paint, stroke=shades.stroke)
        x = min(max(end.x + 0.7 * end.measures.thickness, start.right + 5), end.front_right - 1)
        path = [(start.right + 1.4, start.axis), (x, start.axis), (x, after.box.bottom + 1.5)]
    return Group((Line(tuple(path), paint, head=2.8),), kind="arrow", name=end.station.name)


def _skip(
    graph: Graph, lane: Lane, runs: Sequence[Run], home: Mapping[int, int], theme: Theme, taken: list[Box]
) -> Group:
    """A skip along its row, with what it is joined to in words above it and its shape below, where there is room."""
    before, after = runs[home[lane.start]], runs[home[lane.end]]
    if before is after:
        bodies = {body.place: body for body in before.bodies}
        passed = [body for body in before.bodies if lane.start <= body.place <= lane.end]
        return lane_over(graph, lane, bodies, min(body.highest for body in passed) - 7, theme)
    station = graph.stations[lane.end]
    start, end = before.last.right + 1.4, after.first.x - 1.2
    y = before.first.axis
    if abs(y - after.first.axis) > 0.01 or start > end - 4:
        return _across(before, after, station, theme)
    between = [run for run in runs if abs(run.first.axis - y) < 0.01 and start < run.center < end]
    path: tuple[Point, ...] = ((start, y), (end, y))
    if between:
        y = min(run.box.top for run in between) - 6
        level = before.first.axis
        path = (
            (start, level),
            (start + 4, level),
            (start + 4, y),
            (end - 4, y),
            (end - 4, level),
            (end, level),
        )
    parts: list[Element] = [Line(path, Paint(stroke=theme.text, width=0.8), head=3.0)]
    middle, room = (start + end) / 2, end - start - 6
    sum_label = Label((middle, y - 3.4), "", _SKIP_SIZE, theme.text, is_bold=True, anchor="middle")
    shape_label = Label(
        (middle, y - 12.2 if between else y + 8.2), "", _SHAPE_SIZE, theme.second, anchor="middle"
    )
    for label, texts in ((sum_label, _join_words(station)), (shape_label, _carried_words(graph, lane))):
        fitting = [one for text in texts if (one := replace(label, text=text)).width <= room]
        free = [one for one in fitting if not any(one.box.overlaps(box) for box in taken)]
        if free:
            parts.append(free[0])
            taken.append(free[0].box)
    return Group(tuple(parts), kind="lane", name=station.name)


def _join_words(station: Station) -> list[str]:
    """What a skip is joined to, the longest text first."""
    if station.join == "concat" and station.parts:
        total = " + ".join(str(size) for _, size in station.parts) + f" = {station.form.channels.text}"
        return [f"concat {total}", total, "concat"]
    return ["add", "+"] if station.join == "+" else []


def _carried_words(graph: Graph, lane: Lane) -> list[str]:
    """The shape of what a skip carries, the longest text first."""
    last = graph.stations[lane.through[-1] if lane.through else lane.start]
    crop = "cropped to " if lane.through and last.kind == "reshape" else ""
    letters = "×".join(last.form.letters)
    shape = f"{crop}{last.form.text('first')}"
    full = f"{shape} (C×{letters})"
    return [f"{full} = {last.form.text('last')} ({letters}×C)", full, shape] if letters else [shape]


def _across(before: Run, after: Run, station: Station, theme: Theme) -> Group:
    """A line between rows."""
    paint = Paint(stroke=theme.line, width=0.6)
    start = before.last
    end = after.first
    x = end.x + 0.3 * end.measures.thickness
    is_down = end.axis > start.axis
    foot = end.highest - 1 if is_down else after.box.bottom + 1.5
    path = ((start.right + 1.4, start.axis), (x, start.axis), (x, foot))
    return Group((Line(path, paint, head=2.8),), kind="lane", name=station.name)
