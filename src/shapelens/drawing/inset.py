"""One block of a figure, opened: what is folded into it, with its branches side by side."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.costs import Costs
from shapelens.dims import total
from shapelens.drawing.flat.blocks import lay_blocks
from shapelens.drawing.flat.boxes import Room
from shapelens.drawing.flat.layered import lay_graph
from shapelens.drawing.laid import Laid
from shapelens.drawing.metrics import fitted
from shapelens.drawing.options import Options
from shapelens.drawing.palette import THEMES, blend
from shapelens.drawing.scene import Element, Group, Label, Paint, Polygon
from shapelens.drawing.stations import Graph, Station, macs_of
from shapelens.drawing.words import count_words

__all__ = ["Inset", "inset_of", "opened_of"]

_PADDING, _HEADING = 9.0, 16.0
_FEWEST, _MOST = 3, 16
_IN_A_ROW, _ROW_HEIGHTS = 2, (60.0, 75.0, 90.0, 120.0)


class Inset:
    """A laid out block.

    Args:
        elements: in the order in which they are painted.
        height: how tall it is.
    """

    def __init__(self, elements: tuple[Element, ...], height: float) -> None:
        self.elements = elements
        self.height = height


def opened_of(graph: Graph) -> Station | None:
    """The block that is worth opening: the first of those with the most branches; None where none has any."""
    best: tuple[int, Station] | None = None
    for station in graph.stations:
        inside = station.inside
        joins = [len(set(member.parents)) for member in station.members]
        if not _FEWEST <= len(station.members) <= _MOST or max(joins, default=0) < 2:
            continue
        branches = max(joins) + sum(len(children) > 1 for children in inside.children[len(station.entries) :])
        # A layer on the skip tells more than a skip alone.
        tells = 2 * branches + any(
            len(m.parents) == 1 and m.parents[0] < len(station.entries) for m in station.members
        )
        if best is None or tells > best[0]:
            best = tells, station
    return None if best is None else best[1]


def inset_of(
    station: Station, costs: Costs, options: Options, left: float, right: float, top: float, most: float
) -> Inset | None:
    """A block opened in a frame of its own; None where there is no room for it.

    Args:
        station: the block.
        costs: of the network.
        options: how it is drawn.
        left: of its frame.
        right: of its frame.
        top: of its frame.
        most: how tall it may be.
    """
    theme = THEMES[options.theme]
    room = Room(right - left - 2 * _PADDING, 0.0, most - _HEADING - 2 * _PADDING)
    laid = _laid(_named_inside(station), replace(options, order="source"), room) if room.most > 0 else None
    if laid is None:
        return None
    box = laid.box
    height = _HEADING + box.height + 2 * _PADDING
    frame = ((left, top), (right, top), (right, top + height), (left, top + height))
    ground = blend(theme.page, theme.hairline, 0.16)
    x, y = left + _PADDING, top + _PADDING + 6
    words = fitted(_title(station), (right - left) * 0.6, 7.2, is_bold=True)
    title = Label((x, y), words, 7.2, theme.text, is_bold=True)
    told = fitted(_numbers(station, costs), right - _PADDING - x - title.width - 6, 6.6)
    numbers = Label((x + title.width + 6, y), told, 6.6, theme.second)
    placed = laid.moved(left + (right - left - box.width) / 2 - box.left, top + _PADDING + _HEADING - box.top)
    parts = (Polygon(frame, Paint(ground, theme.hairline, 0.5)), title, numbers, *placed.elements)
    return Inset((Group(parts, kind="inset", name=station.name),), height)


def _named_inside(station: Station) -> Graph:
    """The graph of a block, whose layers are named without the block's own path."""
    graph = station.inside
    paths = [member.name.split(".")[:-1] for member in station.members]
    shared = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
    around = "".join(part + "." for part in shared)
    named = [replace(s, name=s.name.removeprefix(around) or s.name) for s in graph.stations]
    return replace(graph, stations=tuple(named))


def _laid(graph: Graph, options: Options, room: Room) -> Laid | None:
    """Two ways side by side at most stand in a row; more stand in columns."""
    theme = THEMES[options.theme]
    if max(len(set(station.parents)) for station in graph.stations) <= _IN_A_ROW:
        for height in _ROW_HEIGHTS:
            laid = lay_blocks(graph, options, theme, Room(room.width, 0.0, min(room.most, height)))
            if laid is not None:
                return laid
    return lay_graph(graph, options, theme, room)


def _title(station: Station) -> str:
    kind = station.module.strip("_")
    name = station.members[-1].path or station.name if station.times > 1 else station.name
    return f"{name} opened{': ' + kind if kind else ''}"


def _numbers(station: Station, costs: Costs) -> str:
    """What one of it costs."""
    steps = [step for member in station.members for step in member.steps]
    parameters = total(costs.parameters[step.node.name] for step in steps)
    macs = macs_of(steps, costs)
    said = f"{macs / 1e9:.3f} GMAC" if isinstance(macs, int) and macs >= 10**6 else f"{count_words(macs)} MAC"
    return f"{count_words(parameters)} parameters · {said}"
