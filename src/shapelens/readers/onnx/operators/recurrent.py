"""Recurrent layers: one layer a node, both directions in one weight."""

from __future__ import annotations

from shapelens.operators import GRU, LSTM, RNN
from shapelens.readers.onnx.translation import Call, Translation, translates

_LAYERS = {"GRU": GRU, "LSTM": LSTM, "RNN": RNN}


@translates(*_LAYERS)
def recurrent_layer(call: Call) -> Translation:
    """Inputs: x, weight, recurrent weight, bias, lengths, first output, first cell, peephole weight."""
    operator = _LAYERS[call.node.operator](
        bidirectional=call.attribute("direction", "forward") == "bidirectional",
        batch_first=bool(call.attribute("layout", 0)),
        apart=True,
    )
    return Translation(operator, tuple([call.input(place) for place in (0, 5, 6, 4, 7, 1, 2, 3)]))
