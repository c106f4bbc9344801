"""Several stations as one: modules that the user wants so, and neighbours of every kind where nothing else fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from shapelens.drawing.stations import Graph, Station
from shapelens.drawing.wanted import folded_as_wanted

__all__ = ["merged", "squeezed"]


def merged(graph: Graph, paths: Iterable[str], modules: Mapping[str, str]) -> Graph:
    """The graph with modules as one station each.

    Args:
        graph: the graph.
        paths: of the modules.
        modules: the classes of all modules, by path.
    """

    def block_of(within: Graph, members: Sequence[int], path: str) -> Station:
        return _block([within.stations[m] for m in members], path, modules.get(path, ""))

    return folded_as_wanted(graph, paths, block_of)


def squeezed(graph: Graph, count: int) -> Graph:
    """The graph with at most so many stations, each of which stands for neighbours in the order of the network.

    Since all of a network runs forwards in that order, what is made so runs forwards too.
    """
    total = len(graph.stations)
    starts = [total * number // count for number in range(count + 1)]
    groups: list[tuple[Sequence[int], Station]] = []
    for first, stop in pairwise(starts):
        members = list(graph.stations[first:stop])
        if len(members) > 1:
            name = f"{members[0].name.partition(' … ')[0]} … {members[-1].name.rpartition(' … ')[2]}"
            layers = sum(max(len(station.steps), 1) for station in members)
            groups.append((range(first, stop), _block(members, name, f"{layers:,} operators")))
    note = f"neighbours, to {count:,} boxes" if count > 1 else "everything, to one box"
    return replace(graph.contracted(groups), folded=(*graph.folded, note))


def _block(members: Sequence[Station], name: str, module: str) -> Station:
    """One station for several, of the kind that most of them are of."""
    last = members[-1]
    kinds = Counter(station.kind for station in members if station.kind not in {"input", "other"})
    return Station(
        name=name,
        kind=kinds.most_common(1)[0][0] if kinds else last.kind,
        form=last.form,
        steps=tuple([step for station in members for step in station.steps]),
        module=module,
        path=last.path,
        is_open_end=any(station.is_open_end for station in members),
        broken=any(station.broken for station in members),
        is_doubtful=last.is_doubtful,
    )
