"""The modules that somebody wants drawn as one block, where that can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shapelens.drawing.branches import has_one_end
from shapelens.drawing.stations import Graph, Station
from shapelens.errors import UsageError

__all__ = ["check_unfolded", "folded_as_wanted"]


def folded_as_wanted(
    graph: Graph, paths: Iterable[str], block_of: Callable[[Graph, Sequence[int], str], Station]
) -> Graph:
    """The graph with modules as one station each.

    Args:
        graph: the graph.
        paths: of the modules; of two of which one is inside the other, the outer counts.
        block_of: what stands for some stations of a graph, by their places and the path of the module.

    Raises:
        UsageError: something inside a module, and not only its end, is taken from outside.
    """
    for path in sorted(paths):
        members = [place for place, station in enumerate(graph.stations) if _stands_in(station, path)]
        if len(members) < 2:
            continue
        if not has_one_end(graph, members):
            raise _is_taken_inside(path, graph, members)
        graph = graph.contracted([(members, block_of(graph, members, path))])
    return graph


def check_unfolded(graph: Graph, names: Iterable[str], style: str) -> None:
    """That what somebody wants drawn by itself is.

    Args:
        graph: what is drawn.
        names: of modules and layers.
        style: the figure's.

    Raises:
        UsageError: one of them is inside a block all the same.
    """
    for name in names:
        if not any(_stands_in(station, name) for station in graph.stations):
            raise UsageError(
                f"{name} cannot be drawn by itself here",
                at=f"unfold {name}",
                have=f"it stands in a branch, or takes no room of its own in style {style}",
                rule="branches beside one another are one block in volumes, maps and blocks, and opened below it",
                fix="style graph, where every operator stands by itself",
            )


def _stands_in(station: Station, path: str) -> bool:
    """Whether it is in a module; an input, which is called as its user likes, never is."""
    inside = path + "."
    if station.kind == "input":
        return False
    return path in {
        station.name,
        *[step.node.name for step in station.steps if not station.members],
    } or f"{station.path}.".startswith(inside)


def _is_taken_inside(path: str, graph: Graph, members: Sequence[int]) -> UsageError:
    within = set(members)
    taken = dict.fromkeys(
        graph.stations[m].name
        for m in members[:-1]
        if graph.stations[m].is_open_end or not within.issuperset(graph.children[m] or [-1])
    )
    return UsageError(
        f"{path} cannot be drawn as one block",
        at=f"fold {path}",
        have=f"what {', '.join(list(taken)[:3])} gives is taken outside of it",
        rule="a block gives one tensor, what its last layer gives",
        fix="fold a module inside it",
    )
