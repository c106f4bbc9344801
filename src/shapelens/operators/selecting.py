"""Selecting by several indices and masks at once, as `x[rows, :, columns]` and `x[mask]` do.

Integers broadcast together. A mask stands for the places of its true cells, one index for each of its axes; how
many they are is a symbol, for only the data decide it:

    >>> from shapelens.dims import symbol
    >>> from shapelens.operators import Index, Tensor
    >>> image, mask = Tensor((2, 3, 32, 32)), Tensor((32, 32), "bool")
    >>> Index((2,), ("k",)).evaluate(image, mask).outputs[0].shape
    (2, 3, k)

The indices' axes take the place of those that are indexed, where these are neighbours; otherwise they go first:

    >>> places = Tensor((5,), "int64")
    >>> Index((1, 2)).evaluate(image, places, places).outputs[0].shape
    (2, 5, 32)
    >>> Index((1, 3)).evaluate(image, places, places).outputs[0].shape
    (5, 2, 32)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from shapelens.dims import UndecidedError, Unknown, equal, product
from shapelens.operators.arguments import given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.counting import counted, fixed_numbers
from shapelens.operators.elementwise import broadcast
from shapelens.operators.indexing import reached
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["Index", "is_mask"]


@dataclass(frozen=True)
class Index(Operator):
    """Elements chosen along several axes at once.

    Inputs: the tensor, and the indices, each of integers or a mask.

    Args:
        axes: for each index, which axis it indexes; for a mask of several axes the first of them.
        counts: for each index that is a mask, the symbol that counts its true cells; nothing for integers.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices")
    learned: ClassVar[frozenset[str]] = frozenset({"input"})
    word: ClassVar[str] = "index"
    family: ClassVar[str] = "reshape"

    axes: tuple[int, ...] = (0,)
    counts: tuple[Any, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        indices = [given(inputs, place) for place in range(1, len(inputs))]
        own = tensor.dims
        spans = [_spanned(axis, index) for axis, index in zip(self.axes, indices, strict=True)]
        taken = [axis for span in spans for axis in span]
        if len(set(taken)) != len(taken) or not all(0 <= axis < len(own) for axis in taken):
            facts = {"gets": own, "axes": tuple(taken)}
            return refused(Requirement("axis", False, facts, spoils=None), tensor)
        shape, misfits = broadcast([self._shape(place, index, own) for place, index in enumerate(indices)])
        first = _first(taken)
        requirements = [
            replace(misfit, spoils=tuple([first + a for a in misfit.spoils or ()])) for misfit in misfits
        ]
        for span, index in zip(spans, indices, strict=True):
            requirements += _requirements(own, span, index)
        kept = [dim for axis, dim in enumerate(own) if axis not in taken]
        return Outcome((tensor.shaped((*kept[:first], *shape, *kept[first:])),), tuple(requirements))

    def _shape(self, place: int, index: Tensor, own: Shape) -> Shape:
        """The shape of an index: of a mask as many as it has true cells."""
        if not is_mask(index):
            return index.dims
        numbers = fixed_numbers(index)
        if numbers is not None:
            return (sum([bool(number) for number in numbers]),)
        axis = self.axes[place]
        count = self.counts[place] if place < len(self.counts) else ""
        # The mask's own size may be what is not known; then it is the tensor's.
        sizes = [
            size if not isinstance(size, Unknown) else own[axis + i] for i, size in enumerate(index.dims)
        ]
        return (counted(count, product(sizes)),)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """What is not indexed is seen at its place, what is indexed whole; an integer stands at its own place."""
        rank, out = given(inputs).rank, outputs[0].rank
        indices = [given(inputs, place) for place in range(1, len(inputs))]
        taken = [a for axis, index in zip(self.axes, indices, strict=True) for a in _spanned(axis, index)]
        first, count = _first(taken), out - rank + len(taken)
        others = [axis for axis in range(rank) if axis not in taken]
        links = list(identity(0, [(axis, p if p < first else p + count) for p, axis in enumerate(others)]))
        for position, index in enumerate(indices, start=1):
            if not is_mask(index):
                offset = first + count - index.rank
                links += [
                    Link(position, axis, offset + axis, advance=0 if isinstance(dim, int) and dim == 1 else 1)
                    for axis, dim in enumerate(index.dims)
                ]
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The indices; a mask is made into integers before."""
        indices = range(1, len(run.inputs))
        if any(is_mask(run.tensor(place)) for place in indices):
            return super().kept_for_backward(run)
        return Kept(tuple(indices))


def is_mask(index: Tensor) -> bool:
    """Whether an index is a mask: of truths, or of bytes as old code has them."""
    return index.dtype in {"bool", "uint8"}


def _spanned(axis: int, index: Tensor) -> range:
    """The axes that an index takes; a mask without axes takes one of size 1."""
    if isinstance(index.shape, Unknown):
        raise UndecidedError(index.shape.reason)
    return range(axis, axis + max(index.rank, 1)) if is_mask(index) else range(axis, axis + 1)


def _first(taken: Sequence[int]) -> int:
    """Where the axes of the indices stand in the result."""
    neighbours = all(after == before + 1 for before, after in pairwise(taken))
    return taken[0] if neighbours and taken else 0


def _requirements(own: Shape, span: range, index: Tensor) -> list[Requirement]:
    """A mask is as long as what it masks; known integers stand inside of their axis."""
    if is_mask(index):
        facts = {"gets": index.dims, "wants": tuple([own[axis] for axis in span])}
        return [
            Requirement("mask", equal(size, own[axis]), {**facts, "axis": axis})
            for axis, size in zip(span, index.dims, strict=False)
        ]
    return list(reached(own, span[0], index))
