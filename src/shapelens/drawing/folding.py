"""Making a figure smaller without losing a number: blocks in the place of layers, and `×6` in the place of six.

The ladder has rungs, each of which folds more than the one before; a figure takes the first on which it fits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from shapelens.analyses.blocks import CONTAINERS
from shapelens.analyses.costs import Costs
from shapelens.analyses.structure import Region
from shapelens.dims import Dim
from shapelens.drawing.branches import (
    has_one_end,
    is_beyond_a_lane,
    is_tangled,
    is_up_and_down,
    side_by_side,
    ups_in_series,
)
from shapelens.drawing.repeats import is_same, is_same_stage, repeated, run_name
from shapelens.drawing.stations import Graph, Station, macs_of
from shapelens.drawing.wanted import folded_as_wanted
from shapelens.network import Network
from shapelens.operators import Pool
from shapelens.records import dataclass

_LIGHT = 0.002
_SHORT_TAIL = 4

__all__ = ["Folder"]


@dataclass(frozen=True)
class Folder:
    """Folds the stations of a network.

    Args:
        network: the network, for its modules.
        costs: its costs, for the kind of a block.
        unfolded: names of modules and layers that are not folded.
        folded: names of modules that are.
    """

    network: Network
    costs: Costs
    unfolded: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each node."""
        return {node.name: place for place, node in enumerate(self.network.nodes)}

    @cached_property
    def begins(self) -> dict[str, list[int]]:
        """For each module the places where its calls begin, in order."""
        found: dict[str, list[int]] = {}
        for call in self.network.calls:
            if call.last > call.first:
                found.setdefault(call.path, []).append(call.first)
        return {path: sorted(places) for path, places in found.items()}

    def ladder(self, graph: Graph) -> Iterator[Graph]:
        """The same network, smaller and smaller."""
        graph = self._gates(self._layers(folded_as_wanted(graph, self.folded, self._wanted_block)))
        graph = self._regions(graph, is_beyond_a_lane)
        yield graph
        graph = self._runs(graph, is_same, "identical consecutive layers (×)")
        yield graph
        heights = self._heights(graph)
        tallest = max(heights.values(), default=0)
        for height in range(1, max(tallest, 1) + 1):
            graph = self._modules_folded(graph, [path for path, own in heights.items() if own <= height])
            graph = self._regions(graph)
            graph = self._runs(graph, is_same, "identical consecutive blocks (×)")
            yield graph
            yield (graph := self._runs(graph, is_same_stage, "blocks to stages (×)"))
        yield (graph := self._tail(graph))
        yield (graph := self._resolutions(graph))
        is_a_u = len(ups_in_series(graph)) == 1
        detours = self._regions(
            graph, lambda region, graph: not is_a_u or is_tangled(region, graph), is_up_too=True
        )
        if len(detours.stations) < len(graph.stations):
            yield detours
            yield (detours := self._runs(detours, is_same, "identical consecutive blocks (×)"))
            yield (detours := self._runs(detours, is_same_stage, "blocks to stages (×)"))
            yield self._resolutions(detours)

    # what folds -------------------------------------------------------------------------------------------

    def _layers(self, graph: Graph) -> Graph:
        """Modules that are one layer to their author, whatever they are made of: a pool that learns a scale."""
        groups = []
        for path, members in self._calls(graph):
            weighty = [m for m in members if _is_weighty(graph.stations[m])]
            if (
                len(members) > 1
                and len(weighty) <= 1
                and self._may_fold(path)
                and has_one_end(graph, members)
            ):
                groups.append((members, self._layer(graph, path, members, weighty)))
        return graph.contracted(_apart(groups))

    def _layer(self, graph: Graph, path: str, members: Sequence[int], weighty: Sequence[int]) -> Station:
        last = graph.stations[members[-1]]
        first = graph.stations[weighty[0]] if weighty else None
        steps = tuple([step for m in members for step in graph.stations[m].steps])
        return replace(
            last,
            name=path,
            kind="other" if first is None else first.kind,
            steps=steps,
            main=None if first is None else first.main,
            module=self.network.modules.get(path, ""),
            path=path.rpartition(".")[0],
            join="",
        )

    def _gates(self, graph: Graph) -> Graph:
        """A layer whose channels are scaled by what is computed from all of it is one with what scales it."""
        groups = []
        for region in side_by_side(graph):
            start, end = region.start, region.end
            inside = [graph.stations[m] for m in region.members[:-1]]
            if graph.stations[end].join != "·" or not all(s.form.is_vector for s in inside):
                continue
            group = [start, *region.members]
            first, last = graph.stations[start], graph.stations[end]
            is_free = first.kind != "input" and first.form == last.form and has_one_end(graph, group)
            if not is_free or not all(self._may_fold(graph.stations[place].name) for place in group):
                continue
            steps = tuple([step for place in group for step in graph.stations[place].steps])
            bands = (*first.bands, *[band for band in last.bands if band not in first.bands])
            groups.append(
                (group, replace(first, steps=steps, bands=bands, broken=any(s.broken for s in inside)))
            )
        return _noted(
            graph.contracted(_apart(groups)), "gates into the layers that they scale", is_noted=bool(groups)
        )

    def _wanted_block(self, graph: Graph, members: Sequence[int], path: str) -> Station:
        """What stands for a module that the user wants folded."""
        return replace(self._block(graph, members, path), name=path)

    def _heights(self, graph: Graph) -> dict[str, int]:
        """The modules that are blocks, each with its height over the smallest in it."""
        groups = self._groups(graph)
        heights: dict[str, int] = {}
        for path in sorted(groups, key=lambda path: -path.count(".")):
            if max(map(len, groups[path])) > 1:
                inner = [height for other, height in heights.items() if other.startswith(path + ".")]
                heights[path] = 1 + max(inner, default=0)
        return heights

    def _calls(self, graph: Graph) -> list[tuple[str, list[int]]]:
        """The stations inside each call of a module that is more than a container, with its path."""
        return [(path, members) for path, calls in self._groups(graph).items() for members in calls]

    def _groups(self, graph: Graph) -> dict[str, list[list[int]]]:
        """The stations inside each module that is more than a container, call by call."""
        found: dict[str, list[int]] = {}
        for place, station in enumerate(graph.stations):
            parts = station.path.split(".") if station.path else []
            for count in range(len(parts), 0, -1):
                inner = ".".join(parts[:count])
                if self.network.modules.get(inner, "") and self.network.modules[inner] not in CONTAINERS:
                    found.setdefault(inner, []).append(place)
        return {path: self._by_call(graph, path, members) for path, members in found.items()}

    def _by_call(self, graph: Graph, path: str, members: list[int]) -> list[list[int]]:
        """The stations inside a module by the calls of it."""
        begins = self.begins.get(path, ())
        if len(begins) < 2:
            return [members]
        calls: dict[int, list[int]] = {}
        for member in members:
            main = graph.stations[member].main
            first = (graph.stations[member].steps or (main,))[0]
            number = bisect_right(begins, self.index[first.node.name]) if first is not None else 0
            calls.setdefault(number, []).append(member)
        return list(calls.values())

    def _modules_folded(self, graph: Graph, paths: Sequence[str]) -> Graph:
        chosen = [
            (members, self._block(graph, members, path))
            for path, members in self._calls(graph)
            if path in paths
            and 1 < len(members) < len(graph.stations) - 1
            and self._may_fold(path)
            and has_one_end(graph, members)
            and not is_up_and_down(graph, members)
        ]
        return _noted(graph.contracted(_apart(chosen)), "modules to blocks", is_noted=bool(chosen))

    def _regions(
        self,
        graph: Graph,
        is_wanted: Callable[[Region, Graph], bool] | None = None,
        *,
        is_up_too: bool = False,
    ) -> Graph:
        """What lies side by side, made one with what joins it."""
        chosen: list[tuple[list[int], Station]] = []
        for region in side_by_side(graph):
            members = list(region.members)
            if is_wanted is not None and not is_wanted(region, graph):
                continue
            if (is_up_and_down(graph, members) and not is_up_too) or not has_one_end(graph, members):
                continue
            path = self._common_path(graph, members)
            calls = self._groups(graph).get(path, [])
            whole = next((call for call in calls if set(members) <= set(call)), members)
            if members != whole and len(whole) <= len(members) + 2 and has_one_end(graph, whole):
                # Nearly all of a module: all of it, as its author sees it.
                members = whole
            if self._may_fold(path):
                chosen.append((members, self._block(graph, members, path)))
        return _noted(
            graph.contracted(_apart(chosen)), "branches and skips into blocks", is_noted=bool(chosen)
        )

    def _block(self, graph: Graph, members: Sequence[int], path: str) -> Station:
        within = set(members)
        taken = sorted({p for m in members for p in graph.stations[m].parents if p not in within})
        local = {place: number for number, place in enumerate([*taken, *members])}
        inside = tuple([
            replace(station, parents=tuple([local[p] for p in station.parents]))
            for station in (graph.stations[m] for m in members)
        ])  # fmt: skip
        last = inside[-1]
        steps = tuple([step for station in inside for step in station.steps])
        is_whole = bool(path) and list(members) in self._groups(graph).get(path, [])
        return Station(
            name=path if is_whole else run_name(inside[0].name, last.name),
            kind=self._kind(inside),
            form=last.form,
            steps=steps,
            bands=last.bands,
            join=last.join,
            parts=last.parts,
            members=inside,
            entries=tuple([_as_input(graph.stations[place]) for place in taken]),
            module=self.network.modules.get(path, "") if is_whole else "",
            path=path.rpartition(".")[0] if is_whole else path,
            is_open_end=any(station.is_open_end for station in inside),
            broken=any(station.broken for station in inside),
            is_doubtful=last.is_doubtful,
        )

    def _kind(self, inside: Sequence[Station]) -> str:
        """The kind that most of the multiply-accumulates are of."""
        counts: dict[str, int] = {}
        for station in inside:
            macs = macs_of(station.steps, self.costs)
            counts[station.kind] = counts.get(station.kind, 0) + (macs if isinstance(macs, int) else 1)
        best = max(counts, key=lambda kind: counts[kind])
        return best if counts[best] else inside[-1].kind

    def _common_path(self, graph: Graph, members: Sequence[int]) -> str:
        """The innermost module around all members."""
        paths = [graph.stations[m].path.split(".") for m in members if graph.stations[m].steps]
        common: list[str] = []
        for parts in zip(*paths, strict=False):
            if len(set(parts)) > 1:
                break
            common.append(parts[0])
        return ".".join(common)

    def _may_fold(self, path: str) -> bool:
        return not any(name == path or name.startswith(path + ".") for name in self.unfolded)

    def _tail(self, graph: Graph) -> Graph:
        """What follows the last layer that weighs something: the arithmetic that makes an answer of it."""
        stations = graph.stations
        first = len(stations)
        while first > 1 and stations[first - 1].times == 1 and self._share(stations[first - 1]) < _LIGHT:
            first -= 1
        members = [place for place in range(first, len(stations)) if stations[place].kind != "input"]
        if len(members) < _SHORT_TAIL or not has_one_end(graph, members):
            return graph
        block = self._block(graph, members, self._common_path(graph, members))
        return _noted(
            graph.contracted([(members, block)]), "what follows the last large layer", is_noted=True
        )

    def _share(self, station: Station) -> float:
        """Which part of all parameters it has."""
        own = _sum_known(self.costs.parameters[step.node.name] for step in station.steps)
        return own / max(_sum_known(self.costs.parameters.values()), 1)

    def joined(self, graph: Graph) -> Graph:
        """What is up-sampled only to be joined is drawn within what it is joined to."""
        groups = []
        for place, station in enumerate(graph.stations):
            above = graph.children[place]
            if station.kind != "upsampling" or len(above) != 1 or station.is_open_end or station.broken:
                continue
            end = graph.stations[above[0]]
            fits = end.form.spatial == station.form.spatial or station.is_doubtful
            if end.join == "concat" and fits and not end.members and not end.broken:
                group = [place, above[0]]
                groups.append((group, replace(end, steps=(*station.steps, *end.steps), parts=end.parts)))
        return graph.contracted(_apart(groups))

    # what repeats -----------------------------------------------------------------------------------------

    def _runs(
        self,
        graph: Graph,
        is_same: Callable[[Station, Station], bool],
        words: str,
        *,
        is_repeated: bool = True,
    ) -> Graph:
        """Neighbours that are the same, as one with a number of times."""
        groups: list[tuple[list[int], Station]] = []
        place = 0
        stations, children = graph.stations, graph.children
        while place < len(stations):
            run = [place]
            while children[run[-1]]:
                following = children[run[-1]][0]
                is_next = len(children[run[-1]]) == 1 and set(stations[following].parents) == {run[-1]}
                if not is_next or following != run[-1] + 1 or stations[run[-1]].is_open_end:
                    break
                if not is_same(stations[place], stations[following]) or not self._may_repeat(
                    stations[following]
                ):
                    break
                run.append(following)
            if len(run) > 1 and self._may_repeat(stations[place]):
                together = repeated([stations[m] for m in run])
                groups.append(
                    (run, together if is_repeated else replace(together, times=1, join="", parts=()))
                )
            place = run[-1] + 1
        return _noted(graph.contracted(groups), words, is_noted=bool(groups))

    def _may_repeat(self, station: Station) -> bool:
        return not station.broken and not any(
            name == station.name or name.startswith(station.name + ".") for name in self.unfolded
        )

    def _resolutions(self, graph: Graph) -> Graph:
        """Everything at one height and width as one."""

        def is_same(one: Station, other: Station) -> bool:
            return (
                one.form.spatial == other.form.spatial
                and not one.form.is_vector
                and "input" not in {one.kind, other.kind}
            )

        return self._runs(graph, is_same, "all layers at one height and width", is_repeated=False)


