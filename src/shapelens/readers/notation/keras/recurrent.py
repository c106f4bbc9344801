"""Keras' recurrent layers.

>>> from shapelens.operators import Tensor
>>> kernel, recurrent = Tensor((10, 128)), Tensor((32, 128))
>>> outcome = KerasLSTM(batch_first=True, features_last=True, last_only=True).evaluate(
...     Tensor((8, 5, 10)), None, None, None, None, kernel, recurrent
... )
>>> [tensor.shape for tensor in outcome.outputs]
[(8, 32), (8, 32), (8, 32)]
"""

from __future__ import annotations

from collections.abc import Callable

from shapelens.dims import Dim, Unknown
from shapelens.operators import GRU, LSTM, RNN, Outcome, Requirement, Shape, Tensor
from shapelens.operators.arguments import given
from shapelens.operators.recurrent import Recurrent
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.nested import beneath, nested_calls, nested_vocabulary
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, sequence
from shapelens.readers.notation.syntax import Call
from shapelens.records import dataclass

__all__ = [
    "STEPPED",
    "Cell",
    "KerasGRU",
    "KerasLSTM",
    "KerasRNN",
    "called_of",
    "cell_of",
    "put_cell",
    "steps_taken",
]

_CELL = (
    "units, activation='tanh', {gate}use_bias=True, kernel_initializer='glorot_uniform', "
    "recurrent_initializer='orthogonal', bias_initializer='zeros', {forget}kernel_regularizer=None, "
    "recurrent_regularizer=None, bias_regularizer=None, {activity}kernel_constraint=None, "
    "recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0"
)
_STEPPED = "return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False"


def _cell_signature(*, gated: bool, forgets: bool = False, activity: str = "") -> str:
    """The parameters that a cell and its layer share."""
    gate = "recurrent_activation='sigmoid', " if gated else ""
    return _CELL.format(gate=gate, forget="unit_forget_bias=True, " if forgets else "", activity=activity)


_ACTIVITY = "activity_regularizer=None, "
_SIMPLE = f"{_cell_signature(gated=False, activity=_ACTIVITY)}, {_STEPPED}, seed=None"
_GRU = f"{_cell_signature(gated=True, activity=_ACTIVITY)}, seed=None, {_STEPPED}, reset_after=True, use_cudnn='auto'"
_LSTM = f"{_cell_signature(gated=True, forgets=True, activity=_ACTIVITY)}, seed=None, {_STEPPED}, use_cudnn='auto'"
_OLD = "implementation time_major zero_output_for_mask"

STEPPED = frozenset({"GRU", "LSTM", "SimpleRNN"})
"""The layers that `Bidirectional` wraps."""


# operators ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Batched(Recurrent):
    """A recurrent layer that takes a batch of steps, and whose states have no axis of layers."""

    @property
    def name(self) -> str:
        """The name of what it is."""
        return type(self).__name__.removeprefix("Keras")

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if tensor.rank != 3:
            facts = {"gets": tensor.dims, "wants": (3,), "layers": self.layers}
            nothing = Unknown("a recurrent layer takes steps of features")
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((tensor.shaped(nothing),) * (3 if self.has_cell else 2), (broken,))
        return super().evaluate(*inputs)

    def _state_shape(self, samples: Shape, size: Dim) -> Shape:
        return (*samples, size)


@dataclass(frozen=True)
class KerasRNN(_Batched, RNN):
    """`h = tanh(x·W + h·R)`, with weights features × units."""


@dataclass(frozen=True)
class KerasGRU(_Batched, GRU):
    """A gated recurrent unit with weights features × 3·units."""


@dataclass(frozen=True)
class KerasLSTM(_Batched, LSTM):
    """A long short-term memory with weights features × 4·units."""


