"""Reshaping: the same elements in the same order, under another shape.

    >>> from shapelens.dims import symbol
    >>> from shapelens.operators import Flatten, Reshape, Tensor
    >>> image = Tensor((symbol("N"), 256, 6, 6))
    >>> Reshape((-1, 9216)).evaluate(image).outputs[0].shape
    (N, 9216)
    >>> Flatten(1).evaluate(image).outputs[0].shape
    (N, 9216)

An inferred size is an exact quotient wherever one size divides the other, so that a folded batch shows
itself: `view(-1, 256)` of N×16×5×5 has `floor(25*N/16)` rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Expression, Unknown, all_of, at_least, decide, equal, maximum, product
from shapelens.operators.arguments import fixed_axes, fixed_axis, given, optional, refused, required, told
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link
from shapelens.operators.rearranging import kept_contents
from shapelens.operators.regrouping import reshape_links
from shapelens.operators.strides import Strides, viewed
from shapelens.records import dataclass

__all__ = ["Flatten", "Reshape", "Squeeze", "Unsqueeze"]


@dataclass(frozen=True)
class Regrouping(Operator):
    """What all reshapes share: which axes survive follows from the shapes before and after."""

    family: ClassVar[str] = "reshape"
    keeps_elements: ClassVar[bool] = True

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        before, after = given(inputs).shape, outputs[0].shape
        if isinstance(before, Unknown) or isinstance(after, Unknown):
            return ()
        return reshape_links(before, after)

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """The same elements where they are; unless their axes lie across, and then a copy."""
        return (viewed(run.tensor().dims, run.lies(), run.outputs[0].dims),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class Reshape(Regrouping):
    """A reshape to a shape that is asked for: `elements before = elements after`.

    Inputs: the tensor, and the shape where it is computed.

    Args:
        shape: the shape that is asked for; one size may be -1, which is what remains.
        zero_copies: whether a 0 stands for the size of the same axis before (ONNX) and not for no elements.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "shape")
    word: ClassVar[str] = "reshape"

    shape: tuple[Dim, ...] | None = None
    zero_copies: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        asked = required(self.shape, optional(inputs, 1), "the new shape")
        if isinstance(asked, Unknown):
            return Outcome((tensor.shaped(asked),))
        wanted = _Wanted(asked, self.zero_copies)
        if wanted.broken is not None:
            return refused(
                Requirement("reshape", False, {"asked": asked, **wanted.broken}, spoils=None), tensor
            )
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor.shaped(wanted.filled(tensor.shape)),))
        return _reshaped(tensor, wanted)


class _Wanted:
    """A shape that is asked for, read: which axes are copied, which one is inferred.

    Args:
        asked: its sizes, -1 and 0 included.
        zero_copies: whether a 0 copies.
    """

    def __init__(self, asked: Shape, zero_copies: bool) -> None:
        self.asked = asked
        self.copied: list[int] = []
        self.inferred: int | None = None
        self.broken: dict[str, Any] | None = None
        for axis, size in enumerate(asked):
            # One question settles nearly every size; a size that may be 0 or -1 is asked for further.
            if isinstance(size, Unknown) or decide(at_least(size, 1 if zero_copies else 0)):
                continue
            if zero_copies and decide(equal(size, 0)):
                self.copied.append(axis)
            elif decide(equal(size, -1)):
                if self.inferred is not None:
                    self.broken = {"inferred": (self.inferred, axis)}
                self.inferred = axis
            else:
                self.broken = {"negative": axis}

    def filled(self, remaining: Unknown) -> Shape:
        """The shape where nothing is known of what comes in."""
        open_axes = {*self.copied, self.inferred}
        return tuple([remaining if axis in open_axes else size for axis, size in enumerate(self.asked)])


def _reshaped(tensor: Tensor, wanted: _Wanted) -> Outcome:
    own = tensor.dims
    out = list(wanted.asked)
    facts: dict[str, Any] = {"gets": own, "asked": wanted.asked, "elements": product(own)}
    missing = [axis for axis in wanted.copied if axis >= len(own)]
    if missing:
        return refused(
            Requirement("reshape", False, {**facts, "copied": tuple(missing)}, spoils=None), tensor
        )
    for axis in wanted.copied:
        out[axis] = own[axis]
    inferred = wanted.inferred
    if inferred is None:
        facts["wants"] = product(out)
        fits = equal(facts["elements"], facts["wants"])
        requirement = Requirement("reshape", fits, facts)
    else:
        fixed = [(axis, size) for axis, size in enumerate(out) if axis != inferred]
        held, parts = _without_common(
            [dim for axis, dim in enumerate(own) if axis not in wanted.copied],
            [size for axis, size in fixed if axis not in wanted.copied],
        )
        facts |= {"wants": product([size for _, size in fixed]), "inferred": inferred}
        out[inferred] = held // _not_zero(parts)
        # Where a size is 0, every number of rows would do, and frameworks refuse to choose one.
        fits = all_of(*[at_least(size, 1) for _, size in fixed], equal(held % _not_zero(parts), 0))
        requirement = Requirement("reshape", fits, facts, spoils=(inferred,))
    shape = tuple(out)
    contents = None if fits is False else kept_contents(tensor, shape)
    return Outcome((Tensor(shape, tensor.dtype, contents),), (requirement,))


