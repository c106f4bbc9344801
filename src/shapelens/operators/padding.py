"""Padding: cells put around a tensor, or cut off it.

`out = in + before + after`, where a negative number cuts off:

    >>> from shapelens.operators import Pad, Tensor
    >>> Pad(((1, 2), (3, -1)), axes=(-2, -1)).evaluate(Tensor((1, 3, 4, 5))).outputs[0].shape
    (1, 3, 7, 7)

What stands in the padding limits how much of it there may be: a reflection `1234 → 32123432` has one cell less to
give than the axis has, a circle `1234 → 3412 3412` as many.

Source: the documentation of `torch.nn.functional.pad` and of ONNX' Pad; the limits were tried on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import (
    Dim,
    Truth,
    Unknown,
    all_of,
    any_of,
    at_least,
    at_most,
    decide,
    maximum,
    minimum,
)
from shapelens.operators.arguments import fixed_axes, given, optional, refused, required, told
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.operators.windows import pad_words
from shapelens.records import dataclass

__all__ = ["CONSTANT", "CenterCropPad", "Pad", "mode_requirement", "standing"]

CONSTANT = "constant"
REFLECT = "reflect"
REPLICATE = "replicate"
CIRCULAR = "circular"

_KEPT = (0, 0)


@dataclass(frozen=True)
class Pad(Operator):
    """Cells around a tensor, or cut off it.

    Inputs: the tensor; what may come as tensors instead of settings: the paddings (all that stand before, then all
    that stand after), the value, the axes.

    Args:
        pads: cells before and after each of the axes; negative ones are cut off.
        axes: the axes, negative ones counted from the end; all of them if not given.
        mode: what stands in the padding: `constant`, `reflect`, `replicate`, `circular`.
        cuts_first: whether negative paddings cut first, so that the mode has only what is left to draw from, and
            something must be left (ONNX). PyTorch draws from the whole axis.
        turns: whether a circle may be gone round more than once (ONNX).
        ranks: the ranks that it takes; any if empty.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "pads", "value", "axes")
    family: ClassVar[str] = "reshape"

    pads: tuple[tuple[Dim, Dim], ...] | None = None
    axes: tuple[int, ...] | None = None
    mode: str = CONSTANT
    cuts_first: bool = False
    turns: bool = False
    ranks: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        pairs = self._pairs(inputs)
        if isinstance(pairs, Unknown):
            return Outcome((tensor.shaped((pairs,) * tensor.rank),))
        axes, broken = self._fixed_axes(inputs, len(pairs))
        if broken is not None:
            return refused(broken, tensor)
        out = list(tensor.dims)
        requirements: list[Requirement] = []
        for axis, (before, after) in zip(axes, pairs, strict=True):
            size = tensor.dims[axis]
            out[axis] = size + (before + after)
            requirements += self._requirements(size, (before, after), axis, out[axis])
        if self.mode in {REFLECT, REPLICATE} and not self.cuts_first and axes:
            # PyTorch looks whether anything comes out along some axis.
            some = any_of(*[at_least(out[axis], 1) for axis in axes])
            facts = {**requirements[0].facts, "axes": axes}
            requirements += [] if some is True else [Requirement("pad_cut", some, facts, spoils=axes)]
        return Outcome((tensor.shaped(tuple(out)),), tuple(requirements))

    def _pairs(self, inputs: Sequence[Tensor | None]) -> tuple[tuple[Dim, Dim], ...] | Unknown:
        """The paddings of each axis; unknown where not even their number is known."""
        carried = optional(inputs, 1)
        if carried is None:
            return self.pads or ()
        numbers = required(None, carried, "the padding")
        if isinstance(numbers, Unknown):
            return numbers
        half = (len(numbers) + 1) // 2
        missing = [Unknown("the padding has a side missing")] * half
        return tuple(zip(numbers[:half], (*numbers[half:], *missing), strict=False))

    def _fixed_axes(
        self, inputs: Sequence[Tensor | None], count: int
    ) -> tuple[tuple[int, ...], Requirement | None]:
        """The axes that are padded, counted from the front, and what they break."""
        rank = given(inputs).rank
        if self.ranks and rank not in self.ranks:
            facts = {"gets": given(inputs).dims, "wants": self.ranks}
            return (), Requirement("rank", False, facts, spoils=None)
        axes = told(self.axes, optional(inputs, 3), "which axes are padded")
        fixed, broken = fixed_axes(tuple(range(rank)) if axes is None else axes, rank)
        if broken is None and len(fixed) != count:
            counts: dict[str, object] = {"axes": fixed, "pads": count, "rank": rank}
            broken = Requirement("count", False, counts, spoils=None)
        return fixed, broken

    def _requirements(self, size: Dim, sides: tuple[Dim, Dim], axis: int, out: Dim) -> list[Requirement]:
        """What must be left after cutting, and what the mode has to draw from."""
        left = size + minimum(sides[0], 0) + minimum(sides[1], 0)
        kept, least = left, 0
        if self.cuts_first:  # onnxruntime cuts as much as it is told to, if zeros make up for it
            kept, least = (out, 0) if self.mode == CONSTANT else (left, 1)
        elif self.mode in {REFLECT, REPLICATE}:  # PyTorch looks at what comes out
            kept = out
        facts = {"axis": axis, "size": size, "before": sides[0], "after": sides[1], "out": out}
        truth = at_least(kept, least)
        if self.mode == CIRCULAR and not self.cuts_first and truth is not True:
            truth = _of_a_circle(truth, out)
        requirements = [Requirement("pad_cut", truth, facts, spoils=(axis,))]
        if self.mode != CONSTANT:
            source = left if self.cuts_first else size
            requirements.append(mode_requirement(self.mode, source, sides, axis, turns=self.turns))
        return requirements

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Cells move by the padding; what a mode repeats in it is not followed."""
        tensor, pairs = given(inputs), self._pairs(inputs)
        if isinstance(pairs, Unknown):
            return tuple([Link(0, axis, axis, spans=None) for axis in range(tensor.rank)])
        axes, _ = self._fixed_axes(inputs, len(pairs))
        before = {axis: pair[0] for axis, pair in zip(axes, pairs, strict=False)}
        return tuple([window(0, axis, axis, 1, 1, before.get(axis, 0)) for axis in range(tensor.rank)])

    def kept_for_backward(self, run: Run) -> Kept:
        """Zeros and circles keep nothing; a reflection and a repeated border the input."""
        return Kept((0,)) if self.mode in {REFLECT, REPLICATE} else Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        pairs = self._pairs(inputs)
        mode = "" if self.mode == CONSTANT else f" ({self.mode})"
        if isinstance(pairs, Unknown):
            return f"pad{mode}"
        padded = tuple([pair for pair in pairs if pair != _KEPT])
        return f"pad{pad_words(padded).removeprefix(', pad')}{mode}"

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        attributes = super().attributes(inputs)
        pairs = self._pairs(inputs)
        if not isinstance(pairs, Unknown) and all(isinstance(side, int) for pair in pairs for side in pair):
            attributes["pads"] = [list(pair) for pair in pairs]
        return attributes


def _of_a_circle(truth: Truth, out: Dim) -> Truth:
    """That no more is cut off than there is; where more is, and still something comes out, PyTorch may take it."""
    some = at_least(out, 0)
    if isinstance(truth, Unknown) or isinstance(some, Unknown) or decide(truth) or not decide(some):
        return truth
    return Unknown("whether PyTorch cuts more off a circle than it has hangs on how it copies")


def mode_requirement(
    mode: str, size: Dim, sides: tuple[Dim, Dim], axis: int, *, turns: bool = False
) -> Requirement:
    """What a mode of padding has to draw from along one axis.

        >>> mode_requirement("reflect", 4, (4, 0), axis=2).truth
        False

    Args:
        mode: `constant`, `reflect`, `replicate` or `circular`.
        size: how many cells there are to draw from.
        sides: how many are wanted before and after.
        axis: the axis, for the facts.
        turns: whether a circle may be gone round more than once.
    """
    truth: Truth = True
    if mode == REFLECT:
        truth = all_of(*[at_least(size, maximum(side, 0) + 1) for side in sides])
    elif mode == CIRCULAR and not turns:
        truth = all_of(*[at_most(side, size) for side in sides])
    elif mode != CONSTANT:
        truth = at_least(size, 1)
    facts = {"mode": mode, "axis": axis, "size": size, "before": sides[0], "after": sides[1]}
    return Requirement("pad_limit", truth, facts, spoils=(axis,))


def standing(mode: str, place: int, size: int) -> int | None:
    """Which cell of an axis stands at a place beyond its ends, as a mode of padding has it.

        >>> [[standing(mode, place, 4) for place in range(-2, 6)] for mode in ("reflect", "circular")]
        [[2, 1, 0, 1, 2, 3, 2, 1], [2, 3, 0, 1, 2, 3, 0, 1]]

    Args:
        mode: `zeros` or `constant`, `reflect`, `replicate` or `circular`.
        place: the place, counted from the axis' first cell: below 0 before it.
        size: how many cells the axis has; enough for the mode, as `mode_requirement` says.

    Returns:
        The cell whose value is repeated there; None where it is a constant.
    """
    if 0 <= place < size:
        return place
    if mode == REFLECT:
        return -place if place < 0 else 2 * (size - 1) - place
    if mode == REPLICATE:
        return min(max(place, 0), size - 1)
    return place % size if mode == CIRCULAR else None


@dataclass(frozen=True)
class CenterCropPad(Operator):
    """The middle of a tensor, cut or padded to a size that is asked for.

        >>> CenterCropPad((10, 9), axes=(-2, -1)).evaluate(Tensor((3, 20, 8))).outputs[0].shape
        (3, 10, 9)

    Args:
        size: the size of each of the axes; a second input may carry it instead.
        axes: the axes, negative ones counted from the end; all of them if not given.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "size")
    family: ClassVar[str] = "reshape"

    size: tuple[Dim, ...] | None = None
    axes: tuple[int, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axes, broken = fixed_axes(self._axes(tensor.rank), tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        sizes = required(self.size, optional(inputs, 1), "the size to cut or pad to")
        if isinstance(sizes, Unknown):
            sizes = (sizes,) * len(axes)
        if len(sizes) != len(axes):
            facts = {"axes": axes, "sizes": sizes, "rank": tensor.rank}
            return refused(Requirement("count", False, facts, spoils=None), tensor)
        out = list(tensor.dims)
        for axis, size in zip(axes, sizes, strict=True):
            out[axis] = size
        requirements = [
            Requirement("pad_cut", at_least(size, 0), {"axis": axis, "out": size}, spoils=(axis,))
            for axis, size in zip(axes, sizes, strict=True)
        ]
        return Outcome((tensor.shaped(tuple(out)),), tuple(requirements))

    def _axes(self, rank: int) -> tuple[int, ...]:
        return tuple(range(rank)) if self.axes is None else self.axes

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Cells move by half of the difference: rounded down where it cuts, and down where it pads."""
        before, after = given(inputs).dims, outputs[0].dims
        moved = [axis for axis in range(len(before)) if before[axis] != after[axis]]
        links = list(identity(0, [(axis, axis) for axis in range(len(before)) if axis not in moved]))
        for axis in moved:
            size, out = before[axis], after[axis]
            if isinstance(size, int) and isinstance(out, int):
                shift = (out - size) // 2 if out > size else -((size - out) // 2)
                links.append(window(0, axis, axis, 1, 1, shift))
            else:
                links.append(Link(0, axis, axis, spans=None))
        return tuple(links)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "crop or pad at the centre"
