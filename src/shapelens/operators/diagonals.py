"""Diagonals: read off matrices, made into matrices, and matrices laid along one.

>>> from shapelens.operators import BlockDiagonal, Diagonal, DiagonalMatrix, Tensor
>>> Diagonal(offset=1, axes=(1, 2)).evaluate(Tensor((8, 5, 7))).outputs[0].shape
(8, 5)
>>> DiagonalMatrix(offset=-2).evaluate(Tensor((8, 5))).outputs[0].shape
(8, 7, 7)
>>> BlockDiagonal().evaluate(Tensor((2, 3)), Tensor((4, 5))).outputs[0].shape
(6, 8)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, maximum, minimum, total
from shapelens.operators.arguments import fixed_axes, given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["BlockDiagonal", "Diagonal", "DiagonalMatrix"]


@dataclass(frozen=True)
class Diagonal(Operator):
    """A diagonal of the matrices that two axes make: both go, and the diagonal stands last.

    `length = max(min(rows, columns - offset), 0)`, for an offset below 0 `max(min(rows + offset, columns), 0)`

    Args:
        offset: how far above the main diagonal it lies; negative below it.
        axes: the axis of the rows and that of the columns, negative ones counted from the end.
    """

    word: ClassVar[str] = "diagonal"
    family: ClassVar[str] = "reshape"

    offset: int = 0
    axes: tuple[int, int] = (0, 1)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        own = tensor.dims
        axes, broken = fixed_axes(self.axes, len(own))
        if broken is not None:
            return refused(broken, tensor)
        rows, columns = (own[axis] for axis in axes)
        length = minimum(rows + min(self.offset, 0), columns - max(self.offset, 0))
        others = [dim for axis, dim in enumerate(own) if axis not in axes]
        return Outcome((tensor.shaped((*others, maximum(length, 0))),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The cell of a row and a column sees those, moved by the offset."""
        rank = given(inputs).rank
        rows, columns = (axis % rank for axis in self.axes)
        others = [axis for axis in range(rank) if axis not in {rows, columns}]
        below, above = max(-self.offset, 0), max(self.offset, 0)
        return (
            *identity(0, [(axis, place) for place, axis in enumerate(others)]),
            Link(0, rows, rank - 2, spans=((below, below),)),
            Link(0, columns, rank - 2, spans=((above, above),)),
        )

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """The next cell of a diagonal lies a row and a column further."""
        lies = run.lies()
        rows, columns = (axis % len(lies) for axis in self.axes)
        others = [stride for axis, stride in enumerate(lies) if axis not in {rows, columns}]
        return ((*others, lies[rows] + lies[columns]),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class DiagonalMatrix(Operator):
    """Square matrices with the last axis on a diagonal, and zeros elsewhere: `side = in + |offset|`.

    Args:
        offset: how far above the main diagonal it lies; negative below it.
        axes: where the rows and the columns stand in the result, negative ones counted from the end.
    """

    word: ClassVar[str] = "diagonal matrix"
    family: ClassVar[str] = "reshape"

    offset: int = 0
    axes: tuple[int, int] = (-2, -1)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        own = tensor.dims
        if not own:
            return refused(Requirement("rank", False, {"gets": own, "wants": (1,)}, spoils=None), tensor)
        axes, broken = fixed_axes(self.axes, len(own) + 1)
        if broken is not None:
            return refused(broken, tensor)
        side = own[-1] + abs(self.offset)
        others = iter(own[:-1])
        shape = [side if axis in axes else next(others) for axis in range(len(own) + 1)]
        return Outcome((tensor.shaped(tuple(shape)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell on the diagonal sees the one that came there, by its row; those off it see nothing."""
        rank = outputs[0].rank
        rows, columns = (axis % rank for axis in self.axes)
        others = [axis for axis in range(rank) if axis not in {rows, columns}]
        below = max(-self.offset, 0)
        return (
            *identity(0, list(enumerate(others))),
            Link(0, rank - 2, rows, spans=((-below, -below),)),
        )

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class BlockDiagonal(Operator):
    """Matrices laid one after another along the diagonal of a larger one: rows and columns add up.

    A vector is a matrix of one row, and a number one of one row and one column.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "block diagonal"
    family: ClassVar[str] = "sum"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [tensor for tensor in inputs if tensor is not None]
        for tensor in tensors:
            if tensor.rank > 2:
                facts = {"gets": tensor.dims, "wants": (0, 1, 2)}
                return refused(Requirement("rank", False, facts, spoils=None), tensor)
        sides = [_matrix(tensor) for tensor in tensors]
        shape = (total([rows for rows, _ in sides]), total([columns for _, columns in sides]))
        return Outcome((tensors[0].shaped(shape),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell sees what stands in its row and column of the block that it lies in."""
        links: list[Link] = []
        row: Dim = 0
        column: Dim = 0
        for position, tensor in enumerate(inputs):
            if tensor is None:
                continue
            for axis, start in enumerate((row, column)[2 - tensor.rank :]):
                spans = ((-start, -start),) if isinstance(start, int) else None
                links.append(Link(position, axis, 2 - tensor.rank + axis, spans=spans))
            rows, columns = _matrix(tensor)
            row, column = row + rows, column + columns
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


def _matrix(tensor: Tensor) -> tuple[Dim, Dim]:
    """The rows and columns of a matrix, a vector or a number."""
    rows, columns = (1, 1, *tensor.dims)[-2:]
    return rows, columns
