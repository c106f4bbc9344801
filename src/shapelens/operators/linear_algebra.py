"""Linear algebra on the matrices in the last two axes: what they are taken apart into, solved for, multiplied to.

>>> from shapelens.operators import Decomposition, Tensor
>>> [part.shape for part in Decomposition("svd", ("mk", "k", "kn")).evaluate(Tensor((8, 5, 3))).outputs]
[(8, 5, 3), (8, 3), (8, 3, 3)]

Source: the documentation of `torch.linalg`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from shapelens.dims import Dim, all_of, decide, equal, minimum
from shapelens.operators.arguments import given, refused
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, identity, same_cells
from shapelens.records import dataclass

__all__ = ["Decomposition", "Kronecker", "MatrixChain", "Solve"]


@dataclass(frozen=True)
class Decomposition(Operator):
    """What each matrix is taken apart into, or made into: its inverse, its singular vectors, its determinant.

    Args:
        function: its name in a table: `svd`, `inverse`.
        parts: the axes of each output behind those in front, in letters: m the rows, n the columns, k the
            smaller of the two; nothing for one number.
        is_square: whether a matrix must have as many rows as columns.
        dtypes: the type of each output, where it is not the input's.
    """

    family: ClassVar[str] = "linear"

    function: str = "inverse"
    parts: tuple[str, ...] = ("mn",)
    is_square: bool = False
    dtypes: tuple[str, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        matrix = given(inputs)
        dtypes = [*self.dtypes, *[matrix.dtype] * (len(self.parts) - len(self.dtypes))]
        if matrix.rank < 2:
            broken = Requirement("rank", False, {"gets": matrix.dims, "wants": "at least 2"}, spoils=None)
            return refused(broken, *[matrix.shaped(matrix.shape, dtype) for dtype in dtypes])
        rows, columns = matrix.dims[-2:]
        sizes = {"m": rows, "n": columns, "k": minimum(rows, columns)}
        outputs = [
            matrix.shaped((*matrix.dims[:-2], *[sizes[letter] for letter in part]), dtype)
            for part, dtype in zip(self.parts, dtypes, strict=True)
        ]
        return Outcome(tuple(outputs), (_square(matrix),) if self.is_square else ())

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A matrix is seen whole; the axes in front cell by cell."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 2)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")


def _square(matrix: Tensor) -> Requirement:
    """That a matrix has as many rows as columns."""
    rows, columns = matrix.dims[-2:]
    facts = {"gets": matrix.dims, "left": rows, "right": columns, "axis": matrix.rank - 1}
    return Requirement("square", equal(rows, columns), facts)


@dataclass(frozen=True)
class Solve(Operator):
    """The `x` of `matrix · x = right`, for each matrix; of as many columns as the right side has, or a vector.

    >>> Solve().evaluate(Tensor((8, 5, 5)), Tensor((8, 5, 2))).outputs[0].shape
    (8, 5, 2)

    Args:
        on_right: whether it is `x · matrix = right`.
        takes_vectors: whether the right side may have a vector for each matrix, and one axis less.
    """

    roles: ClassVar[tuple[str, ...]] = ("matrix", "right")
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "solve"

    on_right: bool = False
    takes_vectors: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        matrix, right = given(inputs), given(inputs, 1)
        least = 1 if self.takes_vectors else 2
        if matrix.rank < 2 or right.rank < least:
            facts = {"gets": matrix.dims, "other": right.dims, "wants": "at least 2"}
            return refused(Requirement("rank", False, facts, spoils=None), right)
        rows, columns = matrix.dims[-2:]
        if self._is_vector(matrix, right):
            batch, broken = broadcast([matrix.dims[:-2], right.dims[:-1]])
            shape: Shape = (*batch, columns)
            meets = right.dims[-1]
        else:
            batch, broken = broadcast([matrix.dims[:-2], right.dims[:-2]])
            shape = (*batch, right.dims[-2], rows) if self.on_right else (*batch, columns, right.dims[-1])
            meets = right.dims[-1 if self.on_right else -2]
        met = columns if self.on_right else rows
        facts = {"gets": meets, "wants": met, "left": matrix.dims, "right": right.dims}
        fits = Requirement("contraction", equal(meets, met), facts)
        return Outcome((right.shaped(shape),), (_square(matrix), fits, *broken))

    def _is_vector(self, matrix: Tensor, right: Tensor) -> bool:
        """Whether the right side is one vector, or one for each matrix."""
        if not self.takes_vectors or right.rank == 1:
            return right.rank == 1
        if right.rank != matrix.rank - 1:
            return False
        pairs = zip(right.dims, matrix.dims[:-1], strict=True)
        return decide(all_of(*[equal(own, dim) for own, dim in pairs]))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A matrix and its right side are seen whole."""
        matrix, right = given(inputs), given(inputs, 1)
        own = 1 if self._is_vector(matrix, right) else 2
        batch = outputs[0].dims[: outputs[0].rank - own]
        return same_cells([matrix.dims[:-2], right.dims[: right.rank - own]], batch)


