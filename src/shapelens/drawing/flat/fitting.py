"""Flat boxes on a page: folded as far as it takes to fit, and no further."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from shapelens.drawing.flat.blocks import lay_blocks
from shapelens.drawing.flat.boxes import Room
from shapelens.drawing.flat.layered import lay_graph
from shapelens.drawing.flat.merging import merged, squeezed
from shapelens.drawing.flat.operators_graph import gives_apart, operators_of
from shapelens.drawing.folding import Folder
from shapelens.drawing.laid import Laid
from shapelens.drawing.options import Options
from shapelens.drawing.page import MARGIN, Subject, page_of
from shapelens.drawing.palette import THEMES
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Group, Line, Paint
from shapelens.drawing.stations import Graph
from shapelens.records import dataclass

__all__ = ["FLAT", "flat_figure"]

FLAT = ("blocks", "graph")
"""The styles in which boxes have no depth."""

_ASPECTS = {"blocks": (0.76, 1.05, 1.4), "graph": (1.4,)}
"""How many times as tall as it is wide a page may be: of a slide first, which tells less, and then of a paper."""

_FLATTEST = 1 / 2.9
_LEAST_ROOM = 0.35
_MOST_BOXES, _FEWER = 400, 0.8
_NOTHING = (1.0, 1, 1.0, 1.0)
_SPARING = "a shape is written where it changes"
_NUMBERED = "a number in a circle stands where a line goes on"


@dataclass(frozen=True, slots=True)
class NoScale(Scale):
    """What a caption says of a scale where there is none.

    Args:
        told: what has to be said besides.
    """

    told: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Instead of what lengths stand for."""
        return "; ".join(["none: boxes are as large as their words", *self.told])


def flat_figure(
    subject: Subject, folder: Folder, graph: Graph, options: Options
) -> tuple[Graph, Laid, Scale]:
    """The first way to draw a network that fits its page, and what is drawn of it.

    Args:
        subject: the network, for its operators and for what stands around the drawing.
        folder: folds it.
        graph: its stations.
        options: how it is drawn.
    """
    seen: list[Graph] = []
    source = _candidates(subject, folder, graph, options)
    # Who wants something opened wants it seen before a small page.
    aspects = _ASPECTS[options.style][-1:] if options.unfold else _ASPECTS[options.style]
    for aspect in aspects:
        for candidate in _again(seen, source):
            laid = _laid(subject, candidate, options, aspect)
            if laid is not None:
                return candidate, laid, _scale(candidate, laid)
    count = min(len(seen[-1].stations), _MOST_BOXES)
    while True:
        fewer = squeezed(seen[-1], count)
        laid = _laid(subject, fewer, options, _ASPECTS[options.style][-1] if count > 1 else inf)
        if laid is not None:
            return fewer, laid, _scale(fewer, laid)
        # One box has room on every page.
        count = max(int(count * _FEWER), 1)


def _candidates(subject: Subject, folder: Folder, graph: Graph, options: Options) -> Iterator[Graph]:
    """The network, each time with more of it folded."""
    if options.style == "graph":
        modules = subject.evaluation.network.modules
        yield merged(operators_of(subject.evaluation), options.fold, modules)
        yield merged(graph, options.fold, modules)
    count = -1
    for rung in folder.ladder(graph):
        if len(rung.stations) != count:
            yield rung
        count = len(rung.stations)


def _again(seen: list[Graph], source: Iterator[Graph]) -> Iterator[Graph]:
    """What was made before, and then what is made still."""
    yield from list(seen)
    for graph in source:
        seen.append(graph)
        yield graph


def _laid(subject: Subject, graph: Graph, options: Options, aspect: float) -> Laid | None:
    """A network laid out, on a page that is at most so many times as tall as it is wide."""
    theme, width = THEMES[options.theme], options.points
    # Pages are never flat, so that only under something tall is seen what stands around it.
    tall = Laid((Line(((0.0, 0.0), (0.0, width)), Paint()),), is_table_wanted=False)
    scale = NoScale(*_NOTHING, told=(_SPARING, _NUMBERED))
    around = page_of(subject, graph, tall, scale, options).height - width
    most = max(aspect * width - around, _LEAST_ROOM * width if aspect >= 1 else 0.0)
    room = Room(width - 2 * MARGIN, min(_FLATTEST * width - around, most), most)
    return (lay_blocks if options.style == "blocks" else lay_graph)(graph, options, theme, room)


def _scale(graph: Graph, laid: Laid) -> Scale:
    """What the caption says of a drawing: also where a shape stands, if not on every line, and what numbers are."""
    groups = [element for element in laid.elements if isinstance(element, Group)]
    told = []
    untold = sum(gives_apart(graph, place) for place in range(len(graph.stations)))
    if sum(group.kind == "shape" for group in groups) < len(graph.stations) - untold:
        told.append(_SPARING)
    if any(group.kind == "leaves" for group in groups):
        told.append(_NUMBERED)
    return NoScale(*_NOTHING, told=tuple(told))
