"""Constants: the tensor of a node, in each attribute that may hold it, and what a network makes of it."""

from __future__ import annotations

import pytest

from shapelens.readers.onnx.constants import constant_of, weight_of
from shapelens.readers.onnx.limits import SMALL_TENSOR_ELEMENTS
from shapelens.readers.onnx.model import OnnxReference, OnnxTensor, OnnxUnread
from tests.readers.onnx.models import evaluated, graph, model, node, numbers, value

TENSOR = OnnxTensor("inner", (2, 3), "float32", (0.0,) * 6)


def found(**attributes) -> OnnxTensor | None:
    return constant_of(node("Constant", "", "c", **attributes))


@pytest.mark.parametrize(
    ("attributes", "shape", "dtype", "values"),
    [
        ({"value": TENSOR}, (2, 3), "float32", (0.0,) * 6),
        ({"sparse_value": OnnxTensor("", (9, 9), "int8", (1,), sparse=True)}, (9, 9), "int8", None),
        ({"value_int": 7}, (), "int64", (7,)),
        ({"value_ints": (8, -1)}, (2,), "int64", (8, -1)),
        ({"value_ints": ()}, (0,), "int64", ()),
        ({"value_float": 0.5}, (), "float32", (0.5,)),
        ({"value_floats": (0.5, 1.0)}, (2,), "float32", (0.5, 1.0)),
        ({"value_string": "a text"}, (), "string", None),
        ({"value_strings": ("a", OnnxUnread(70_000))}, (2,), "string", None),
        ({"value_ints": (1,) * 5000}, (5000,), "int64", None),
        ({"doc": "of no meaning", "value_int": 7}, (), "int64", (7,)),
    ],
)
def test_every_form(attributes, shape, dtype, values) -> None:
    tensor = found(**attributes)
    assert tensor is not None
    assert (tensor.shape, tensor.data_type, tensor.values) == (shape, dtype, values)


def test_no_more_is_followed_than_a_stored_tensor_keeps() -> None:
    tensor = found(value_ints=(1,) * SMALL_TENSOR_ELEMENTS)
    assert tensor is not None
    assert len(tensor.values or ()) == SMALL_TENSOR_ELEMENTS


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"value": 7},
        {"value": OnnxReference("elsewhere")},
        {"value_int": "seven"},
        {"value_int": (7,)},
        {"value_ints": 7},
        {"value_ints": (7, "eight")},
        {"value_floats": (0.5, 1)},
        {"value_string": 7},
    ],
)
def test_what_holds_no_constant(attributes) -> None:
    assert found(**attributes) is None


@pytest.mark.parametrize(
    "other", [node("Constant", "", ""), node("Constant", "", "a b"), node("Relu", "x", "c")]
)
def test_what_is_no_constant(other) -> None:
    other.attributes["value"] = TENSOR
    assert constant_of(other) is None
    assert constant_of(node("Constant", "", "c", domain="own", value=TENSOR)) is None


@pytest.mark.parametrize(
    ("tensor", "learned"),
    [
        (OnnxTensor("w", (8, 3), "float32"), True),
        (OnnxTensor("w", (8, 3), "int8"), True),
        (OnnxTensor("b", (8,), "int32"), True),
        (OnnxTensor("to", (2,), "int64"), False),
        (OnnxTensor("w", (), "float32"), False),
        (OnnxTensor("w", (3,), "bool"), False),
        (OnnxTensor("w", (3,), "string"), False),
    ],
)
def test_which_tensors_may_be_parameters(tensor, learned) -> None:
    weight = weight_of("w", tensor)
    assert (weight.name, weight.shape, weight.dtype, weight.learned) == (
        "w", tensor.shape, tensor.data_type, learned
    )  # fmt: skip


def test_constants_in_nodes_and_stored_ones_are_one_to_a_network() -> None:
    nodes = [
        node("Constant", "", "to", value_ints=(-1, 4)),
        node("Reshape", "x to", "y"),
        node("Add", "y b", "z"),
    ]
    file = model(graph(nodes, "z", [value("x", 6, 2)], [OnnxTensor("b", (4,), "float32")]))
    found = evaluated(file)
    assert found.values["z"].shape == (3, 4)
    assert [step.node.source_operator for step in found.steps] == ["Reshape", "Add"]
    assert sorted(found.network.weights) == ["b", "to"]


def test_before_version_4_of_the_format_stored_tensors_are_inputs_too() -> None:
    file = model(
        graph([node("Add", "x b", "y")], "y", [value("x", 2, 3), value("b", 3)], [numbers("b", 1, 2, 3)])
    )
    network = evaluated(file).network
    assert [declared.name for declared in network.inputs] == ["x"]
    assert list(network.weights) == ["b"]
