"""Loops, sequences and optionals: what is not followed says so, and what is certain all the same is told."""

from __future__ import annotations

from shapelens.operators import Constant, Opaque
from shapelens.readers.onnx.translation import Call, Translation, translates

_LOOPS = {
    "Loop": "the data may decide how often the body of a Loop runs",
    "Scan": "the body of a Scan is not followed",
    "SequenceMap": "sequences of tensors are not followed",
}

_SEQUENCES = (
    "ConcatFromSequence",
    "SequenceAt",
    "SequenceConstruct",
    "SequenceEmpty",
    "SequenceErase",
    "SequenceInsert",
    "SplitToSequence",
)

_OPTIONALS = ("Optional", "OptionalGetElement")


@translates(*_LOOPS)
def loop(call: Call) -> Translation:
    operator = Opaque(call.node.operator, _LOOPS[call.node.operator])
    return Translation(operator, call.leading(len(call.node.inputs), required=0))


@translates(*_SEQUENCES)
def sequence(call: Call) -> Translation:
    operator = Opaque(call.node.operator, "sequences of tensors are not followed")
    return Translation(operator, call.leading(len(call.node.inputs), required=0))


@translates(*_OPTIONALS)
def optional(call: Call) -> Translation:
    operator = Opaque(call.node.operator, "values that may be missing are not followed")
    return Translation(operator, call.leading(len(call.node.inputs), required=0))


@translates("SequenceLength")
def sequence_length(call: Call) -> Translation:
    return Translation(Constant((), "int64"), ())


@translates("OptionalHasElement")
def has_element(call: Call) -> Translation:
    return Translation(Constant((), "bool"), ())
