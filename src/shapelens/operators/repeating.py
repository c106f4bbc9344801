"""Repeating: axes stretched from size 1, or laid down several times.

>>> from shapelens.operators import Expand, Tensor, Tile
>>> Expand((2, 64, 7, 7)).evaluate(Tensor((64, 1, 1))).outputs[0].shape
(2, 64, 7, 7)
>>> Tile((1, 1, 2, 2)).evaluate(Tensor((1, 3, 4, 5))).outputs[0].shape
(1, 3, 8, 10)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, at_least, decide, equal
from shapelens.operators.arguments import given, optional, refused, required
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, same_cells
from shapelens.operators.rearranging import fits_contents, known_contents, picked

__all__ = ["Expand", "Tile"]


@dataclass(frozen=True)
class Expand(Operator):
    """Axes of size 1 stretched, and axes put in front: a broadcast to a shape.

    Inputs: the tensor, and the shape where it is computed.

    Args:
        shape: the shape that is asked for.
        both_ways: whether a 1 that is asked for gives way to the tensor's own size too (ONNX). If not, -1
            keeps the own size, and any other size is what comes out (PyTorch).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "shape")
    word: ClassVar[str] = "expand"
    family: ClassVar[str] = "reshape"

    shape: tuple[Dim, ...] | None = None
    both_ways: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        asked = required(self.shape, optional(inputs, 1), "the shape to expand to")
        if isinstance(asked, Unknown):
            return Outcome((tensor.shaped(asked),))
        if self.both_ways:
            shape, requirements = broadcast([tensor.dims, asked])
            # Whatever else there is to be said of a size, a negative one is refused.
            facts = {"gets": tensor.dims, "asked": asked}
            negative = [
                Requirement("expand", at_least(size, 0), {**facts, "axis": axis}, spoils=(axis,))
                for axis, size in enumerate(asked, start=len(shape) - len(asked))
            ]
            requirements = (*[r for r in negative if r.truth is not True], *requirements)
        elif len(asked) < tensor.rank:
            facts = {"gets": tensor.dims, "asked": asked}
            return refused(Requirement("expand", False, facts, spoils=None), tensor)
        else:
            shape, requirements = _one_way(tensor.dims, asked)
        contents = None if any(r.truth is False for r in requirements) else _stretched(tensor, shape)
        return Outcome((Tensor(shape, tensor.dtype, contents),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)


def _one_way(own: Shape, asked: Shape) -> tuple[Shape, tuple[Requirement, ...]]:
    """The shape as PyTorch expands: what is asked for, each own size being that or 1."""
    offset = len(asked) - len(own)
    shape: list[Dim] = []
    requirements: list[Requirement] = []
    for axis, size in enumerate(asked):
        facts = {"gets": own, "asked": asked, "axis": axis}
        if not isinstance(size, Unknown) and not decide(at_least(size, 0)):
            truth = axis >= offset and equal(size, -1)
            shape.append(own[axis - offset] if axis >= offset else size)
        else:
            truth = axis < offset or any_of(equal(own[axis - offset], size), equal(own[axis - offset], 1))
            shape.append(size)
        if truth is not True:
            requirements.append(Requirement("expand", truth, facts, spoils=(axis,)))
    return tuple(shape), tuple(requirements)


def _stretched(tensor: Tensor, shape: Shape) -> tuple[Any, ...] | None:
    """The contents, those of an axis of size 1 repeated."""
    if known_contents(tensor) is None or not fits_contents(shape):
        return None
    if 0 in shape:
        return ()
    own = (1,) * (len(shape) - tensor.rank) + tensor.dims
    picks = [(0,) * out if size == 1 else tuple(range(out)) for size, out in zip(own, shape, strict=True)]
    return picked(Tensor(own, tensor.dtype, tensor.contents), picks)


@dataclass(frozen=True)
class Tile(Operator):
    """The whole tensor laid down several times along each axis: `out = in · repeats`.

    Inputs: the tensor, and the repeats where they are computed.

    Args:
        repeats: how many times, for each axis.
        new_axes: whether more repeats than axes put axes in front (PyTorch) and are no error (ONNX).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "repeats")
    family: ClassVar[str] = "reshape"

    repeats: tuple[Dim, ...] | None = None
    new_axes: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        repeats = required(self.repeats, optional(inputs, 1), "how often it is repeated")
        if isinstance(repeats, Unknown):
            count = None if self.new_axes or isinstance(tensor.shape, Unknown) else tensor.rank
            return Outcome((tensor.shaped(repeats if count is None else (repeats,) * count),))
        if isinstance(tensor.shape, Unknown):
            count = None if self.new_axes else len(repeats)
            return Outcome((tensor.shaped(tensor.shape if count is None else (tensor.shape,) * count),))
        facts = {"gets": tensor.dims, "repeats": repeats}
        added = len(repeats) - tensor.rank
        if added < 0 or (added and not self.new_axes):
            return refused(Requirement("repeats", False, facts, spoils=None), tensor)
        own = (1,) * added + tensor.dims
        shape = tuple([dim * times for dim, times in zip(own, repeats, strict=True)])
        truths = [at_least(times, 0) for times in repeats]
        requirements = tuple(
            [
                Requirement("repeats", truth, {**facts, "axis": axis}, spoils=(axis,))
                for axis, truth in enumerate(truths)
                if truth is not True
            ]
        )
        return Outcome((Tensor(shape, tensor.dtype, _tiled(tensor, own, repeats)),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        own, out = given(inputs).dims, outputs[0].dims
        offset = len(out) - len(own)
        links: list[Link] = []
        for axis, dim in enumerate(own):
            if not isinstance(dim, Unknown) and dim == out[axis + offset]:
                links.append(Link(0, axis, axis + offset))
            elif isinstance(dim, int) and 0 < dim <= MAXIMUM_PERIOD:
                spans = tuple([(cell, cell) for cell in range(dim)])
                links.append(Link(0, axis, axis + offset, dim, 0, spans))
        return tuple(links)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "tile" if self.repeats is None else f"tile {'×'.join(str(times) for times in self.repeats)}"


def _tiled(tensor: Tensor, own: Shape, repeats: Shape) -> tuple[Any, ...] | None:
    if known_contents(tensor) is None or not all(isinstance(times, int) and times >= 0 for times in repeats):
        return None
    out = [dim * times for dim, times in zip(own, repeats, strict=True)]
    if not fits_contents(out):
        return None
    if 0 in out:
        return ()
    picks = [list(range(dim)) * times for dim, times in zip(own, repeats, strict=True)]
    return picked(Tensor(own, tensor.dtype, tensor.contents), picks)
