"""Operators that keep the shape: activations, with and without a learned slope, dropout, clipping.

>>> from shapelens.operators import ParametricActivation, Tensor
>>> ParametricActivation(channel_axis=1).evaluate(Tensor((1, 64, 56, 56)), Tensor((64,))).broken
()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.contents import FUNCTIONS, function_of
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, same_cells

__all__ = ["Activation", "Clip", "Dropout", "ParametricActivation", "followed_shape"]


@dataclass(frozen=True)
class Activation(Operator):
    """A function of each element by itself: the shape stays, and there is nothing to learn.

    Args:
        function: its name in a table: `relu`, `sigmoid`, `dropout`, … (those in `contents.FUNCTIONS` are
            computed for sizes).
        dtype: the type of the output, where it is not the input's.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"

    function: str = "relu"
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        contents = None
        if tensor.contents is not None and self.function in FUNCTIONS:
            function = function_of(self.function, tensor.dtype)
            contents = tuple([function(element) for element in tensor.contents])
        return Outcome((Tensor(tensor.shape, self.dtype or tensor.dtype, contents),))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")


@dataclass(frozen=True)
class Dropout(Operator):
    """Sets elements to zero at random while a network learns; passes everything on when it is used.

    Args:
        with_mask: whether a second output tells which elements were kept.
        mask_dtype: the type of that output, where it is not the input's.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"
    word: ClassVar[str] = "dropout"

    with_mask: bool = False
    mask_dtype: str | None = "bool"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        mask = (tensor.shaped(tensor.shape, self.mask_dtype),) if self.with_mask else ()
        return Outcome((tensor.shaped(tensor.shape), *mask))


@dataclass(frozen=True)
class Clip(Operator):
    """Elements held between a least and a largest value: `min(max(x, low), high)`.

    The bounds are settings, or inputs of one element each.

    Args:
        low: the least value, if it is known beforehand.
        high: the largest value, if it is known beforehand.
        called: what it is called in a table: `clip`, `relu6`.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "low", "high")
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"

    low: float | int | None = None
    high: float | int | None = None
    called: str = "clip"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        bounds = ((self.low, optional(inputs, 1), "maximum"), (self.high, optional(inputs, 2), "minimum"))
        requirements = [
            Requirement("clip_bound", equal(bound.elements, 1), {"gets": bound.shape})
            for _, bound, _ in bounds
            if bound is not None
        ]
        contents = tensor.contents
        for setting, bound, name in bounds:
            if contents is None or (setting is None and bound is None):
                continue
            limit = (setting,) if bound is None else bound.contents
            known = limit is not None and len(limit) == 1
            contents = _held(contents, limit[0], name, tensor.dtype) if limit is not None and known else None
        return Outcome((Tensor(tensor.shape, tensor.dtype, contents),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called


def _held(contents: tuple[Any, ...], limit: Any, name: str, dtype: str) -> tuple[Any, ...]:
    """Each element, or the limit where that is the larger or the smaller of the two."""
    function = function_of(name, dtype)
    return tuple([function(element, limit) for element in contents])


@dataclass(frozen=True)
class ParametricActivation(Operator):
    """An activation with a slope that is learned: `slope · x` where x is negative.

    Args:
        function: its name in a table.
        channel_axis: the axis that a slope of several elements stands for; None where the slope broadcasts to
            the input, trailing axes aligned.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "slope")
    learned: ClassVar[frozenset[str]] = frozenset({"slope"})
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"

    function: str = "prelu"
    channel_axis: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, slope = given(inputs), given(inputs, 1)
        output = tensor.shaped(tensor.shape)
        for known in (tensor, slope):
            if isinstance(known.shape, Unknown):
                return Outcome((output,), (Requirement("slope", known.shape, {"role": "slope"}),))
        return Outcome((output,), self._requirements(tensor.dims, slope))

    def _requirements(self, shape: Shape, slope: Tensor) -> tuple[Requirement, ...]:
        facts = {"role": "slope", "gets": slope.shape, "wants": shape}
        if self.channel_axis is not None:
            # A vector has no axis of channels: it is one.
            channels = shape[self.channel_axis] if len(shape) > self.channel_axis else 1
            fits = any_of(equal(slope.elements, channels), equal(slope.elements, 1))
            return (Requirement("slope", fits, {**facts, "channels": channels}),)
        if slope.rank > len(shape):
            return (Requirement("slope", False, facts),)
        pairs = zip(slope.dims, shape[len(shape) - slope.rank :], strict=True)
        return tuple(
            [Requirement("slope", any_of(equal(own, 1), equal(own, dim)), facts) for own, dim in pairs]
        )

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        slope = given(before, 1)
        old, new = given(before).shape, given(after).shape
        if isinstance(old, Unknown) or isinstance(new, Unknown) or len(old) != len(new):
            return Follow(self)
        axis = self.channel_axis
        if axis is None:
            followed = followed_shape(slope.dims, old, new)
        else:
            matched = axis < len(old) and slope.rank == 1
            followed = (
                followed_shape(slope.dims, old[axis : axis + 1], new[axis : axis + 1]) if matched else None
            )
        return Follow(self) if followed is None else Follow(self, {1: followed})


def followed_shape(weight: Shape, old: Shape, new: Shape) -> Shape | None:
    """A weight that met a shape, made to meet another: each dim that matched follows. None if nothing changes.

    >>> followed_shape((64, 1, 1), (2, 64, 8, 8), (2, 32, 8, 8))
    (32, 1, 1)
    """
    offset = len(old) - len(weight)
    changed: dict[int, Dim] = {}
    for place, dim in enumerate(weight):
        axis = place + offset
        if axis < 0 or not isinstance(dim, int) or dim == 1:
            continue
        if old[axis] == dim and isinstance(new[axis], int) and new[axis] != dim:
            changed[place] = new[axis]
    return tuple([changed.get(place, dim) for place, dim in enumerate(weight)]) if changed else None
