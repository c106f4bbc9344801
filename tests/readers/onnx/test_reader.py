"""A file as a network: names, weights, versions, and every tensor that the file names."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest

from shapelens import inspect
from shapelens.dims import Unknown, symbol
from shapelens.errors import NoSuchModelError
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.reader import network_of, read_onnx
from tests.readers.onnx.encoder import small_model
from tests.readers.onnx.models import evaluated, graph, model, node, numbers, shape_of, value

X = value("x", "N", 3, 8, 8)


def test_a_file_is_a_network(tmp_path) -> None:
    path = tmp_path / "small.onnx"
    path.write_bytes(small_model())
    network = read_onnx(path)
    assert (network.origin.kind, network.origin.name) == ("onnx", "small.onnx")
    assert [layer.name for layer in network.nodes] == ["first", "z"]
    assert network.facts == {"opset": "17", "producer": "tests"}
    # What the branch of its If gives is a constant.
    assert {name: weight.shape for name, weight in network.weights.items()} == {
        "w": (8, 3, 3, 3), "b": (8,), "to": (2,), "known": (), "last": (1,)
    }  # fmt: skip
    inspection = inspect(str(path))
    assert inspection["first"].output_shape == (symbol("batch"), 8, 16, 16)
    assert inspection["z"].output_shape == (symbol("batch"), 2048)
    assert inspection.parameters == 8 * 27 + 8


def test_there_is_no_such_file(tmp_path) -> None:
    with pytest.raises(NoSuchModelError):
        read_onnx(tmp_path / "missing.onnx")


def test_the_version_of_the_operators_counts() -> None:
    nodes = [node("Softmax", "x", "y", axis=1)]
    for opset, seen_apart in ((11, [0]), (13, [0, 2, 3])):
        found = evaluated(model(graph(nodes, "y", [X]), opset=opset))
        (step,) = found.steps
        links = step.node.operator.links(step.inputs, step.outputs)
        assert [link.input_axis for link in links] == seen_apart


def test_an_operator_of_another_domain_is_not_taken_for_onnx_own() -> None:
    file = model(graph([node("Relu", "x", "y", domain="somebody's")], "y", [X]))
    assert shape_of(file, "y") == Unknown("there is no rule for somebody's.Relu")


def test_outputs_that_are_inputs_or_held() -> None:
    file = model(graph([], "x held nothing", [X], [numbers("held", 1, 2)]))
    found = dict(evaluated(file).outputs)
    assert found["x"].shape == (symbol("N"), 3, 8, 8)
    assert found["held"].shape == (2,)
    assert found["nothing"].shape == Unknown("nothing in the network gives it")


def test_what_is_no_tensor_says_what_it_is() -> None:
    nodes = [
        node("SequenceConstruct", "x x", "parts"),
        node("Relu", "parts", "after"),
        node("Optional", "-", "maybe"),
        node("OptionalHasElement", "-", "has"),
        node("ZipMap", "x", "map", domain="ai.onnx.ml"),
    ]
    found = evaluated(model(graph(nodes, "after", [X]))).values
    assert found["after"].shape == Unknown("it is a sequence of N×3×8×8, N×3×8×8, and no tensor")
    assert found["maybe"].shape == Unknown("the optional value is missing")
    assert found["map"].shape == Unknown("it gives maps, which have no shape")
    assert (found["has"].shape, found["has"].dtype, found["has"].contents) == ((), "bool", (False,))


def test_a_weight_that_is_transposed_first_is_still_the_layer_s() -> None:
    nodes = [node("Transpose", "w", "t", perm=(1, 0)), node("MatMul", "v t", "y", "linear")]
    file = model(graph(nodes, "y", [value("v", "N", 16)], [OnnxTensor("w", (10, 16), "float32")]))
    assert inspect(network_of(file)).parameters == 160


def stretched(*shape: int, by: str = "Expand", after: str = "Concat") -> int:
    """The parameters of a network in which a weight is stretched to the batch, and joins what flows."""
    held = [
        OnnxTensor("token", shape, "float32", (0.5,) * prod(shape)),
        numbers("first", 0),
        numbers("ones", *[1] * (len(shape) - 1)),
    ]
    nodes = [
        node("Shape", "x", "sizes"),
        node("Gather", "sizes first", "batch"),
        node("Concat", "batch ones", "to", axis=0),
        node(by, "token to", "tokens"),
        node("Identity", "tokens", "same"),
        node(after, "same x", "y", **({"axis": 1} if after == "Concat" else {})),
    ]
    file = model(graph(nodes, "y", [value("x", "N", 9, 6)], held))
    assert shape_of(file, "y", N=2)[0] == symbol("N")
    return inspect(network_of(file)).parameters


@pytest.mark.parametrize("by", ["Expand", "Tile"])
def test_a_token_that_is_stretched_to_the_batch_is_a_weight(by) -> None:
    assert stretched(1, 1, 6, by=by) == 6
    assert stretched(1, 9, 6, by=by, after="Add") == 54


def test_a_number_that_fills_a_batch_is_none() -> None:
    assert stretched(1, 1, 1, after="Add") == 0


@pytest.mark.parametrize(
    ("role", "count"), [("", 6), ("PARAMETER", 6), ("BUFFER", 0), ("CONSTANT_TENSOR", 0), ("USER_INPUT", 6)]
)
def test_what_an_exporter_calls_a_buffer_is_no_parameter(role, count) -> None:
    file = model(
        graph([node("Mul", "x held", "y")], "y", [value("x", "N", 6)], [OnnxTensor("held", (6,), "float32")])
    )
    said = replace(file.graph, value_info=(replace(value("held", 6), role=role),))
    assert inspect(network_of(replace(file, graph=said))).parameters == count


def test_what_an_exporter_calls_a_parameter_is_one() -> None:
    """A factor of one number too, and one that only what is not followed takes."""
    nodes = [node("Mul", "x factor", "y"), node("Unheard", "y other", "z", domain="own")]
    held = [OnnxTensor("factor", (), "float32", (2.0,)), OnnxTensor("other", (5,), "float32")]
    file = model(graph(nodes, "z", [value("x", "N", 6)], held))
    assert inspect(network_of(file)).parameters == 0
    said = [replace(value("factor"), role="PARAMETER"), replace(value("other", 5), role="PARAMETER")]
    assert (
        inspect(network_of(replace(file, graph=replace(file.graph, value_info=tuple(said))))).parameters == 6
    )


def test_layers_have_names_of_their_own() -> None:
    nodes = [node("Relu", "x", "a", "same"), node("Relu", "a", "b", "same"), node("Relu", "b", "c")]
    network = network_of(model(graph(nodes, "c", [X])))
    assert [layer.name for layer in network.nodes] == ["same", "same:2", "c"]


@pytest.mark.onnx
@pytest.mark.conformance
def test_every_tensor_that_a_file_names_is_there() -> None:
    from tests.readers.onnx.suite import cases

    for case in cases():
        found = evaluated(decode_model(case.model.SerializeToString(), case.name))
        named = {name for each in case.model.graph.node for name in each.output if name}
        named |= {each.name for each in (*case.model.graph.input, *case.model.graph.initializer)}
        assert named <= set(found.values), case.name
        given = {name for step in found.steps for name in step.node.outputs}
        assert named - given <= set(found.network.weights) | {i.name for i in found.network.inputs}, case.name


def test_a_small_weight_that_is_reshaped_first_counts_and_what_sizes_make_does_not() -> None:
    """A scale of 6 numbers is a weight though its numbers are read; a number made of a shape is none."""
    held = [
        OnnxTensor("gamma", (6,), "float32", (1.0,) * 6),
        numbers("to", 1, 6),
    ]
    nodes = [
        node("Reshape", "gamma to", "row"),
        node("Mul", "v row", "scaled"),
        node("Cast", "to", "factor", to=1),
        node("ReduceProd", "factor", "six"),
        node("Div", "scaled six", "y"),
    ]
    assert inspect(network_of(model(graph(nodes, "y", [value("v", "N", 6)], held)))).parameters == 6
