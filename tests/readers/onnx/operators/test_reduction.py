"""Reductions, and functions along an axis: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import translator_of
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "ArgMax",
    "ArgMin",
    "TopK",
    "CumSum",
    "CumProd",
    "Softmax",
    "LogSoftmax",
    "Hardmax",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 169
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.onnx
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


@pytest.mark.onnx
@pytest.mark.parametrize("way", ["as it is", "sizes", "numbers"])
def test_no_case_is_unknown(way) -> None:
    found = {case.name: evaluate_case(case, way).unknown for case in cases(*OPERATORS)}
    assert {name: unknown for name, unknown in found.items() if unknown} == {}


@pytest.mark.parametrize(
    ("node", "version", "expected"),
    [
        (OnnxNode("ReduceMean", "", "", ("x",), ("y",), {"axes": (2, 3), "keepdims": 0}, {}), 13, (1, 8)),
        (OnnxNode("ReduceSum", "", "", ("x",), ("y",), {"axes": (-1,)}, {}), 11, (1, 8, 7, 1)),
        (OnnxNode("ReduceMax", "", "", ("x",), ("y",), {}, {}), 8, (1, 1, 1, 1)),
        (OnnxNode("TopK", "", "", ("x",), ("y", "z"), {"k": 3, "axis": 1}, {}), 9, (1, 3, 7, 7)),
        (OnnxNode("ArgMax", "", "", ("x",), ("y",), {}, {}), 7, (1, 8, 7, 7)),
    ],
)
def test_older_versions(node, version, expected) -> None:
    assert shape_of_node(node, version, [Tensor((1, 8, 7, 7))]) == expected


@pytest.mark.parametrize(("version", "seen_apart"), [(11, [0]), (13, [0, 1, 2])])
def test_a_softmax_took_all_axes_from_the_second_on_together_before_version_13(version, seen_apart) -> None:
    node = OnnxNode("Softmax", "", "", ("x",), ("y",), {}, {})
    operator = translator_of("", "Softmax")(Call(node, version, {})).operator
    image = Tensor((1, 8, 7, 7))
    assert [link.input_axis for link in operator.links([image], [image])] == seen_apart
