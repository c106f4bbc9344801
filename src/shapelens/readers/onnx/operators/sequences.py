"""Sequences of tensors, and values that may be missing."""

from __future__ import annotations

from shapelens.operators import (
    Constant,
    Identity,
    JoinSequence,
    MakeSequence,
    Opaque,
    SequenceLength,
    SequencePart,
    SequenceWith,
    SequenceWithout,
    SplitToSequence,
)
from shapelens.readers.onnx.schema import data_type_name
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("SequenceConstruct")
def construct(call: Call) -> Translation:
    return Translation(MakeSequence(), call.all_given())


@translates("SequenceEmpty")
def empty(call: Call) -> Translation:
    return Translation(MakeSequence(data_type_name(call.attribute("dtype", 1))), ())


@translates("SequenceInsert")
def insert(call: Call) -> Translation:
    return Translation(SequenceWith(), call.leading(3, required=2))


@translates("SequenceErase")
def erase(call: Call) -> Translation:
    return Translation(SequenceWithout(), call.leading(2))


@translates("SequenceAt")
def at(call: Call) -> Translation:
    return Translation(SequencePart(), call.leading(2, required=2))


@translates("SequenceLength")
def length(call: Call) -> Translation:
    return Translation(SequenceLength(), (call.given(0),))


@translates("ConcatFromSequence")
def join(call: Call) -> Translation:
    operator = JoinSequence(call.attribute("axis", 0), bool(call.attribute("new_axis", 0)))
    return Translation(operator, (call.given(0),))


@translates("SplitToSequence")
def split(call: Call) -> Translation:
    operator = SplitToSequence(call.attribute("axis", 0), bool(call.attribute("keepdims", 1)))
    return Translation(operator, call.leading(2))


# optionals ----------------------------------------------------------------------------------------------


@translates("Optional")
def optional(call: Call) -> Translation:
    """With a tensor or a sequence, that; without one, nothing."""
    if call.input(0) is None:
        return Translation(Opaque("Optional", "the optional value is missing"), ())
    return Translation(Identity(), (call.given(0),))


@translates("OptionalGetElement")
def get_element(call: Call) -> Translation:
    return Translation(Identity(), (call.given(0),))


@translates("OptionalHasElement")
def has_element(call: Call) -> Translation:
    """From version 18 on also of what is no optional; without an input there is none."""
    missing = call.input(0) is None
    return Translation(Constant((), "bool", (False,) if missing else None), ())
