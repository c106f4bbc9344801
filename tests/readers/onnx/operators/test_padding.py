"""Padding and cropping: ONNX' own cases, and what older versions wrote otherwise."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor
from shapelens.readers.onnx.model import OnnxNode
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Pad",
    "CenterCropPad",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 8
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


IMAGE = Tensor((1, 3, 4, 5))


def pad(inputs: tuple[str, ...] = ("x",), **attributes) -> OnnxNode:
    return OnnxNode("Pad", "", "p", inputs, ("y",), attributes, {})


@pytest.mark.parametrize(
    ("node", "version", "inputs", "expected"),
    [
        (pad(paddings=(0, 0, 1, 2, 0, 0, 3, 4)), 1, [IMAGE], (1, 3, 8, 11)),
        (pad(pads=(0, 0, 1, 2, 0, 0, 3, -4)), 2, [IMAGE], (1, 3, 8, 3)),
        (pad(pads=(0, 0, 1, 1, 0, 0, 1, 1), mode="edge"), 10, [IMAGE], (1, 3, 6, 7)),
        (
            pad(("x", "p")),
            11,
            [IMAGE, Tensor((8,), "int64", (0, 0, 1, 2, 0, 0, 3, 4))],
            (1, 3, 8, 11),
        ),
        (
            pad(("x", "p", "", "a"), mode="wrap"),
            19,
            [IMAGE, Tensor((2,), "int64", (1, 2)), None, Tensor((1,), "int64", (-1,))],
            (1, 3, 4, 8),
        ),
    ],
)
def test_every_version(node, version, inputs, expected) -> None:
    assert shape_of_node(node, version, inputs) == expected


def test_a_mode_that_there_is_not() -> None:
    shape = shape_of_node(pad(pads=(0,) * 8, mode="mirror"), 2, [IMAGE])
    assert shape == Unknown("Pad cannot be read: its attribute mode is 'mirror'")


def test_paddings_of_the_attribute_are_no_longer_read_from_version_11_on() -> None:
    assert isinstance(shape_of_node(pad(pads=(1,) * 8), 13, [IMAGE]), Unknown)
