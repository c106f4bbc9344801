"""How a graph is put together: in series, side by side, or neither.

A chain is a series of members. Between two members of a chain that are not simply joined stands what lies side by
side: branches that part after the one and meet in the other. A branch is a chain again; one without members is a
skip. What cannot be taken apart in this way is a tangle, as where every layer takes all that came before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from shapelens.records import dataclass

__all__ = ["Chain", "Parallel", "Region", "Tangle", "members_of", "regions_of", "structure_of"]

_DEEPEST = 60
"""What is nested deeper than this is left a tangle."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One after another: every path goes through each of them."""

    items: tuple[int | Parallel | Tangle, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Side by side, between the member before and the one after.

    Args:
        branches: in the order of their first members; a chain without items is a skip.
    """

    branches: tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class Tangle:
    """Members that are neither in series nor side by side, in order."""

    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What parts after one member and is together again in another, with nothing that leads in or out between.

    Args:
        start: the member that all of it comes from.
        branches: the members between, those that hang together in one, in order.
        end: the member in which it is together again.
        has_skip: whether the end also takes from the start itself.
    """

    start: int
    branches: tuple[tuple[int, ...], ...]
    end: int
    has_skip: bool

    @property
    def members(self) -> tuple[int, ...]:
        """All members between, and the end."""
        return (*sorted(member for branch in self.branches for member in branch), self.end)


def regions_of(parents: Sequence[Sequence[int]]) -> list[Region]:
    """Every region of a graph, those inside tangles too; the larger before the smaller.

    A region's start is the last member that every path to its end goes through. What it gives to others outside is no
    hindrance, but what any member between gives.

    >>> [(r.start, r.members) for r in regions_of([[], [0], [1], [2, 0], [3]])]
    [(0, (1, 2, 3))]
    """
    children: list[list[int]] = [[] for _ in parents]
    for member, taken in enumerate(parents):
        for parent in dict.fromkeys(taken):
            children[parent].append(member)
    found: list[Region] = []
    for end, start in enumerate(_dominators(parents)):
        if len(set(parents[end])) < 2 or start < 0:
            continue
        inside = _between_two(start, end, parents)
        closed = {*inside, end}
        if all(children[member] and closed.issuperset(children[member]) for member in inside):
            parts = tuple([tuple(part) for part in _components(inside, children)])
            found.append(Region(start, parts, end, start in parents[end]))
    return sorted(found, key=lambda region: (-len(region.members), region.end))


def _dominators(parents: Sequence[Sequence[int]]) -> list[int]:
    """For each member the last one before it that every path to it goes through; -1 where there is none."""
    nearest: list[int] = []
    depth: list[int] = []
    for taken in parents:
        common = -1
        for number, parent in enumerate(dict.fromkeys(taken)):
            common = parent if number == 0 else _meeting(common, parent, nearest, depth)
        nearest.append(common)
        depth.append(depth[common] + 1 if common >= 0 else 0)
    return nearest


def _meeting(one: int, other: int, nearest: Sequence[int], depth: Sequence[int]) -> int:
    while one != other:
        if one < 0 or other < 0:
            return -1
        if depth[one] >= depth[other]:
            one = nearest[one]
        else:
            other = nearest[other]
    return one


def _between_two(start: int, end: int, parents: Sequence[Sequence[int]]) -> list[int]:
    """The members on the paths from one to another that it comes before on every path, both left out."""
    seen: set[int] = set()
    waiting = [parent for parent in parents[end] if parent != start]
    while waiting:
        member = waiting.pop()
        if member not in seen:
            seen.add(member)
            waiting.extend(parent for parent in parents[member] if parent != start)
    return sorted(seen)


def structure_of(parents: Sequence[Sequence[int]]) -> Chain:
    """A graph taken apart.

    >>> structure_of([[], [0], [1], [2, 0], [3]])
    Chain(items=(0, Parallel(branches=(Chain(items=(1, 2)), Chain(items=()))), 3, 4))

    Args:
        parents: for each member the members whose results it takes, all of them before it. Members without parents
            begin, and those that nobody takes from end; where there are several, they are side by side.
    """
    count = len(parents)
    children: list[list[int]] = [[] for _ in range(count + 1)]
    starts: list[int] = []
    for member, taken in enumerate(parents):
        for parent in dict.fromkeys(taken):
            children[parent].append(member)
        if not taken:
            starts.append(member)
    for member in range(count):
        if not children[member]:
            children[member].append(count)
    return _chain(list(range(count)), starts, children, count, 0)


def members_of(part: Chain | Parallel | Tangle | int) -> Iterator[int]:
    """Every member in a part of the structure, in order of the chains."""
    if isinstance(part, int):
        yield part
    elif isinstance(part, Tangle):
        yield from part.members
    else:
        for inner in part.items if isinstance(part, Chain) else part.branches:
            yield from members_of(inner)


def _chain(
    members: list[int], starts: Sequence[int], children: Sequence[Sequence[int]], end: int, depth: int
) -> Chain:
    """The members between a start, whose children among them are given, and an end."""
    spine: list[int] = []
    far = max(starts, default=end)
    for member in members:
        if far <= member:
            spine.append(member)
        far = max(far, *children[member])
    items: list[int | Parallel | Tangle] = []
    before = 0
    begin = list(starts)
    for stop in [*spine, end]:
        after = bisect_right(members, stop - 1) if stop == end else members.index(stop, before)
        between = members[before:after]
        if between:
            items.append(_between(between, begin, children, stop, depth))
        if stop != end:
            items.append(stop)
            begin = list(children[stop])
            before = after + 1
    return Chain(tuple(items))


def _between(
    members: list[int], starts: Sequence[int], children: Sequence[Sequence[int]], end: int, depth: int
) -> Parallel | Tangle:
    """What stands between two neighbours of a chain."""
    parts = _components(members, children)
    skips = [Chain(())] if end in starts else []
    if depth >= _DEEPEST or (len(parts) == 1 and not skips):
        return Tangle(tuple(members))
    branches = [
        _chain(part, [s for s in starts if s in set(part)], children, end, depth + 1) for part in parts
    ]
    return Parallel((*branches, *skips))


def _components(members: list[int], children: Sequence[Sequence[int]]) -> list[list[int]]:
    """Members that hang together, in order of the first."""
    root = {member: member for member in members}

    def found(member: int) -> int:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for member in members:
        for child in children[member]:
            if child in root:
                one, other = found(member), found(child)
                root[max(one, other)] = min(one, other)
    parts: dict[int, list[int]] = {}
    for member in members:
        parts.setdefault(found(member), []).append(member)
    return list(parts.values())
