"""Slicing: every so many cells of an axis, from one place to another.

A negative place counts from the end, and a place beyond either end means that end:

    >>> from shapelens.dims import symbol
    >>> from shapelens.operators import Slice, Tensor
    >>> image = Tensor((1, 3, 32, symbol("W", minimum=3)))
    >>> Slice((1, 1), (-1, -1), (2, 3)).evaluate(image).outputs[0].shape
    (1, 3, 30, W - 2)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import (
    Condition,
    Dim,
    UndecidedError,
    Unknown,
    all_of,
    at_least,
    ceil_divide,
    decide,
    less_than,
    maximum,
    minimum,
    select,
)
from shapelens.operators.arguments import (
    fixed_axes,
    fixed_axis,
    given,
    optional,
    refused,
    required,
    told,
    told_number,
)
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link
from shapelens.operators.rearranging import picked
from shapelens.operators.spans import of_some, span_of
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Narrow", "Slice"]

END = 2**31 - 1
"""From here on a place is beyond the end of any axis: exporters write it for "to the end"."""


@dataclass(frozen=True)
class Slice(Operator):
    """A part of each axis: `out = max(ceil((end - start) / step), 0)`, both places clamped to the axis.

    Inputs: the tensor, and the starts, ends, axes and steps where they are computed.

    Args:
        starts: the first place of each sliced axis; None from its beginning (backwards: from its end).
        ends: the place before which it stops; None for all that is left.
        axes: which axes are sliced; the first ones if not given.
        steps: how far the places are apart; 1 if not given, negative for backwards.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "starts", "ends", "axes", "steps")
    word: ClassVar[str] = "slice"
    takes_elements: ClassVar[bool] = True
    family: ClassVar[str] = "reshape"

    starts: tuple[Dim | None, ...] | None = None
    ends: tuple[Dim | None, ...] | None = None
    axes: tuple[int, ...] | None = None
    steps: tuple[Dim, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor,))
        try:
            cuts, broken = self.cuts(inputs)
        except UndecidedError as undecided:
            return Outcome((tensor.shaped((Unknown(undecided.summary),) * tensor.rank),))
        if broken is not None:
            return refused(broken, tensor)
        shape = list(tensor.dims)
        picks: list[Sequence[int] | None] = [range(d) if isinstance(d, int) else None for d in shape]
        for axis, cut in cuts.items():
            shape[axis] = cut.length
            picks[axis] = cut.places
        contents: tuple[Any, ...] | None = None
        if tensor.contents is not None and not any(pick is None for pick in picks):
            contents = picked(tensor, [pick for pick in picks if pick is not None])
        # Of a part whose length is not a number it is not known which elements it has.
        known = span_of(tensor) if contents is None else None
        span = None if known is None else of_some(known)
        return Outcome((Tensor(tuple(shape), tensor.dtype, contents, span=span),))

    def cuts(self, inputs: Sequence[Tensor | None]) -> tuple[dict[int, Cut], Requirement | None]:
        """What is cut out of each sliced axis, and the requirement that is broken if there is one.

        Raises:
            UndecidedError: which axes are sliced is not known.
        """
        tensor = given(inputs)
        axes = told(self.axes, optional(inputs, 3), "which axes are sliced")
        starts = required(self.starts, optional(inputs, 1), "where the slice starts")
        ends = required(self.ends, optional(inputs, 2), "where the slice ends")
        if axes is None:
            if isinstance(starts, Unknown):
                raise UndecidedError(starts.reason)
            axes = tuple(range(len(starts)))
        found, broken = fixed_axes(axes, tensor.rank)
        steps = told(self.steps, optional(inputs, 4), "the step of the slice")
        settings = [_for_each(setting, len(found)) for setting in (starts, ends, (1,) * len(found))]
        if steps is not None:
            settings[2] = _for_each(steps, len(found))
        if any(len(setting) != len(found) for setting in settings):
            facts = {"starts": settings[0], "ends": settings[1], "steps": settings[2], "axes": found}
            broken = Requirement("slice", False, facts, spoils=None)
        elif any(isinstance(step, int) and step == 0 for step in settings[2]):
            broken = Requirement("slice", False, {"steps": settings[2], "axes": found}, spoils=None)
        if broken is not None:
            return {}, broken
        places = zip(found, *settings, strict=True)
        return {axis: cut_of(tensor.dims[axis], start, end, step) for axis, start, end, step in places}, None

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        try:
            cuts, broken = self.cuts(inputs)
        except UndecidedError:
            return ()
        links: list[Link] = []
        for axis in range(0 if broken is not None else given(inputs).rank):
            cut = cuts.get(axis)
            if cut is None:
                links.append(Link(0, axis, axis))
            elif isinstance(cut.step, int) and cut.step > 0:
                spans = ((cut.first, cut.first),) if isinstance(cut.first, int) else None
                links.append(Link(0, axis, axis, 1, cut.step, spans))
        return tuple(links)

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """The part where it is; a step backwards copies."""
        try:
            cuts, broken = self.cuts(run.inputs)
        except UndecidedError:
            return ()
        steps = {axis: cut.step for axis, cut in cuts.items()}
        if broken is not None or not all(isinstance(step, int) and step > 0 for step in steps.values()):
            return ()
        return (tuple([stride * steps.get(axis, 1) for axis, stride in enumerate(run.lies())]),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class Narrow(Operator):
    """A stretch of an axis that must lie inside of it: nothing is clamped.

        >>> Narrow(1, start=2, length=5).evaluate(Tensor((2, 8))).outputs[0].shape
        (2, 5)

    Inputs: the tensor, and the start where it is computed.

    Args:
        axis: along which axis.
        start: the first place; a negative one counts from the end.
        length: how many places.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "start")
    word: ClassVar[str] = "narrow"
    takes_elements: ClassVar[bool] = True
    family: ClassVar[str] = "reshape"

    axis: int = 0
    start: Dim | None = None
    length: Dim = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        own, first = tensor.dims, self._first(inputs, axis)
        facts = {"gets": own, "axis": axis, "size": own[axis], "start": first, "length": self.length}
        is_inside = all_of(
            at_least(first, 0), at_least(self.length, 0), at_least(own[axis], first + self.length)
        )
        shape = (*own[:axis], self.length, *own[axis + 1 :])
        return Outcome((tensor.shaped(shape),), (Requirement("narrow", is_inside, facts),))

    def _first(self, inputs: Sequence[Tensor | None], axis: int) -> Dim:
        start = told_number(self.start, optional(inputs, 1), "where the stretch starts")
        return _from_the_end(start, given(inputs).dims[axis])[0]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = given(inputs).rank
        axis = self.axis % rank
        first = self._first(inputs, axis)
        spans = ((first, first),) if isinstance(first, int) else None
        return tuple([Link(0, a, a, spans=spans) if a == axis else Link(0, a, a) for a in range(rank)])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        return (run.lies(),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True, slots=True)
class Cut:
    """What a slice takes of one axis.

    Args:
        first: the first place.
        step: how far the next place is.
        length: how many places.
    """

    first: Dim
    step: Dim
    length: Dim

    @property
    def places(self) -> Sequence[int] | None:
        """The places, where all of this is fixed."""
        first, step, length = self.first, self.step, self.length
        if not isinstance(first, int) or not isinstance(step, int) or not isinstance(length, int):
            return None
        return range(first, first + length * step, step)


def cut_of(size: Dim, start: Dim | None, end: Dim | None, step: Dim) -> Cut:
    """What is cut out of an axis.

        >>> cut_of(10, -3, None, 1).length, cut_of(10, 8, 2, -3).length, cut_of(10, 5, 3, 1).length
        (3, 2, 0)

    Source: the ONNX operators' documentation, Slice; the same as Python's but for a start before the
    beginning of an axis that is taken backwards.
    """
    if isinstance(step, Unknown):
        return Cut(step, step, step)
    forwards = step > 0 if isinstance(step, int) else decide(at_least(step, 1))
    return _forwards(size, start, end, step) if forwards else _backwards(size, start, end, -step)


def _forwards(size: Dim, start: Dim | None, end: Dim | None, step: Dim) -> Cut:
    """From the start up to the end, or to the axis' own end: a place that is no smaller than the end is none.

    So a start beyond the axis' end need not be clamped. One before its beginning is 0: then the places up to
    `end` count, and not those from `start`.
    """
    if _is_beyond(start) or _is_before(end):
        return Cut(0, step, 0)
    first: Dim = 0
    counts_back: Any = False
    if start is not None and not _is_before(start):
        first, counts_back = _from_the_end(start, size)
    limits = [size]
    if end is not None and not _is_beyond(end):
        limits.append(_from_the_end(end, size)[0])
    reach = [limit - first for limit in limits]
    if counts_back is not False:
        reach += limits
        first = maximum(first, 0)
    return Cut(first, step, maximum(ceil_divide(minimum(*reach), step), 0))


def _backwards(size: Dim, start: Dim | None, end: Dim | None, step: Dim) -> Cut:
    """From the start down to the place after the end, or to the axis' beginning."""
    if _is_beyond(end):
        return Cut(0, -step, 0)
    first = size - 1
    if _is_before(start):
        first = 0
    elif start is not None and not _is_beyond(start):
        first = maximum(minimum(_from_the_end(start, size)[0], first), 0)
    before: Dim = -1
    if end is not None and not _is_before(end):
        before = maximum(_from_the_end(end, size)[0], -1)
    length = maximum(ceil_divide(first - before, step), 0)
    return Cut(first, -step, select(at_least(size, 1), length, 0))


def _is_beyond(place: Dim | None) -> bool:
    """Whether a place is beyond the end of any axis."""
    return isinstance(place, int) and place >= END


def _is_before(place: Dim | None) -> bool:
    """Whether a place is before the beginning of any axis, even counted from the end."""
    return isinstance(place, int) and place <= -END


def _from_the_end(place: Dim, size: Dim) -> tuple[Dim, Any]:
    """A place counted from the beginning, and whether it was counted from the end."""
    counts_back = less_than(place, 0)
    if isinstance(counts_back, Condition):
        counts_back = decide(counts_back)
    return select(counts_back, place + size, place), counts_back


def _for_each(setting: Any, count: int) -> tuple[Any, ...]:
    """A setting for each axis, from a tuple of them or from one for all."""
    return setting if isinstance(setting, tuple) else (setting,) * count
