"""How a graph is put together: in series, side by side, or neither.

A chain is a series of members. Between two members of a chain that are not simply joined stands what lies side by
side: branches that part after the one and meet in the other. A branch is a chain again; one without members is a
skip. What cannot be taken apart in this way is a tangle, as where every layer takes all that came before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from shapelens.records import dataclass

__all__ = ["Chain", "Parallel", "Tangle", "members_of", "structure_of"]

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
