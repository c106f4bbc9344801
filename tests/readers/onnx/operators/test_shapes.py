"""Sizes as data: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translator_of
from shapelens.readers.onnx.operators.shapes import count_symbol
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Shape",
    "Size",
    "Identity",
    "Range",
    "Constant",
    "ConstantOfShape",
    "EyeLike",
    "Bernoulli",
    "BlackmanWindow",
    "HammingWindow",
    "HannWindow",
    "NonZero",
    "Unique",
    "NonMaxSuppression",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 54
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.onnx
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


COUNTED = {"NonMaxSuppression", "NonZero", "Unique"}


@pytest.mark.onnx
@pytest.mark.parametrize("way", ["as it is", "numbers"])
def test_only_a_count_is_unknown(way) -> None:
    for case in cases(*OPERATORS):
        unknown = evaluate_case(case, way).unknown
        assert not unknown or case.node.operator in COUNTED, (case.name, unknown)
        assert all(reason.startswith("a count: k_") for reason in unknown), (case.name, unknown)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"value_int": 7}, Tensor((), "int64", (7,))),
        ({"value_ints": (1, 2, 3)}, Tensor((3,), "int64", (1, 2, 3))),
        ({"value_float": 0.5}, Tensor((), "float32", (0.5,))),
        ({"value_floats": (0.5, 2.0)}, Tensor((2,), "float32", (0.5, 2.0))),
        ({"value_strings": ("a", "b")}, Tensor((2,), "string", None)),
        ({"value": OnnxTensor("", (1, 2), "int64", (3, 4))}, Tensor((1, 2), "int64", (3, 4))),
        ({"sparse_value": OnnxTensor("", (5, 5), "float32", (1.0,), sparse=True)}, Tensor((5, 5), "float32")),
    ],
)
def test_a_constant_in_each_of_its_forms(attributes, expected) -> None:
    node = OnnxNode("Constant", "", "", (), ("y",), attributes, {})
    translation = translator_of("", "Constant")(Call(node, 13, {}))
    assert apply(translation.operator, ()).outputs == (expected,)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (
            OnnxNode("RandomNormal", "", "", (), ("y",), {"shape": (2, 3), "dtype": 11}, {}),
            Tensor((2, 3), "float64"),
        ),
        (OnnxNode("RandomUniform", "", "", (), ("y",), {"shape": (4,)}, {}), Tensor((4,), "float32")),
        (OnnxNode("RandomNormalLike", "", "", ("x",), ("y",), {}, {}), Tensor((2, 9), "float16")),
        (OnnxNode("RandomUniformLike", "", "", ("x",), ("y",), {"dtype": 1}, {}), Tensor((2, 9), "float32")),
        (OnnxNode("Multinomial", "", "", ("x",), ("y",), {"sample_size": 4}, {}), Tensor((2, 4), "int32")),
        (OnnxNode("Multinomial", "", "", ("x",), ("y",), {"dtype": 7}, {}), Tensor((2, 1), "int64")),
    ],
)
def test_random_tensors(node, expected) -> None:
    translation = translator_of("", node.operator)(Call(node, 15, {}))
    fed = [Tensor((2, 9), "float16") for _ in node.inputs]
    assert apply(translation.operator, fed).outputs == (expected,)


def test_no_two_nodes_count_with_one_symbol() -> None:
    names = ["out", "a.b", "a_b", "a/b", "/model/NonZero_output_0", "größe"]
    calls = [Call(OnnxNode("NonZero", "", "", ("x",), (name,), {}, {}), 13, {}) for name in names]
    symbols = [count_symbol(call) for call in calls]
    assert len(set(symbols)) == len(names)
    assert symbols[0] == "k_out"
    assert all(symbol.isidentifier() for symbol in symbols)


def test_boxes_are_not_limited_by_a_limit_that_is_not_given() -> None:
    node = OnnxNode("NonMaxSuppression", "", "", ("b", "s"), ("y",), {}, {})
    boxes, scores = Tensor((1, 6, 4)), Tensor((1, 2, 6))
    assert shape_of_node(node, 11, [boxes, scores]) == (0, 3)
