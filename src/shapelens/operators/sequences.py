"""Sequences of tensors, which flow through a network as one value: made, changed, taken apart.

A sequence stands where a tensor stands and has no shape of its own; it knows the tensors that it holds, or what
each of them is like where the number is not known:

    >>> from shapelens.operators import JoinSequence, MakeSequence, SequencePart, Tensor
    >>> pair = MakeSequence().evaluate(Tensor((2, 3)), Tensor((4, 3))).outputs[0]
    >>> pair
    a sequence of 2×3, 4×3
    >>> SequencePart().evaluate(pair, Tensor((), "int64", (-1,))).outputs[0].shape
    (4, 3)
    >>> JoinSequence(0).evaluate(pair).outputs[0].shape
    (6, 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, UndecidedError, Unknown, ceil_divide, equal, shape_text
from shapelens.operators.arguments import fixed_axis, given, optional, refused, told_number
from shapelens.operators.joining import Concatenate, Split, Stack
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = [
    "JoinSequence",
    "MakeSequence",
    "SequenceLength",
    "SequencePart",
    "SequenceWith",
    "SequenceWithout",
    "SplitToSequence",
    "TensorSequence",
    "what_both_are",
]

MAXIMUM_LENGTH = 4096
"""Longer sequences are known by what each of their tensors is like."""

_DIFFERS = Unknown("the tensors of a sequence differ in it")


@dataclass(frozen=True, slots=True, repr=False)
class TensorSequence(Tensor):
    """A sequence of tensors.

    Args:
        items: the tensors, where it is known how many there are.
        each: what is known of every one of them.
        length: how many there are.
    """

    items: tuple[Tensor, ...] | None = None
    each: Tensor | None = None
    length: Dim = 0

    def __repr__(self) -> str:
        if self.items is None:
            each = None if self.each is None or isinstance(self.each.shape, Unknown) else self.each.shape
            return "a sequence of tensors" if each is None else f"a sequence of tensors of {shape_text(each)}"
        shown = ", ".join([shape_text(item.shape) for item in self.items[:4]])
        return (
            f"a sequence of {shown}{', …' if len(self.items) > 4 else ''}" if shown else "an empty sequence"
        )


def sequence_of(items: Sequence[Tensor]) -> TensorSequence:
    """The sequence of these tensors."""
    each: Tensor | None = None
    for item in items:
        each = item if each is None else what_both_are(each, item)
    each = None if each is None else Tensor(each.shape, each.dtype)
    dtype = each.dtype if each else "unknown"
    made = TensorSequence(_NO_TENSOR, dtype, items=tuple(items), each=each, length=len(items))
    return replace(made, shape=Unknown(f"it is {made!r}, and no tensor"))


def sequence_like(each: Tensor | None, length: Dim, dtype: str = "unknown") -> TensorSequence:
    """A sequence of so many tensors that are alike as far as is known."""
    made = TensorSequence(_NO_TENSOR, each.dtype if each else dtype, each=each, length=length)
    return made if each is None else replace(made, shape=Unknown(f"it is {made!r}, and no tensor"))


_NO_TENSOR = Unknown("it is a sequence of tensors, and no tensor")


def what_both_are(one: Tensor, other: Tensor, reason: Unknown = _DIFFERS) -> Tensor:
    """What is known of a tensor that is one or the other.

    >>> what_both_are(Tensor((2, 3)), Tensor((4, 3))).shape
    (Unknown('the tensors of a sequence differ in it'), 3)
    """
    dtype = one.dtype if one.dtype == other.dtype else "unknown"
    if isinstance(one, TensorSequence) and isinstance(other, TensorSequence):
        return _both_sequences(one, other, reason)
    if isinstance(one.shape, Unknown) or isinstance(other.shape, Unknown):
        return Tensor(one.shape if isinstance(one.shape, Unknown) else other.shape, dtype)
    if len(one.shape) != len(other.shape):
        return Tensor(reason, dtype)
    shape = tuple([_same(own, its, reason) for own, its in zip(one.shape, other.shape, strict=True)])
    contents = one.contents if one.contents is not None and one.contents == other.contents else None
    return Tensor(shape, dtype, contents)


def _both_sequences(one: TensorSequence, other: TensorSequence, reason: Unknown) -> TensorSequence:
    if one.items is not None and other.items is not None and len(one.items) == len(other.items):
        pairs = zip(one.items, other.items, strict=True)
        return sequence_of([what_both_are(own, its, reason) for own, its in pairs])
    each = one.each if other.each is None else other.each
    if one.each is not None and other.each is not None:
        each = what_both_are(one.each, other.each, reason)
    return sequence_like(each, _same(one.length, other.length, reason), one.dtype)


def _same(one: Dim, other: Dim, reason: Unknown) -> Dim:
    for size in (one, other):
        if isinstance(size, Unknown):
            return size
    return one if equal(one, other) is True else reason


def sequence_given(inputs: Sequence[Tensor | None], position: int = 0) -> TensorSequence:
    """An input that is a sequence.

    Raises:
        UndecidedError: nothing is known of it.
    """
    tensor = given(inputs, position)
    if isinstance(tensor, TensorSequence):
        return tensor
    shape = tensor.shape
    raise UndecidedError(shape.reason if isinstance(shape, Unknown) else "it is a tensor, and no sequence")


class _OnSequences(Operator):
    """What all of these share: no cell of a sequence is followed, and none is in the way of a gradient."""

    family: ClassVar[str] = "reshape"

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class MakeSequence(_OnSequences):
    """Tensors one after the other, as one value; of none, the empty sequence.

    Args:
        dtype: the type of its tensors, where there is none to tell it.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "other")
    word: ClassVar[str] = "sequence"

    dtype: str = "unknown"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [replace(tensor, is_held=False) for tensor in inputs if tensor is not None]
        return Outcome((sequence_of(tensors) if tensors else replace(sequence_of(()), dtype=self.dtype),))


