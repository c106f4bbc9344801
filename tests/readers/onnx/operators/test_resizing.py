"""Resizing: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Resize",
    "Upsample",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 30
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


IMAGE = Tensor((1, 3, 10, 7))
SCALES = Tensor((4,), "float32", (1.0, 1.0, 2.0, 0.6))


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "version", "fed", "expected"),
    [
        ("Upsample", ("x",), {"scales": (1.0, 1.0, 2.0, 1.5)}, 7, [IMAGE], (1, 3, 20, 10)),
        (
            "Upsample",
            ("x", "s"),
            {"mode": "linear"},
            9,
            [IMAGE, Tensor((4,), "float32", (1.0, 1.0, 2.0, 2.0))],
            (1, 3, 20, 14),
        ),
        ("Resize", ("x", "s"), {"mode": "linear"}, 10, [IMAGE, SCALES], (1, 3, 20, 4)),
        ("Resize", ("x", "", "s"), {}, 11, [IMAGE, None, SCALES], (1, 3, 20, 4)),
        (
            "Resize",
            ("x", "r", "e", "z"),
            {},
            13,
            [IMAGE, Tensor((0,)), Tensor((0,)), Tensor((4,), "int64", (1, 3, 4, 4))],
            (1, 3, 4, 4),
        ),
        (
            "Resize",
            ("x", "", "", "z"),
            {"axes": (2, 3), "keep_aspect_ratio_policy": "not_larger"},
            18,
            [IMAGE, None, None, Tensor((2,), "int64", (20, 20))],
            (1, 3, 20, 14),
        ),
        (
            "Resize",
            ("x", "", "s"),
            {"axes": (-1,), "coordinate_transformation_mode": "half_pixel_symmetric"},
            19,
            [IMAGE, None, Tensor((1,), "float32", (2.0,))],
            (1, 3, 10, 14),
        ),
    ],
)
def test_every_version(operator, inputs, attributes, version, fed, expected) -> None:
    node = OnnxNode(operator, "", "r", inputs, ("y",), attributes, {})
    assert shape_of_node(node, version, fed) == expected


@pytest.mark.parametrize(
    "attribute", ["mode", "coordinate_transformation_mode", "nearest_mode", "keep_aspect_ratio_policy"]
)
def test_a_word_that_there_is_not(attribute) -> None:
    node = OnnxNode("Resize", "", "r", ("x", "", "s"), ("y",), {attribute: "as you like"}, {})
    shape = shape_of_node(node, 18, [IMAGE, None, SCALES])
    assert shape == Unknown(f"Resize cannot be read: its attribute {attribute} is 'as you like'")
