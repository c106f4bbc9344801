"""A network as a figure: folded until it fits, laid out, and put on a page with its table, legend and caption."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from shapelens.drawing.branches import goes_up_again
from shapelens.drawing.chain import lay_chain, lay_rows
from shapelens.drawing.flat.fitting import FLAT, flat_figure
from shapelens.drawing.folding import Folder
from shapelens.drawing.gathering import stations_of
from shapelens.drawing.laid import Laid
from shapelens.drawing.levels import lay_levels
from shapelens.drawing.maps import lay_maps
from shapelens.drawing.marks import break_marks, field_marks, highlight_marks, patch_marks
from shapelens.drawing.options import Options
from shapelens.drawing.page import MARGIN, TALLEST, Subject, page_of
from shapelens.drawing.palette import THEMES, Theme
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Scene
from shapelens.drawing.stations import Graph
from shapelens.drawing.wanted import check_unfolded
from shapelens.errors import UsageError

__all__ = ["draw_network"]

_LINEAR = 64
_USUAL_ROOM = 458.0
_AROUND = 110.0
Layout = Callable[[Graph, Scale, Theme, float], Laid | None]


def draw_network(subject: Subject, options: Options | None = None) -> Scene:
    """The figure of a network.

    Args:
        subject: the network at its shape, its costs, and what else is drawn of it.
        options: how it is drawn.
    """
    options = options or Options()
    graph = stations_of(subject.evaluation, subject.costs)
    network = subject.evaluation.network
    folder = Folder(network, subject.costs, frozenset(options.unfold), frozenset(options.fold))
    if options.style in FLAT:
        folded, laid, scale = flat_figure(subject, folder, graph, options)
        check_unfolded(folded, options.unfold, options.style)
        return page_of(subject, folded, _marked(laid, subject, options), scale, options)
    lowest: Scene | None = None
    for folded, laid, scale in _fitting(folder, graph, options):
        check_unfolded(folded, options.unfold, options.style)
        scene = page_of(subject, folded, _marked(laid, subject, options), scale, options)
        if scene.height <= TALLEST * scene.width:
            return scene
        lowest = scene if lowest is None or scene.height < lowest.height else lowest
    if lowest is None:
        raise _no_room(folder, graph, options)
    return lowest


def _marked(laid: Laid, subject: Subject, options: Options) -> Laid:
    """With where it breaks, what is highlighted, and what a layer sees."""
    theme = THEMES[options.theme]
    bodies = [body for run in laid.runs for body in run.bodies]
    marks = [*patch_marks(bodies, theme), *break_marks(bodies, theme)]
    if options.highlight:
        marks += highlight_marks(bodies, options.highlight, theme)
    if options.field:
        marks += field_marks(bodies, options.field, subject.fields, theme)
    return replace(laid, elements=(*laid.elements, *marks))


def _fitting(folder: Folder, graph: Graph, options: Options) -> Iterator[tuple[Graph, Laid, Scale]]:
    """The rungs of the ladder on which the network fits, at the largest scale on which it does; then in rows."""
    room = options.points - 2 * MARGIN
    tallest = TALLEST * options.points - _AROUND
    last = graph
    for rung in folder.ladder(graph):
        lay, last = _layout(folder, rung, options)
        for scale in _scales(last, room, options):
            laid = lay(last, scale, THEMES[options.theme], room)
            if laid is not None and laid.box.height <= tallest:
                yield last, laid, scale
                break
    for scale in _scales(last, room, options):
        laid = lay_rows(last, scale, THEMES[options.theme], room)
        if laid is not None and laid.box.height <= tallest:
            yield last, laid, scale


def _layout(folder: Folder, graph: Graph, options: Options) -> tuple[Layout, Graph]:
    """How a graph is laid out, and what is drawn of it there."""
    if options.style == "maps":
        return lay_maps, graph
    if goes_up_again(graph):
        return lay_levels, folder.joined(graph)
    return lay_chain, graph


def _no_room(folder: Folder, graph: Graph, options: Options) -> UsageError:
    *_, last = folder.ladder(graph)
    return UsageError(
        f"a figure of {options.width:g} cm has no room for all of it",
        at=f"style {options.style}",
        have=f"{len(last.stations)} layers and blocks that do not fold any further",
        rule="labels stay readable, and nothing is drawn over anything else",
        fix=f"width {2 * options.width:g}, or style graph, or upto a layer",
    )


def _largest(graph: Graph) -> int:
    """The most places that anything has along one axis."""
    return max([place.size or 1 for station in graph.stations for place in station.form.places], default=1)


def _scales(graph: Graph, room: float, options: Options) -> Iterator[Scale]:
    """Scales from the largest to the smallest that reads well."""
    part, largest = room / _USUAL_ROOM, _largest(graph)
    if options.style == "maps":
        for space, maps in ((84, 16), (74, 16), (64, 16), (84, 8), (70, 8), (58, 6), (50, 5)):
            is_small = largest <= _LINEAR
            yield Scale(space * part, largest, 1.6, 8.0 * part, is_linear=is_small, maps=maps)
        return
    for space, unit in ((114, 2.0), (104, 1.9), (92, 1.75), (82, 1.6), (72, 1.5), (62, 1.5)):
        yield Scale(space * part, largest, unit * max(part, 0.75), 6.2 * part)