def _place(sequence: TensorSequence, tensor: Tensor | None, default: int) -> int | Unknown:
    """A place in a sequence, counted from the front."""
    asked = default if tensor is None else told_number(None, tensor, "the place in a sequence")
    if not isinstance(asked, int) or not isinstance(sequence.length, int):
        return (
            asked
            if isinstance(asked, Unknown)
            else Unknown("which tensor of a sequence it is depends on sizes")
        )
    return asked + sequence.length if asked < 0 else asked


def _misplaced(place: int, sequence: TensorSequence) -> Requirement:
    return Requirement("place", False, {"place": place, "length": sequence.length}, spoils=None)


@dataclass(frozen=True)
class SequencePart(_OnSequences):
    """One tensor of a sequence. Inputs: the sequence, and the place, negative ones counted from the end."""

    roles: ClassVar[tuple[str, ...]] = ("input", "place")
    word: ClassVar[str] = "part of a sequence"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence = sequence_given(inputs)
        place = _place(sequence, optional(inputs, 1), -1)
        if isinstance(place, Unknown) or sequence.items is None:
            nothing = Tensor(Unknown("what a sequence holds is not known"), sequence.dtype)
            return Outcome((nothing if sequence.each is None else sequence.each,))
        if not 0 <= place < len(sequence.items):
            return refused(_misplaced(place, sequence), Tensor((), sequence.dtype))
        return Outcome((sequence.items[place],))


@dataclass(frozen=True)
class SequenceWith(_OnSequences):
    """A sequence with one tensor more. Inputs: the sequence, the tensor, and its place; at the end if not given."""

    roles: ClassVar[tuple[str, ...]] = ("input", "other", "place")
    word: ClassVar[str] = "insert into a sequence"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence, tensor = sequence_given(inputs), replace(given(inputs, 1), is_held=False)
        where = optional(inputs, 2)
        place = sequence.length if where is None else _place(sequence, where, 0)
        if sequence.items is None or not isinstance(place, int):
            plain = Tensor(tensor.shape, tensor.dtype)
            each = plain if sequence.length == 0 else None
            each = what_both_are(sequence.each, plain) if sequence.each is not None else each
            return Outcome((sequence_like(each, sequence.length + 1, tensor.dtype),))
        if not 0 <= place <= len(sequence.items):
            return refused(_misplaced(place, sequence), Tensor((), tensor.dtype))
        if len(sequence.items) >= MAXIMUM_LENGTH:
            each = what_both_are(sequence.each or tensor, tensor)
            return Outcome((sequence_like(each, sequence.length + 1, tensor.dtype),))
        return Outcome((sequence_of((*sequence.items[:place], tensor, *sequence.items[place:])),))


@dataclass(frozen=True)
class SequenceWithout(_OnSequences):
    """A sequence without one of its tensors. Inputs: the sequence, and the place; the last if not given."""

    roles: ClassVar[tuple[str, ...]] = ("input", "place")
    word: ClassVar[str] = "erase from a sequence"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence = sequence_given(inputs)
        place = _place(sequence, optional(inputs, 1), -1)
        if sequence.items is None or isinstance(place, Unknown):
            return Outcome((sequence_like(sequence.each, sequence.length - 1, sequence.dtype),))
        if not 0 <= place < len(sequence.items):
            return refused(_misplaced(place, sequence), Tensor((), sequence.dtype))
        return Outcome((sequence_of((*sequence.items[:place], *sequence.items[place + 1 :])),))


