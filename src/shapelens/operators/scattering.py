"""Scattering: elements put where indices say. The tensor keeps its shape.

>>> from shapelens.operators import ScatterND, Tensor
>>> indices, updates = Tensor((2, 1), "int64"), Tensor((2, 5))
>>> ScatterND().evaluate(Tensor((4, 5)), indices, updates).outputs[0].shape
(4, 5)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown, at_least, at_most, decide, equal
from shapelens.operators.arguments import fixed_axis, given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.indexing import elements_fit
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["Scatter", "ScatterND", "UpdateCache"]


@dataclass(frozen=True)
class Scatter(Operator):
    """Elements put where indices say, along one axis: the tensor keeps its shape.

    Inputs: the tensor, the indices, and as many updates.

    Args:
        axis: along which axis an index says the place.
        more_updates: whether there may be more updates than indices; those behind are not used (PyTorch).
        from_end: whether negative indices count from the end (ONNX); else they are none (PyTorch).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices", "updates")
    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "scatter"
    family: ClassVar[str] = "reshape"

    axis: int = 0
    more_updates: bool = False
    from_end: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, indices, updates = given(inputs), given(inputs, 1), optional(inputs, 2)
        out = (tensor.shaped(tensor.shape),)
        if isinstance(tensor.shape, Unknown) or isinstance(indices.shape, Unknown):
            return Outcome(out)
        requirements = elements_fit(tensor, indices, self.axis, from_end=self.from_end)
        if updates is not None and not isinstance(updates.shape, Unknown):
            requirements += _updates_fit(updates, indices.dims, more=self.more_updates)
        return Outcome(out, requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The tensor is seen cell by cell; an update may have come from anywhere along the axis."""
        rank = given(inputs).rank
        axis = self.axis % max(rank, 1)
        others = [(place, place) for place in range(rank) if place != axis]
        own = identity(0, [(place, place) for place in range(rank)])
        return own + identity(1, others) + identity(2, others)

    def kept_for_backward(self, run: Run) -> Kept:
        """The indices."""
        return Kept((1,))


@dataclass(frozen=True)
class ScatterND(Operator):
    """Whole slices put where indices say: the tensor keeps its shape.

    Inputs: the tensor, the indices (the last axis says a place on several axes), and the updates.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices", "updates")
    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "scatter"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, indices, updates = given(inputs), given(inputs, 1), given(inputs, 2)
        out = (tensor.shaped(tensor.shape),)
        if any(isinstance(t.shape, Unknown) for t in (tensor, indices, updates)):
            return Outcome(out)
        last = indices.dims[-1] if indices.rank else 0
        if isinstance(last, Unknown):
            return Outcome(out)
        depth = next((depth for depth in range(1, tensor.rank + 1) if decide(equal(last, depth))), None)
        if depth is None:
            facts = {"gets": indices.dims, "wants": tensor.dims, "depth": last}
            return Outcome(out, (Requirement("indices", False, facts),))
        return Outcome(out, _updates_fit(updates, (*indices.dims[:-1], *tensor.dims[depth:])))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The tensor is seen cell by cell; an update may have come from anywhere along the indexed axes."""
        rank, updates = given(inputs).rank, given(inputs, 2).rank
        depth = rank - (updates - (given(inputs, 1).rank - 1))
        own = identity(0, [(place, place) for place in range(rank)])
        return own + identity(2, [(updates - rank + place, place) for place in range(max(depth, 0), rank)])


def _updates_fit(updates: Tensor, wanted: Shape, *, more: bool = False) -> tuple[Requirement, ...]:
    facts = {"gets": updates.dims, "wants": wanted}
    if updates.rank != len(wanted):
        return (Requirement("updates", False, facts),)
    return tuple(
        [
            Requirement("updates", (at_least if more else equal)(gets, wants), {**facts, "axis": axis})
            for axis, (gets, wants) in enumerate(zip(updates.dims, wanted, strict=True))
        ]
    )


@dataclass(frozen=True)
class UpdateCache(Operator):
    """A stretch of a cache written over, along one axis: the cache keeps its shape.

    Inputs: the cache, the update, and for each sample where it begins.

    Args:
        axis: along which axis.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "update", "starts")
    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "update cache"
    family: ClassVar[str] = "reshape"

    axis: int = -2

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        cache, update = given(inputs), given(inputs, 1)
        out = (cache.shaped(cache.shape),)
        if isinstance(cache.shape, Unknown) or isinstance(update.shape, Unknown):
            return Outcome(out)
        facts = {"gets": update.dims, "wants": cache.dims, "axis": self.axis}
        if update.rank != cache.rank:
            return Outcome(out, (Requirement("updates", False, facts),))
        found, broken = fixed_axis(self.axis, cache.rank)
        if broken is not None:
            return Outcome(out, (broken,))
        requirements = [
            Requirement("updates", (at_most if axis == found else equal)(gets, wants), {**facts, "at": axis})
            for axis, (gets, wants) in enumerate(zip(update.dims, cache.dims, strict=True))
        ]
        return Outcome(out, tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The cache is seen cell by cell; the update may have gone anywhere along the axis."""
        rank = given(inputs).rank
        axis = self.axis % max(rank, 1)
        own = identity(0, [(place, place) for place in range(rank)])
        return own + identity(1, [(place, place) for place in range(rank) if place != axis])
