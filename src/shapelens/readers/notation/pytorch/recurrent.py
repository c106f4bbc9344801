"""PyTorch's recurrent layers, and their cells, which are given one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shapelens.operators import GRU, LSTM, RNN, Operator, Shape
from shapelens.operators.recurrent import MAXIMUM_LAYERS
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.cells import GRUCell, LSTMCell, RNNCell
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, sequence, vector
from shapelens.records import dataclass

_STACK = (
    "input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, "
    "device=None, dtype=None"
)
_CELL = "input_size, hidden_size, bias=True, device=None, dtype=None"
_NONLINEARITIES = ("tanh", "relu")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of recurrent layer: how many gates it has, and what computes it."""

    gates: int
    stack: Callable[..., Operator]
    cell: Callable[[], Operator]


_KINDS = {
    "RNN": _Kind(1, RNN, RNNCell),
    "GRU": _Kind(3, GRU, GRUCell),
    "LSTM": _Kind(4, LSTM, LSTMCell),
}


def _takes(arguments: Arguments) -> Sample:
    return sequence(arguments.integer("input_size"), is_batched=arguments.flag("batch_first"))


@layer("RNN", signature=_STACK.replace("bias=", "nonlinearity='tanh', bias="), takes=_takes)
@layer("GRU", signature=_STACK, takes=_takes)
@layer("LSTM", signature=_STACK.replace("device=", "proj_size=0, device="), takes=_takes)
def recurrent(arguments: Arguments, place: Place) -> None:
    """A stack of recurrent layers: the output of every step, and the states after the last one."""
    kind, layers = _KINDS[arguments.name], arguments.integer("num_layers")
    if layers > MAXIMUM_LAYERS:
        raise arguments.error(
            f"a stack of {layers} recurrent layers is higher than can be read",
            "num_layers",
            rule=f"num_layers is at most {MAXIMUM_LAYERS}",
        )
    if arguments.name == "RNN":
        arguments.choice("nonlinearity", _NONLINEARITIES)
    operator = kind.stack(
        layers=layers,
        bidirectional=arguments.flag("bidirectional"),
        batch_first=arguments.flag("batch_first"),
    )
    weights: dict[str, Shape] = {}
    called: dict[str, str] = {}
    for role, name, shape in _weights(arguments, kind.gates, layers):
        weights[role], called[role] = shape, name
    place.add(operator, weights, called=called, outputs=3 if arguments.name == "LSTM" else 2)


def _weights(arguments: Arguments, gates: int, layers: int) -> Iterator[tuple[str, str, Shape]]:
    """Every weight of a stack: its role, PyTorch's name for it, and its shape."""
    hidden, projection = arguments.integer("hidden_size"), _projection(arguments)
    width, rows = projection or hidden, gates * hidden
    directions = ("", "_reverse") if arguments.flag("bidirectional") else ("",)
    for number in range(layers):
        into = width * len(directions) if number else arguments.integer("input_size")
        for direction in directions:
            place, behind = f"_{number}{direction}", f"_l{number}{direction}"
            yield f"input_weight{place}", f"weight_ih{behind}", (rows, into)
            yield f"recurrent_weight{place}", f"weight_hh{behind}", (rows, width)
            if arguments.flag("bias"):
                yield f"input_bias{place}", f"bias_ih{behind}", (rows,)
                yield f"recurrent_bias{place}", f"bias_hh{behind}", (rows,)
            if projection:
                yield f"projection{place}", f"weight_hr{behind}", (projection, hidden)


def _projection(arguments: Arguments) -> int:
    """To how many numbers an LSTM projects its output; 0 where it does not."""
    if arguments.name != "LSTM":
        return 0
    size = arguments.integer("proj_size", 0)
    if size >= arguments.integer("hidden_size"):
        raise arguments.error(
            "proj_size has to be smaller than hidden_size",
            "proj_size",
            "hidden_size",
            rule="the output is projected to fewer numbers than are remembered; with 0 it is not projected",
        )
    return size


def _step(arguments: Arguments) -> Sample:
    return vector(arguments.integer("input_size"))


@layer("RNNCell", signature=_CELL.replace("device=", "nonlinearity='tanh', device="), takes=_step)
@layer("GRUCell", "LSTMCell", signature=_CELL, takes=_step)
def cell(arguments: Arguments, place: Place) -> None:
    """One step of a recurrent layer; without a state it starts from zeros."""
    name = arguments.name.removesuffix("Cell")
    if name == "RNN":
        arguments.choice("nonlinearity", _NONLINEARITIES)
    rows = _KINDS[name].gates * arguments.integer("hidden_size")
    weights: dict[str, Shape] = {
        "input_weight": (rows, arguments.integer("input_size")),
        "recurrent_weight": (rows, arguments.integer("hidden_size")),
    }
    if arguments.flag("bias"):
        weights |= {"input_bias": (rows,), "recurrent_bias": (rows,)}
    called = {
        "input_weight": "weight_ih",
        "recurrent_weight": "weight_hh",
        "input_bias": "bias_ih",
        "recurrent_bias": "bias_hh",
    }
    place.add(_KINDS[name].cell(), weights, called=called, outputs=2 if name == "LSTM" else 1)
