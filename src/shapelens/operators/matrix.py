"""Products of matrices, with as many axes in front as one likes.

    >>> from shapelens.operators import MatrixProduct, Tensor
    >>> MatrixProduct().evaluate(Tensor((8, 12, 197, 64)), Tensor((8, 12, 64, 197))).outputs[0].shape
    (8, 12, 197, 197)

Integer and quantised products are the same operators: their scales and zero points change values, not shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal, product
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run, of_two
from shapelens.operators.elementwise import broadcast
from shapelens.operators.linear import bias_requirements
from shapelens.operators.operator import Filters, Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.products import product_kept
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.records import dataclass

__all__ = ["Gemm", "MatrixProduct"]


@dataclass(frozen=True)
class MatrixProduct(Operator):
    """`out[…, i, j] = Σ_k left[…, i, k] · right[…, k, j]`, as `numpy.matmul` has it.

    The axes in front broadcast. A vector on the left is a row and one on the right a column; the axis that this
    adds is taken away again. With a weight on the right it is a linear layer, and reads as one.

    Args:
        dtype: the type of the output, where it is neither the left operand's nor that of a third input.
    """

    roles: ClassVar[tuple[str, ...]] = ("left", "right", "like")
    learned: ClassVar[frozenset[str]] = frozenset({"left", "right"})
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "matmul"

    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        left, right, like = given(inputs), given(inputs, 1), optional(inputs, 2)
        dtype = self.dtype if like is None else like.dtype
        if left.rank == 0 or right.rank == 0:
            facts = {"gets": left.dims, "other": right.dims, "wants": "at least 1"}
            nothing = Unknown("a matrix product takes vectors and matrices")
            return Outcome((left.shaped(nothing, dtype),), (Requirement("rank", False, facts, spoils=None),))
        batch, requirements = broadcast([left.dims[:-2], right.dims[:-2]])
        fits = _contraction(left, right, left.rank - 1, max(right.rank - 2, 0))
        rows, columns = left.dims[-2:-1], right.dims[-1:] if right.rank > 1 else ()
        return Outcome((left.shaped((*batch, *rows, *columns), dtype),), (fits, *requirements))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output cell takes one multiply-accumulate for each pair that is summed."""
        return outputs[0].elements * given(inputs).dims[-1]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A row and a column are seen whole; the axes in front cell by cell."""
        left, right = given(inputs), given(inputs, 1)
        batch = len(outputs[0].dims) - (left.rank > 1) - (right.rank > 1)
        links = same_cells([left.dims[:-2], right.dims[:-2]], outputs[0].dims[:batch])
        if left.rank > 1:
            links += identity(0, [(left.rank - 2, batch)])
        if right.rank > 1:
            links += identity(1, [(right.rank - 1, len(outputs[0].dims) - 1)])
        return links

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "linear" if _is_layer(inputs) else self.word

    def kept_for_backward(self, run: Run) -> Kept:
        """Each operand for the gradient of the other, or a copy of it where its axes lie across."""
        return product_kept(run, (run.tensor(), run.tensor(1)), (run.lies(), run.lies(1)))

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        if not _is_layer(inputs):
            return None
        into, out = given(inputs, 1).dims
        return Filters(out, (into,))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """A weight on either side follows the other side's summed axis."""
        left, right = given(before), given(before, 1)
        below = -1 if right.rank == 1 else -2
        shapes = {
            **_followed(0, left.dims, -1, right.dims[below], given(after, 1).dims[below]),
            **_followed(1, right.dims, below, left.dims[-1], given(after).dims[-1]),
        }
        return Follow(self, shapes)


@dataclass(frozen=True)
class Gemm(Operator):
    """`left · right + bias` of two matrices, each of which may be transposed first.

    With a weight on the right it is a linear layer, and reads as one.

    Args:
        transposed_left: whether the left matrix is k × rows and not rows × k.
        transposed_right: whether the right matrix is columns × k and not k × columns.
        dtype: the type of the output, where it is not the left operand's.
    """

    roles: ClassVar[tuple[str, ...]] = ("left", "right", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"left", "right", "bias"})
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "matmul"

    transposed_left: bool = False
    transposed_right: bool = False
    dtype: str | None = None

    @property
    def summed_axes(self) -> tuple[int, int]:
        """The axis of each matrix that is summed over."""
        return (0 if self.transposed_left else 1, 1 if self.transposed_right else 0)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        left, right = given(inputs), given(inputs, 1)
        if left.rank != 2 or right.rank != 2:
            facts = {"gets": left.dims, "other": right.dims, "wants": 2}
            nothing = Unknown("it takes two matrices")
            return Outcome(
                (left.shaped(nothing, self.dtype),), (Requirement("rank", False, facts, spoils=None),)
            )
        over_left, over_right = self.summed_axes
        shape = (left.dims[1 - over_left], right.dims[1 - over_right])
        requirements = (
            _contraction(left, right, over_left, over_right),
            *bias_requirements(optional(inputs, 2), shape),
        )
        return Outcome((left.shaped(shape, self.dtype),), requirements)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output cell takes one multiply-accumulate for each pair that is summed."""
        return product((outputs[0].elements, given(inputs).dims[self.summed_axes[0]]))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        over_left, over_right = self.summed_axes
        return identity(0, [(1 - over_left, 0)]) + identity(1, [(1 - over_right, 1)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "linear" if _is_layer(inputs) and not self.transposed_left else self.word

    def kept_for_backward(self, run: Run) -> Kept:
        """Each matrix for the gradient of the other."""
        return of_two(run)

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        if not _is_layer(inputs) or self.transposed_left:
            return None
        weight = given(inputs, 1).dims
        into = self.summed_axes[1]
        return Filters(weight[1 - into], (weight[into],))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        left, right = given(before).dims, given(before, 1).dims
        over_left, over_right = self.summed_axes
        shapes = {
            **_followed(0, left, over_left, right[over_right], given(after, 1).dims[over_right]),
            **_followed(1, right, over_right, left[over_left], given(after).dims[over_left]),
        }
        return Follow(self, shapes)


def _is_layer(inputs: Sequence[Tensor | None]) -> bool:
    """Whether the right operand is a weight and the left one is not."""
    left, right = given(inputs), given(inputs, 1)
    return right.is_held and not left.is_held and right.rank == 2


def _contraction(left: Tensor, right: Tensor, over_left: int, over_right: int) -> Requirement:
    """That the axes that are summed together are as long; of a linear layer, that the features fit."""
    gets, wants = left.dims[over_left], right.dims[over_right]
    facts = {"gets": gets, "wants": wants, "left": left.dims, "right": right.dims, "axis": over_left}
    if _is_layer((left, right)):
        return Requirement("features", equal(gets, wants), {**facts, "weight": right.dims})
    return Requirement("contraction", equal(gets, wants), facts)


def _followed(place: int, weight: Shape, axis: int, had: Dim, gets: Dim) -> dict[int, Shape]:
    """The shape of a weight whose axis matched what it met, and meets something else."""
    if had == gets or weight[axis] != had or not isinstance(gets, int):
        return {}
    axis %= len(weight)
    return {place: (*weight[:axis], gets, *weight[axis + 1 :])}
