"""Known contents, rearranged as a tensor is: which element of a small tensor stands where afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim, product
from shapelens.operators.contents import MAXIMUM_CONTENTS, strides_of
from shapelens.operators.operator import Shape, Tensor

__all__ = ["fits_contents", "joined", "kept_contents", "known_contents", "picked"]

Contents = tuple[Any, ...]


def fits_contents(shape: Sequence[Dim]) -> bool:
    """Whether a tensor of this shape may have contents: its sizes are fixed, and its elements few."""
    return all(isinstance(dim, int) and dim >= 0 for dim in shape) and product(shape) <= MAXIMUM_CONTENTS


def known_contents(tensor: Tensor) -> Contents | None:
    """A tensor's contents, where they are known and as many as its shape says."""
    contents = tensor.contents
    if contents is None or not fits_contents(tensor.dims) or product(tensor.dims) != len(contents):
        return None
    return contents


def kept_contents(tensor: Tensor, shape: Shape) -> Contents | None:
    """The contents under another shape of as many elements."""
    contents = tensor.contents
    if contents is None or not fits_contents(shape) or product(shape) != len(contents):
        return None
    return contents


def picked(
    tensor: Tensor, picks: Sequence[Sequence[int]], permutation: Sequence[int] | None = None
) -> Contents | None:
    """The elements at the chosen places of each axis, row-major; None where they are not known or too many.

        >>> picked(Tensor((2, 3), "int64", (0, 1, 2, 3, 4, 5)), [(1, 0), (2, 2)])
        (5, 5, 2, 2)

    Args:
        tensor: a tensor with contents.
        picks: for each axis of the result, the places that are taken, in their order.
        permutation: which axis of the tensor each axis of the result is; the same one if not given.
    """
    contents = known_contents(tensor)
    if not contents:
        return contents  # of no elements, however long the other axes are
    if product([len(pick) for pick in picks]) > MAXIMUM_CONTENTS:
        return None
    strides = strides_of(tensor.dims)
    if permutation is not None:
        strides = [strides[axis] for axis in permutation]
    offsets = [0]
    for stride, pick in zip(strides, picks, strict=True):
        offsets = [offset + stride * place for offset in offsets for place in pick]
    return tuple([contents[offset] for offset in offsets])


def joined(tensors: Sequence[Tensor], axis: int) -> Contents | None:
    """The contents of tensors joined along an axis; None where those of one are not known, or too many."""
    parts = [known_contents(tensor) for tensor in tensors]
    if any(part is None for part in parts) or sum(len(part or ()) for part in parts) > MAXIMUM_CONTENTS:
        return None
    if not any(parts):
        return ()
    runs = [product(tensor.dims[axis:]) for tensor in tensors]
    found: list[Any] = []
    for row in range(product(tensors[0].dims[:axis])):
        for part, run in zip(parts, runs, strict=True):
            found.extend((part or ())[row * run : (row + 1) * run])
    return tuple(found)
