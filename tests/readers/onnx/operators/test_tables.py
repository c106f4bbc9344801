"""Operators of classical machine learning: the shape stays, and the type is that of the labels."""

from __future__ import annotations

import pytest

from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call


@pytest.mark.parametrize(
    ("operator", "attributes", "dtype"),
    [
        ("Binarizer", {"threshold": 0.5}, "float64"),
        ("Imputer", {}, "float64"),
        ("Normalizer", {"norm": "L2"}, "float32"),
        ("Scaler", {"scale": (0.5,), "offset": (1.0,)}, "float32"),
        ("LabelEncoder", {"values_int64s": (1, 2)}, "int64"),
        ("LabelEncoder", {"values_strings": ("a",)}, "string"),
        ("LabelEncoder", {"values_tensor": OnnxTensor("", (2,), "int16")}, "int16"),
        ("LabelEncoder", {"classes_strings": ("a",)}, "unknown"),
    ],
)
def test_shape_and_type(operator, attributes, dtype) -> None:
    node = OnnxNode(operator, "ai.onnx.ml", "", ("x",), ("y",), attributes, {})
    (found,) = apply(translated(Call(node, 3, {})).operator, [Tensor((2, 5), "float64")]).outputs
    assert (found.shape, found.dtype) == ((2, 5), dtype)