@dataclass(frozen=True)
class SequenceLength(_OnSequences):
    """How many tensors a sequence holds: a number."""

    word: ClassVar[str] = "length of a sequence"
    has_gradient: ClassVar[bool] = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence = given(inputs)
        length = sequence.length if isinstance(sequence, TensorSequence) else None
        known = length is not None and not isinstance(length, Unknown)
        return Outcome((Tensor((), "int64", (length,) if known else None),))


@dataclass(frozen=True)
class JoinSequence(_OnSequences):
    """The tensors of a sequence one after the other along an axis, or side by side along a new one.

    Args:
        axis: along which axis.
        is_new: whether the axis is a new one.
    """

    word: ClassVar[str] = "join a sequence"
    family: ClassVar[str] = "sum"

    axis: int = 0
    is_new: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence = sequence_given(inputs)
        if sequence.items is not None:
            if not sequence.items:
                return Outcome((Tensor(Unknown("an empty sequence is joined"), sequence.dtype),))
            joined: Operator = Stack(self.axis) if self.is_new else Concatenate(self.axis)
            return joined.evaluate(*sequence.items)
        each = sequence.each
        if each is None:
            return Outcome((Tensor(Unknown("what a sequence holds is not known"), sequence.dtype),))
        axis, broken = fixed_axis(self.axis, each.rank + self.is_new)
        if broken is not None:
            return refused(broken, each)
        out = list(each.dims)
        if self.is_new:
            out.insert(axis, sequence.length)
        else:
            out[axis] = out[axis] * sequence.length
        return Outcome((each.shaped(tuple(out)),))


@dataclass(frozen=True)
class SplitToSequence(_OnSequences):
    """A tensor parted along an axis into a sequence.

    Inputs: the tensor, and the size of every part (a number), or of each (a list); parts of 1 if not given.

    Args:
        axis: along which axis.
        keeps_axis: whether parts of 1 keep the axis, where no size is told.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "sizes")
    word: ClassVar[str] = "split into a sequence"

    axis: int = 0
    keeps_axis: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, sizes = given(inputs), optional(inputs, 1)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        around, here = (tensor.dims[:axis], tensor.dims[axis + 1 :]), tensor.dims[axis]
        if sizes is not None and sizes.rank == 1:
            return self._of_sizes(tensor, sizes, axis)
        each: Any = 1 if sizes is None else told_number(None, sizes, "the size of a part")
        own = () if sizes is None and not self.keeps_axis else (each,)
        if isinstance(each, int) and each < 1:
            facts = {"gets": tensor.dims, "size": each}
            return refused(Requirement("parts", False, facts, spoils=None), tensor)
        if not isinstance(here, int) or not isinstance(each, int):
            return Outcome((self._alike(tensor, around, here, each, own),))
        whole, rest = divmod(here, each)
        if whole > MAXIMUM_LENGTH:
            return Outcome((self._alike(tensor, around, here, each, own),))
        parts = [tensor.shaped((*around[0], *own, *around[1]))] * whole
        parts += [tensor.shaped((*around[0], rest, *around[1]))] * bool(rest)
        return Outcome((sequence_of(parts),))

    def _alike(
        self, tensor: Tensor, around: Any, here: Dim, each: Dim, own: tuple[Dim, ...]
    ) -> TensorSequence:
        """Parts of one size, so many that they are not listed, or as many as a size says."""
        length = here if each == 1 else each if isinstance(each, Unknown) else ceil_divide(here, each)
        is_even = isinstance(each, int) and not isinstance(here, Unknown) and equal(here % each, 0) is True
        one = own if not own or each == 1 or is_even else (Unknown("the last part may be smaller"),)
        return sequence_like(tensor.shaped((*around[0], *one, *around[1])), length)

    def _of_sizes(self, tensor: Tensor, sizes: Tensor, axis: int) -> Outcome:
        count = sizes.elements
        if not isinstance(count, int) or count > MAXIMUM_LENGTH:
            out = list(tensor.dims)
            out[axis] = Unknown("the sizes of the parts are computed from data")
            return Outcome((sequence_like(tensor.shaped(tuple(out)), count),))
        outcome = Split(axis, parts=count).evaluate(tensor, sizes)
        return Outcome((sequence_of(outcome.outputs),), outcome.requirements)
