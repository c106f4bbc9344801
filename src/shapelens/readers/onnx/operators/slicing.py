"""Slicing, indexing and scattering."""

from __future__ import annotations

from shapelens.operators import (
    AlongAxis,
    Compress,
    Gather,
    GatherElements,
    GatherND,
    OneHot,
    Scatter,
    ScatterND,
    Slice,
    Triangle,
    UpdateCache,
)
from shapelens.readers.onnx.operators.shapes import count_symbol
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates


@translates("Slice")
def slice_axes(call: Call) -> Translation:
    """Starts, ends and axes were attributes before version 10; steps came with it."""
    operator = Slice(call.integers("starts"), call.integers("ends"), call.integers("axes"))
    return Translation(operator, call.leading(5))


@translates("Gather")
def gather(call: Call) -> Translation:
    return Translation(Gather(call.attribute("axis", 0)), call.leading(2, required=2))


@translates("GatherElements")
def gather_elements(call: Call) -> Translation:
    return Translation(GatherElements(call.attribute("axis", 0), from_end=True), call.leading(2, required=2))


@translates("GatherND")
def gather_slices(call: Call) -> Translation:
    shared = call.attribute("batch_dims", 0)
    if shared < 0:
        raise TranslationError(f"{shared} axes cannot be shared")
    return Translation(GatherND(shared), call.leading(2, required=2))


@translates("Scatter", "ScatterElements")
def scatter(call: Call) -> Translation:
    operator = Scatter(call.attribute("axis", 0), from_end=True)
    return Translation(operator, call.leading(3, required=3))


@translates("ScatterND")
def scatter_slices(call: Call) -> Translation:
    return Translation(ScatterND(), call.leading(3, required=3))


@translates("TensorScatter")
def update_cache(call: Call) -> Translation:
    operator = UpdateCache(call.attribute("axis", -2))
    return Translation(operator, call.leading(3, required=2))


@translates("Compress")
def compress(call: Call) -> Translation:
    operator = Compress(count_symbol(call), call.attribute("axis", kind=int))
    return Translation(operator, call.leading(2, required=2))


@translates("OneHot")
def one_hot(call: Call) -> Translation:
    operator = OneHot(axis=call.attribute("axis", -1))
    return Translation(operator, call.leading(3, required=3))


@translates("Trilu")
def triangle(call: Call) -> Translation:
    return Translation(Triangle(bool(call.attribute("upper", 1))), (call.given(0),))


@translates("ReverseSequence")
def reverse_sequence(call: Call) -> Translation:
    return Translation(AlongAxis("reverse", call.attribute("time_axis", 0)), (call.given(0),))
