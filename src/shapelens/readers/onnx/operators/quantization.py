"""Quantisation and back."""

from __future__ import annotations

from shapelens.operators import Dequantize, DynamicQuantize, Quantize
from shapelens.readers.onnx.schema import data_type_name
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("QuantizeLinear", "DequantizeLinear")
def quantised(call: Call) -> Translation:
    """The type of the output is an attribute from version 21 on, where it is given."""
    number = call.attribute("output_dtype", 0)
    kind = Quantize if call.node.operator == "QuantizeLinear" else Dequantize
    operator = kind(
        axis=call.attribute("axis", 1),
        block_size=call.attribute("block_size", 0),
        dtype=data_type_name(number) if number else None,
    )
    return Translation(operator, (call.given(0), call.given(1), call.input(2)))


@translates("DynamicQuantizeLinear")
def dynamically_quantised(call: Call) -> Translation:
    return Translation(DynamicQuantize(), (call.given(0),))
