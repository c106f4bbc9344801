from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.network import evaluate_network
from shapelens.operators import Tensor, apply
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.keras.recurrent import KerasGRU, KerasLSTM, KerasRNN
from tests.operators.readings import assert_readings_agree

N, T = symbol("N"), symbol("T")
GATES = {"KerasRNN": 1, "KerasGRU": 3, "KerasLSTM": 4}
KINDS = [KerasRNN, KerasGRU, KerasLSTM]


def held(*shape):
    return Tensor(shape, is_held=True)


def fed(steps, kind, units):
    rows = GATES[kind.__name__] * units
    weights = [held(steps[-1], rows), held(units, rows), held(rows)]
    return [Tensor(steps), None, None, None, None, *weights]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("last_only", [True, False])
def test_states_have_no_axis_of_layers(kind, last_only) -> None:
    operator = kind(batch_first=True, features_last=True, last_only=last_only)
    outcome = apply(operator, fed((2, 5, 3), kind, 4))
    output = (2, 4) if last_only else (2, 5, 4)
    states = 2 if kind is KerasLSTM else 1
    assert [tensor.shape for tensor in outcome.outputs] == [output, *[(2, 4)] * states]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("last_only", [True, False])
def test_readings_agree(kind, last_only) -> None:
    operator = kind(batch_first=True, features_last=True, last_only=last_only)
    assert_readings_agree(operator, fed((N, T, 3), kind, 4), {"N": (1, 2, 3), "T": (1, 5, 9)}, 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(5, 3), (2, 5, 4, 3)])
def test_a_batch_of_steps_goes_in(kind, shape) -> None:
    outcome = apply(kind(batch_first=True, features_last=True), fed(shape, kind, 4))
    assert [requirement.kind for requirement in outcome.broken] == ["rank"]


COSTS = [
    ("SimpleRNN(4)", 5 * (3 * 4 + 4 * 4)),
    ("layers.GRU(4)", 5 * 3 * (3 * 4 + 4 * 4)),
    ("layers.LSTM(4)", 5 * 4 * (3 * 4 + 4 * 4)),
    ("Bidirectional(LSTM(4))", 2 * 5 * 4 * (3 * 4 + 4 * 4)),
    ("Bidirectional(LSTM(4), merge_mode='ave')", 2 * 5 * 4 * (3 * 4 + 4 * 4)),
    ("layers.RNN([LSTMCell(4), SimpleRNNCell(2)])", 5 * 4 * (3 * 4 + 4 * 4) + 5 * (4 * 2 + 2 * 2)),
    (
        "layers.RNN(StackedRNNCells([LSTMCell(4), SimpleRNNCell(2)]))",
        5 * 4 * (3 * 4 + 4 * 4) + 5 * (4 * 2 + 2 * 2),
    ),
]


@pytest.mark.parametrize(("text", "macs"), COSTS)
def test_every_weight_is_used_once_a_step(text, macs) -> None:
    network = read_notation(text, (5, 3))
    evaluation = evaluate_network(network, {"input": (1, 5, 3)})
    assert sum(step.node.operator.macs(step.inputs, step.outputs) for step in evaluation.steps) == macs


ALIKE = [
    ("Bidirectional(LSTM(4))", "Bidirectional(LSTM(4), backward_layer=LSTM(4, go_backwards=True))"),
    (
        "Bidirectional(GRU(4, return_sequences=True))",
        "Bidirectional(GRU(4, return_sequences=True), "
        "backward_layer=GRU(4, return_sequences=True, go_backwards=True))",
    ),
    ("layers.RNN(GRUCell(4), return_sequences=True)", "layers.GRU(4, return_sequences=True)"),
    ("TimeDistributed(Dense(4))", "Dense(4)"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_ways_to_say_the_same(one, other) -> None:
    """Whether directions are one operator or two, and whoever goes through the steps: shapes, weights, costs."""
    told = []
    for text in (one, other):
        network = read_notation(text, (5, 3))
        evaluation = evaluate_network(network, {"input": (2, 5, 3)})
        assert evaluation.broken == ()
        macs = sum(step.node.operator.macs(step.inputs, step.outputs) for step in evaluation.steps)
        weights = sorted(weight.shape for weight in network.weights.values())
        told.append((evaluation.outputs[0][1].shape, weights, macs))
    assert told[0] == told[1]
