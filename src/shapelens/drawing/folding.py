"""Making a figure smaller without losing a number: blocks in the place of layers, and `×6` in the place of six.

The ladder has rungs, each of which folds more than the one before; a figure takes the first on which it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from shapelens.analyses.blocks import CONTAINERS, enclosing_module, signature
from shapelens.analyses.costs import Costs
from shapelens.analyses.structure import Chain, Parallel, Region, Tangle, members_of, regions_of, structure_of
from shapelens.dims import Dim
from shapelens.drawing.stations import Graph, Station, macs_of
from shapelens.network import Network, Step
from shapelens.operators import Pool
from shapelens.records import dataclass

_LIGHT = 0.002
_SHORT_TAIL = 4

__all__ = ["Folder", "goes_up_again", "is_up_and_down", "main_branch", "structure"]


def structure(graph: Graph) -> Chain:
    """How the stations are put together."""
    return structure_of([tuple(dict.fromkeys(station.parents)) for station in graph.stations])


@dataclass(frozen=True, slots=True)
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

    def ladder(self, graph: Graph) -> Iterator[Graph]:
        """The same network, smaller and smaller."""
        graph = self._gates(self._layers(self._asked_for(graph)))
        graph = self._regions(graph, _is_beyond_a_lane)
        yield graph
        graph = self._runs(graph, _is_same, "identical consecutive layers (×)")
        yield graph
        heights = self._heights(graph)
        tallest = max(heights.values(), default=0)
        for height in range(1, max(tallest, 1) + 1):
            graph = self._modules_folded(graph, [path for path, own in heights.items() if own <= height])
            graph = self._regions(graph)
            graph = self._runs(graph, _is_same, "identical consecutive blocks (×)")
            yield graph
            yield (graph := self._runs(graph, _is_same_stage, "blocks to stages (×)"))
        yield (graph := self._tail(graph))
        yield (graph := self._resolutions(graph))

    # what folds -------------------------------------------------------------------------------------------

    def _layers(self, graph: Graph) -> Graph:
        """Modules that are one layer to their author, whatever they are made of: a pool that learns a scale."""
        groups = []
        for path, members in self._groups(graph).items():
            weighty = [m for m in members if _is_weighty(graph.stations[m])]
            if (
                len(members) > 1
                and len(weighty) <= 1
                and self._may_fold(path)
                and _has_one_end(graph, members)
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
        for region in _regions(graph):
            start, end = region.start, region.end
            inside = [graph.stations[m] for m in region.members[:-1]]
            if graph.stations[end].join != "·" or not all(s.form.is_vector for s in inside):
                continue
            group = [start, *region.members]
            if graph.stations[start].kind == "input" or not _has_one_end(graph, group):
                continue
            first, last = graph.stations[start], graph.stations[end]
            steps = tuple([step for place in group for step in graph.stations[place].steps])
            bands = (*first.bands, *[band for band in last.bands if band not in first.bands])
            groups.append(
                (group, replace(first, steps=steps, bands=bands, broken=any(s.broken for s in inside)))
            )
        return _noted(
            graph.contracted(_apart(groups)), "gates into the layers that they scale", is_noted=bool(groups)
        )

    def _asked_for(self, graph: Graph) -> Graph:
        """What the user wants folded."""
        groups = []
        for path in sorted(self.folded):
            members = [place for place, station in enumerate(graph.stations) if _stands_in(station, path)]
            if len(members) > 1 and _has_one_end(graph, members):
                groups.append((members, replace(self._block(graph, members, path), name=path)))
        return graph.contracted(_apart(groups))

    def _heights(self, graph: Graph) -> dict[str, int]:
        """The modules that are blocks, each with its height over the smallest in it."""
        groups = self._groups(graph)
        heights: dict[str, int] = {}
        for path in sorted(groups, key=lambda path: -path.count(".")):
            if len(groups[path]) > 1:
                inner = [height for other, height in heights.items() if other.startswith(path + ".")]
                heights[path] = 1 + max(inner, default=0)
        return heights

    def _groups(self, graph: Graph) -> dict[str, list[int]]:
        """The stations inside each module that is more than a container."""
        found: dict[str, list[int]] = {}
        for place, station in enumerate(graph.stations):
            parts = station.path.split(".") if station.path else []
            for count in range(len(parts), 0, -1):
                inner = ".".join(parts[:count])
                if self.network.modules.get(inner, "") and self.network.modules[inner] not in CONTAINERS:
                    found.setdefault(inner, []).append(place)
        return found

    def _modules_folded(self, graph: Graph, paths: Sequence[str]) -> Graph:
        groups = self._groups(graph)
        chosen = [
            (groups[path], self._block(graph, groups[path], path))
            for path in paths
            if 1 < len(groups.get(path, ())) < len(graph.stations) - 1
            and self._may_fold(path)
            and _has_one_end(graph, groups[path])
            and not is_up_and_down(graph, groups[path])
        ]
        return _noted(graph.contracted(_apart(chosen)), "modules to blocks", is_noted=bool(chosen))

    def _regions(self, graph: Graph, is_wanted: Callable[[Region, Graph], bool] | None = None) -> Graph:
        """What lies side by side, made one with what joins it."""
        chosen: list[tuple[list[int], Station]] = []
        for region in _regions(graph):
            members = list(region.members)
            if is_wanted is not None and not is_wanted(region, graph):
                continue
            if is_up_and_down(graph, members) or not _has_one_end(graph, members):
                continue
            path = self._common_path(graph, members)
            whole = self._groups(graph).get(path, members)
            if members != whole and len(whole) <= len(members) + 2 and _has_one_end(graph, whole):
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
        is_whole = bool(path) and self._groups(graph).get(path) == list(members)
        return Station(
            name=path if is_whole else _run_name(inside[0].name, last.name),
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
        if len(members) < _SHORT_TAIL or not _has_one_end(graph, members):
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
                together = _repeated([stations[m] for m in run])
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


# what is the same ---------------------------------------------------------------------------------------


def _is_same(one: Station, other: Station) -> bool:
    """Whether two stations are the same layer or block again."""
    if one.form != other.form or one.kind != other.kind or not one.steps or one.times > 1 or other.times > 1:
        return False
    if not one.members and one.bands != other.bands:
        return False
    return signature(_own_steps(one)) == signature(_own_steps(other))


def _own_steps(station: Station) -> list[Step]:
    """The steps of a block without those of other modules: a norm that the next block begins with."""
    if not station.members or not station.module:
        return list(station.steps)
    inside = station.name + "."
    return [step for step in station.steps if (enclosing_module(step) + ".").startswith(inside)]


def _is_same_stage(one: Station, other: Station) -> bool:
    """Whether two blocks are of one stage: the same class, and the same comes out."""
    grows = one.join == other.join == "concat" and len(one.parts) == len(other.parts) == 2
    same = one.form.spatial == other.form.spatial if grows else one.form.text() == other.form.text()
    if not same or not one.members or not other.members or one.kind != other.kind:
        return False
    if one.module or other.module:
        return one.module == other.module
    return one.join == other.join and _makers(one) == _makers(other)


def _makers(station: Station) -> set[str]:
    """The operators that make what is inside a block, skips left out."""
    return {type(step.node.operator).__name__ for step in station.steps if not step.node.operator.keeps_shape}


def main_branch(block: Station) -> list[Station] | None:
    """The layers of a block one after another, without what goes past them; None where it has several branches."""
    graph = block.inside
    shown: list[Station] = []
    if not _follow(structure(graph), graph, shown):
        return None
    return [station for station in shown if station.kind != "input"]


def _as_input(station: Station) -> Station:
    """What a block takes, as the input of its own graph."""
    return Station(station.name, "input", station.form, is_doubtful=station.is_doubtful)


def _follow(chain: Chain, graph: Graph, shown: list[Station]) -> bool:
    for item, following in zip(chain.items, [*chain.items[1:], None], strict=True):
        if isinstance(item, Tangle):
            return False
        if isinstance(item, int):
            shown.append(graph.stations[item])
            continue
        sizes = sorted((len(list(members_of(branch))), place) for place, branch in enumerate(item.branches))
        is_concat = isinstance(following, int) and graph.stations[following].join == "concat"
        if len(sizes) > 2 or sizes[0][0] > (0 if is_concat else 1):
            return False
        if not _follow(item.branches[sizes[-1][1]], graph, shown):
            return False
    return True


def _repeated(run: Sequence[Station]) -> Station:
    first, last = run[0], run[-1]
    steps = tuple([step for station in run for step in station.steps])
    times = sum(station.times for station in run)
    # What is opened is the last: the first of a stage is often another.
    members = last.members
    if not _is_same(first, last) and not members:
        members = tuple([replace(s, parents=(place - 1,) if place else ()) for place, s in enumerate(run)])
    return replace(
        last, name=_run_name(first.name, last.name), steps=steps, times=times, parents=first.parents,
        members=members, entries=last.entries, broken=any(s.broken for s in run), is_open_end=last.is_open_end,
    )  # fmt: skip


def _run_name(first: str, last: str) -> str:
    """`layer1` for `layer1.0` to `layer1.2`; `features.5-7` for layers of one parent; both names else."""
    if first == last:
        return first
    one, other = first.split("."), last.split(".")
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    parent = ".".join(one[:shared])
    head, tail = ".".join(one[shared:]), ".".join(other[shared:])
    if head.isdigit() and tail.isdigit():
        return f"{parent}.{head}-{tail}" if parent else f"{head}-{tail}"
    return f"{first} … {tail}" if parent else f"{first} … {last}"


# which groups -------------------------------------------------------------------------------------------


def _regions(graph: Graph) -> list[Region]:
    """What lies side by side in a graph, the larger before the smaller."""
    return regions_of([tuple(dict.fromkeys(station.parents)) for station in graph.stations])


def _is_beyond_a_lane(region: Region, graph: Graph) -> bool:
    """Whether side by side stands more than a line can carry: a skip, or one layer on it."""
    sizes = sorted([len(branch) for branch in region.branches] + [0] * region.has_skip)
    if len(sizes) != 2 or sizes[0] > 1 or (sizes[0] == 1 and graph.stations[region.end].join == "concat"):
        return True
    return _is_tangled(region, graph)


def _is_tangled(region: Region, graph: Graph) -> bool:
    """Whether something in a region is neither in series nor side by side."""
    places = [region.start, *region.members]
    local = {place: number for number, place in enumerate(places)}
    inside = [[local[p] for p in graph.stations[place].parents if p in local] for place in places]
    waiting: list[int | Chain | Parallel | Tangle] = [structure_of(inside)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Tangle):
            return True
        if not isinstance(part, int):
            waiting += part.items if isinstance(part, Chain) else part.branches
    return False


def is_up_and_down(graph: Graph, members: Sequence[int]) -> bool:
    """Whether an image is made finer inside, as on the way up in a U; what an attention does with places is not."""
    for member in members:
        station = graph.stations[member]
        places = _places(station)
        if station.kind != "upsampling" or places is None:
            continue
        before = [
            count for parent in station.parents if (count := _places(graph.stations[parent])) is not None
        ]
        if before and places > 1.5 * max(before):
            return True
    return False


def goes_up_again(graph: Graph) -> bool:
    """Whether something goes past a part of the network that is coarser than what it is joined to, as in a U."""
    return any(is_up_and_down(graph, region.members) for region in _regions(graph))


def _places(station: Station) -> int | None:
    """In how many places a tensor has channels; None for a vector, and where it is not known."""
    sizes = [place.size for place in station.form.places]
    known = [size for size in sizes if size is not None]
    return None if station.form.is_vector or not sizes or len(known) < len(sizes) else prod(known)


def _has_one_end(graph: Graph, members: Sequence[int]) -> bool:
    """Whether only the last gives something to the others."""
    within = set(members)
    return all(
        not graph.stations[m].is_open_end and within.issuperset(graph.children[m]) and graph.children[m]
        for m in members[:-1]
    )


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
        and (operator.filters(station.main.inputs) is not None or isinstance(operator, Pool)
             or station.kind in {"attention", "recurrent", "convolution", "linear", "upsampling"})
    )  # fmt: skip


def _stands_in(station: Station, path: str) -> bool:
    return station.path == path or station.path.startswith(path + ".") or station.name == path


def _noted(graph: Graph, words: str, *, is_noted: bool) -> Graph:
    return replace(graph, folded=tuple(dict.fromkeys([*graph.folded, words]))) if is_noted else graph
