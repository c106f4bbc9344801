"""Quantisation: numbers as small integers with a scale. Types change, shapes stay.

    >>> from shapelens.operators import Quantize, Tensor
    >>> Quantize(axis=1).evaluate(Tensor((1, 64, 56, 56)), Tensor((64,)), Tensor((64,), "int8")).outputs[
    ...     0
    ... ].dtype
    'int8'

A scale stands for the whole tensor, for each place of one axis, or for each block along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown, any_of, ceil_divide, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, same_cells
from shapelens.records import dataclass

__all__ = ["Dequantize", "DynamicQuantize", "Quantize"]


@dataclass(frozen=True)
class Quantize(Operator):
    """Numbers divided by a scale and rounded.

    Args:
        axis: the axis that a scale of several elements stands for.
        block_size: how many places along the axis share a scale; 0 where scales are not blocked.
        dtype: the type of the output, where the zero point does not say it.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "scale", "zero_point")
    learned: ClassVar[frozenset[str]] = frozenset({"input"})
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "quantisation"
    word: ClassVar[str] = "quantise"

    axis: int = 1
    block_size: int = 0
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        output = tensor.shaped(tensor.shape, self._output_dtype(inputs))
        return Outcome((output,), self._requirements(tensor, given(inputs, 1), optional(inputs, 2)))

    def _output_dtype(self, inputs: Sequence[Tensor | None]) -> str:
        zero_point = optional(inputs, 2)
        return self.dtype or ("uint8" if zero_point is None else zero_point.dtype)

    def _requirements(
        self, tensor: Tensor, scale: Tensor, zero_point: Tensor | None
    ) -> tuple[Requirement, ...]:
        for known, role in ((tensor, "input"), (scale, "scale"), (zero_point, "zero_point")):
            if known is not None and isinstance(known.shape, Unknown):
                return (Requirement("scale", known.shape, {"role": role}),)
        found = self._scale_requirements(tensor.dims, scale.dims)
        if zero_point is not None:
            found += _equal_shapes(_alone(zero_point.dims), _alone(scale.dims), "zero_point")
        return tuple(found)

    def _scale_requirements(self, shape: Shape, scale: Shape) -> list[Requirement]:
        """One scale, one for each place of the axis, or one for each block."""
        if not scale:
            return []
        rank = len(shape)
        axis = self.axis + rank if self.axis < 0 else self.axis
        facts = {"role": "scale", "gets": scale, "axis": axis, "shape": shape}
        if self.block_size > 0:
            if not 0 <= axis < rank:
                return [Requirement("scale", False, facts)]
            blocks = ceil_divide(shape[axis], self.block_size)
            return _equal_shapes(scale, (*shape[:axis], blocks, *shape[axis + 1 :]), "scale")
        if len(scale) != 1:
            return [Requirement("scale", False, facts)]
        if not 0 <= axis < rank:
            return [Requirement("scale", equal(scale[0], 1), facts)]
        return [Requirement("scale", any_of(equal(scale[0], 1), equal(scale[0], shape[axis])), facts)]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)


def _alone(shape: Shape) -> Shape:
    """A vector of one number stands for the whole tensor, as a scalar does."""
    return () if shape == (1,) else shape


def _equal_shapes(gets: Shape, wants: Shape, role: str) -> list[Requirement]:
    facts = {"role": role, "gets": gets, "wants": wants}
    if len(gets) != len(wants):
        return [Requirement("scale", False, facts)]
    return [Requirement("scale", equal(own, dim), facts) for own, dim in zip(gets, wants, strict=True)]


@dataclass(frozen=True)
class Dequantize(Quantize):
    """Small integers times a scale.

    Args:
        dtype: the type of the output, where the scale's does not say it.
    """

    word: ClassVar[str] = "dequantise"

    def _output_dtype(self, inputs: Sequence[Tensor | None]) -> str:
        return self.dtype or given(inputs, 1).dtype


@dataclass(frozen=True)
class DynamicQuantize(Operator):
    """Numbers divided by a scale that is computed from them; the scale and the zero point come out too."""

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "quantisation"
    word: ClassVar[str] = "quantise"

    dtype: str = "uint8"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        scale, zero_point = tensor.shaped(()), tensor.shaped((), self.dtype)
        return Outcome((tensor.shaped(tensor.shape, self.dtype), scale, zero_point))
