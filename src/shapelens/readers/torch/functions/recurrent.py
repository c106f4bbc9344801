"""Recurrent layers as `torch.nn` calls them, over padded and over packed sequences, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.operators import GRU, LSTM, RNN, PackSequences, PadSequences
from shapelens.operators.recurrent import MAXIMUM_LAYERS, Recurrent
from shapelens.readers.notation.cells import GRUCell, LSTMCell, RNNCell
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value

__all__ = ["CELLS", "STACKS"]

STACKS: dict[str, type[Recurrent]] = {"lstm": LSTM, "gru": GRU, "rnn_tanh": RNN, "rnn_relu": RNN}
CELLS = {"lstm_cell": LSTMCell, "gru_cell": GRUCell, "rnn_tanh_cell": RNNCell, "rnn_relu_cell": RNNCell}

_States = Value | Sequence[Value]


@translates("lstm gru rnn_tanh rnn_relu")
def stack(call: Call, *arguments: Any) -> Any:
    """Two forms: with `batch_first` at the end; and for a packed sequence, with the sizes of its batches second.

    In both, what follows the tensors is: weights, biases or not, layers, dropout, training, both directions.
    """
    if isinstance(arguments[3], (list, tuple)):
        input, _, hx, weights, has_biases, layers, _, _, bidirectional = arguments
        return _recurrent(call, input, hx, weights, (has_biases, layers, bidirectional), packed=True)
    input, hx, weights, has_biases, layers, _, _, bidirectional, batch_first = arguments
    settings = (has_biases, layers, bidirectional)
    return _recurrent(call, input, hx, weights, settings, batch_first=bool(batch_first))


def _recurrent(
    call: Call,
    input: Value,
    hx: _States,
    weights: Sequence[Value],
    settings: tuple[bool, int, bool],
    *,
    batch_first: bool = False,
    packed: bool = False,
) -> Any:
    has_biases, layers, bidirectional = settings
    if layers > MAXIMUM_LAYERS:
        return None
    kind = STACKS[call.function]
    operator = kind(layers=layers, bidirectional=bool(bidirectional), batch_first=batch_first, packed=packed)
    states = [hx] if isinstance(hx, Value) else list(hx)
    taken = [input, *states, *[None] * (2 - len(states)), None, None]
    each = len(weights) // (layers * operator.directions)
    for place in range(layers * operator.directions):
        own = list(weights[place * each : (place + 1) * each])
        biases = [own.pop(2), own.pop(2)] if has_biases else [None, None]
        projection = own[2] if len(own) > 2 else None
        taken += [*own[:2], *biases, projection]
        if not bidirectional:
            taken += [None] * 5
    return call.add(operator, *taken, outputs=3 if kind is LSTM else 2)


@translates("lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell")
def cell(
    call: Call,
    input: Value,
    hx: _States,
    w_ih: Value,
    w_hh: Value,
    b_ih: Value | None = None,
    b_hh: Value | None = None,
) -> Any:
    states = [hx] if isinstance(hx, Value) else list(hx)
    operator = CELLS[call.function]()
    made = call.add(operator, input, w_ih, w_hh, b_ih, b_hh, *states, outputs=operator.states)
    return made if operator.states > 1 else made[0]


@translates("_pack_padded_sequence")
def pack(call: Call, input: Value, lengths: Value, batch_first: bool) -> Any:
    return call.add(PackSequences(bool(batch_first)), input, lengths, outputs=2)


@translates("_pad_packed_sequence")
def pad(
    call: Call,
    data: Value,
    batch_sizes: Value,
    batch_first: bool,
    padding_value: float = 0.0,
    total_length: Any = -1,
) -> Any:
    is_given = not (isinstance(total_length, int) and total_length <= 0)
    operator = PadSequences(bool(batch_first), total_length if is_given else None)
    return call.add(operator, data, batch_sizes, outputs=2)
