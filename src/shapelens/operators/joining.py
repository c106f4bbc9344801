"""Joining tensors along an axis, and parting them again.

>>> from shapelens.operators import Concatenate, Split, Tensor
>>> Concatenate(1).evaluate(Tensor((1, 64, 28, 28)), Tensor((1, 32, 28, 28))).outputs[0].shape
(1, 96, 28, 28)
>>> [part.shape for part in Split(1, parts=3, sharing="ceil").evaluate(Tensor((1, 8, 7))).outputs]
[(1, 3, 7), (1, 3, 7), (1, 2, 7)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from shapelens.dims import (
    Dim,
    UndecidedError,
    Unknown,
    all_of,
    any_of,
    at_least,
    ceil_divide,
    decide,
    equal,
    less_than,
    minimum,
    more_than,
    select,
    total,
)
from shapelens.operators.arguments import fixed_axis, given, optional, refused, told
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import joined, kept_contents, known_contents, picked
from shapelens.operators.spans import together
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Concatenate", "Split", "Stack", "Unbind"]

MAXIMUM_PARTS = 65536
"""No operator has more outputs than this."""


@dataclass(frozen=True)
class Concatenate(Operator):
    """Tensors one after the other along an axis: `out = sum of their sizes`; all other sizes are equal.

    Args:
        axis: along which axis.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    learned: ClassVar[frozenset[str]] = frozenset({"input", "other"})
    word: ClassVar[str] = "cat"
    family: ClassVar[str] = "sum"

    axis: int = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [tensor for tensor in inputs if tensor is not None]
        first, broken = _ranks_fit("concatenation", tensors)
        if broken is not None:
            return refused(broken, first)
        axis, broken = fixed_axis(self.axis, first.rank)
        if broken is not None:
            return refused(broken, first)
        shapes = tuple([_dims(tensor, first.rank) for tensor in tensors])
        shape, requirements = _common(
            "concatenation", shapes, [a for a in range(first.rank) if a != axis], axis
        )
        shape[axis] = total([own[axis] for own in shapes])
        contents = None
        if all(r.truth is not False for r in requirements) and all(t.contents is not None for t in tensors):
            contents = joined(tensors, axis)
        return Outcome((_joined(tensors, tuple(shape), first.dtype, contents),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Every input is seen at the cell's own place; along the axis, moved by the sizes before it."""
        rank = len(outputs[0].dims)
        axis = self.axis % rank
        links: list[Link] = []
        offset: Dim = 0
        for position, tensor in enumerate(inputs):
            if tensor is None or isinstance(tensor.shape, Unknown):
                continue
            links += identity(position, [(place, place) for place in range(rank) if place != axis])
            spans = ((-offset, -offset),) if isinstance(offset, int) else None
            links.append(Link(position, axis, axis, spans=spans))
            offset = offset + tensor.shape[axis]
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class Stack(Operator):
    """Tensors of one shape side by side along a new axis.

    Args:
        axis: where the new axis stands in the result.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    learned: ClassVar[frozenset[str]] = frozenset({"input", "other"})
    word: ClassVar[str] = "stack"
    family: ClassVar[str] = "sum"

    axis: int = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [tensor for tensor in inputs if tensor is not None]
        first, broken = _ranks_fit("stack", tensors)
        if broken is not None:
            return refused(broken, first)
        axis, broken = fixed_axis(self.axis, first.rank + 1)
        if broken is not None:
            return refused(broken, first)
        # Each as the result has it: with an axis of size 1 put in.
        raised = []
        for tensor in tensors:
            own = _dims(tensor, first.rank)
            shape = (*own[:axis], 1, *own[axis:])
            raised.append(Tensor(shape, tensor.dtype, kept_contents(tensor, shape)))
        others = [place for place in range(first.rank + 1) if place != axis]
        common, requirements = _common("stack", tuple([t.dims for t in raised]), others, axis)
        common[axis] = len(raised)
        contents = None
        if all(r.truth is not False for r in requirements) and all(t.contents is not None for t in raised):
            contents = joined(raised, axis)
        return Outcome((_joined(tensors, tuple(common), first.dtype, contents),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = len(outputs[0].dims)
        others = [place for place in range(rank) if place != self.axis % rank]
        positions = [place for place, tensor in enumerate(inputs) if tensor is not None]
        return tuple([link for position in positions for link in identity(position, list(enumerate(others)))])

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


def _joined(tensors: Sequence[Tensor], shape: Shape, dtype: str, contents: tuple[Any, ...] | None) -> Tensor:
    """What comes out, with what is known of its elements."""
    is_spanned = contents is None and any(tensor.span is not None for tensor in tensors)
    return Tensor(shape, dtype, contents, span=together(tensors) if is_spanned else None)


def _ranks_fit(kind: str, tensors: Sequence[Tensor]) -> tuple[Tensor, Requirement | None]:
    """The first tensor of known rank (else the first), and the requirement that another rank breaks."""
    known = [tensor for tensor in tensors if not isinstance(tensor.shape, Unknown)]
    if not known:
        return tensors[0], None
    if all(tensor.rank == known[0].rank for tensor in known):
        return known[0], None
    facts = {"shapes": tuple([tensor.shape for tensor in tensors]), "ranks": tuple([t.rank for t in known])}
    return known[0], Requirement(kind, False, facts, spoils=None)


def _dims(tensor: Tensor, rank: int) -> Shape:
    """A tensor's dims; where not even its rank is known, what it must be for the others' sake."""
    return (tensor.shape,) * rank if isinstance(tensor.shape, Unknown) else tensor.shape


def _common(
    kind: str, shapes: tuple[Shape, ...], axes: Sequence[int], joined_axis: int
) -> tuple[list[Dim], tuple[Requirement, ...]]:
    """The sizes that all shapes share along some axes, and what must hold for it."""
    common = list(shapes[0])
    requirements: list[Requirement] = []
    for axis in axes:
        for position, own in enumerate(shapes[1:], start=1):
            size = common[axis]
            if isinstance(size, Unknown):
                # They are equal if the network works at all, so the one that is known is both.
                common[axis] = own[axis]
            truth = equal(size, own[axis])
            if truth is not True:
                facts = {"shapes": shapes, "axis": axis, "along": joined_axis, "position": position}
                facts |= {"left": size, "right": own[axis]}
                requirements.append(Requirement(kind, truth, facts, spoils=(axis,)))
    return common, tuple(requirements)


@dataclass(frozen=True)
class Split(Operator):
    """A tensor parted along an axis.

    Inputs: the tensor, and the sizes of the parts where they are computed.

    Args:
        axis: along which axis.
        sizes: the size of each part.
        size: the size of every part but the last, instead; there are as many as it takes.
        parts: how many parts, instead.
        sharing: how parts share the axis: `equal` (it must be divisible), `ceil` (each takes the quotient
            rounded up, the last what is left), `chunk` (likewise, but empty parts are left out), `balanced`
            (the first parts take one more).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "sizes")
    word: ClassVar[str] = "split"
    family: ClassVar[str] = "reshape"
    takes_elements: ClassVar[bool] = True

    axis: int = 0
    sizes: tuple[Dim, ...] | None = None
    size: Dim | None = None
    parts: int | None = None
    sharing: str = "equal"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        sizes = told(self.sizes, optional(inputs, 1), "the size of each part")
        if isinstance(sizes, Unknown) or isinstance(tensor.shape, Unknown):
            reason = sizes if isinstance(sizes, Unknown) else tensor.shape
            count = self.parts if sizes is None or isinstance(sizes, Unknown) else len(sizes)
            return Outcome((Tensor(reason, tensor.dtype),) * (count or 1))
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, *[tensor] * (self.parts or len(sizes or ()) or 1))
        own = tensor.dims
        facts = {"gets": own, "axis": axis, "size": own[axis]}
        parts, requirements = self._shared(own[axis], sizes, facts)
        return Outcome(tuple(_parts(tensor, axis, parts)), requirements)

    def _shared(
        self, whole: Dim, sizes: Shape | None, facts: dict[str, object]
    ) -> tuple[list[Dim], tuple[Requirement, ...]]:
        """The size of each part, and what must hold."""
        if sizes is not None:
            facts = {**facts, "sizes": sizes, "wants": total(sizes)}
            fits = all_of(equal(whole, total(sizes)), *[at_least(size, 0) for size in sizes])
            return list(sizes), (Requirement("split", fits, facts),)
        if self.parts is None:
            if self.size is None:
                raise UndecidedError("the size of each part is not given")
            # Nothing alone is parted by nothing.
            some = any_of(at_least(self.size, 1), all_of(equal(self.size, 0), equal(whole, 0)))
            requirements = () if some is True else (Requirement("split", some, {**facts, "part": self.size}),)
            return list(_chunks(whole, self.size, MAXIMUM_PARTS)), requirements
        if self.sharing == "chunk":
            if decide(equal(whole, 0)):
                return [0] * self.parts, ()
            return list(_chunks(whole, ceil_divide(whole, self.parts), self.parts)), ()
        facts = {**facts, "parts": self.parts}
        if self.sharing == "balanced":
            share, more = whole // self.parts, whole % self.parts
            return [share + select(less_than(place, more), 1, 0) for place in range(self.parts)], ()
        if self.sharing == "ceil":
            share = ceil_divide(whole, self.parts)
            last = whole - share * (self.parts - 1)
            return [share] * (self.parts - 1) + [last], (Requirement("split", at_least(last, 0), facts),)
        axis = facts["axis"]
        assert isinstance(axis, int)
        divides = Requirement("split", equal(whole % self.parts, 0), facts, spoils=(axis,))
        return [whole // self.parts] * self.parts, (divides,)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Each part looks elsewhere along the axis, so that all of it is what they have in common."""
        rank = given(inputs).rank
        return identity(0, [(axis, axis) for axis in range(rank) if axis != self.axis % rank])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        return (run.lies(),) * len(run.outputs)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "split" if len(outputs) < 2 else f"split in {len(outputs)}"


def _chunks(whole: Dim, size: Dim, most: int) -> Iterator[Dim]:
    """Parts of one size, the last of which is what is left. How many there are is a decision of the path."""
    if not decide(at_least(size, 1)):
        yield whole
        return
    for place in range(most):
        left = whole - size * place
        if place and not decide(more_than(left, 0)):
            return
        yield minimum(left, size)


def _parts(tensor: Tensor, axis: int, sizes: Sequence[Dim]) -> Iterator[Tensor]:
    start: Dim = 0
    for size in sizes:
        shape = (*tensor.dims[:axis], size, *tensor.dims[axis + 1 :])
        contents = None
        fixed = known_contents(tensor) is not None and isinstance(start, int) and isinstance(size, int)
        if fixed and start + size <= tensor.dims[axis]:
            picks: list[Sequence[int]] = [range(dim) for dim in tensor.dims]
            picks[axis] = range(start, start + size)
            contents = picked(tensor, picks)
        yield Tensor(shape, tensor.dtype, contents)
        start = start + size


@dataclass(frozen=True)
class Unbind(Operator):
    """A tensor parted into its slices along an axis, which they no longer have.

    Args:
        axis: along which axis.
    """

    word: ClassVar[str] = "unbind"
    family: ClassVar[str] = "reshape"
    takes_elements: ClassVar[bool] = True

    axis: int = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        slices = _parts(tensor, axis, list(_chunks(tensor.dims[axis], 1, MAXIMUM_PARTS)))
        shape = (*tensor.dims[:axis], *tensor.dims[axis + 1 :])
        return Outcome(tuple([Tensor(shape, tensor.dtype, kept_contents(part, shape)) for part in slices]))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = given(inputs).rank
        others = [place for place in range(rank) if place != self.axis % rank]
        return identity(0, [(axis, place) for place, axis in enumerate(others)])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        lies = run.lies()
        axis = self.axis % len(lies)
        return ((*lies[:axis], *lies[axis + 1 :]),) * len(run.outputs)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()
