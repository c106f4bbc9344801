"""Operators whose output is as long as the data decide: the cells that are not zero, the boxes that survive.

Such a length is a symbol of its own, with bounds, so that everything after it stays computable:

    >>> from shapelens.operators import NonZero, Tensor
    >>> NonZero("k").evaluate(Tensor((8400, 4))).outputs[0].shape
    (2, k)

The symbol's name is the operator's own: two operators of one network never share one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import (
    Dim,
    Expression,
    Unknown,
    at_least,
    bounds,
    equal,
    maximum,
    minimum,
    product,
    select,
    symbol,
    total,
)
from shapelens.operators.arguments import fixed_axis, given, optional, refused, told_number
from shapelens.operators.contents import strides_of
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import known_contents
from shapelens.records import dataclass

__all__ = ["BinCount", "Compress", "NonMaxSuppression", "NonZero", "Unique", "counted", "fixed_numbers"]


def counted(name: Any, most: Dim, least: int = 0) -> Dim:
    """A count that only the data decide, as a symbol.

    Args:
        name: the symbol's name, or the symbol itself, or the number where it is fixed; empty where none can be had.
        most: no count is larger.
        least: no count is smaller.

    Returns:
        The symbol; the number, where there is but one; unknown where many sizes are evaluated at once.
    """
    if isinstance(name, int):
        return name
    if isinstance(most, int) and most <= least:
        return max(most, 0)
    if isinstance(name, (Expression, Unknown)):
        return name
    if name and isinstance(most, (int, Expression, Unknown)):
        return symbol(name, least, None if isinstance(most, Unknown) else bounds(most)[1])
    return Unknown("only the data decide how many there are")


def fixed_numbers(tensor: Tensor) -> tuple[Any, ...] | None:
    """A tensor's contents, where all of them are plain numbers or truths."""
    contents = known_contents(tensor)
    if contents is None or not all(isinstance(element, (int, float)) for element in contents):
        return None
    return contents


