"""A network at a shape: values, taint, and problems that do not stop it."""

from __future__ import annotations

from shapelens.dims import Path, Unknown, symbol
from shapelens.network import Origin, evaluate_network
from shapelens.readers.layering import LayerBuilder

N = symbol("N")


def small(features: int = 2048) -> LayerBuilder:
    """Two convolutions, a pooling and a linear layer that takes so many features."""
    net = LayerBuilder(Origin("notation", "small"))
    net.image((3, 32, 32))
    net.convolution(16, 3, padding=1, name="conv1")
    net.pool("max", 2, name="pool1")
    net.convolution(32, 3, name="conv2")
    net.pool("max", 2, name="pool2")
    net.flatten()
    net.linear(10, name="fc")
    if features != 32 * 7 * 7:
        weight = net.weights["fc.weight"]
        net.weights["fc.weight"] = type(weight)(weight.name, (10, features))
    return net


def test_every_shape_is_there():
    evaluation = evaluate_network(small(1568).network(), {})
    shapes = {step.node.name: step.output.shape for step in evaluation.steps}
    assert shapes == {
        "conv1": (N, 16, 32, 32),
        "pool1": (N, 16, 16, 16),
        "conv2": (N, 32, 14, 14),
        "pool2": (N, 32, 7, 7),
        "flatten": (N, 1568),
        "fc": (N, 10),
    }
    assert evaluation.broken == ()


def test_a_linear_layer_that_does_not_fit_still_gives_its_features():
    evaluation = evaluate_network(small(2048).network(), {})
    ((step, requirement),) = evaluation.broken
    assert (step.node.name, requirement.kind) == ("fc", "features")
    assert (requirement.facts["gets"], requirement.facts["wants"]) == (1568, 2048)
    assert evaluation.outputs[0][1].shape == (N, 10)


def test_what_is_spoiled_is_unknown_because_of_its_layer():
    evaluation = evaluate_network(small(1568).network(), {"input": (N, 3, 3, 32)})
    pooled = evaluation.by_node["conv2"].output.shape
    assert isinstance(pooled[2], Unknown)
    assert pooled[2].reason == "because of conv2"
    assert pooled[:2] == (N, 32)
    assert {requirement.kind for _, requirement in evaluation.broken} >= {"window"}


def test_two_problems_are_found_in_one_run():
    evaluation = evaluate_network(small(2048).network(), {"input": (N, 1, 32, 32)})
    assert [(s.node.name, r.kind) for s, r in evaluation.broken] == [
        ("conv1", "channels"),
        ("fc", "features"),
    ]


def test_symbols_give_formulas_and_conditions():
    H, W = symbol("H"), symbol("W")
    path = Path({"N": 2, "H": 32, "W": 32})
    evaluation = evaluate_network(small(1568).network(), {"input": (N, 3, H, W)}, path)
    assert [str(dim) for dim in evaluation.by_node["pool2"].output.shape] == [
        "N",
        "32",
        "floor(H/4) - 1",
        "floor(W/4) - 1",
    ]
    assert evaluation.symbols == ("N", "H", "W")
    assert any("1568" in str(condition) for condition in evaluation.conditions)


def test_a_missing_value_is_unknown_with_its_reason():
    net = small(1568).network()
    broken = type(net)(net.origin, (), net.outputs, net.nodes, net.weights)
    evaluation = evaluate_network(broken, {})
    shape = evaluation.outputs[0][1].shape
    assert isinstance(shape, Unknown)
    assert shape.reason == "nothing in the network gives it"
