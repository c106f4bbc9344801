"""How an operation is written down: by our rule as far as PyTorch agrees, else as one that is not known."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from shapelens.network import Origin, evaluate_network  # noqa: E402 - after the check for PyTorch
from shapelens.operators import Activation, Flatten, Opaque  # noqa: E402
from shapelens.readers.torch import operations, reader  # noqa: E402
from shapelens.readers.torch.inputs import arguments_of  # noqa: E402
from tests.readers.torch.agreement import Function, traced  # noqa: E402

SHAPE = (2, 3, 8, 9)


def sine(x):
    return torch.sin(x.relu()).relu()


def traced_with(monkeypatch, translator):
    """The network of a sine between two other functions, where a sine is translated so, and its trace."""
    rules = operations.translator_of
    monkeypatch.setattr(
        operations, "translator_of", lambda name: translator if name == "sin" else rules(name)
    )
    inputs = (torch.zeros(SHAPE, device="meta"),)
    arguments = arguments_of(Function(sine), None, None, {}, {}, inputs)
    network, recording = reader.traced(Function(sine), arguments, Origin("torch", "sine"))
    assert len(recording.made) == len(network.nodes)
    return network, recording


def shape_of(network):
    return str(evaluate_network(network, {network.inputs[0].name: SHAPE}).values[network.outputs[0]].shape)


def unexpected(call, input):
    call.one(Activation("sin"), input)
    raise TypeError("a sine of nothing")


def of_no_number(call, input):
    call.one(Activation("sin"), input)
    return ()


TRANSLATORS = {
    "there is none": (None, []),
    "it gives up": (lambda call, input: None, []),
    "it fails behind what it added": (unexpected, ["sin: TypeError: a sine of nothing"]),
    "it gives another shape": (
        lambda call, input: call.one(Flatten(1), input),
        ["sin: (N, 3*H*W) is not (2, 3, 8, 9)"],
    ),
    "it gives too little": (of_no_number, ["sin: 0 of 1"]),
}


@pytest.mark.parametrize("name", TRANSLATORS)
def test_without_an_agreeing_rule_only_the_rank_is_known(monkeypatch, name):
    translator, disagreements = TRANSLATORS[name]
    network, recording = traced_with(monkeypatch, translator)
    assert [type(node.operator) for node in network.nodes] == [Activation, Opaque, Activation]
    assert [each.partition(" (test_operations.py:")[0] for each in recording.disagreements] == disagreements
    function, (tensor,) = recording.given[-1]
    assert function == "relu"
    assert [dim.reason for dim in tensor.shape] == ["there is no rule for sin"] * len(SHAPE)
    assert shape_of(network) == "?"


def test_a_rule_that_agrees_is_what_is_written_down(monkeypatch):
    network, recording = traced_with(monkeypatch, lambda call, input: call.one(Activation("sin"), input))
    assert [node.source_operator for node in network.nodes] == ["relu", "sin", "relu"]
    assert shape_of(network) == str(SHAPE)
    assert recording.disagreements == []


def test_what_is_written_into_is_another_value_from_there_on():
    def writes(x):
        y = x.clone()
        y.add_(1)
        y[:, 0] = 0
        return y

    network = traced(Function(writes), [torch.zeros(SHAPE, device="meta")])
    made = {output: node for node in network.nodes for output in node.outputs}
    last = made[network.outputs[0]]
    assert last.source_operator == "setitem"
    assert made[last.inputs[0]].source_operator == "add"
    assert shape_of(network) == str(SHAPE)
