"""Elements looked up in a table: where each would stand in it, or whether it is there. Tensors keep their shape.

>>> from shapelens.operators import LookUp, Tensor
>>> LookUp("bucketize").evaluate(Tensor((2, 64)), Tensor((9,))).outputs[0].shape
(2, 64)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown, equal
from shapelens.operators.arguments import given, refused
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["LookUp"]


@dataclass(frozen=True)
class LookUp(Operator):
    """Every element of a tensor looked up in another one.

    Inputs: the elements, and the table.

    Args:
        function: its name in a table of layers: `bucketize`, `searchsorted`, `isin`.
        by_rows: whether a table of several axes is one for each row of the elements, and not one for all.
        dtype: the type of the answers.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "table")
    keeps_shape: ClassVar[bool] = True
    has_gradient: ClassVar[bool] = False
    family: ClassVar[str] = "activation"

    function: str = "bucketize"
    by_rows: bool = False
    dtype: str = "int64"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, table = given(inputs), given(inputs, 1)
        out = (tensor.shaped(tensor.shape, self.dtype),)
        if isinstance(tensor.shape, Unknown) or isinstance(table.shape, Unknown) or not self._has_rows(table):
            return Outcome(out)
        facts = {"gets": tensor.dims, "table": table.dims}
        if tensor.rank != table.rank:
            return refused(Requirement("table", False, facts, spoils=None), out[0])
        pairs = zip(tensor.dims[:-1], table.dims[:-1], strict=True)
        requirements = [
            Requirement("table", equal(own, rows), {**facts, "axis": axis})
            for axis, (own, rows) in enumerate(pairs)
        ]
        return Outcome(out, tuple(requirements))

    def _has_rows(self, table: Tensor) -> bool:
        return self.by_rows and table.rank != 1

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Elements are seen one by one, the table whole, or the row of it that belongs to an element."""
        table = given(inputs, 1)
        rows = range(table.rank - 1) if self._has_rows(table) else ()
        own = identity(0, [(axis, axis) for axis in range(given(inputs).rank)])
        return own + identity(1, [(axis, axis) for axis in rows])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function
