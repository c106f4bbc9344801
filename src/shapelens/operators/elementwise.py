"""Functions of several tensors, element by element, with broadcasting.

Broadcasting aligns trailing axes. Two sizes go together when they are equal, or when one of them is 1:

    >>> from shapelens.operators import Elementwise, Tensor
    >>> Elementwise("add").evaluate(Tensor((1, 64, 56, 56)), Tensor((64, 1, 1))).outputs[0].shape
    (1, 64, 56, 56)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar

from shapelens.dims import Dim, Expression, Truth, Unknown, any_of, decide, equal, select
from shapelens.operators.activation import followed_shape
from shapelens.operators.backward import Kept, Run, of_two
from shapelens.operators.contents import FUNCTIONS, broadcast_contents, function_of
from shapelens.operators.functions import GIVES_TRUTH
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, same_cells
from shapelens.operators.spans import combined
from shapelens.records import dataclass

__all__ = ["Elementwise", "broadcast"]

_SIGNS = {"add": "+", "multiply": "·", "subtract": "-", "divide": "/", "true_divide": "/"}

_FOLDED = frozenset({"add", "maximum", "minimum", "multiply"})
"""Functions of two that may be given more operands, taken one after another."""

_KEEPS_NOTHING = frozenset({"add", "mean", "subtract"})
_KEEPS_BOTH = frozenset(["atan2", "fmax", "fmin", "max", "maximum", "min", "minimum"])


@dataclass(frozen=True)
class Elementwise(Operator):
    """A function of several tensors, element by element, with broadcasting.

    Args:
        function: `add`, `multiply`, `where`, … (any text; those in `contents.FUNCTIONS` are computed for sizes).
        dtype: the type of the output, where it is not the operands'.
        axis: the axis of the first operand that the first axis of the others meets; None aligns them at the end.
        same_shape: whether the operands must have one shape, without broadcasting.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other", "third", "fourth")
    learned: ClassVar[frozenset[str]] = frozenset(roles)
    family: ClassVar[str] = "sum"
    lies_like_input: ClassVar[bool] = True

    function: str = "add"
    dtype: str | None = None
    axis: int | None = None
    same_shape: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        operands = [tensor for tensor in inputs if tensor is not None]
        shapes = self._aligned([tensor.dims for tensor in operands])
        shape, requirements = _alike(shapes) if self.same_shape else broadcast(shapes)
        contents = self._contents(operands, shapes, shape)
        is_spanned = contents is None and any(tensor.span is not None for tensor in operands)
        span = combined(self.function, operands) if is_spanned else None
        return Outcome((Tensor(shape, self._output_dtype(operands), contents, span=span),), requirements)

    def _aligned(self, shapes: Sequence[Shape]) -> list[Shape]:
        """The operands' shapes with axes of size 1 at the end, where they are not aligned there."""
        if self.axis is None:
            return list(shapes)
        rank = len(shapes[0])
        axis = self.axis + rank if self.axis < 0 else self.axis
        return [shapes[0], *[(*shape, *((1,) * (rank - axis - len(shape)))) for shape in shapes[1:]]]

    def _contents(
        self, operands: Sequence[Tensor], shapes: Sequence[Shape], shape: Shape
    ) -> tuple[Any, ...] | None:
        if self.function not in FUNCTIONS or any(tensor.contents is None for tensor in operands):
            return None
        # The condition of a choice has a type of its own.
        function = function_of(self.function, operands[-1 if self.function == "where" else 0].dtype)
        if self.function in _FOLDED:
            return broadcast_contents(
                lambda *elements: reduce(function, elements),
                shapes,
                [t.contents or () for t in operands],
                shape,
            )
        return broadcast_contents(function, shapes, [t.contents or () for t in operands], shape)

    def _output_dtype(self, operands: Sequence[Tensor]) -> str:
        if self.dtype is not None:
            return self.dtype
        if self.function in GIVES_TRUTH:
            return "bool"
        return operands[-1].dtype if self.function == "where" else operands[0].dtype

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        if self.axis is None:
            return super().links(inputs, outputs)
        shapes = self._aligned([() if tensor is None else tensor.dims for tensor in inputs])
        return same_cells(shapes, outputs[0].shape)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The operands that the other's gradient is computed from; a sum keeps none.

        A function of one operand has a number on its right: `x / 2`, `x ** 2`.
        """
        if self.function in _KEEPS_NOTHING:
            return Kept()
        count = sum(tensor is not None for tensor in run.inputs)
        if self.function == "where":
            return Kept((0,))
        if self.function == "masked_fill":
            return Kept((1,))
        if count == 2:
            return self._kept_of_two(run) or super().kept_for_backward(run)
        if count == 1 and self.function in {"multiply", "divide", "true_divide"}:
            return Kept()
        return Kept((0,)) if count == 1 and self.function == "power" else super().kept_for_backward(run)

    def _kept_of_two(self, run: Run) -> Kept | None:
        """What a function of two operands keeps; None where that is not known."""
        exponent = run.tensor(1)
        if self.function == "multiply":
            return of_two(run)
        if self.function in {"divide", "true_divide"}:
            return Kept((0, 1) if run.wants(1) else (1,))
        if self.function == "power":
            is_number = exponent.is_held and exponent.contents is not None and exponent.shape == ()
            return Kept((0,)) if is_number else Kept((0, 1), (0,))
        if self.function in {"fmod", "modulo", "remainder"}:
            return Kept((0, 1)) if run.wants(1) else Kept()
        if self.function == "gelu":  # of the sum of the two
            return Kept(others=(run.outputs[0].shaped(run.outputs[0].shape),))
        return Kept((0, 1)) if self.function in _KEEPS_BOTH else None

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")

    @property
    def sign(self) -> str:
        """`+`, `·`, `-` or `/`; for others the word."""
        return _SIGNS.get(self.function, self.function.replace("_", " "))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """A weight of the operands follows the largest of the others, axis by axis."""
        if len(before) != 2 or self.axis is not None:
            return Follow(self)
        followed: dict[int, Shape] = {}
        for own, other in ((0, 1), (1, 0)):
            weight, old, new = before[own], before[other], after[other]
            if weight is None or old is None or new is None or old.shape == new.shape:
                continue
            shapes = (weight.shape, old.shape, new.shape)
            if any(isinstance(shape, Unknown) for shape in shapes) or old.rank != new.rank:
                continue
            shape = followed_shape(weight.dims, old.dims, new.dims)
            if shape is not None:
                followed[own] = shape
        return Follow(self, followed)


def _alike(shapes: Sequence[Shape]) -> tuple[Shape, tuple[Requirement, ...]]:
    """One shape that all of them must have."""
    first, *others = shapes
    requirements: list[Requirement] = []
    for other in others:
        facts = {"left": first, "right": other, "shapes": tuple(shapes)}
        if len(other) != len(first):
            requirements.append(Requirement("same_shape", False, facts, spoils=None))
            continue
        for axis, (left, right) in enumerate(zip(first, other, strict=True)):
            truth = equal(left, right)
            if truth is not True:
                sizes = {"left": left, "right": right, "axis": axis}
                requirements.append(Requirement("broadcast", truth, {**facts, **sizes}, spoils=(axis,)))
    return first, tuple(requirements)


def broadcast(shapes: Sequence[Shape]) -> tuple[Shape, tuple[Requirement, ...]]:
    """The shape of all of them together, and what must hold for it.

    Axes are aligned at the end. A literal 1 gives way to anything; two sizes that may differ are decided by the
    path: equal, or one of them 1.
    """
    rank = max(len(shape) for shape in shapes)
    out: list[Dim] = [1] * rank
    requirements: list[Requirement] = []
    # The same shape again asks for nothing more, and a sum may be of many.
    for shape in {id(shape): shape for shape in shapes}.values():
        offset = rank - len(shape)
        for place, dim in enumerate(shape):
            axis = offset + place
            joined, truth = _together(out[axis], dim)
            if truth is not True:
                facts = {"axis": axis, "left": out[axis], "right": dim, "shapes": tuple(shapes)}
                requirements.append(Requirement("broadcast", truth, facts, spoils=(axis,)))
            out[axis] = joined
    return tuple(out), tuple(requirements)


def _together(left: Dim, right: Dim) -> tuple[Dim, Truth]:
    """Two sizes broadcast: the one that comes out, and what must hold."""
    if isinstance(left, int) and left == 1:
        return right, True
    if isinstance(right, int) and right == 1:
        return left, True
    same = equal(left, right)
    if same is True:
        return left, True
    for unknown, other in ((left, right), (right, left)):
        if isinstance(unknown, Unknown):
            # A known size above 1 is the answer whether the unknown one is equal or 1.
            return (other if isinstance(other, int) else unknown), unknown
    truth = any_of(same, equal(left, 1), equal(right, 1))
    if isinstance(left, Expression) or isinstance(right, Expression):
        if same is not False and decide(same):
            return left, True
        return _by_path(left, right), truth
    return select(equal(left, 1), right, left), truth


def _by_path(left: Dim, right: Dim) -> Dim:
    """Of two sizes that differ at the example, the one that is not 1 there."""
    return select(equal(left, 1), right, left)
