"""Vectors combined with each other: grids of them, every pair, every choice; and tensors stretched to each other.

>>> from shapelens.operators import Combinations, CartesianProduct, MeshGrid, Tensor
>>> [grid.shape for grid in MeshGrid("xy").evaluate(Tensor((4,)), Tensor((3,))).outputs]
[(3, 4), (3, 4)]
>>> CartesianProduct().evaluate(Tensor((4,)), Tensor((3,))).outputs[0].shape
(12, 2)
>>> Combinations(2).evaluate(Tensor((5,))).outputs[0].shape
(10, 2)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.dims import Dim, Unknown, product
from shapelens.operators.arguments import given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.operators.spans import span_of
from shapelens.operators.strides import Strides, expanded
from shapelens.records import dataclass

__all__ = ["BroadcastTogether", "CartesianProduct", "Combinations", "MeshGrid"]


@dataclass(frozen=True)
class MeshGrid(Operator):
    """Vectors, each laid along an axis of its own and stretched along all others. There are as many outputs.

    Args:
        indexing: `ij`, or `xy`, in which the second vector goes down the rows and the first along them.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "meshgrid"
    family: ClassVar[str] = "reshape"

    indexing: str = "ij"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        vectors = [tensor for tensor in inputs if tensor is not None]
        broken = _no_vector(vectors, (0, 1))
        if broken is not None:
            return refused(broken, *vectors)
        sizes = {self._axis(place, len(vectors)): tensor.elements for place, tensor in enumerate(vectors)}
        shape = tuple([sizes[axis] for axis in range(len(vectors))])
        return Outcome(tuple([replace(tensor.shaped(shape), span=span_of(tensor)) for tensor in vectors]))

    def _axis(self, place: int, count: int) -> int:
        """Along which axis a vector is laid."""
        return 1 - place if self.indexing == "xy" and count > 1 and place < 2 else place

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Each vector is seen along its own axis."""
        return tuple(
            [
                Link(place, 0, self._axis(place, len(inputs)))
                for place, tensor in enumerate(inputs)
                if tensor is not None and tensor.rank == 1
            ]
        )

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """Each grid is its vector, seen again and again; of the first alone it is told where it lies."""
        rank, own = len(run.inputs), self._axis(0, len(run.inputs))
        step = run.lies()[-1] if run.tensor().rank else 0
        return (tuple([step if axis == own else 0 for axis in range(rank)]),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class BroadcastTogether(Operator):
    """Tensors stretched to one shape, as functions of elements do with their operands. There are as many outputs."""

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "broadcast"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [tensor for tensor in inputs if tensor is not None]
        shape, requirements = broadcast([tensor.dims for tensor in tensors])
        return Outcome(tuple([tensor.shaped(shape) for tensor in tensors]), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([None if t is None else t.shape for t in inputs], outputs[0].shape)

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        return (expanded(run.tensor().dims, run.lies(), run.outputs[0].dims),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class CartesianProduct(Operator):
    """Every choice of one element from each vector: a row each. A single vector stays what it is."""

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "cartesian product"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        vectors = [tensor for tensor in inputs if tensor is not None]
        broken = _no_vector(vectors, (1,))
        if broken is not None:
            return refused(broken, vectors[0])
        rows = product([vector.dims[0] for vector in vectors])
        shape = (rows,) if len(vectors) == 1 else (rows, len(vectors))
        return Outcome((vectors[0].shaped(shape),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(0, 0)]) if len(inputs) == 1 else ()


@dataclass(frozen=True)
class Combinations(Operator):
    """Every choice of so many elements of a vector, whatever their order: `n! / (r! · (n - r)!)` rows of r.

    Args:
        size: how many are chosen.
        repeats: whether an element may be chosen more than once: then there are as many as from n + r - 1.
    """

    word: ClassVar[str] = "combinations"
    family: ClassVar[str] = "reshape"

    size: int = 2
    repeats: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        vector = given(inputs)
        broken = _no_vector([vector], (1,))
        if broken is not None:
            return refused(broken, vector)
        if self.size == 0:
            return Outcome((vector.shaped((0,)),))
        rows = _choices(vector.dims[0] + (self.size - 1 if self.repeats else 0), self.size)
        return Outcome((vector.shaped((rows, self.size)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"combinations of {self.size}"


def _choices(count: Dim, size: int) -> Dim:
    """How many ways there are to choose: one of the factors is 0 where there are fewer than are chosen."""
    return product([count - place for place in range(size)]) // math.factorial(size)


def _no_vector(tensors: Sequence[Tensor], ranks: tuple[int, ...]) -> Requirement | None:
    """That a tensor has another rank."""
    for tensor in tensors:
        if not isinstance(tensor.shape, Unknown) and tensor.rank not in ranks:
            return Requirement("rank", False, {"gets": tensor.dims, "wants": ranks}, spoils=None)
    return None