def _without_common(held: list[Dim], wanted: list[Dim]) -> tuple[Dim, Dim]:
    """The products of two lists of sizes, without the sizes that stand in both."""
    rest = list(held)
    parts: list[Dim] = []
    for size in wanted:
        same = next((i for i, dim in enumerate(rest) if _is_same(dim, size)), None)
        if same is None:
            parts.append(size)
        else:
            del rest[same]
    return product(rest), product(parts)


def _is_same(left: Dim, right: Dim) -> bool:
    return left is right or (
        not isinstance(left, Unknown) and not isinstance(right, Unknown) and left == right
    )


def _not_zero(divisor: Dim) -> Dim:
    """A divisor that is 0 only where the reshape is refused. An expression stays, to be cancelled."""
    return divisor if isinstance(divisor, Expression) else maximum(divisor, 1)


@dataclass(frozen=True)
class Flatten(Regrouping):
    """Neighbouring axes made one: `out = product of the sizes from start to end`.

    Args:
        start: the first axis that is merged.
        end: the last axis that is merged.
        to_matrix: whether two axes come out whatever goes in (ONNX): the sizes before `start` merged, and the
            rest. Then `start` may be the rank itself.
    """

    word: ClassVar[str] = "flatten"

    start: int = 1
    end: int = -1
    to_matrix: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        own = tensor.dims
        if self.to_matrix:
            start = self.start + len(own) if self.start < 0 else self.start
            if not 0 <= start <= len(own):
                facts = {"axes": (self.start,), "rank": len(own)}
                return refused(Requirement("axis", False, facts, spoils=None), tensor)
            return _flattened(tensor, (product(own[:start]), product(own[start:])))
        # A scalar is flattened as if it had one axis.
        own = own or (1,)
        start, missing = fixed_axis(self.start, len(own))
        end, missing_end = fixed_axis(self.end, len(own))
        broken = missing or missing_end
        if broken is None and start > end:
            broken = Requirement(
                "axis", False, {"axes": (self.start, self.end), "rank": len(own)}, spoils=None
            )
        if broken is not None:
            return refused(broken, tensor)
        return _flattened(tensor, (*own[:start], product(own[start : end + 1]), *own[end + 1 :]))


def _flattened(tensor: Tensor, shape: Shape) -> Outcome:
    return Outcome((Tensor(shape, tensor.dtype, kept_contents(tensor, shape)),))


@dataclass(frozen=True)
class Squeeze(Regrouping):
    """Axes of size 1 dropped.

    Inputs: the tensor, and the axes where they are computed.

    Args:
        axes: which axes; all of size 1 if not given.
        keeps_larger: whether an axis of another size stays as it is (PyTorch) and is no error (ONNX).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "axes")
    word: ClassVar[str] = "squeeze"

    axes: tuple[int, ...] | None = None
    keeps_larger: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, axes_tensor = given(inputs), optional(inputs, 1)
        axes = told(self.axes, axes_tensor, "the axes to drop")
        if axes is None:
            dropped = {axis for axis, dim in enumerate(tensor.dims) if decide(equal(dim, 1))}
            return _without_axes(tensor, dropped, ())
        if isinstance(axes, Unknown):
            return Outcome((tensor.shaped(axes),))
        if axes_tensor is not None and not axes:
            # An empty tensor of axes drops none for ONNX' reference, and all for onnxruntime.
            return Outcome((tensor.shaped(Unknown("an empty list of axes drops none, or all")),))
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor.shaped(tensor.shape),))
        found, broken = fixed_axes(
            axes, max(tensor.rank, 1) if self.keeps_larger else tensor.rank, may_repeat=True
        )
        if broken is not None:
            return refused(broken, tensor)
        own = tensor.dims
        if self.keeps_larger:
            return _without_axes(tensor, {axis for axis in found if own and decide(equal(own[axis], 1))}, ())
        requirements = tuple(
            [
                Requirement("squeeze", equal(own[axis], 1), {"gets": own, "axis": axis, "size": own[axis]})
                for axis in dict.fromkeys(found)
            ]
        )
        return _without_axes(tensor, set(found), requirements)


def _without_axes(tensor: Tensor, dropped: set[int], requirements: tuple[Requirement, ...]) -> Outcome:
    shape = tuple([dim for axis, dim in enumerate(tensor.dims) if axis not in dropped])
    return Outcome((Tensor(shape, tensor.dtype, kept_contents(tensor, shape)),), requirements)


@dataclass(frozen=True)
class Unsqueeze(Regrouping):
    """Axes of size 1 put in.

    Inputs: the tensor, and the axes where they are computed.

    Args:
        axes: where they stand in the result.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "axes")
    word: ClassVar[str] = "unsqueeze"

    axes: tuple[int, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axes = required(self.axes, optional(inputs, 1), "where axes are put in")
        if isinstance(axes, Unknown):
            return Outcome((tensor.shaped(axes),))
        rank = tensor.rank + len(axes)
        if any(isinstance(axis, Unknown) for axis in axes):
            return Outcome((tensor.shaped((Unknown("where axes are put in is computed from data"),) * rank),))
        found, broken = fixed_axes(axes, rank)
        if broken is not None:
            return refused(broken, tensor)
        rest = iter(tensor.dims)
        shape = tuple([1 if axis in found else next(rest) for axis in range(rank)])
        return Outcome((Tensor(shape, tensor.dtype, kept_contents(tensor, shape)),))