@dataclass(frozen=True)
class NonZero(Operator):
    """The places of all elements that are not zero: rank × count, or count × rank.

    Args:
        count: the symbol that counts them, or its name.
        rows_are_axes: whether a column is a place (ONNX) and not a row (PyTorch).
    """

    word: ClassVar[str] = "nonzero"

    count: Any = ""
    rows_are_axes: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            found = counted(self.count, tensor.shape)
            return Outcome((self._places(tensor.shape, found, None),))
        if tensor.rank == 0 and self.rows_are_axes:
            # ONNX says that a scalar has no row; onnxruntime gives one.
            rows = Unknown("runtimes differ in how many rows a scalar has")
            return Outcome((self._places(rows, counted(self.count, 1), None),))
        numbers = fixed_numbers(tensor)
        if numbers is None:
            return Outcome((self._places(tensor.rank, counted(self.count, tensor.elements), None),))
        strides = strides_of(tensor.dims)
        places = [
            [offset // stride % size for stride, size in zip(strides, tensor.dims, strict=True)]
            for offset, number in enumerate(numbers)
            if number
        ]
        return Outcome((self._places(tensor.rank, len(places), places),))

    def _places(self, rank: Dim, count: Dim, places: list[list[int]] | None) -> Tensor:
        rows = None if places is None else places
        if rows is not None and self.rows_are_axes:
            rows = [[place[axis] for place in rows] for axis in range(rank)]
        contents = None if rows is None else tuple([element for row in rows for element in row])
        return Tensor((rank, count) if self.rows_are_axes else (count, rank), "int64", contents)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class Compress(Operator):
    """The slices along an axis that a condition holds for; of all elements if there is no axis.

    Inputs: the tensor and the condition, one truth for each slice.

    Args:
        count: the symbol that counts them, or its name.
        axis: along which axis; None for the elements one after another.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "condition")
    word: ClassVar[str] = "compress"

    count: Any = ""
    axis: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, condition = given(inputs), given(inputs, 1)
        if self.axis is None:
            own: Shape = (tensor.elements,)
            axis = 0
        else:
            own = tensor.dims
            axis, broken = fixed_axis(self.axis, len(own))
            if broken is not None:
                return refused(broken, tensor)
        numbers = fixed_numbers(condition)
        if numbers is not None:
            # A condition may also be longer than the axis.
            held = [place for place, number in enumerate(numbers) if number]
            found: Dim = total([select(at_least(own[axis], place + 1), 1, 0) for place in held])
        else:
            # A condition may be shorter than the axis: what it does not reach is left out.
            length = condition.elements
            most = own[axis] if isinstance(length, Unknown) else minimum(own[axis], length)
            found = counted(self.count, most)
        return Outcome((tensor.shaped((*own[:axis], found, *own[axis + 1 :])),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        if self.axis is None:
            return ()
        rank = given(inputs).rank
        return identity(0, [(axis, axis) for axis in range(rank) if axis != self.axis % rank])


@dataclass(frozen=True)
class Unique(Operator):
    """The different values or slices, where each stood first, which of them each element is, and how often.

    Args:
        count: the symbol that counts them, or its name.
        axis: along which axis slices are compared; None for single elements.
        keeps_places: whether the third output has the tensor's own shape where single elements are compared
            (PyTorch), and not one axis (ONNX).
    """

    word: ClassVar[str] = "unique"

    count: Any = ""
    axis: int | None = None
    keeps_places: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if self.axis is None:
            own: Shape = (tensor.elements,)
            axis = 0
        else:
            own = tensor.dims
            axis, broken = fixed_axis(self.axis, len(own))
            if broken is not None:
                return refused(broken, tensor)
        size = own[axis]
        found = counted(self.count, size, least=1 if at_least(size, 1) is True else 0)
        values = tensor.shaped((*own[:axis], found, *own[axis + 1 :]))
        places = Tensor((found,), "int64")
        each = tensor.dims if self.keeps_places and self.axis is None else (size,)
        return Outcome((values, places, Tensor(each, "int64"), places))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class BinCount(Operator):
    """How often each number comes: one more bins than the largest number.

        >>> from shapelens.operators import BinCount
        >>> BinCount("k", least=10).evaluate(Tensor((500,), "int64")).outputs[0].shape
        (k,)

    Args:
        count: the symbol that counts the bins, or its name.
        least: the least number of bins.
        dtype: the type of what is counted: whole numbers, or weights.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weights")
    word: ClassVar[str] = "bincount"

    count: Any = ""
    least: Dim = 0
    dtype: str = "int64"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, weights = given(inputs), optional(inputs, 1)
        requirements: list[Requirement] = []
        if not isinstance(tensor.shape, Unknown):
            facts = {"gets": tensor.dims, "wants": (1,)}
            requirements.append(Requirement("rank", tensor.rank == 1, facts))
        if weights is not None and not isinstance(weights.shape, Unknown):
            told = {"gets": weights.elements, "wants": tensor.elements}
            requirements.append(Requirement("weights", equal(weights.elements, tensor.elements), told))
        numbers = fixed_numbers(tensor)
        if numbers is not None:
            bins: Dim = maximum(max(numbers, default=-1) + 1, self.least)
        else:
            least = self.least if isinstance(self.least, int) else 0
            bins = counted(self.count, Unknown("only the data decide it"), least)
        return Outcome((Tensor((bins,), self.dtype),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class NonMaxSuppression(Operator):
    """The boxes that no better one overlaps: for each image, class and box that stays, a row of three.

    Inputs: boxes (images × boxes × 4), scores (images × classes × boxes), and the most boxes for each class.

    Args:
        count: the symbol that counts them, or its name.
        most: the most boxes for each class of each image; no limit if not given.
        triples: whether a result is image, class and box (ONNX). If not, boxes are boxes × 4, and a result is
            the place of a box (torchvision).
    """

    roles: ClassVar[tuple[str, ...]] = ("boxes", "scores", "most")
    word: ClassVar[str] = "non-max suppression"

    count: Any = ""
    most: Dim | None = None
    triples: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        boxes, scores = given(inputs), given(inputs, 1)
        if isinstance(boxes.shape, Unknown) or isinstance(scores.shape, Unknown):
            unknown = boxes.shape if isinstance(boxes.shape, Unknown) else scores.shape
            found = counted(self.count, unknown)
            return Outcome((Tensor((found, 3) if self.triples else (found,), "int64"),))
        ranks = (3, 3) if self.triples else (2, 1)
        if (boxes.rank, scores.rank) != ranks:
            facts = {"gets": boxes.dims, "scores": scores.dims, "wants": ranks}
            return refused(Requirement("rank", False, facts, spoils=None), Tensor((), "int64"))
        own, rated = boxes.dims, scores.dims
        pairs = [(own[-1], 4), (own[-2], rated[-1])] + ([(own[0], rated[0])] if self.triples else [])
        requirements = tuple(
            [
                Requirement(
                    "boxes", equal(left, right), {"gets": own, "scores": rated, "left": left, "right": right}
                )
                for left, right in pairs
            ]
        )
        most = told_number(self.most, optional(inputs, 2), "the most boxes of a class")
        each = own[-2] if most is None or isinstance(most, Unknown) else minimum(own[-2], most)
        found = counted(self.count, product([*rated[:-1], each]))
        return Outcome((Tensor((found, 3) if self.triples else (found,), "int64"),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()
