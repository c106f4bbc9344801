"""What stands on the axis of a figure, and what goes past it in lanes above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.analyses.structure import Chain, Parallel, members_of
from shapelens.drawing.branches import structure
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run, plus_mark
from shapelens.drawing.scene import Element, Group, Label, Line, Paint, Polygon
from shapelens.drawing.solids import Body, title_of
from shapelens.drawing.stations import Graph, Station
from shapelens.drawing.words import filter_words
from shapelens.records import dataclass

__all__ = ["Lane", "lane_over", "lanes_of", "line_past"]

_LANE_GAP = 11.0
_CHIP = 11.0
_LANES_APART, _LABEL_APART = 5.5, 10.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A line past others.

    Args:
        start: the station that it leaves.
        end: the station that it leads to.
        through: the stations that stand on it: a projection.
    """

    start: int
    end: int
    through: tuple[int, ...] = ()


def lanes_of(graph: Graph) -> tuple[list[int], list[Lane]]:
    """What stands on the axis, and what goes past it.

    Returns:
        The stations of the axis in order, and the lanes.
    """
    past: dict[int, None] = {}
    _leave_the_axis(graph, structure(graph), past)
    axis = [place for place in range(len(graph.stations)) if place not in past]
    after = {place: axis[i + 1] if i + 1 < len(axis) else -1 for i, place in enumerate(axis)}
    lanes: list[Lane] = []
    for place in axis:
        for parent in dict.fromkeys(graph.stations[place].parents):
            through: list[int] = []
            start = parent
            while start in past:
                through.insert(0, start)
                start = graph.stations[start].parents[0]
            if through or after[start] != place:
                lanes.append(Lane(start, place, tuple(through)))
    return axis, lanes


def _leave_the_axis(graph: Graph, chain: Chain, past: dict[int, None]) -> None:
    """Branches of one station beside a longer one stand on a lane: they are put into `past`."""
    for item in chain.items:
        if not isinstance(item, Parallel):
            continue
        longest = max(item.branches, key=lambda branch: len(list(members_of(branch))))
        for branch in item.branches:
            members = list(members_of(branch))
            if branch is not longest and len(members) == 1 and _leads_on(graph, members[0]):
                past[members[0]] = None
            else:
                _leave_the_axis(graph, branch, past)


def _leads_on(graph: Graph, place: int) -> bool:
    """Whether a station takes from one and gives to another: inputs and outputs stand on no lane."""
    station = graph.stations[place]
    return bool(station.parents) and bool(graph.children[place]) and not station.is_open_end


def line_past(
    graph: Graph, runs: Sequence[Run], lanes: Sequence[Lane], bodies: dict[int, Body], theme: Theme
) -> list[Element]:
    """Lines past the axis, above what they pass, each at a height of its own where they would meet."""
    order = [body.place for run in runs for body in run.bodies]
    position = {place: number for number, place in enumerate(order)}
    highest = [bodies[place].highest - (14 if bodies[place].station.times > 1 else 0) for place in order]
    laid: list[tuple[int, int, float, float]] = []
    elements: list[Element] = []
    for lane in sorted(
        lanes, key=lambda lane: (position[lane.end] - position[lane.start], position[lane.start])
    ):
        first, last = position[lane.start], position[lane.end]
        y = min(highest[first : last + 1]) - _LANE_GAP + 4
        for other_first, other_last, other_y, apart in laid:
            if first < other_last and other_first < last:
                y = min(y, other_y - max(apart, _CHIP + 3 if lane.through else _LANES_APART))
        # One that ends where another begins is at another height, or the two would read as one.
        touching = [height for a, b, height, _ in laid if last == a or b == first]
        while any(abs(y - height) < _LANES_APART for height in touching):
            y -= _LANES_APART
        is_told = graph.stations[lane.end].join == "concat"
        laid.append((first, last, y, _LABEL_APART if is_told else _LANES_APART))
        elements.append(lane_over(graph, lane, bodies, y, theme))
    return elements


def lane_over(graph: Graph, lane: Lane, bodies: dict[int, Body], y: float, theme: Theme) -> Group:
    """A lane from one body to another at a height, with what stands on it."""
    start, end = bodies[lane.start], bodies[lane.end]
    left = start.front_right + start.measures.depth / 2 - 1.0
    right = end.x + end.measures.depth / 2 + 1.2 if end.measures.depth else end.x + end.measures.thickness / 2
    station = graph.stations[lane.end]
    paint = Paint(stroke=theme.line, width=0.6)
    foot = end.top - end.measures.depth / 2 if end.measures.depth else end.top
    path = ((left, start.top - start.measures.depth / 2), (left, y), (right, y), (right, foot - 1))
    elements: list[Element] = [Line(path, paint, head=2.8)]
    if lane.through:
        elements += _chip(graph.stations[lane.through[0]], (left + right) / 2, y, right - left - 8, theme)
    if station.join == "+":
        elements += plus_mark((right, y), 2.6, theme)
    elif station.join == "concat":
        text = " + ".join(str(size) for _, size in station.parts)
        words = f"concat {text} = {station.form.channels.text}"
        label = Label(((left + right) / 2, y - 2.2), words, 6.2, theme.second, anchor="middle")
        if label.width < right - left:
            elements.append(label)
    return Group(tuple(elements), kind="lane", name=station.name)


def _chip(station: Station, middle: float, y: float, room: float, theme: Theme) -> list[Element]:
    """A layer that stands on a lane, as a flat box with its filters in it."""
    shades = theme.shades[station.kind]
    label = Label((middle, y + 2.2), "", 6.2, theme.text, anchor="middle")
    text = next(
        text for text in (filter_words(station), "") if replace(label, text=text).width <= max(room - 4, 0)
    )
    label = replace(label, text=text)
    half = min(max(label.width / 2 + 4, 5), max(room / 2, 3))
    corners = ((middle - half, y - 5), (middle + half, y - 5), (middle + half, y + 5), (middle - half, y + 5))
    parts: list[Element] = [Polygon(corners, Paint(shades.front, shades.stroke, 0.5))]
    if label.text:
        parts.append(label)
    return [Group(tuple(parts), kind="chip", name=station.name, title=title_of(station))]
