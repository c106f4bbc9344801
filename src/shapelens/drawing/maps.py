"""The style of LeNet's paper: feature maps as a stack of squares, and the windows that slide over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from shapelens.drawing.laid import Laid
from shapelens.drawing.lanes import lanes_of, line_past
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run, lay_run, named, repeat_mark
from shapelens.drawing.scale import Measures, Scale
from shapelens.drawing.scene import Element, Group, Label, Line, Paint, Polygon
from shapelens.drawing.solids import Body
from shapelens.drawing.stations import Graph, Station
from shapelens.drawing.words import filters_of
from shapelens.operators import Pool

__all__ = ["lay_maps"]

_SIZE = 6.8
_GAP, _BAR_GAP, _WIDEST_GAP = 20.0, 14.0, 44.0
_CELL = 2.6


def lay_maps(graph: Graph, scale: Scale, theme: Theme, room: float) -> Laid | None:
    """The network as stacks of maps in a row; None where there is not enough room."""
    places, lanes = lanes_of(graph)
    gaps = [0.0, *[_BAR_GAP if graph.stations[p].form.is_vector else _GAP for p in places[1:]]]
    runs = _placed(graph, places, gaps, scale, theme)
    spare = room - _width(runs)
    if spare < 0:
        return None
    if len(places) > 1:
        more = min(spare / (len(places) - 1), _WIDEST_GAP)
        runs = _placed(graph, places, [0.0, *[gap + more for gap in gaps[1:]]], scale, theme)
    elements: list[Element] = [element for run in runs for element in run.elements]
    shows_filter = False
    for before, after in pairwise(run.first for run in runs):
        joined = _joined(before, after, scale, theme)
        shows_filter = shows_filter or any(group.kind == "filter" for group in joined)
        elements += joined
    bodies = {run.first.place: run.first for run in runs}
    elements += line_past(graph, runs, lanes, bodies, theme)
    return Laid(tuple(elements), tuple(runs), shows_filter)


def _width(runs: Sequence[Run]) -> float:
    return max(run.box.right for run in runs) - min(run.box.left for run in runs)


def _placed(
    graph: Graph, places: Sequence[int], gaps: Sequence[float], scale: Scale, theme: Theme
) -> list[Run]:
    runs: list[Run] = []
    x = 0.0
    for number, place in enumerate(places):
        x += gaps[number]
        run = _run(graph, place, x, scale, theme, is_first=number == 0)
        if runs and (push := runs[-1].box.right + 3.0 - run.box.left) > 0:
            x += push
            run = _run(graph, place, x, scale, theme, is_first=False)
        runs.append(run)
        x = run.last.right
    return runs


def _run(graph: Graph, place: int, x: float, scale: Scale, theme: Theme, *, is_first: bool) -> Run:
    """One tensor: a stack of maps, or whatever else it looks like."""
    station = graph.stations[place]
    if len(station.form.places) == 2 and not station.form.is_vector:
        return _stack(place, station, x, scale, theme, is_first=is_first)
    run = lay_run([place], graph.stations, (x, 0.0), scale, theme, is_first=is_first)
    return replace(run, labels=tuple(_bar_label(run.first, theme))) if run.is_bar else run


def _bar_label(body: Body, theme: Theme) -> Iterator[Element]:
    """The number of features, over the bar."""
    x = (body.x + body.front_right) / 2
    yield Label((x, body.top - 3.0), body.station.form.channels.text, _SIZE, theme.text, anchor="middle")
    yield from repeat_mark(body, theme)


def _stack(place: int, station: Station, x: float, scale: Scale, theme: Theme, *, is_first: bool) -> Run:
    """One tensor: its maps behind one another, and its sizes."""
    height, width = (scale.places(extent.size) for extent in station.form.places)
    channels = station.form.channels.size
    count = min(channels if channels is not None else 3, scale.maps)
    step = 3.0 if count > 1 else 0.0
    body = Body(place, station, x, 0.0, Measures(width, height, (count - 1) * step), is_stack=True)
    body = replace(body, elements=tuple(_squares(body, count, step, theme)))
    return Run((body,), tuple(_labels(body, theme, is_first=is_first)))


def _squares(body: Body, count: int, step: float, theme: Theme) -> Iterator[Element]:
    shades = theme.shades[body.station.kind]
    is_doubtful = body.station.is_doubtful
    for number in range(count - 1, -1, -1):
        shift = number * step
        left, top = body.x + shift, body.top - shift
        right, bottom = left + body.measures.thickness, top + body.measures.height
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        if is_doubtful:
            yield Polygon(corners, Paint(theme.page, theme.line, 0.5, dash=(2.0, 1.6)))
        else:
            yield Polygon(corners, Paint(shades.top if number else shades.front, shades.stroke, 0.5))


def _labels(body: Body, theme: Theme, *, is_first: bool) -> Iterator[Element]:
    height, width = body.station.form.places
    channels = body.station.form.channels
    color = theme.second if body.station.is_doubtful else theme.text

    middle = (body.top + body.bottom) / 2
    yield Label(
        (body.x - 2.2, middle), named(height, is_first=is_first), _SIZE, color, angle=-90, anchor="middle"
    )
    under = ((body.x + body.front_right) / 2, body.bottom + 7.4)
    yield Label(under, named(width, is_first=is_first), _SIZE, color, anchor="middle")
    depth = body.measures.depth
    text = named(channels, is_first=is_first)
    if depth < 8:
        yield Label((body.x, body.highest - 2.6), text, _SIZE, color)
    else:
        at = (body.x + depth / 2 - 2.4, body.top - depth / 2 - 2.4)
        yield Label(at, text, _SIZE, color, angle=-45, anchor="middle")
    yield from repeat_mark(body, theme)


def _joined(before: Body, after: Body, scale: Scale, theme: Theme) -> list[Group]:
    """What stands between two neighbours: the window and the cell that it computes, a fan, or an arrow."""
    if before.place not in after.station.parents or after.station.broken:
        return []
    window = _window(after.station)
    is_stack = bool(before.measures.depth) or len(before.station.form.places) == 2
    if window is not None and is_stack and not before.station.form.is_vector and not after.station.members:
        return [_pyramid(before, after, window, scale, theme)]
    if before.station.form.is_vector and after.station.form.is_vector and after.station.kind == "linear":
        paint = Paint(stroke=theme.hairline, width=0.5)
        left, right = before.front_right + 1, after.x - 1
        crossing = (
            Line(((left, before.top), (right, after.bottom)), paint),
            Line(((left, before.bottom), (right, after.top)), paint),
        )
        return [Group(crossing, kind="fan", name=after.station.name)]
    if after.x - before.right < 6:
        return []
    paint = Paint(stroke=theme.line, width=0.7)
    return [Group((Line(((before.right + 1.4, 0.0), (after.x - 9.0, 0.0)), paint, head=2.8),), kind="arrow")]


def _window(station: Station) -> tuple[int, int] | None:
    """The height and width of what slides over the maps."""
    operator = station.operator
    if isinstance(operator, Pool):
        kernel: Sequence[object] = operator.kernel
    else:
        filters = filters_of(station)
        kernel = filters.kernel if filters is not None else ()
    sizes = [size for size in kernel if isinstance(size, int)]
    return (sizes[0], sizes[1]) if len(sizes) == 2 == len(kernel) else None


def _pyramid(before: Body, after: Body, window: tuple[int, int], scale: Scale, theme: Theme) -> Group:
    """The window on the front map, and the cell on the front map of what it makes."""
    is_pool = after.station.kind == "pool"
    shades = theme.shades["pool"]
    fill, line = (shades.side, shades.stroke) if is_pool else (theme.filter_fill, theme.filter_line)
    high = min(scale.places(window[0]), before.measures.height)
    wide = min(scale.places(window[1]), before.measures.thickness)
    left = before.x + 0.62 * (before.measures.thickness - wide)
    top = before.top + 0.3 * (before.measures.height - high)
    right, bottom = left + wide, top + high
    if after.station.form.is_vector:
        target = (after.x + _CELL / 2, after.axis)
    else:
        target = (after.x + 0.14 * after.measures.thickness, after.top + 0.28 * after.measures.height)
    edge = Paint(stroke=line, width=0.6)
    cell = _CELL / 2
    x, y = target
    square = ((x - cell, y - cell), (x + cell, y - cell), (x + cell, y + cell), (x - cell, y + cell))
    parts: tuple[Element, ...] = (
        Polygon(((right, top), target, (right, bottom)), Paint(fill, opacity=0.3)),
        Line(((right, top), target), edge),
        Line(((right, bottom), target), edge),
        Polygon(
            ((left, top), (right, top), (right, bottom), (left, bottom)), Paint(fill, line, 0.7, opacity=0.6)
        ),
        Polygon(square, Paint(line, line, 0.3)),
    )
    return Group(parts, kind="pool window" if is_pool else "filter", name=after.station.name)
