"""Operators of onnxruntime's own domain: what they become has the shapes that onnxruntime gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapelens.operators import Opaque, Tensor, apply
from shapelens.readers.onnx.model import OnnxNode
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


SCALE, ZERO = np.float32(0.5), np.uint8(3)

CASES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("BiasAdd", [image(1, 4, 320), image(320), image(1, 4, 320)], {}),
    ("BiasGelu", [image(2, 3, 8), image(8)], {}),
    ("DequantizeLinear", [cells(2, 3, 4, 4), SCALE, ZERO], {}),
    ("DynamicQuantizeMatMul", [image(2, 3, 8), cells(8, 5), SCALE, ZERO], {}),
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
    ("GatherND", [image(2, 3, 8), np.zeros((4, 2), np.int64)], {}),
    ("Gelu", [image(2, 3, 8)], {}),
    ("GridSample", [image(1, 3, 8, 8), image(1, 5, 6, 2)], {"mode": "bilinear"}),
    ("Inverse", [np.eye(4, dtype=np.float32)[None]], {}),
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
    ("Trilu", [image(2, 3, 4)], {"upper": 0}),
    ("TransposeMatMul", [image(3, 8), image(8, 5)], {}),
]

NOT_ON_THE_CPU = {"BiasAdd", "GroupNorm", "Pad", "QLinearReduceMean"}
"""onnxruntime has these for other processors, or not any more; how much `Pad` pads is no shape of an input."""


def executed(
    operator: str, arrays: list[Any], attributes: dict[str, Any], outputs: int = 1
) -> tuple[tuple[int, ...], str]:
    """The shape and type of what really comes out first."""
    names = ["" if array is None else f"x{place}" for place, array in enumerate(arrays)]
    given = ["y", *[f"y{place}" for place in range(1, outputs)]]
    node = onnx.helper.make_node(operator, names, given, domain=MICROSOFT, **attributes)
    fed = {n: np.asarray(array) for n, array in zip(names, arrays, strict=True) if array is not None}
    inputs = [
        onnx.helper.make_tensor_value_info(n, onnx.helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for n, a in fed.items()
    ]
    output = onnx.helper.make_empty_tensor_value_info("y")
    graph = onnx.helper.make_graph([node], "one", inputs, [output])
    imports = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(MICROSOFT, 1)]
    model = onnx.helper.make_model(graph, opset_imports=imports, ir_version=8)
    (found,) = session_of(model).run(["y"], fed)
    return found.shape, found.dtype.name


def told(operator: str, arrays: list[Any], attributes: dict[str, Any]) -> tuple[Any, str]:
    """The shape and type that we tell."""
    names = tuple(["" if array is None else f"x{place}" for place, array in enumerate(arrays)])
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in attributes.items()}
    translation = translated(Call(OnnxNode(operator, MICROSOFT, "", names, ("y",), plain, {}), 1, {}))
    assert not isinstance(translation.operator, Opaque), translation.operator
    tensors = {
        n: Tensor(np.shape(a), np.asarray(a).dtype.name) for n, a in zip(names, arrays, strict=True) if n
    }
    outcome = apply(translation.operator, [None if n is None else tensors[n] for n in translation.inputs])
    assert outcome.broken == ()
    return outcome.outputs[0].shape, outcome.outputs[0].dtype


@pytest.mark.parametrize(("operator", "arrays", "attributes"), CASES, ids=[case[0] for case in CASES])
def test_it_is_as_onnxruntime_gives_it(operator, arrays, attributes) -> None:
    found = told(operator, arrays, attributes)
    if operator in NOT_ON_THE_CPU:
        assert found == (arrays[0].shape, "float32")
    else:
        assert found == executed(operator, arrays, attributes)


def test_every_operator_has_a_case_or_a_reason() -> None:
    named = set(FAMILIES["contributed", MICROSOFT].split())
    assert named == {operator for operator, _, _ in CASES} | NOT_ON_THE_CPU


def test_a_group_norm_with_channels_last() -> None:
    assert told("GroupNorm", [image(1, 8, 8, 32), image(32), image(32)], {"groups": 4})[0] == (1, 8, 8, 32)


def test_a_padding_whose_sizes_are_an_input() -> None:
    node = OnnxNode("Pad", MICROSOFT, "", ("x", "p"), ("y",), {}, {})
    operator = translated(Call(node, 1, {})).operator
    (found,) = apply(operator, [Tensor((2, 3)), Tensor((4,), "int64", (0, 1, 2, 3))]).outputs
    assert found.shape == (4, 7)


def test_a_quantised_mean() -> None:
    arrays = [cells(1, 3, 9, 8), SCALE, ZERO, SCALE, ZERO]
    assert told("QLinearReduceMean", arrays, {"axes": [2, 3], "keepdims": 0})[0] == (1, 3)


def test_the_norm_that_onnxruntime_put_into_the_domain_of_onnx() -> None:
    node = OnnxNode("SimplifiedLayerNormalization", "", "", ("x", "s"), ("y",), {}, {})
    operator = translated(Call(node, 17, {})).operator
    assert apply(operator, [Tensor((2, 5, 8)), Tensor((8,))]).outputs[0].shape == (2, 5, 8)


def test_a_product_of_tensors_whose_batch_is_transposed_is_not_guessed() -> None:
    node = OnnxNode("FusedMatMul", MICROSOFT, "", ("a", "b"), ("y",), {"transBatchA": 1}, {})
    assert isinstance(translated(Call(node, 1, {})).operator, Opaque)
