"""Views that may show a cell several times: windows along one axis, and what strides through memory lead to.

>>> from shapelens.operators import Frames, Tensor
>>> Frames(axis=2, size=3, step=2).evaluate(Tensor((1, 16, 9, 5))).outputs[0].shape
(1, 16, 4, 5, 3)

Source: the documentation of `torch.Tensor.unfold` and `torch.as_strided`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, any_of, at_least, decide, equal, product, total
from shapelens.operators.arguments import fixed_axis, given, refused
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.records import dataclass

__all__ = ["Frames", "Strided"]


@dataclass(frozen=True)
class Frames(Operator):
    """An axis cut into windows: `(in - size) // step + 1` of them, whose cells are an axis of their own at the end.

    Args:
        axis: which axis is cut.
        size: how many cells a window has.
        step: how far windows are apart.
    """

    family: ClassVar[str] = "reshape"

    axis: int = -1
    size: Dim = 2
    step: Dim = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        # A scalar is cut as if it had one axis.
        own = tensor.dims or (1,)
        axis, broken = fixed_axis(self.axis, len(own))
        if broken is None and isinstance(self.step, int) and self.step < 1:
            facts = {"setting": "step", "value": self.step, "axes": 1, "least": 1}
            broken = Requirement("settings", False, facts, spoils=None)
        if broken is not None:
            return refused(broken, tensor)
        count = (own[axis] - self.size) // self.step + 1
        facts = {"gets": tensor.dims, "axis": axis, "size": own[axis], "extent": self.size}
        fits = Requirement("frames", at_least(own[axis], self.size), facts, spoils=(axis,))
        kept = own if tensor.rank else ()
        shape = (*kept[:axis], count, *kept[axis + 1 :], self.size) if kept else (self.size,)
        return Outcome((tensor.shaped(shape),), (fits,))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The axis is seen through its windows; which cell of one it is does not narrow that down."""
        rank = given(inputs).rank
        axis = self.axis % max(rank, 1)
        others = identity(0, [(place, place) for place in range(rank) if place != axis])
        return (*others, window(0, axis, axis, self.size, self.step, 0)) if rank else ()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"windows of {self.size}, step {self.step}, along axis {self.axis}"


@dataclass(frozen=True)
class Strided(Operator):
    """A view of a tensor's memory by a shape and strides of its own, which say nothing of the tensor's axes.

    Args:
        shape: the shape.
        strides: how many elements a step along each axis is.
        offset: how many elements before the first.
    """

    word: ClassVar[str] = "as strided"
    family: ClassVar[str] = "reshape"

    shape: Shape = ()
    strides: Shape = ()
    offset: Dim = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        steps = zip(self.shape, self.strides, strict=True)
        last = self.offset + total([(size - 1) * stride for size, stride in steps])
        inside = any_of(equal(product(self.shape), 0), at_least(tensor.elements, last + 1))
        # A part of a tensor lies in the memory of the whole, of which nothing is known here.
        if not isinstance(inside, Unknown) and not decide(inside):
            inside = Unknown("how much memory there is beside the tensor is not known")
        facts = {"gets": tensor.shape, "asked": self.shape, "needed": last + 1}
        return Outcome((tensor.shaped(self.shape),), (Requirement("memory", inside, facts),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()