def _sum_known(counts: Iterable[Dim]) -> int:
    """The sum of those that are numbers."""
    return sum(count for count in counts if isinstance(count, int))


def _as_input(station: Station) -> Station:
    """What a block takes, as the input of its own graph."""
    return Station(station.name, "input", station.form, is_doubtful=station.is_doubtful)


# which groups -------------------------------------------------------------------------------------------


def _apart(groups: Sequence[tuple[list[int], Station]]) -> list[tuple[list[int], Station]]:
    """Groups of which none stands inside another: the largest of those that overlap."""
    chosen: list[tuple[list[int], Station]] = []
    taken: set[int] = set()
    for members, station in sorted(groups, key=lambda group: -len(group[0])):
        if taken.isdisjoint(members):
            taken.update(members)
            chosen.append((members, station))
    return chosen


def _is_weighty(station: Station) -> bool:
    """Whether it is a layer of its own: one with filters, or a window."""
    operator = station.operator
    return station.main is not None and (
        operator is not None
        and (station.main.applied.filters is not None or isinstance(operator, Pool)
             or station.kind in {"attention", "recurrent", "convolution", "linear", "upsampling"})
    )  # fmt: skip


def _noted(graph: Graph, words: str, *, is_noted: bool) -> Graph:
    return replace(graph, folded=tuple(dict.fromkeys([*graph.folded, words]))) if is_noted else graph
