"""Operators of onnxruntime's own domain: what they become has the shapes that onnxruntime gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapelens.operators import Opaque, Tensor, apply
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import FAMILIES, translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.execution import session_of

onnx = pytest.importorskip("onnx")

pytestmark = pytest.mark.onnx

MICROSOFT = "com.microsoft"


def image(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def cells(*shape: int) -> np.ndarray:
    return np.ones(shape, np.uint8)


def bytes_(*shape: int) -> np.ndarray:
    return np.ones(shape, np.int8)


def scales(count: int) -> list[np.ndarray]:
    """The scale and zero point of two weights, a number for each direction."""
    return [image(count), bytes_(count), image(count), bytes_(count)]


SCALE, ZERO = np.float32(0.5), np.uint8(3)
NO_STATE = [None] * 4

CASES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("BiasAdd", [image(1, 4, 320), image(320), image(1, 4, 320)], {}),
    ("BiasGelu", [image(2, 3, 8), image(8)], {}),
    ("CDist", [image(4, 6), image(7, 6)], {"metric": "euclidean"}),
    (
        "CropAndResize",
        [image(2, 3, 9, 9), image(5, 4), np.zeros(5, np.int32), np.array([4, 6], np.int32)],
        {},
    ),
    ("DequantizeLinear", [cells(2, 3, 4, 4), SCALE, ZERO], {}),
    (
        "DynamicQuantizeLSTM",
        [image(7, 2, 6), bytes_(1, 6, 32), bytes_(1, 8, 32), image(1, 64), *NO_STATE, *scales(1)],
        {"hidden_size": 8},
    ),
    (
        "DynamicQuantizeLSTM",
        [image(7, 2, 6), bytes_(2, 6, 32), bytes_(2, 8, 32), None, *NO_STATE, *scales(2)],
        {"hidden_size": 8, "direction": "bidirectional"},
    ),
    ("DynamicQuantizeMatMul", [image(2, 3, 8), cells(8, 5), SCALE, ZERO], {}),
    ("ExpandDims", [image(2, 3), np.array(1, np.int32)], {}),
    ("ExpandDims", [image(2, 3), np.array(-1, np.int32)], {}),
    ("ExpandDims", [image(2, 3), np.array([-2], np.int32)], {}),
    ("FastGelu", [image(2, 3, 8), image(8)], {}),
    (
        "FusedConv",
        [image(1, 3, 9, 8), image(6, 3, 3, 3), image(6)],
        {"activation": "Relu", "strides": [2, 1]},
    ),
    (
        "FusedConv",
        [image(1, 3, 9, 8), image(6, 1, 3, 3)],
        {"activation": "Relu", "group": 3, "pads": [1, 0, 2, 1]},
    ),
    ("FusedGemm", [image(2, 8), image(5, 8), image(5)], {"transB": 1, "activation": "Relu"}),
    ("FusedMatMul", [image(2, 3, 8), image(8, 5)], {"alpha": 0.5}),
    ("FusedMatMul", [image(2, 8, 3), image(8, 5)], {"transA": 1}),
    ("FusedMatMul", [image(2, 3, 8), image(2, 5, 8)], {"transB": 1}),
    ("FusedMatMul", [image(3, 2, 8), image(2, 8, 5)], {"transBatchA": 1}),
    ("FusedMatMul", [image(8, 2, 4, 3), image(2, 4, 8, 5)], {"transBatchA": 1, "transA": 1}),
    ("FusedMatMul", [image(3, 2, 8), image(8, 2, 5)], {"transBatchA": 1, "transBatchB": 1}),
    ("FusedMatMul", [image(3, 2, 8), image(5, 2, 8)], {"transBatchA": 1, "transBatchB": 1, "transB": 1}),
    (
        "GatherBlockQuantized",
        [cells(30, 16), np.zeros((2, 5), np.int64), image(30, 2)],
        {"bits": 4, "block_size": 16, "quantize_axis": 1, "gather_axis": 0},
    ),
    (
        "GatherBlockQuantized",
        [cells(30, 32), np.zeros((2, 5), np.int64), image(30, 2)],
        {"bits": 8, "block_size": 16, "quantize_axis": 1, "gather_axis": 0},
    ),
    ("GatherND", [image(2, 3, 8), np.zeros((4, 2), np.int64)], {}),
    ("Gelu", [image(2, 3, 8)], {}),
    ("GridSample", [image(1, 3, 8, 8), image(1, 5, 6, 2)], {"mode": "bilinear"}),
    ("Inverse", [np.eye(4, dtype=np.float32)[None]], {}),
    ("MatMulInteger16", [np.ones((2, 3, 8), np.int16), np.ones((8, 5), np.int16)], {}),
    ("MatMulIntegerToFloat", [cells(2, 3, 8), cells(8, 5), SCALE, SCALE, ZERO, ZERO], {}),
    ("NhwcMaxPool", [cells(1, 9, 8, 3)], {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 0]}),
    ("QGemm", [cells(2, 8), SCALE, ZERO, cells(5, 8), SCALE, ZERO, None, SCALE, ZERO], {"transB": 1}),
    ("QLinearAdd", [cells(2, 3, 4), SCALE, ZERO, cells(3, 1), SCALE, ZERO, SCALE, ZERO], {}),
    (
        "QLinearAveragePool",
        [cells(1, 9, 8, 3), SCALE, ZERO, SCALE, ZERO],
        {"kernel_shape": [3, 3], "strides": [2, 2], "channels_last": 1, "ceil_mode": 1},
    ),
    ("QLinearAveragePool", [cells(1, 3, 9, 8), SCALE, ZERO, SCALE, ZERO], {"kernel_shape": [3, 3]}),
    ("QLinearConcat", [SCALE, ZERO, cells(1, 2, 4), SCALE, ZERO, cells(1, 5, 4), SCALE, ZERO], {"axis": 1}),
    (
        "QLinearConv",
        [cells(1, 9, 8, 3), SCALE, ZERO, cells(6, 3, 3, 3), SCALE, ZERO, SCALE, ZERO],
        {"channels_last": 1, "strides": [2, 2]},
    ),
    ("QLinearGlobalAveragePool", [cells(1, 3, 9, 8), SCALE, ZERO, SCALE, ZERO], {"channels_last": 0}),
    ("QLinearGlobalAveragePool", [cells(1, 9, 8, 3), SCALE, ZERO, SCALE, ZERO], {"channels_last": 1}),
    ("QLinearLeakyRelu", [cells(2, 3, 4), SCALE, ZERO, SCALE, ZERO], {"alpha": 0.1}),
    ("QLinearMul", [cells(2, 1, 4), SCALE, ZERO, cells(3, 4), SCALE, ZERO, SCALE, ZERO], {}),
    ("QLinearSigmoid", [cells(2, 3, 4), SCALE, ZERO, SCALE, ZERO], {}),
    ("QLinearSoftmax", [cells(2, 3, 4), SCALE, ZERO, SCALE, ZERO], {"opset": 13, "axis": -1}),
    (
        "QLinearWhere",
        [np.ones((2, 1), bool), cells(3), SCALE, ZERO, cells(1, 1), SCALE, ZERO, SCALE, ZERO],
        {},
    ),
    ("QuantizeLinear", [image(2, 3, 4, 4), SCALE, ZERO], {}),
    ("QuickGelu", [image(2, 3, 8)], {"alpha": 1.7}),
    ("Range", [np.array(1, np.int64), np.array(7, np.int64)], {}),
    ("Range", [np.array(1, np.int64), np.array(7, np.int64), np.array(2, np.int64)], {}),
    ("Trilu", [image(2, 3, 4)], {"upper": 0}),
    ("TransposeMatMul", [image(3, 8), image(8, 5)], {}),
]

OUTPUTS = {"DynamicQuantizeLSTM": 3}

NOT_ON_THE_CPU = {
    *(
        "BiasAdd",
        "BiasSplitGelu",
        "FusedMatMulActivation",
        "GroupNorm",
        "MulInteger",
        "Pad",
        "QLinearReduceMean",
    ),
    *("ReduceSumInteger", "SkipGroupNorm"),
}
"""onnxruntime has these for other processors, or not any more; how much `Pad` pads is no shape of an input."""


Told = list[tuple[Any, str]]
"""The shape and type of each output."""


def executed(operator: str, arrays: list[Any], attributes: dict[str, Any], outputs: int = 1) -> Told:
    """What really comes out."""
    names = ["" if array is None else f"x{place}" for place, array in enumerate(arrays)]
    given = [f"y{place}" for place in range(outputs)]
    node = onnx.helper.make_node(operator, names, given, domain=MICROSOFT, **attributes)
    fed = {n: np.asarray(array) for n, array in zip(names, arrays, strict=True) if array is not None}
    inputs = [
        onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for n, a in fed.items()
    ]
    declared = [onnx.helper.make_empty_tensor_value_info(name) for name in given]
    graph = onnx.helper.make_graph([node], "one", inputs, declared)
    imports = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(MICROSOFT, 1)]
    model = onnx.helper.make_model(graph, opset_imports=imports, ir_version=8)
    return [(found.shape, found.dtype.name) for found in session_of(model).run(None, fed)]


def told(operator: str, arrays: list[Any], attributes: dict[str, Any], outputs: int = 1) -> Told:
    """What we tell; a few whole numbers are in the file."""
    names = tuple(["" if array is None else f"x{place}" for place, array in enumerate(arrays)])
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in attributes.items()}
    given = tuple([f"y{place}" for place in range(outputs)])
    held = {n: tensor_of(np.asarray(a)) for n, a in zip(names, arrays, strict=True) if n}
    translation = translated(Call(OnnxNode(operator, MICROSOFT, "", names, given, plain, {}), 1, held))
    assert not isinstance(translation.operator, Opaque), translation.operator
    tensors = {n: Tensor(found.shape, found.data_type, found.values) for n, found in held.items()}
    taken = [None if n is None else tensors[n] for n in translation.inputs]
    outcome = apply(translation.operator, taken, outputs)
    assert outcome.broken == ()
    return [(tensor.shape, tensor.dtype) for tensor in outcome.outputs[:outputs]]


def tensor_of(array: np.ndarray) -> OnnxTensor:
    """An array as a tensor of the file, with its elements if they are a few whole numbers."""
    is_told = array.dtype.kind == "i" and array.size <= 8
    return OnnxTensor("", array.shape, array.dtype.name, tuple(array.ravel().tolist()) if is_told else None)


@pytest.mark.parametrize(("operator", "arrays", "attributes"), CASES, ids=[case[0] for case in CASES])
def test_it_is_as_onnxruntime_gives_it(operator, arrays, attributes) -> None:
    found = told(operator, arrays, attributes, OUTPUTS.get(operator, 1))
    if operator in NOT_ON_THE_CPU:
        assert found == [(arrays[0].shape, "float32")]
    else:
        assert found == executed(operator, arrays, attributes, OUTPUTS.get(operator, 1))


def test_every_operator_has_a_case_or_a_reason() -> None:
    named = set(FAMILIES["contributed", MICROSOFT].split())
    assert named == {operator for operator, _, _ in CASES} | NOT_ON_THE_CPU


def test_a_group_norm_with_channels_last() -> None:
    assert told("GroupNorm", [image(1, 8, 8, 32), image(32), image(32)], {"groups": 4})[0][0] == (1, 8, 8, 32)


def test_a_padding_whose_sizes_are_an_input() -> None:
    node = OnnxNode("Pad", MICROSOFT, "", ("x", "p"), ("y",), {}, {})
    operator = translated(Call(node, 1, {})).operator
    (found,) = apply(operator, [Tensor((2, 3)), Tensor((4,), "int64", (0, 1, 2, 3))]).outputs
    assert found.shape == (4, 7)


def test_a_quantised_mean() -> None:
    arrays = [cells(1, 3, 9, 8), SCALE, ZERO, SCALE, ZERO]
    assert told("QLinearReduceMean", arrays, {"axes": [2, 3], "keepdims": 0})[0][0] == (1, 3)


def test_the_norm_that_onnxruntime_put_into_the_domain_of_onnx() -> None:
    node = OnnxNode("SimplifiedLayerNormalization", "", "", ("x", "s"), ("y",), {}, {})
    operator = translated(Call(node, 17, {})).operator
    assert apply(operator, [Tensor((2, 5, 8)), Tensor((8,))]).outputs[0].shape == (2, 5, 8)


def test_what_runs_elsewhere_as_its_documentation_tells() -> None:
    image_and_sum = [image(1, 4, 4, 8), image(8), image(8), image(1, 8), image(8)]
    assert told("SkipGroupNorm", image_and_sum, {"groups": 2}, outputs=2) == [((1, 4, 4, 8), "float32")] * 2
    assert told("BiasSplitGelu", [image(2, 5, 16), image(16)], {}) == [((2, 5, 8), "float32")]
    assert told("FusedMatMulActivation", [image(2, 3, 8), image(8, 5)], {}) == [((2, 3, 5), "float32")]
    assert told("MulInteger", [cells(2, 3), None, cells(3), None], {}) == [((2, 3), "int32")]
    assert told("ReduceSumInteger", [bytes_(2, 3)], {"axes": [1]}) == [((2, 1), "int32")]


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "reason"),
    [
        ("CropAndResize", ("x", "r", "b", "s"), {}, "the size of its crops is not in the file"),
        ("GatherBlockQuantized", ("d", "i", "s"), {"bits": 3}, "its numbers are of 3 bits"),
    ],
)
def test_what_cannot_be_read(operator, inputs, attributes, reason) -> None:
    node = OnnxNode(operator, MICROSOFT, "", inputs, ("y",), attributes, {})
    assert translated(Call(node, 1, {})).operator == Opaque(
        f"{MICROSOFT}.{operator}", f"{operator} cannot be read: {reason}"
    )
