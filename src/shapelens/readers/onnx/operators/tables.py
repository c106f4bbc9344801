"""Operators of classical machine learning that stand before and after networks: each element by itself."""

from __future__ import annotations

from shapelens.operators import Activation
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.schema import UNDEFINED
from shapelens.readers.onnx.translation import Call, Translation, translates

MACHINE_LEARNING = "ai.onnx.ml"

_DTYPES = {"Binarizer": None, "Imputer": None, "Normalizer": "float32", "Scaler": "float32"}
"""The type of the output; None for the input's."""

_LABELS = {"values_floats": "float32", "values_int64s": "int64", "values_strings": "string"}


@translates(*_DTYPES, domain=MACHINE_LEARNING)
def of_one(call: Call) -> Translation:
    operator = Activation(call.node.operator.lower(), dtype=_DTYPES[call.node.operator])
    return Translation(operator, (call.given(0),))


@translates("LabelEncoder", domain=MACHINE_LEARNING)
def label_encoder(call: Call) -> Translation:
    """The type of the output is that of the labels, in whichever attribute they stand."""
    tensor = call.attribute("values_tensor")
    dtype = tensor.data_type if isinstance(tensor, OnnxTensor) else UNDEFINED
    dtype = next((own for name, own in _LABELS.items() if name in call.node.attributes), dtype)
    unknown = "unknown" if dtype == UNDEFINED else dtype
    return Translation(Activation("label encoder", dtype=unknown), (call.given(0),))
