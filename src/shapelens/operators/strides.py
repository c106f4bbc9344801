"""How the axes of a tensor lie in memory, and what of it another shape can look at without a copy.

A stride says how many elements lie between neighbours along an axis. A fresh tensor has its axes in order; a
transposed one has not, and then only some reshapes leave the elements where they are:

    >>> in_order((2, 12, 7, 64))
    (5376, 448, 64, 1)
    >>> heads = (5376, 64, 768, 1)  # 2×12×7×64, transposed from 2×7×12×64
    >>> viewed((2, 12, 7, 64), heads, (2, 12, 7 * 64)) is None
    True
    >>> viewed((2, 12, 7, 64), heads, (2, 12, 7, 8, 8))
    (5376, 64, 768, 8, 1)

An axis of size 1 may have any stride. Sizes that are symbols are taken to be larger than 1.

Source: the documentation of `torch.Tensor.view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shapelens.dims import Dim, Unknown, decide, more_than, product
from shapelens.operators.regrouping import regrouped

__all__ = ["Strides", "expanded", "in_order", "is_in_order", "lying_like", "viewed"]

Strides = tuple[Dim, ...]


def in_order(shape: Sequence[Dim]) -> Strides:
    """The strides of a tensor whose last axis is the fastest."""
    return tuple([product(shape[axis + 1 :]) for axis in range(len(shape))])


def is_in_order(shape: Sequence[Dim], strides: Strides) -> bool:
    """Whether the axes lie in order, without gaps."""
    wide = [axis for axis in range(len(shape)) if not _is(shape[axis], 1)]
    wanted = in_order(shape)
    return all(_is(strides[axis], wanted[axis]) for axis in wide)


def viewed(shape: Sequence[Dim], strides: Strides, target: Sequence[Dim]) -> Strides | None:
    """The strides of a reshape that leaves the elements where they are; None where they must be copied.

    Args:
        shape: the sizes before.
        strides: how they lie.
        target: the sizes after, of as many elements.
    """
    if is_in_order(shape, strides):
        return in_order(target)
    found: list[Dim] = [1] * len(target)
    grouped = 0
    for own, out in regrouped(shape, target):
        if any(not _is(strides[outer], strides[inner] * shape[inner]) for outer, inner in _pairs(own)):
            return None
        stride = strides[own[-1]]
        for axis in reversed(out):
            found[axis] = stride
            stride = stride * target[axis]
        grouped += len(own)
    return tuple(found) if grouped == sum(not _is(dim, 1) for dim in shape) else None


def expanded(shape: Sequence[Dim], strides: Strides, target: Sequence[Dim]) -> Strides:
    """The strides of a tensor stretched to a larger shape: along an axis that repeats they are 0."""
    ahead = len(target) - len(shape)
    stays = [_is(dim, target[ahead + axis]) for axis, dim in enumerate(shape)]
    return (*((0,) * ahead), *[stride if kept else 0 for stride, kept in zip(strides, stays, strict=True)])


def lying_like(shape: Sequence[Dim], strides: Strides) -> Strides:
    """The strides of a fresh tensor that keeps the order in which another's axes lie, as functions of elements do.

    >>> lying_like((2, 3, 4, 4), (144, 1, 36, 9))
    (48, 1, 12, 3)
    """
    if is_in_order(shape, strides):
        return in_order(shape)
    order: list[int] = []
    for axis in range(len(shape)):
        place = len(order)
        while place and decide(more_than(strides[axis], strides[order[place - 1]])):
            place -= 1
        order.insert(place, axis)
    dense = in_order([shape[axis] for axis in order])
    return tuple([dense[order.index(axis)] for axis in range(len(shape))])


def _pairs(axes: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(axes))


def _is(left: Dim, right: Dim) -> bool:
    """Whether two sizes are the same for certain."""
    return not isinstance(left, Unknown) and not isinstance(right, Unknown) and bool(left == right)
