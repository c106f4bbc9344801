"""A network at a shape: values, taint, and problems that do not stop it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, symbol
from shapelens.network import Evaluation, Network, Origin, evaluate_edited, evaluate_network
from shapelens.operators import Convolution
from shapelens.readers.classics import CLASSICS, read_classic
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


# after an edit ----------------------------------------------------------------------------------------------


def strided(network: Network, layer: str) -> Network:
    """A convolution that takes every other place."""
    nodes = [
        replace(node, operator=node.operator.with_settings(stride=2)) if node.name == layer else node
        for node in network.nodes
    ]
    return replace(network, nodes=tuple(nodes))


def convolutions(network: Network) -> list[str]:
    return [node.name for node in network.nodes if type(node.operator) is Convolution]


@cache
def from_the_start(name: str) -> tuple[Network, Evaluation]:
    network = read_classic(name)
    return network, evaluate_network(network, {})


@given(st.data())
@pytest.mark.parametrize("name", ["resnet18", "unet", "densenet121", "lenet5"])
def test_an_edited_network_is_what_it_is_from_the_start(name, data):
    network, before = from_the_start(name)
    edited = network
    for layer in data.draw(st.lists(st.sampled_from(convolutions(network)), min_size=1, max_size=3)):
        edited = strided(edited, layer)
    again, anew = evaluate_edited(edited, before), evaluate_network(edited, {})
    assert again.steps == anew.steps
    assert again.values == anew.values
    assert again.outputs == anew.outputs


def test_what_no_edit_touches_is_taken_over():
    before = evaluate_network(small(1568).network(), {})
    again = evaluate_edited(strided(before.network, "conv2"), before)
    same = [step.node.name for step in again.steps if step is before.by_node[step.node.name]]
    assert same == ["conv1", "pool1"]
    assert [s.node.name for s, _ in again.broken] == ["fc"]


def test_a_weight_of_another_shape_is_an_edit_too():
    network = small(1568).network()
    before = evaluate_network(network, {})
    weight = replace(network.weights["fc.weight"], shape=(7, 1568))
    again = evaluate_edited(replace(network, weights={**network.weights, "fc.weight": weight}), before)
    assert again.outputs[0][1].shape == (N, 7)
    assert sum(step is before.by_node[step.node.name] for step in again.steps) == 5


def test_it_ends_where_it_is_told_to():
    before = evaluate_network(small(2048).network(), {"input": (N, 1, 32, 32)})
    edited = strided(before.network, "conv2")
    again = evaluate_edited(edited, before, until=lambda step: bool(step.broken))
    assert [step.node.name for step in again.steps] == ["conv1"]
    assert isinstance(again.outputs[0][1].shape, Unknown)


def test_the_path_of_the_first_stays_as_it_was():
    H, W = symbol("H"), symbol("W")
    path = Path({"N": 2, "H": 32, "W": 32})
    before = evaluate_network(read_classic("resnet18"), {"input": (N, 3, H, W)}, path)
    decided = list(path.conditions)
    again = evaluate_edited(strided(before.network, "layer1.0.conv1"), before)
    assert path.conditions == decided
    assert set(decided) <= set(again.path.conditions)


def test_the_classics_that_are_edited_are_there():
    assert {"resnet18", "unet", "densenet121", "lenet5"} <= set(CLASSICS)
