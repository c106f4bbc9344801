"""Reshaping, transposing and repeating: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Expand",
    "Tile",
    "Transpose",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 39
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
    ("node", "version", "shapes", "expected"),
    [
        # An attribute before version 13, an input since.
        (OnnxNode("Squeeze", "", "", ("x",), ("y",), {"axes": (0, -1)}, {}), 11, [(1, 3, 1)], (3,)),
        (OnnxNode("Unsqueeze", "", "", ("x",), ("y",), {"axes": (0, 3)}, {}), 11, [(3, 4)], (1, 3, 4, 1)),
        (OnnxNode("Flatten", "", "", ("x",), ("y",), {}, {}), 9, [(2, 3, 4)], (2, 12)),
        (OnnxNode("Transpose", "", "", ("x",), ("y",), {}, {}), 7, [(2, 3, 4)], (4, 3, 2)),
    ],
)
def test_older_versions(node, version, shapes, expected) -> None:
    assert shape_of_node(node, version, [Tensor(shape) for shape in shapes]) == expected


def test_a_zero_copies_unless_it_is_allowed() -> None:
    target = Tensor((2,), "int64", (0, 3))
    node = OnnxNode("Reshape", "", "", ("x", "s"), ("y",), {}, {})
    assert shape_of_node(node, 14, [Tensor((4, 3)), target]) == (4, 3)
    allowed = OnnxNode("Reshape", "", "", ("x", "s"), ("y",), {"allowzero": 1}, {})
    assert shape_of_node(allowed, 14, [Tensor((0, 5)), target]) == (0, 3)


def test_an_old_tile_is_not_guessed() -> None:
    """It repeats along one axis; read as today, its third input would be left out and its second be too short."""
    node = OnnxNode("Tile", "", "", ("x", "times", "axis"), ("y",), {}, {})
    tensors = [Tensor((2, 3)), Tensor((1,), "int64", (4,)), Tensor((1,), "int64", (1,))]
    assert isinstance(shape_of_node(node, 1, tensors), Unknown)
    today = OnnxNode("Tile", "", "", ("x", "times"), ("y",), {}, {})
    assert shape_of_node(today, 6, [tensors[0], Tensor((2,), "int64", (1, 4))]) == (2, 12)