# cells ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What one recurrent layer computes at a step.

    Args:
        operator: what goes through all steps.
        units: how many numbers it puts out.
        bias: the shape of its bias; None where there is none.
    """

    operator: Callable[..., _Batched]
    units: int
    bias: Shape | None

    @property
    def gates(self) -> int:
        """How many matrices it has for what comes in, side by side."""
        gates: int = self.operator().gates
        return gates

    @property
    def states(self) -> int:
        """How many states it has after the last step."""
        return 2 if self.operator().has_cell else 1

    def weights(self, features: Dim, direction: str = "") -> dict[str, Shape]:
        """The shapes of its weights by role."""
        rows = self.gates * self.units
        weights: dict[str, Shape] = {
            f"input_weight_0{direction}": (features, rows),
            f"recurrent_weight_0{direction}": (self.units, rows),
        }
        return weights if self.bias is None else {**weights, f"input_bias_0{direction}": self.bias}


_OPERATORS: dict[str, Callable[..., _Batched]] = {"SimpleRNN": KerasRNN, "GRU": KerasGRU, "LSTM": KerasLSTM}


def cell_of(arguments: Arguments) -> Cell:
    """The cell of a recurrent layer, or a cell by itself."""
    kind, units = arguments.name.removesuffix("Cell"), arguments.integer("units")
    operator = _OPERATORS[kind]
    rows = operator().gates * units
    bias: Shape | None = (rows,) if arguments.flag("use_bias") else None
    if bias and kind == "GRU" and arguments.flag("reset_after"):
        bias = (2, rows)  # one row for what comes in, one for what is remembered
    return Cell(operator, units, bias)


def called_of(direction: str = "", before: str = "") -> dict[str, str]:
    """What Keras calls the weights of a recurrent layer."""
    names = {"input_weight": "kernel", "recurrent_weight": "recurrent_kernel", "input_bias": "bias"}
    return {f"{role}_0{direction}": f"{before}{name}" for role, name in names.items()}


def put_cell(place: Place, cell: Cell, *, sequences: bool, state: bool) -> str:
    """Put a cell that goes through all steps.

    Args:
        place: where.
        cell: the cell.
        sequences: whether the output of every step is given, and not of the last alone.
        state: whether the states are given too.
    """
    operator = cell.operator(batch_first=True, features_last=True, last_only=not sequences)
    outputs = 1 + cell.states if state else 1
    return place.add(operator, cell.weights(place.size(-1)), called=called_of(), outputs=outputs)


def steps_taken(arguments: Arguments) -> Sample:
    """A sequence of vectors."""
    return sequence("F")


@layer("SimpleRNN", signature=_SIMPLE, takes=steps_taken, also=_OLD)
@layer("GRU", signature=_GRU, takes=steps_taken, also=_OLD)
@layer("LSTM", signature=_LSTM, takes=steps_taken, also=_OLD)
def recurrent(arguments: Arguments, place: Place) -> None:
    """The output of the last step or of all, and the states after the last if they are asked for."""
    sequences, state = arguments.flag("return_sequences"), arguments.flag("return_state")
    put_cell(place, cell_of(arguments), sequences=sequences, state=state)


# cells that a layer of their own goes through the steps with ------------------------------------------------


@layer("SimpleRNNCell", signature=f"{_cell_signature(gated=False)}, seed=None")
@layer("GRUCell", signature=f"{_cell_signature(gated=True)}, reset_after=True, seed=None")
@layer("LSTMCell", signature=f"{_cell_signature(gated=True, forgets=True)}, seed=None")
@layer("StackedRNNCells", signature="cells")
def cell_alone(arguments: Arguments, place: Place) -> None:
    shown = arguments.source.shown(arguments.call.span)
    raise arguments.error(
        f"{arguments.name} is one step of a recurrent layer",
        rule="a layer goes through all steps: RNN takes the cell",
        have=shown,
        fix=f"RNN({shown})",
    )


@layer("RNN", signature=f"cell, {_STEPPED}, zero_output_for_mask=False", takes=steps_taken)
def of_cells(arguments: Arguments, place: Place) -> None:
    """One cell, or several upon each other, each of which takes what the one before puts out."""
    calls = _cells(arguments)
    sequences, state = arguments.flag("return_sequences"), arguments.flag("return_state")
    vocabulary = nested_vocabulary(arguments)
    cells: list[Cell] = []
    for call in calls:
        known = vocabulary.layer(call)
        assert known is not None
        if known.name.removesuffix("Cell") not in STEPPED or not known.name.endswith("Cell"):
            raise arguments.error(
                f"{known.name} is no cell",
                "cell",
                rule="RNN takes a SimpleRNNCell, a GRUCell or an LSTMCell, or several in a list",
            )
        cells.append(cell_of(vocabulary.arguments(call, known)))
    if len(cells) == 1:
        put_cell(place, cells[0], sequences=sequences, state=state)
        return
    with place.builder.scope(place.label, place.layer):
        for number, (call, cell) in enumerate(zip(calls, cells, strict=True)):
            part = beneath(place, f"cell_{number}", call.name)
            put_cell(part, cell, sequences=sequences or number < len(cells) - 1, state=state)
            place.nodes += part.nodes


def _cells(arguments: Arguments) -> list[Call]:
    calls = nested_calls(arguments, "cell")
    if len(calls) == 1 and calls[0].name == "StackedRNNCells":
        vocabulary = nested_vocabulary(arguments)
        known = vocabulary.layer(calls[0])
        assert known is not None
        return nested_calls(vocabulary.arguments(calls[0], known), "cells")
    return calls
