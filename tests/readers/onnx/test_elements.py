"""Inputs that hold sizes: a symbol for each of their elements, in what the network makes of them."""

from __future__ import annotations

from itertools import product

import pytest

from shapelens import inspect
from shapelens.analyses.findings import findings_of
from shapelens.dims import Unknown, evaluate, evaluate_condition, symbol
from shapelens.explanation.sizes_told import tell_sizes
from shapelens.network import evaluate_network
from shapelens.network.replay import evaluate_lanes
from tests.readers.onnx.models import graph, model, node, value

pytestmark = pytest.mark.onnx
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

import numpy as np  # noqa: E402 - after the check for onnx
from onnx import TensorProto, helper  # noqa: E402

from shapelens.readers.onnx.reader import network_of  # noqa: E402
from tests.readers.onnx.judging import network_from  # noqa: E402

IMAGE = ("x", TensorProto.FLOAT, ["N", 3, "H", "W"])


def sizes(count, name="to", dtype=TensorProto.INT64):
    return (name, dtype, [count])


def file(nodes, *inputs):
    declared = [helper.make_tensor_value_info(*each) for each in inputs]
    output = helper.make_tensor_value_info("y", TensorProto.UNDEFINED, None)
    output.ClearField("type")
    content = helper.make_graph(nodes, "sizes", declared, [output])
    return helper.make_model(content, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


FILL = helper.make_node("ConstantOfShape", ["to"], ["y"])
TILE = helper.make_node("Tile", ["x", "to"], ["y"])
RESIZE = helper.make_node("Resize", ["x", "", "", "to"], ["y"])
RESIZE_SPACE = helper.make_node("Resize", ["x", "", "", "to"], ["y"], axes=[2, 3])
RESIZE_WITHIN = helper.make_node(
    "Resize", ["x", "", "", "to"], ["y"], axes=[2, 3], keep_aspect_ratio_policy="not_larger"
)


@pytest.mark.parametrize(
    ("taken", "inputs", "shape"),
    [
        (FILL, [sizes(3)], "(to[0], to[1], to[2])"),
        (TILE, [IMAGE, sizes(4)], "(N*to[0], 3*to[1], H*to[2], W*to[3])"),
        (RESIZE, [IMAGE, sizes(4)], "(to[0], to[1], to[2], to[3])"),
        (RESIZE_SPACE, [IMAGE, sizes(2)], "(N, 3, to[0], to[1])"),
    ],
    ids=["fill", "tile", "resize", "resize of two axes"],
)
def test_sizes_that_come_in_are_formulas_of_what_comes_out(taken, inputs, shape):
    network = network_from(file([taken], *inputs))
    assert str(evaluate_network(network, {}).values["y"].shape) == shape


@pytest.mark.parametrize(
    ("taken", "inputs", "count"),
    [
        (FILL, [sizes(2)], 2),
        (TILE, [IMAGE, sizes(4)], 4),
        (RESIZE, [IMAGE, sizes(4)], 4),
        (RESIZE_SPACE, [IMAGE, sizes(2)], 2),
        (RESIZE_WITHIN, [IMAGE, sizes(2)], 2),
    ],
    ids=["fill", "tile", "resize", "resize of two axes", "resize within two sizes"],
)
def test_each_formula_is_what_an_execution_gives(taken, inputs, count):
    made = file([taken], *inputs)
    evaluation = evaluate_network(network_from(made), {})
    run = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"]).run
    image = np.zeros((2, 3, 4, 5), np.float32)
    compared = 0
    for some in product((0, 1, 2, 5), (1, 2, 7), repeat=max(count // 2, 1)):
        if taken is RESIZE and some[0] * some[1] == 0:
            continue
        point = {f"to[{place}]": size for place, size in enumerate(some)} | {"N": 2, "H": 4, "W": 5}
        if not all(evaluate_condition(condition, point) is True for condition in evaluation.conditions):
            continue
        fed = {"to": np.array(some, np.int64)} | ({"x": image} if len(inputs) > 1 else {})
        (found,) = run(None, fed)
        shape = evaluation.values["y"].shape
        assert tuple([evaluate(dim, point) for dim in shape]) == found.shape, some
        compared += 1
    assert compared > 2


@pytest.mark.parametrize(
    ("nodes", "inputs"),
    [
        ([helper.make_node("Reshape", ["x", "to"], ["y"])], [IMAGE, sizes(4)]),  # -1 and 0 are no sizes
        ([helper.make_node("Expand", ["x", "to"], ["y"])], [IMAGE, sizes(4)]),
        ([FILL, helper.make_node("Neg", ["to"], ["z"])], [sizes(3)]),
        ([FILL], [("to", TensorProto.INT64, ["n"])]),
        ([FILL], [sizes(9)]),
    ],
    ids=["reshape", "expand", "another taker", "a free number of them", "many of them"],
)
def test_what_may_be_no_size_has_no_symbol(nodes, inputs):
    network = network_from(file(nodes, *inputs))
    assert all(declared.elements is None for declared in network.inputs)


def test_a_taker_within_a_branch_may_do_anything():
    branch = helper.make_graph(
        [helper.make_node("Neg", ["to"], ["z"])], "branch", [], [helper.make_empty_tensor_value_info("z")]
    )
    decide = helper.make_node("If", ["go"], ["w"], then_branch=branch, else_branch=branch)
    network = network_from(file([FILL, decide], sizes(3), ("go", TensorProto.BOOL, [])))
    assert [declared.elements for declared in network.inputs] == [None, None]


def test_the_reader_alone_knows_them_too():
    declared = value("to", 2)
    made = network_of(model(graph([node("ConstantOfShape", "to", "y")], "y", [declared])))
    assert made.inputs[0].elements is None  # they are no whole numbers


def test_of_many_sizes_at_once_they_are_not_known():
    network = network_from(file([RESIZE_SPACE], IMAGE, sizes(2)))
    lanes = evaluate_lanes(network, {"x": network.inputs[0].shape}, {"N": 1, "H": np.arange(1, 9), "W": 8})
    shape = lanes.parts[0][1].values["y"].shape
    assert [isinstance(dim, Unknown) for dim in shape[2:]] == [True, True]


def test_another_number_of_them_is_not_known():
    network = network_from(file([FILL], sizes(3)))
    assert isinstance(evaluate_network(network, {"to": (4,)}).values["y"].shape, Unknown) or all(
        isinstance(dim, Unknown) for dim in evaluate_network(network, {"to": (4,)}).values["y"].shape
    )


def test_they_are_no_free_sizes_of_the_image():
    evaluation = evaluate_network(network_from(file([FILL], sizes(1))), {})
    assert evaluation.symbols == ()
    assert evaluation.values["y"].shape == (symbol("to[0]", minimum=0),)


def test_what_they_are_is_told(tmp_path):
    path = tmp_path / "mask.onnx"
    onnx.save(file([RESIZE_SPACE], ("x", TensorProto.FLOAT, ["N", 3, 64, 64]), sizes(2)), path)
    net = inspect(path)
    assert net.to_dict()["symbols"]["to[1]"] == {"means": "what is fed for to at 1", "minimum": 0}
    assert str(net.sizes()) == "every H and W"
    told = str(tell_sizes(net.sizes()).title[0].text)
    assert told == "mask.onnx takes x 3×H×W, to of 16×16 for every H and W"


@pytest.mark.parametrize(("declared", "codes"), [([2, 3, 5, 7], []), ([2, 4, 5, 7], ["SL601"])])
def test_a_declared_shape_is_that_of_some_of_them(declared, codes):
    """With 5 and 9 asked for, 4×5 becomes 5×7, on another path than with the example: no file is doubted for that."""
    relu = helper.make_node("Relu", ["x"], ["z"])
    made = file([RESIZE_WITHIN, relu], ("x", TensorProto.FLOAT, [2, 3, 4, 5]), sizes(2))
    made.graph.value_info.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3, 5, 7]))
    made.graph.value_info.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [*declared[:2], 4, 5]))
    assert [finding.code for finding in findings_of(evaluate_network(network_from(made), {}))] == codes
