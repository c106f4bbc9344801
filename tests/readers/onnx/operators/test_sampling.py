"""Sampling where a grid says: ONNX' own cases."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import GridSample, Tensor
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "GridSample",
    "AffineGrid",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 10
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.onnx
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


@pytest.mark.onnx
@pytest.mark.parametrize("way", ["as it is", "sizes"])
def test_no_case_is_unknown(way) -> None:
    found = {case.name: evaluate_case(case, way).unknown for case in cases(*OPERATORS)}
    assert {name: unknown for name, unknown in found.items() if unknown} == {}


@pytest.mark.parametrize(
    ("mode", "version"),
    [("bilinear", 16), ("bicubic", 16), ("nearest", 16), ("linear", 20), ("cubic", 22), (None, 20)],
)
def test_the_modes_of_every_version(mode, version) -> None:
    attributes = {} if mode is None else {"mode": mode}
    node = OnnxNode("GridSample", "", "g", ("x", "g"), ("y",), attributes, {})
    operator = translated(Call(node, version, {})).operator
    assert operator == GridSample({"bilinear": "linear", "bicubic": "cubic", None: "linear"}.get(mode, mode))
    assert shape_of_node(node, version, [Tensor((2, 3, 8, 8)), Tensor((2, 5, 6, 2))]) == (2, 3, 5, 6)


def test_a_mode_that_there_is_not() -> None:
    node = OnnxNode("GridSample", "", "g", ("x", "g"), ("y",), {"mode": "lanczos"}, {})
    shape = shape_of_node(node, 20, [Tensor((2, 3, 8, 8)), Tensor((2, 5, 6, 2))])
    assert shape == Unknown("GridSample cannot be read: its attribute mode is 'lanczos'")
