"""Transposing: the axes in another order.

>>> from shapelens.operators import Tensor, Transpose
>>> Transpose((0, 2, 3, 1)).evaluate(Tensor((1, 64, 56, 28))).outputs[0].shape
(1, 56, 28, 64)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown
from shapelens.operators.arguments import given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import picked
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Transpose"]


@dataclass(frozen=True)
class Transpose(Operator):
    """The axes in another order: `out[i] = in[order[i]]`.

    Args:
        order: for each axis of the result, which axis it was; the other way round if not given.
    """

    family: ClassVar[str] = "reshape"
    keeps_elements: ClassVar[bool] = True

    order: tuple[int, ...] | None = None

    def counted(self, rank: int) -> tuple[int, ...]:
        """The order, counted from the front."""
        if self.order is None:
            return tuple(reversed(range(rank)))
        return tuple([axis + rank if axis < 0 else axis for axis in self.order])

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            rank = None if self.order is None else len(self.order)
            return Outcome((tensor.shaped(tensor.shape if rank is None else (tensor.shape,) * rank),))
        order = self.counted(tensor.rank)
        if sorted(order) != list(range(tensor.rank)):
            facts = {"gets": tensor.dims, "order": self.order, "rank": tensor.rank}
            return refused(Requirement("order", False, facts, spoils=None), tensor)
        shape = tuple([tensor.dims[axis] for axis in order])
        contents = None
        if tensor.contents is not None and all(isinstance(dim, int) for dim in shape):
            contents = picked(tensor, [range(dim) for dim in shape], order)
        return Outcome((Tensor(shape, tensor.dtype, contents),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, place) for place, axis in enumerate(self.counted(given(inputs).rank))])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        lies = run.lies()
        return (tuple([lies[axis] for axis in self.counted(run.tensor().rank)]),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "transpose" if self.order is None else f"permute {', '.join(str(axis) for axis in self.order)}"
