"""Convolution and pooling: ONNX' own cases, older versions, and attributes that do not belong."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Opaque, Tensor
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case, shape_of_node

OPERATORS = (
    "Conv",
    "ConvInteger",
    "ConvTranspose",
    "QLinearConv",
    "DeformConv",
    "MaxPool",
    "AveragePool",
    "LpPool",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "MaxUnpool",
    "RoiAlign",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 70
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


def conv(**attributes):
    return OnnxNode("Conv", "", "c", ("x", "w"), ("y",), attributes, {})


IMAGE, WEIGHT = Tensor((1, 3, 10, 12)), Tensor((8, 3, 3, 3))


@pytest.mark.parametrize(
    ("attributes", "shape"),
    [
        ({}, (1, 8, 8, 10)),
        ({"kernel_shape": (3, 3), "pads": (1, 1, 1, 1)}, (1, 8, 10, 12)),
        ({"pads": (0, 1, 2, 3)}, (1, 8, 10, 14)),
        ({"strides": (2, 3), "auto_pad": "SAME_UPPER"}, (1, 8, 5, 4)),
        ({"strides": (2, 3), "auto_pad": "SAME_LOWER"}, (1, 8, 5, 4)),
        ({"auto_pad": "VALID"}, (1, 8, 8, 10)),
        ({"dilations": (2, 4)}, (1, 8, 6, 4)),
    ],
)
def test_attributes_of_a_convolution(attributes, shape) -> None:
    assert shape_of_node(conv(**attributes), 11, (IMAGE, WEIGHT)) == shape


@pytest.mark.parametrize(
    "attributes",
    [
        {"pads": (1, 1, 1)},
        {"pads": (1, 1, 1, 1, 1)},
        {"strides": (2,)},
        {"strides": (0, 1)},
        {"strides": (-1, 1)},
        {"dilations": (0, 0)},
        {"group": 0},
        {"group": -1},
    ],
)
def test_attributes_that_do_not_fit_leave_no_shape(attributes) -> None:
    assert isinstance(shape_of_node(conv(**attributes), 11, (IMAGE, WEIGHT)), Unknown)


@pytest.mark.parametrize("operator", ["Conv", "ConvTranspose", "ConvInteger", "DeformConv"])
def test_a_kernel_that_is_not_the_weight_s(operator) -> None:
    node = OnnxNode(operator, "", "c", ("x", "w", "o"), ("y",), {"kernel_shape": (5, 5)}, {})
    held = {"w": OnnxTensor("w", (8, 3, 3, 3), "float32")}
    reason = f"{operator} cannot be read: its kernel_shape is (5, 5), and its weight is of shape (8, 3, 3, 3)"
    assert translated(Call(node, 19, held)).operator == Opaque(operator, reason)


def test_a_padding_that_there_is_not() -> None:
    shape = shape_of_node(conv(auto_pad="SOME"), 11, (IMAGE, WEIGHT))
    assert shape == Unknown("Conv cannot be read: its attribute auto_pad is 'SOME'")


def test_a_pool_without_a_window_leaves_no_shape() -> None:
    node = OnnxNode("MaxPool", "", "p", ("x",), ("y",), {}, {})
    assert isinstance(shape_of_node(node, 11, (IMAGE,)), Unknown)


@pytest.mark.parametrize(
    ("name", "attributes", "settings"),
    [
        ("AveragePool", {}, {"count_include_pad": False}),
        ("AveragePool", {"count_include_pad": 1}, {"count_include_pad": True}),
        ("LpPool", {}, {"norm": 2.0, "norm_of_mean": False}),
        ("LpPool", {"p": 3}, {"norm": 3, "norm_of_mean": False}),
    ],
)
def test_what_is_counted_and_raised(name, attributes, settings) -> None:
    node = OnnxNode(name, "", "p", ("x",), ("y",), {"kernel_shape": (2, 2), **attributes}, {})
    operator = translated(Call(node, 19, {})).operator
    assert {setting: getattr(operator, setting) for setting in settings} == settings
