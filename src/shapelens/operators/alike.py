"""Outputs that have the shapes of inputs, and rows made of rows: the steps of training, and classical models.

>>> from shapelens.operators import LikeInputs, RowWise, Tensor
>>> weight, gradient = Tensor((64, 3, 7, 7)), Tensor((64, 3, 7, 7))
>>> LikeInputs((0,), "step").evaluate(weight, gradient).outputs[0].shape
(64, 3, 7, 7)
>>> [tensor.shape for tensor in RowWise((None, 3)).evaluate(Tensor((150, 4))).outputs]
[(150,), (150, 3)]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Truth, Unknown, equal, total
from shapelens.operators.arguments import given, refused
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.records import dataclass

__all__ = ["JoinRows", "LikeInputs", "PickColumns", "RowWise"]


@dataclass(frozen=True)
class LikeInputs(Operator):
    """Outputs each of which has the shape of an input; which of them must be alike is told.

    Args:
        places: for each output, which input it is like.
        called: its name in a table.
        alike: groups of inputs that must have one shape.
        dtype: the type of the outputs; that of the inputs if not given.
    """

    places: tuple[int, ...] = (0,)
    called: str = ""
    alike: tuple[tuple[int, ...], ...] = ()
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        outputs = [given(inputs, place) for place in self.places]
        requirements = [
            Requirement("same_shape", truth, {"left": one, "right": other})
            for group in self.alike
            for place in group[1:]
            for truth, one, other in _compared(given(inputs, group[0]), given(inputs, place))
        ]
        shaped = tuple([tensor.shaped(tensor.shape, self.dtype) for tensor in outputs])
        return Outcome(shaped, tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        shapes = [None if tensor is None else tensor.shape for tensor in inputs]
        kept = [shape if place == self.places[0] else None for place, shape in enumerate(shapes)]
        return same_cells(kept, outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called or self.name.lower()


def _compared(one: Tensor, other: Tensor) -> list[tuple[Truth, Sequence[Dim], Sequence[Dim]]]:
    if isinstance(one.shape, Unknown) or isinstance(other.shape, Unknown):
        return []
    if len(one.shape) != len(other.shape):
        return [(False, one.shape, other.shape)]
    return [
        (equal(left, right), one.shape, other.shape)
        for left, right in zip(one.shape, other.shape, strict=True)
    ]


@dataclass(frozen=True)
class RowWise(Operator):
    """Each row of features by itself: a single vector is one row.

    Args:
        columns: for each output, how many columns it has; None for one number per row and no axis of columns.
        called: its name in a table.
        dtypes: the type of each output.
    """

    family: ClassVar[str] = "linear"
    has_gradient: ClassVar[bool] = False

    columns: tuple[Dim | None, ...] = (1,)
    called: str = ""
    dtypes: tuple[str, ...] = ("float32",)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        features = given(inputs)
        names = [self.dtypes[min(place, len(self.dtypes) - 1)] for place in range(len(self.columns))]
        if not isinstance(features.shape, Unknown) and features.rank not in {1, 2}:
            facts = {"gets": features.dims, "wants": (1, 2)}
            broken = Requirement("rank", False, facts, spoils=None)
            return refused(broken, *[Tensor((), dtype) for dtype in names])
        rows = features.shape if isinstance(features.shape, Unknown) else ((1, *features.dims)[-2])
        pairs = zip(self.columns, names, strict=True)
        shapes = [((rows,) if count is None else (rows, count), dtype) for count, dtype in pairs]
        return Outcome(tuple([Tensor(shape, dtype) for shape, dtype in shapes]))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The features of a row are seen whole."""
        return identity(0, [(0, 0)]) if given(inputs).rank == 2 else ()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called or self.name.lower()


@dataclass(frozen=True)
class PickColumns(Operator):
    """Some columns of the last axis, by their numbers; of a vector, as a single row.

    >>> from shapelens.operators import PickColumns
    >>> PickColumns().evaluate(Tensor((150, 4)), Tensor((1, 2), "int64")).outputs[0].shape
    (150, 2)
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "columns")
    word: ClassVar[str] = "pick columns"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        table, columns = given(inputs), given(inputs, 1)
        if table.rank == 0:
            return refused(Requirement("rank", False, {"gets": (), "wants": (1, 2)}, spoils=None), table)
        leading = table.dims[:-1] if table.rank > 1 else (1,)
        return Outcome((table.shaped((*leading, columns.elements)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])


@dataclass(frozen=True)
class JoinRows(Operator):
    """Tables side by side: `columns = sum of theirs`; a vector is one row.

        >>> from shapelens.operators import JoinRows
        >>> JoinRows((4, 2)).evaluate(Tensor((150, 4)), Tensor((150, 2))).outputs[0].shape
        (150, 6)

    Args:
        columns: how many columns each input gives, where that is told; none to take them as they are.
        dtype: the type of the output.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "join columns"
    family: ClassVar[str] = "sum"

    columns: tuple[Dim, ...] = ()
    dtype: str = "float32"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tables = [tensor for tensor in inputs if tensor is not None]
        shapes = [(1, *tensor.dims) if tensor.rank == 1 else tensor.dims for tensor in tables]
        flat = next((tensor for tensor in tables if tensor.rank not in {1, 2}), None)
        if flat is not None:
            facts = {"gets": flat.dims, "wants": (1, 2)}
            return refused(Requirement("rank", False, facts, spoils=None), Tensor((), self.dtype))
        widths = self.columns or tuple([shape[1] for shape in shapes])
        requirements = tuple(
            [
                Requirement("rows", equal(shape[0], shapes[0][0]), {"left": shapes[0], "right": shape})
                for shape in shapes[1:]
            ]
        )
        return Outcome((Tensor((shapes[0][0], total(widths)), self.dtype),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        ranks = [(place, tensor.rank) for place, tensor in enumerate(inputs) if tensor is not None]
        return tuple([link for place, rank in ranks if rank == 2 for link in identity(place, [(0, 0)])])
