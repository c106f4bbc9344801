"""Repeating: axes stretched from size 1, or laid down several times.

>>> from shapelens.operators import Expand, RepeatElements, Tensor, Tile
>>> Expand((2, 64, 7, 7)).evaluate(Tensor((64, 1, 1))).outputs[0].shape
(2, 64, 7, 7)
>>> Tile((1, 1, 2, 2)).evaluate(Tensor((1, 3, 4, 5))).outputs[0].shape
(1, 3, 8, 10)
>>> RepeatElements(2, axis=1).evaluate(Tensor((1, 3, 4))).outputs[0].shape
(1, 6, 4)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, at_least, decide, equal, total
from shapelens.operators.arguments import fixed_axis, given, is_size, optional, refused, required
from shapelens.operators.backward import Kept, Run
from shapelens.operators.counting import counted
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, identity, same_cells
from shapelens.operators.rearranging import fits_contents, known_contents, picked
from shapelens.operators.strides import Strides, expanded
from shapelens.records import dataclass

__all__ = ["Expand", "RepeatElements", "Tile"]


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
    keeps_elements: ClassVar[bool] = True

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

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """Along a stretched axis the same element comes again and again."""
        return (expanded(run.tensor().dims, run.lies(), run.outputs[0].dims),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


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
    keeps_elements: ClassVar[bool] = True

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

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

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


@dataclass(frozen=True)
class RepeatElements(Operator):
    """Each place of an axis several times, one after the other: `out = in · repeats`.

    Inputs: the tensor, and how often each place is repeated, where that is computed: one number, or one for each.

    Args:
        repeats: how often, for all places alike.
        axis: along which axis; None for all elements one after another.
        length: how many come out, where that is known beforehand.
        count: the symbol that counts them where only the data tell, or its name.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "repeats")
    family: ClassVar[str] = "reshape"
    takes_elements: ClassVar[bool] = True

    repeats: Dim | None = None
    axis: int | None = None
    length: Dim | None = None
    count: Any = ""

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        own = (tensor.elements,) if self.axis is None else tensor.dims
        axis, broken = fixed_axis(self.axis or 0, len(own))
        if broken is not None:
            return refused(broken, tensor)
        repeats = optional(inputs, 1)
        facts = {"gets": tensor.shape, "axis": axis}
        if repeats is None:
            times = Unknown("how often it is repeated is not given") if self.repeats is None else self.repeats
            length = own[axis] * times
            truth = at_least(times, 0)
            facts |= {"repeats": times}
        else:
            length = self._counted(own[axis], repeats)
            each = repeats.elements
            truth = any_of(equal(each, own[axis]), equal(each, 1))
            facts |= {"size": own[axis], "repeats": each}
        shape = (*own[:axis], length, *own[axis + 1 :])
        return Outcome((tensor.shaped(shape),), (Requirement("repeats", truth, facts, spoils=(axis,)),))

    def _counted(self, size: Dim, repeats: Tensor) -> Dim:
        """How many places come out: the numbers added up, where they are known."""
        if self.length is not None:
            return self.length
        numbers = known_contents(repeats)
        if numbers is None or not all(is_size(number) for number in numbers):
            return counted(self.count, Unknown("how often it is repeated is computed from data"))
        return size * numbers[0] if len(numbers) == 1 else total(numbers)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Neighbours see the same place, as many as there are repeats."""
        rank = given(inputs).rank
        if self.axis is None and rank != 1:
            return ()
        axis = (self.axis or 0) % rank
        others = identity(0, [(place, place) for place in range(rank) if place != axis])
        times = self.repeats
        if not isinstance(times, int) or not 0 < times <= MAXIMUM_PERIOD:
            return others
        return (*others, Link(0, axis, axis, times, 1, ((0, 0),) * times))

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        return Kept() if optional(run.inputs, 1) is None else super().kept_for_backward(run)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "repeat elements" if self.repeats is None else f"repeat elements ×{self.repeats}"
