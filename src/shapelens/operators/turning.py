"""Cells in another order along their axes: turned round, or moved on and let in again at the other end.

>>> from shapelens.operators import Flip, Roll, Tensor
>>> Flip((0,)).evaluate(Tensor((3,), "int64", (1, 2, 3))).outputs[0].contents
(3, 2, 1)
>>> Roll((-1,), (0,)).evaluate(Tensor((3,), "int64", (1, 2, 3))).outputs[0].contents
(2, 3, 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown
from shapelens.operators.arguments import fixed_axes, given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import known_contents, picked
from shapelens.records import dataclass

__all__ = ["Flip", "Roll"]


@dataclass(frozen=True)
class Flip(Operator):
    """Cells in the opposite order along some axes. The tensor keeps its shape.

    Args:
        axes: along which axes, negative ones counted from the end.
    """

    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "flip"
    family: ClassVar[str] = "reshape"
    keeps_elements: ClassVar[bool] = True

    axes: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor,))
        axes, broken = fixed_axes(self.axes, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        contents = None
        if known_contents(tensor) is not None:
            places = enumerate([range(size) for size in tensor.dims])
            contents = picked(tensor, [each[::-1] if axis in axes else each for axis, each in places])
        return Outcome((Tensor(tensor.shape, tensor.dtype, contents),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """What the first cell sees is the last, however far that is: such an axis is seen whole."""
        return _others(given(inputs).rank, self.axes)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"flip {_listed(self.axes)}"


@dataclass(frozen=True)
class Roll(Operator):
    """Cells moved on along some axes; those pushed out at one end come in at the other. The shape stays.

    Args:
        shifts: by how many cells, for each of the axes; negative ones move towards the beginning.
        axes: along which axes, negative ones counted from the end; None for all elements one after another.
    """

    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "roll"
    family: ClassVar[str] = "reshape"
    keeps_elements: ClassVar[bool] = True

    shifts: tuple[Dim, ...] = ()
    axes: tuple[int, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor,))
        axes, broken = fixed_axes(self.axes or (), tensor.rank, may_repeat=True)
        if broken is None and len(self.shifts) != (1 if self.axes is None else len(axes)):
            counts = {"shifts": self.shifts, "axes": axes}
            broken = Requirement("count", False, counts, spoils=None)
        if broken is not None:
            return refused(broken, tensor)
        return Outcome((Tensor(tensor.shape, tensor.dtype, self._contents(tensor, axes)),))

    def _contents(self, tensor: Tensor, axes: tuple[int, ...]) -> tuple[Any, ...] | None:
        contents = known_contents(tensor)
        if contents is None or not all(isinstance(shift, int) for shift in self.shifts):
            return None
        if self.axes is None:
            return tuple(_rolled(contents, self.shifts[0]))
        picks: list[Sequence[int]] = [range(size) for size in tensor.dims]
        for axis, shift in zip(axes, self.shifts, strict=True):
            picks[axis] = _rolled(picks[axis], shift)
        return picked(tensor, picks)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The cells at one end see those at the other: such an axis is seen whole."""
        return () if self.axes is None else _others(given(inputs).rank, self.axes)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        along = "" if self.axes is None else f" along {_listed(self.axes)}"
        return f"roll by {', '.join(map(str, self.shifts))}{along}"


def _rolled(items: Sequence[Any], shift: int) -> list[Any]:
    """A list whose last items stand first."""
    first = -shift % len(items) if items else 0
    return [*items[first:], *items[:first]]


def _others(rank: int, axes: Sequence[int]) -> tuple[Link, ...]:
    """The axes that stay as they are."""
    turned = {axis % max(rank, 1) for axis in axes}
    return identity(0, [(axis, axis) for axis in range(rank) if axis not in turned])


def _listed(axes: Sequence[int]) -> str:
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"
