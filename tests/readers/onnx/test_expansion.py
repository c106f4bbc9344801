"""Functions and known branches written out: as many nodes, under names of their own, as onnx' own inliner makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shapelens.dims import Unknown, symbol
from shapelens.errors import LimitExceededError, MalformedFileError
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.expansion import expanded
from shapelens.readers.onnx.model import OnnxReference
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import (
    evaluated,
    function,
    graph,
    model,
    node,
    numbers,
    shape_of,
    truth,
    value,
)

X = value("x", "N", 6, 4)

HALVE = function(
    "Halve",
    "a",
    "b",
    node("Split", "a", "b rest", "parting", axis=OnnxReference("axis"), num_outputs=2),
    attributes="axis",
)
"""The first half along an axis that the call gives."""


def call(inputs: str, outputs: str, name: str = "", operator: str = "Halve", **attributes):
    return node(operator, inputs, outputs, name, "own", **attributes)


def values_of(file) -> list[str]:
    return [name for each in expanded(file).nodes for name in each.outputs]


# functions ----------------------------------------------------------------------------------------------


def test_a_function_is_the_nodes_that_it_is_made_of() -> None:
    file = model(graph([call("x", "y", "first", axis=1), call("y", "z", axis=2)], "z", [X]), HALVE, opset=18)
    assert values_of(file) == ["y", "first/rest", "z", "z/rest"]
    assert shape_of(file, "z") == (symbol("N"), 3, 2)
    assert [layer.name for layer in network_of(file).nodes] == ["first/parting", "z/parting"]


def test_two_calls_of_one_name_do_not_share_values() -> None:
    file = model(graph([call("x", "y", "same", axis=1), call("x", "z", "same", axis=2)], "z", [X]), HALVE)
    assert values_of(file) == ["y", "same/rest", "z", "same/rest:2"]


def test_a_name_that_the_graph_has_is_not_taken_again() -> None:
    nodes = [call("x", "y", "f", axis=1), node("Relu", "x", "f/rest")]
    assert values_of(model(graph(nodes, "y", [X]), HALVE)) == ["y", "f/rest:2", "f/rest"]


def test_an_attribute_that_is_not_given_has_its_default_or_the_operator_s() -> None:
    with_default = replace(HALVE, attributes=(), defaults={"axis": 2})
    file = model(graph([call("x", "y")], "y", [X]), with_default)
    assert shape_of(file, "y") == (symbol("N"), 6, 2)
    without = model(graph([call("x", "y")], "y", [value("x", 8, 6)]), HALVE)
    assert shape_of(without, "y") == (4, 6)


def test_functions_in_functions() -> None:
    quarter = function(
        "Quarter",
        "a",
        "b",
        call("a", "half", "inner", axis=OnnxReference("along")),
        call("half", "b", axis=OnnxReference("along")),
    )
    file = model(graph([call("x", "y", "outer", "Quarter", along=2)], "y", [X]), HALVE, quarter)
    assert shape_of(file, "y") == (symbol("N"), 6, 1)
    assert values_of(file) == ["outer/half", "outer/inner/rest", "y", "outer/Halve/rest"]


def test_outputs_that_no_node_within_makes() -> None:
    both = function("Both", "a", "a c c", node("Relu", "a", "c"))
    file = model(graph([call("x", "same one two", operator="Both")], "two", [X]), both)
    found = evaluated(file)
    assert {found.values[name].shape for name in ("same", "one", "two")} == {(symbol("N"), 6, 4)}


def test_inputs_and_outputs_that_are_left_out() -> None:
    bounded = function("Bounded", "a low high", "b", node("Clip", "a low high", "b"))
    file = model(graph([call("x", "y extra", operator="Bounded")], "y extra", [X]), bounded)
    assert shape_of(file, "y") == (symbol("N"), 6, 4)
    found = dict(evaluated(file).outputs)
    assert found["extra"].shape == Unknown("nothing in the network gives it")


def test_a_function_sees_nothing_around_it() -> None:
    reaching = function("Reaching", "a", "b", node("Add", "a x", "b"))
    file = model(graph([call("x", "y", operator="Reaching")], "y", [X]), reaching)
    assert shape_of(file, "y") == Unknown("nothing in the network gives it")


def test_constants_in_a_function_carry_sizes() -> None:
    flat = function(
        "Flat",
        "a",
        "b",
        node("Constant", "", "to", value_ints=(0, -1)),
        node("Reshape", "a to", "b"),
    )
    file = model(graph([call("x", "y", "f", "Flat")], "y", [X]), flat)
    assert shape_of(file, "y") == (symbol("N"), 24)
    assert network_of(file).weights["f/to"].contents == (0, -1)


def test_each_function_has_the_versions_that_it_is_written_for() -> None:
    old = replace(function("Old", "a", "b", node("Softmax", "a", "b")), opset_imports={"": 11})
    places = expanded(model(graph([call("x", "y", operator="Old")], "y", [X]), old)).places
    assert [place.opset_imports[""] for place in places] == [11]


def test_metadata_of_the_call_names_the_layers_within() -> None:
    scoped = replace(
        call("x", "y", "n4", axis=1), metadata={"pkg.torch.onnx.name_scopes": "['', 'features', 'n4']"}
    )
    network = network_of(model(graph([scoped], "y", [X]), HALVE))
    assert [(layer.name, layer.path) for layer in network.nodes] == [("features", "features")]


def test_a_function_of_an_operator_s_name_comes_before_the_operator() -> None:
    relu = replace(function("Relu", "a", "b", node("Transpose", "a", "b")), domain="")
    assert shape_of(model(graph([node("Relu", "x", "y")], "y", [X]), relu), "y") == (4, 6, symbol("N"))


# what would not end -------------------------------------------------------------------------------------


def test_a_function_that_calls_itself_is_not_known() -> None:
    one = function("One", "a", "b", call("a", "b", operator="Two"))
    two = function("Two", "a", "b", node("Relu", "a", "c"), call("c", "b", operator="One"))
    file = model(graph([call("x", "y", operator="One")], "y", [X]), one, two)
    assert shape_of(file, "y") == Unknown("the function One calls itself")


def doubling(levels: int):
    """Functions each of which calls the next one twice."""
    yield function("F0", "a", "b", node("Relu", "a", "c"), node("Relu", "c", "b"))
    for level in range(1, levels):
        below = f"F{level - 1}"
        yield function(f"F{level}", "a", "b", call("a", "c", operator=below), call("c", "b", operator=below))


def test_functions_that_grow_with_every_level_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_WRITTEN_OUT", 2**12)
    few = model(graph([call("x", "y", operator="F9")], "y", [X]), *doubling(10))
    assert len(expanded(few).nodes) == 2**10
    many = model(graph([call("x", "y", operator="F29")], "y", [X]), *doubling(30))
    with pytest.raises(LimitExceededError) as caught:
        expanded(many)
    assert caught.value.summary == "it has functions of 4,097 nodes"
    assert caught.value.at.startswith("tests.onnx, node ")


def test_functions_deep_within_functions_are_refused() -> None:
    deep = [
        function(f"F{level}", "a", "b", call("a", "b", operator=f"F{level + 1}"))
        for level in range(limits.MAXIMUM_NESTING + 1)
    ]
    file = model(graph([call("x", "y", operator="F0")], "y", [X]), *deep)
    with pytest.raises(LimitExceededError, match=r"it has functions of 33 levels"):
        expanded(file)


def test_long_names_do_not_add_up() -> None:
    long = "n" * limits.MAXIMUM_NAME_BYTES
    chain = [
        function(f"F{level}", "a", "b", call("a", long, long, f"F{level + 1}"), node("Relu", long, "b"))
        for level in range(20)
    ]
    chain.append(function("F20", "a", "b", node("Relu", "a", long), node("Relu", long, "b")))
    file = model(graph([call("x", "y", long, "F0")], "y", [X]), *chain)
    names = [name for each in expanded(file).nodes for name in (each.name, *each.outputs)]
    assert max(map(len, names)) < 1_000
    assert len(values_of(file)) == len(set(values_of(file)))


# branches -----------------------------------------------------------------------------------------------

CROP = graph([node("Slice", "x from_1 to_3 axis", "cut", "cropping")], "cut", (), [numbers("axis", 2)])
KEEP = graph([], "x")


@pytest.mark.parametrize(("holds", "width"), [(True, 2), (False, 4)])
def test_a_condition_that_the_file_holds_picks_its_branch(holds, width) -> None:
    held = [truth("known", holds), numbers("from_1", 1), numbers("to_3", 3)]
    choice = node("If", "known", "y", "choice", then_branch=CROP, else_branch=KEEP)
    file = model(graph([choice], "y", [X], held))
    assert shape_of(file, "y") == (symbol("N"), 6, width)
    layers = [(layer.name, layer.source_operator) for layer in network_of(file).nodes]
    assert layers == [("choice/cropping", "Slice") if holds else ("choice", "Identity")]


def test_a_condition_in_a_constant_within_a_function() -> None:
    choosing = function(
        "Choosing",
        "a",
        "b",
        node("Constant", "", "yes", value=truth("", True)),
        node(
            "If",
            "yes",
            "b",
            then_branch=graph([node("Transpose", "a", "t", perm=OnnxReference("order"))], "t"),
            else_branch=graph([], "a"),
        ),
    )
    file = model(graph([call("x", "y", operator="Choosing", order=(0, 2, 1))], "y", [X]), choosing)
    assert shape_of(file, "y") == (symbol("N"), 4, 6)


@pytest.mark.parametrize(
    "attributes", [{}, {"then_branch": KEEP}, {"then_branch": KEEP, "else_branch": "no graph"}]
)
def test_an_if_without_two_branches_is_not_known(attributes) -> None:
    file = model(graph([node("If", "c", "y", **attributes)], "y", [X], [truth("c", True)]))
    assert shape_of(file, "y") == Unknown("an If has a condition and two branches")


# the file's own graph -----------------------------------------------------------------------------------


def test_without_functions_everything_is_as_it_was() -> None:
    nodes = [node("Relu", "x", "y", "one"), node("Celu", "y", "z", alpha=0.5)]
    body = expanded(model(graph(nodes, "z", [X], [numbers("held", 1)])))
    assert body.nodes == nodes
    assert (list(body.constants), body.outputs) == (["held"], ("z",))


def test_the_body_of_a_loop_is_written_by_itself_and_takes_what_is_around_it() -> None:
    inside = graph([node("Add", "a x", "b")], "go b b", [value("i"), value("go"), value("a")])
    body = expanded(model(graph([node("Loop", "n - y", "z s", "again", body=inside)], "z s", [X])))
    (looping,), (place,) = body.nodes, body.places
    (written,) = place.bodies
    assert looping.inputs == ("x", "n", "", "y")
    assert written.inputs == ("again/i", "again/go", "again/a")
    assert written.outputs == ("again/go", "again/b", "again/b")
    assert [each.inputs for each in written.nodes] == [("again/a", "x")]


def test_two_tensors_of_one_name() -> None:
    same = graph([], "x", [X], [numbers("a", 1), numbers("a", 1)])
    assert list(expanded(model(same)).constants) == ["a"]
    with pytest.raises(MalformedFileError) as caught:
        expanded(model(graph([], "x", [X], [numbers("a", 1), numbers("a", 1, 2)])))
    assert caught.value.summary == "two tensors in this file are called a"
    assert caught.value.have == "one of shape (1,) and one of shape (2,)"


@pytest.mark.onnx
def test_it_is_what_onnx_itself_makes_of_it() -> None:
    onnx = pytest.importorskip("onnx")
    inliner = pytest.importorskip("onnx.inliner")
    reference = pytest.importorskip("onnx.reference")
    text = """
        <ir_version: 8, opset_import: ["" : 17, "own" : 1]>
        whole (float[N,8,8] x) => (float[N,A,B] y) {
            h = own.half <along: int = 1> (x)
            t = own.twice (h)
            y = own.twice (t)
        }
        <opset_import: ["" : 17], domain: "own">
        half <along> (a) => (b) { b, rest = Split <axis: int = @along> (a) }
        <opset_import: ["" : 17, "own" : 1], domain: "own">
        twice (a) => (b) { c = own.half <along: int = 2> (a)  b = Concat <axis = 2> (c, a) }
    """
    original = onnx.parser.parse_model(text)
    inlined = inliner.inline_local_functions(original)
    ours = expanded(decode_model(original.SerializeToString()))
    theirs = [each.op_type for each in inlined.graph.node if each.op_type != "Constant"]
    assert [each.operator for each in ours.nodes] == theirs
    evaluator = reference.ReferenceEvaluator(original)
    (found,) = evaluator.run(None, {"x": np.zeros((2, 8, 8), np.float32)})
    assert shape_of(decode_model(original.SerializeToString()), "y") == (symbol("N"), *found.shape[1:])
