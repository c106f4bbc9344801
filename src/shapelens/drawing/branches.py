"""How the stations of a figure are put together: in series, side by side, as a U."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from shapelens.analyses.structure import Chain, Parallel, Region, Tangle, members_of, regions_of, structure_of
from shapelens.drawing.stations import Graph, Station

__all__ = [
    "goes_up_again",
    "has_one_end",
    "is_beyond_a_lane",
    "is_tangled",
    "is_up_and_down",
    "main_branch",
    "side_by_side",
    "structure",
    "ups_in_series",
]


def structure(graph: Graph) -> Chain:
    """How the stations are put together."""
    return structure_of([tuple(dict.fromkeys(station.parents)) for station in graph.stations])


def main_branch(block: Station) -> list[Station] | None:
    """The layers of a block one after another, without what goes past them; None where it has several branches."""
    graph = block.inside
    shown: list[Station] = []
    if not _follow(structure(graph), graph, shown):
        return None
    return [station for station in shown if station.kind != "input"]


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


def side_by_side(graph: Graph) -> list[Region]:
    """What lies side by side in a graph, the larger before the smaller."""
    return regions_of([tuple(dict.fromkeys(station.parents)) for station in graph.stations])


def is_beyond_a_lane(region: Region, graph: Graph) -> bool:
    """Whether side by side stands more than a line can carry: a skip, or one layer on it."""
    sizes = sorted([len(branch) for branch in region.branches] + [0] * region.has_skip)
    if len(sizes) != 2 or sizes[0] > 1 or (sizes[0] == 1 and graph.stations[region.end].join == "concat"):
        return True
    return is_tangled(region, graph)


def is_tangled(region: Region, graph: Graph) -> bool:
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


def ups_in_series(graph: Graph) -> list[Region]:
    """The regions that go down and up again, without those inside one another: a U has one, detours are several."""
    found: list[Region] = []
    for region in side_by_side(graph):
        is_inside = any(set(region.members) <= set(other.members) for other in found)
        if not is_inside and is_up_and_down(graph, region.members):
            found.append(region)
    return found


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
    return any(is_up_and_down(graph, region.members) for region in side_by_side(graph))


def _places(station: Station) -> int | None:
    """In how many places a tensor has channels; None for a vector, and where it is not known."""
    sizes = [place.size for place in station.form.places]
    known = [size for size in sizes if size is not None]
    return None if station.form.is_vector or not sizes or len(known) < len(sizes) else prod(known)


def has_one_end(graph: Graph, members: Sequence[int]) -> bool:
    """Whether only the last gives something to the others."""
    within = set(members)
    return all(
        not graph.stations[m].is_open_end and within.issuperset(graph.children[m]) and graph.children[m]
        for m in members[:-1]
    )
