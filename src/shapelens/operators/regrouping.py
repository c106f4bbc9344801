"""Which axes survive a reshape: elements stay in order, so equal products of sizes mark the same places.

>>> regrouped((2, 64, 7, 7), (2, 3136))
[((0,), (0,)), ((1, 2, 3), (1,))]
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Dim, Unknown, product
from shapelens.operators.reach import MAXIMUM_PERIOD, Link

__all__ = ["regrouped", "reshape_links"]

Group = tuple[tuple[int, ...], tuple[int, ...]]
"""Axes before, and the axes after that hold the same elements."""


def reshape_links(before: Sequence[Dim], after: Sequence[Dim]) -> tuple[Link, ...]:
    """How the axes after a reshape look at those before it.

    An axis that keeps its size and its neighbours is seen cell by cell. Axes that are merged into one are
    seen in turn, the last one fastest. An axis that is divided has no link: it is seen whole.
    """
    links: list[Link] = []
    for own, out in regrouped(before, after):
        if len(out) != 1:
            continue
        if len(own) == 1:
            links.append(Link(0, own[0], out[0]))
            continue
        for place, axis in enumerate(own):
            links.append(_merged(axis, out[0], before[axis], product([before[a] for a in own[place + 1 :]])))
    return tuple(links)


def _merged(axis: int, target: int, size: Dim, inner: Dim) -> Link:
    """One of several axes in one: it moves on after `inner` cells, and comes round after `size` of that."""
    if not isinstance(size, int) or not isinstance(inner, int) or not 0 < size * inner <= MAXIMUM_PERIOD:
        return Link(0, axis, target, spans=None, merged=True)
    spans = tuple([(cell // inner, cell // inner) for cell in range(size * inner)])
    return Link(0, axis, target, size * inner, 0, spans, merged=True)


def regrouped(before: Sequence[Dim], after: Sequence[Dim]) -> list[Group]:
    """The smallest groups of axes that hold the same elements, in order; axes of size 1 are in none."""
    own = [axis for axis, dim in enumerate(before) if not _is_one(dim)]
    out = [axis for axis, dim in enumerate(after) if not _is_one(dim)]
    front: list[Group] = []
    while own and out and _same(before[own[0]], after[out[0]]):
        front.append(((own.pop(0),), (out.pop(0),)))
    back: list[Group] = []
    while own and out and _same(before[own[-1]], after[out[-1]]):
        back.append(((own.pop(),), (out.pop(),)))
    return [*front, *_divided(before, after, own, out), *reversed(back)]


def _divided(before: Sequence[Dim], after: Sequence[Dim], own: list[int], out: list[int]) -> list[Group]:
    """What is left in the middle: cut wherever the products of fixed sizes meet, else one group."""
    if not own or not out:
        return []
    if not all(
        isinstance(dim, int) and dim > 0 for dim in [*(before[a] for a in own), *(after[a] for a in out)]
    ):
        return [(tuple(own), tuple(out))]
    groups: list[Group] = []
    while own and out:
        left, right = [own.pop(0)], [out.pop(0)]
        while True:
            held, wanted = product([before[a] for a in left]), product([after[a] for a in right])
            if held == wanted:
                groups.append((tuple(left), tuple(right)))
                break
            source = own if held < wanted else out
            if not source:
                return groups
            (left if held < wanted else right).append(source.pop(0))
    return groups


def _is_one(dim: Dim) -> bool:
    return isinstance(dim, int) and dim == 1


def _same(left: Dim, right: Dim) -> bool:
    """Whether two dims are the same for certain: an unknown one is the same as no other."""
    return not isinstance(left, Unknown) and not isinstance(right, Unknown) and bool(left == right)
