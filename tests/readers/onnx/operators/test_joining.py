"""Joining and parting: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Concat",
    "Split",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 28
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
    ("attributes", "version", "expected"),
    [
        ({"split": (1, 5), "axis": 1}, 11, (2, 1)),
        ({"axis": 1}, 11, (2, 3)),
        ({"axis": 1, "num_outputs": 2}, 18, (2, 3)),
    ],
)
def test_a_split_in_every_version(attributes, version, expected) -> None:
    node = OnnxNode("Split", "", "", ("x",), ("y", "z"), attributes, {})
    assert shape_of_node(node, version, [Tensor((2, 6))]) == expected


def test_equal_parts_must_divide_the_axis_before_version_18() -> None:
    node = OnnxNode("Split", "", "", ("x",), ("y", "z"), {"axis": 1}, {})
    assert shape_of_node(node, 13, [Tensor((2, 7))]) == (2, Unknown("because of Split"))
