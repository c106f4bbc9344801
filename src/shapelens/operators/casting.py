"""Changes of the elements' type. Shapes stay, and sizes go through: a whole number stays what it is.

>>> from shapelens.operators import Cast, Tensor
>>> Cast("int64").evaluate(Tensor((3,), "float32", (2.5, -2.5, 7.0))).outputs[0].contents
(2, -2, 7)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.contents import as_dtype
from shapelens.operators.operator import Operator, Outcome, Tensor
from shapelens.operators.reach import Link, same_cells
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Cast"]


@dataclass(frozen=True)
class Cast(Operator):
    """Elements in another type.

    Args:
        dtype: the type; that of the second input where there is one.
        bitwise: whether the bits stay as they are, and not the number.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "like")
    keeps_shape: ClassVar[bool] = True
    keeps_elements: ClassVar[bool] = True
    word: ClassVar[str] = "cast"
    lies_like_input: ClassVar[bool] = True

    dtype: str = "float32"
    bitwise: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, dtype = given(inputs), self._target(inputs)
        contents = None
        if tensor.contents is not None and (not self.bitwise or dtype == tensor.dtype):
            contents = tuple([as_dtype(element, dtype) for element in tensor.contents])
        return Outcome((Tensor(tensor.shape, dtype, contents),))

    def _target(self, inputs: Sequence[Tensor | None]) -> str:
        like = optional(inputs, 1)
        return self.dtype if like is None else like.dtype

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """A cast to the type that it has is none."""
        return (run.lies(),) if run.outputs[0].dtype == run.tensor().dtype else ()

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"cast to {self._target(inputs)}"
