"""Recurrent layers: one layer a node, both directions in one weight."""

from __future__ import annotations

from shapelens.operators import GRU, LSTM, RNN
from shapelens.readers.onnx.translation import Call, Translation, translates

_LAYERS = {"GRU": GRU, "LSTM": LSTM, "RNN": RNN}
_DIRECTIONS = frozenset({"forward", "reverse", "bidirectional"})


@translates(*_LAYERS)
def recurrent_layer(call: Call) -> Translation:
    """Inputs: x, weight, recurrent weight, bias, lengths, first output, first cell, peephole weight."""
    operator = _LAYERS[call.node.operator](
        bidirectional=call.word("direction", "forward", _DIRECTIONS) == "bidirectional",
        batch_first=bool(call.attribute("layout", 0)),
        apart=True,
    )
    x, weight, recurrent_weight = call.given(0), call.given(1), call.given(2)
    states = [call.input(place) for place in (5, 6, 4, 7)]
    return Translation(operator, (x, *states, weight, recurrent_weight, call.input(3)))
