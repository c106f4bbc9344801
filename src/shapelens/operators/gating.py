"""Gated linear units: one half of an axis decides how much of the other half passes.

    >>> from shapelens.operators import GatedLinearUnit, Tensor
    >>> GatedLinearUnit(1).evaluate(Tensor((1, 64, 8, 8))).outputs[0].shape
    (1, 32, 8, 8)

Source: Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import equal
from shapelens.operators.arguments import fixed_axis, given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["GatedLinearUnit"]


@dataclass(frozen=True)
class GatedLinearUnit(Operator):
    """`a · sigmoid(b)` for the two halves of an axis: `out = in / 2` along it. A bias may be added first.

    Args:
        axis: the axis that is halved, counted from the end if negative.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"bias"})
    family: ClassVar[str] = "activation"
    word: ClassVar[str] = "glu"

    axis: int = -1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        size = tensor.dims[axis]
        shape = (*tensor.dims[:axis], size // 2, *tensor.dims[axis + 1 :])
        facts = {"axis": axis, "size": size, "divisor": 2, "what": "features"}
        halves = Requirement("block", equal(size % 2, 0), facts, spoils=(axis,))
        return Outcome((tensor.shaped(shape),), (halves,))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The halved axis is seen whole; along all others each cell sees its own place."""
        rank = given(inputs).rank
        return identity(0, [(axis, axis) for axis in range(rank) if axis != self.axis % rank])

    def kept_for_backward(self, run: Run) -> Kept:
        """The input."""
        return Kept((0,))