@dataclass(frozen=True)
class MatrixChain(Operator):
    """A product of several matrices, multiplied in the order that takes the least; the first and last may be vectors.

    >>> MatrixChain().evaluate(Tensor((10, 100)), Tensor((100, 5)), Tensor((5, 50))).outputs[0].shape
    (10, 50)
    """

    roles: ClassVar[tuple[str, ...]] = ("first", "second", "third", "fourth")
    learned: ClassVar[frozenset[str]] = frozenset(roles)
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "matmul"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        factors = [factor for factor in inputs if factor is not None]
        ends = (0, len(factors) - 1)
        fits = [f.rank == 2 or (place in ends and f.rank == 1) for place, f in enumerate(factors)]
        if not all(fits):
            facts = {"shapes": tuple([factor.dims for factor in factors]), "wants": 2}
            return refused(Requirement("rank", False, facts, spoils=None), factors[0])
        requirements: list[Requirement] = []
        for left, right in pairwise(factors):
            gets, wants = left.dims[-1], right.dims[0]
            facts = {"gets": gets, "wants": wants, "left": left.dims, "right": right.dims}
            requirements.append(Requirement("contraction", equal(gets, wants), facts))
        rows, columns = factors[0].dims[:-1], factors[-1].dims[1:]
        return Outcome((factors[0].shaped((*rows, *columns)),), tuple(requirements))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The least that any order of multiplying takes."""
        factors = [factor for factor in inputs if factor is not None]
        sizes = [factors[0].dims[0] if factors[0].rank == 2 else 1]
        sizes += [factor.dims[-1] for factor in factors[:-1]]
        sizes.append(factors[-1].dims[1] if factors[-1].rank == 2 else 1)
        least: dict[tuple[int, int], Dim] = {(place, place): 0 for place in range(len(factors))}
        for distance in range(1, len(factors)):
            for first in range(len(factors) - distance):
                last = first + distance
                orders = [
                    least[first, cut] + least[cut + 1, last] + sizes[first] * sizes[cut + 1] * sizes[last + 1]
                    for cut in range(first, last)
                ]
                least[first, last] = minimum(*orders)
        return least[0, len(factors) - 1]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell sees its row of the first and its column of the last; what is between is seen whole."""
        first, last, rank = given(inputs), given(inputs, len(inputs) - 1), outputs[0].rank
        rows = identity(0, [(0, 0)]) if first.rank == 2 else ()
        return rows + (identity(len(inputs) - 1, [(1, rank - 1)]) if last.rank == 2 else ())


@dataclass(frozen=True)
class Kronecker(Operator):
    """Every element of the left tensor times the whole right one: each size is the product of both.

    >>> Kronecker().evaluate(Tensor((2, 3)), Tensor((4, 5))).outputs[0].shape
    (8, 15)
    """

    roles: ClassVar[tuple[str, ...]] = ("left", "right")
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "kronecker product"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        left, right = given(inputs), given(inputs, 1)
        own, other = _aligned(left, right)
        return Outcome((left.shaped(tuple([a * b for a, b in zip(own, other, strict=True)])),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell lies in the copy of one element of the left, at its place in the right."""
        left, right = given(inputs), given(inputs, 1)
        _, inner = _aligned(left, right)
        rank, links = len(inner), []
        for axis, size in enumerate(inner):
            known = isinstance(size, int) and 0 < size <= MAXIMUM_PERIOD
            period = size if known else 1
            if axis >= rank - left.rank:
                spans = ((0, 0),) * period if known else None
                links.append(Link(0, axis - (rank - left.rank), axis, period, 1, spans))
            if axis >= rank - right.rank:
                spans = tuple([(place, place) for place in range(period)]) if known else None
                links.append(Link(1, axis - (rank - right.rank), axis, period, 0, spans))
        return tuple(links)


def _aligned(left: Tensor, right: Tensor) -> tuple[Shape, Shape]:
    """The shapes with axes of size 1 put in front, so that both have as many."""
    rank = max(left.rank, right.rank)
    first, second = [(1,) * (rank - tensor.rank) + tensor.dims for tensor in (left, right)]
    return first, second
