"""Sizes as data: shapes, ranges, constants, random tensors, and counts that the data decide."""

from __future__ import annotations

from shapelens.operators import (
    Constant,
    Fill,
    FillLike,
    Identity,
    NonMaxSuppression,
    NonZero,
    Range,
    Sample,
    ShapeOf,
    Size,
    Unique,
)
from shapelens.readers.onnx.constants import constant_of
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.naming import count_name
from shapelens.readers.onnx.schema import data_type_name
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates


def count_symbol(call: Call) -> str:
    """A name for how many the data decide, after the node's first output; empty where it has none."""
    output = next((name for name in call.node.outputs if name), "")
    return count_name(output) if output else ""


def _dtype(call: Call, default: str | None) -> str | None:
    number = call.attribute("dtype")
    return data_type_name(number) if isinstance(number, int) else default


@translates("Shape")
def shape_of(call: Call) -> Translation:
    return Translation(ShapeOf(call.attribute("start", 0), call.attribute("end", kind=int)), (call.given(0),))


@translates("Size")
def size(call: Call) -> Translation:
    return Translation(Size(), (call.given(0),))


@translates("Identity")
def identity(call: Call) -> Translation:
    return Translation(Identity(), (call.given(0),))


@translates("Range")
def number_range(call: Call) -> Translation:
    return Translation(Range(), call.leading(3, required=3))


@translates("Constant")
def constant(call: Call) -> Translation:
    """One of several attributes, each for another kind of value."""
    tensor = constant_of(call.node)
    if tensor is None:
        raise TranslationError("it has no value of a kind that it takes")
    return Translation(Constant(tensor.shape, tensor.data_type, tensor.values), ())


@translates("ConstantOfShape")
def constant_of_shape(call: Call) -> Translation:
    tensor = call.attribute("value")
    if not isinstance(tensor, OnnxTensor):
        return Translation(Fill(value=0.0), (call.given(0),))
    value = tensor.values[0] if tensor.values else None
    return Translation(Fill(value=value, dtype=tensor.data_type), (call.given(0),))


@translates("EyeLike")
def eye_like(call: Call) -> Translation:
    operator = FillLike(rank=2, dtype=_dtype(call, None), called="identity matrix")
    return Translation(operator, (call.given(0),))


@translates("RandomNormal", "RandomUniform")
def random(call: Call) -> Translation:
    dtype = _dtype(call, "float32") or "float32"
    return Translation(Fill(call.integers("shape"), None, dtype, "random"), ())


@translates("RandomNormalLike", "RandomUniformLike")
def random_like(call: Call) -> Translation:
    return Translation(FillLike(dtype=_dtype(call, None), called="random"), (call.given(0),))


@translates("Bernoulli")
def bernoulli(call: Call) -> Translation:
    return Translation(FillLike(dtype=_dtype(call, None), called="bernoulli"), (call.given(0),))


@translates("Multinomial")
def multinomial(call: Call) -> Translation:
    operator = Sample(call.attribute("sample_size", 1), _dtype(call, "int32") or "int32")
    return Translation(operator, (call.given(0),))


@translates("BlackmanWindow", "HammingWindow", "HannWindow")
def window(call: Call) -> Translation:
    number = call.attribute("output_datatype", 1)
    dtype = data_type_name(number) if isinstance(number, int) else "float32"
    return Translation(Fill(value=None, dtype=dtype, called="window"), (call.given(0),))


@translates("NonZero")
def nonzero(call: Call) -> Translation:
    return Translation(NonZero(count_symbol(call)), (call.given(0),))


@translates("Unique")
def unique(call: Call) -> Translation:
    return Translation(Unique(count_symbol(call), call.attribute("axis", kind=int)), (call.given(0),))


@translates("NonMaxSuppression")
def non_max_suppression(call: Call) -> Translation:
    """Without its third input not one box is chosen: the default is 0, and not any number."""
    operator = NonMaxSuppression(count_symbol(call), most=None if call.input(2) else 0)
    return Translation(operator, call.leading(3, required=2))
