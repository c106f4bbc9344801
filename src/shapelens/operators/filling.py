"""Tensors made to measure: of one value, of random numbers, or of samples.

>>> from shapelens.operators import Fill, Tensor
>>> Fill(value=1).evaluate(Tensor((2,), "int64", (3, 4))).outputs[0].shape
(3, 4)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, at_least
from shapelens.operators.arguments import given, optional, refused, required
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import fits_contents
from shapelens.operators.spans import Span
from shapelens.records import dataclass

__all__ = ["Fill", "FillLike", "Sample"]


@dataclass(frozen=True)
class Fill(Operator):
    """A tensor of a shape that is asked for, all of one value or random.

    Inputs: the shape, where it is computed.

    Args:
        shape: the shape.
        value: what every element is; None where that is not known, as of random numbers.
        dtype: the type of the elements.
        called: its name in a table.
        ends: the least and the largest element, where both are there but not all alike; nothing where the
            elements are data.
    """

    roles: ClassVar[tuple[str, ...]] = ("shape",)

    shape: tuple[Dim, ...] | None = None
    value: Any = 0
    dtype: str = "float32"
    called: str = "fill"
    ends: tuple[Dim, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        asked = required(self.shape, optional(inputs, 0), "the shape")
        if isinstance(asked, Unknown):
            return Outcome((Tensor(asked, self.dtype),))
        requirements = [
            Requirement("fill", truth, {"asked": asked, "axis": axis}, spoils=(axis,))
            for axis, truth in enumerate([at_least(size, 0) for size in asked])
            if truth is not True
        ]
        contents = None
        if self.value is not None and fits_contents(asked):
            contents = (self.value,) * math.prod(asked)
        span = None if contents is not None else _span_of(self.value, self.dtype)
        span = Span(*self.ends) if self.ends else span
        return Outcome((Tensor(asked, self.dtype, contents, span=span),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called


def _span_of(value: Any, dtype: str) -> Span | None:
    """Between which numbers the elements lie, where they are all one whole number."""
    return Span(value, value) if type(value) is int and dtype.startswith("int") else None


@dataclass(frozen=True)
class FillLike(Operator):
    """A tensor of another's shape, whose elements it does not use: zeros, an identity matrix, random numbers.

    Args:
        value: what every element is; None where they differ.
        rank: how many axes the other must have; None for any number.
        dtype: the type of the elements; the other's if not given.
        called: its name in a table.
    """

    keeps_shape: ClassVar[bool] = True
    has_gradient: ClassVar[bool] = False

    value: Any = None
    rank: int | None = None
    dtype: str | None = None
    called: str = "fill"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        dtype = self.dtype or tensor.dtype
        if isinstance(tensor.shape, Unknown):
            return Outcome((Tensor(tensor.shape, dtype),))
        contents = None
        if self.value is not None and fits_contents(tensor.shape):
            contents = (self.value,) * math.prod(tensor.shape)
        requirements: tuple[Requirement, ...] = ()
        if self.rank is not None and tensor.rank != self.rank:
            facts = {"gets": tensor.shape, "wants": (self.rank,)}
            requirements = (Requirement("rank", False, facts, spoils=None),)
        span = None if contents is not None else _span_of(self.value, dtype)
        return Outcome((Tensor(tensor.shape, dtype, contents, span=span),), requirements)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called


@dataclass(frozen=True)
class Sample(Operator):
    """Classes drawn at random by their probabilities: batch × classes gives batch × count.

    Args:
        count: how many are drawn for each.
        dtype: the type of their numbers.
        repeats: whether a class may be drawn again; if not, there must be as many classes as are drawn.
    """

    family: ClassVar[str] = "pool"

    count: Dim = 1
    dtype: str = "int64"
    repeats: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if not isinstance(tensor.shape, Unknown) and not 1 <= tensor.rank <= 2:
            facts = {"gets": tensor.dims, "wants": (1, 2)}
            return refused(Requirement("rank", False, facts, spoils=None), tensor)
        out = (Tensor((*tensor.dims[:-1], self.count), self.dtype),)
        if self.repeats:
            return Outcome(out)
        classes = tensor.dims[-1]
        told = {"classes": classes, "count": self.count}
        return Outcome(out, (Requirement("draw", at_least(classes, self.count), told),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"draw {self.count}"
