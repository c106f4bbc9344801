"""Slicing, indexing and scattering: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Slice",
    "Gather",
    "GatherElements",
    "GatherND",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "TensorScatter",
    "Compress",
    "OneHot",
    "Trilu",
    "ReverseSequence",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 69
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


def test_a_slice_by_attributes() -> None:
    attributes = {"starts": (1, 0), "ends": (2**63 - 1, -1), "axes": (1, 2)}
    node = OnnxNode("Slice", "", "", ("x",), ("y",), attributes, {})
    assert shape_of_node(node, 9, [Tensor((1, 5, 7))]) == (1, 4, 6)
