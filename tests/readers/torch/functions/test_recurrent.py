"""Recurrent layers and their cells, over padded and over packed sequences."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence  # noqa: E402

from tests.readers.torch.agreement import agrees  # noqa: E402
from tests.readers.torch.functions.tables import holds_everywhere, macs_of, operators_of  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN"),
]

KINDS = ("RNN", "GRU", "LSTM")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    "settings",
    [{}, {"num_layers": 3, "dropout": 0.1}, {"bias": False}, {"num_layers": 2, "batch_first": True}],
    ids=str,
)
def test_layers(kind, bidirectional, settings) -> None:
    layer = getattr(nn, kind)(10, 20, bidirectional=bidirectional, **settings)
    shape, other = ((2, 5, 10), (3, 5, 10)) if settings.get("batch_first") else ((5, 2, 10), (7, 2, 10))
    network = holds_everywhere(layer, shape, others=[[other]], real=True)
    assert operators_of(network)[-1] == kind
    learned = sorted([weight.shape for weight in network.weights.values() if weight.is_parameter])
    assert learned == sorted([tuple(parameter.shape) for parameter in layer.parameters()])


def test_a_projection() -> None:
    layer = nn.LSTM(10, 20, 2, proj_size=6, bidirectional=True)
    holds_everywhere(layer, (5, 2, 10), others=[[(7, 2, 10)]], real=True)


def test_without_a_batch() -> None:
    holds_everywhere(nn.GRU(10, 20), (5, 10), others=[[(7, 10)]], real=True)
    holds_everywhere(nn.LSTM(10, 20, proj_size=6), (5, 10), others=[[(7, 10)]], real=True)


def test_relu() -> None:
    layer = nn.RNN(10, 20, nonlinearity="relu")
    holds_everywhere(layer, (5, 2, 10), others=[[(7, 2, 10)]], real=True)


@pytest.mark.parametrize("kind", KINDS)
def test_states_that_are_given(kind) -> None:
    layer = getattr(nn, kind)(10, 20)

    def call(x, hidden):
        return layer(x, (hidden, hidden) if kind == "LSTM" else hidden)

    network = agrees(call, (5, 2, 10), (1, 2, 20), others=[[(7, 2, 10), (1, 2, 20)]], real=True)
    assert "input1_N = 1" in [str(guard.condition) for guard in network.guards]


@pytest.mark.parametrize(
    ("settings", "macs"), [({}, 12_000), ({"bidirectional": True}, 24_000), ({"num_layers": 2}, 28_000)]
)
def test_ten_features_in_twenty_out_five_steps(settings, macs) -> None:
    layer = nn.LSTM(10, 20, batch_first=True, **settings)
    network = holds_everywhere(layer, (1, 5, 10), real=True)
    assert macs_of(network, (1, 5, 10)) == macs


@pytest.mark.parametrize("kind", [f"{kind}Cell" for kind in KINDS])
@pytest.mark.parametrize("bias", [False, True])
def test_cells(kind, bias) -> None:
    cell = getattr(nn, kind)(10, 20, bias=bias)
    network = holds_everywhere(cell, (3, 10), others=[[(5, 10)]], real=True)
    gates = {"RNNCell": 1, "GRUCell": 3, "LSTMCell": 4}[kind]
    assert macs_of(network, (3, 10)) == 3 * gates * 20 * (10 + 20)
    holds_everywhere(cell, (10,), real=True)


def test_a_cell_that_is_stepped_by_hand() -> None:
    cell = nn.LSTMCell(10, 20)

    def steps(x):
        state = None
        for step in range(3):
            state = cell(x[step], state)
        return state

    network = holds_everywhere(steps, (3, 2, 10), real=True)
    assert operators_of(network).count("LSTMCell") == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("settings", [{}, {"bidirectional": True, "num_layers": 2}], ids=str)
def test_packed_sequences(kind, settings) -> None:
    layer = getattr(nn, kind)(10, 20, **settings)

    def call(x):
        packed = pack_padded_sequence(x, torch.tensor([4, 2]), batch_first=True)
        out, states = layer(packed)
        return out.data, states, pad_packed_sequence(out, batch_first=True)

    network = holds_everywhere(call, (2, 5, 10), real=True)
    assert operators_of(network)[0] == "PackSequences"
    assert operators_of(network)[-1] == "PadSequences"
    weights = sum(p.numel() for name, p in layer.named_parameters() if "bias" not in name)
    assert macs_of(network, (2, 5, 10)) == (4 + 2) * weights


def test_packed_sequences_are_filled_up_to_a_length() -> None:
    def call(x):
        packed = pack_padded_sequence(x, torch.tensor([2, 4]), enforce_sorted=False)
        return pad_packed_sequence(packed, total_length=7)

    holds_everywhere(call, (5, 2, 10), real=True)
