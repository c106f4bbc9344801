"""Recurrent layers: a cell that goes from step to step and remembers.

    >>> from shapelens.operators import LSTM, Tensor
    >>> step, memory = Tensor((80, 10)), Tensor((80, 20))
    >>> outcome = LSTM().evaluate(Tensor((5, 1, 10)), None, None, None, None, step, memory)
    >>> [tensor.shape for tensor in outcome.outputs]
    [(5, 1, 20), (1, 1, 20), (1, 1, 20)]

A cell multiplies the step's features and its own last output with a matrix for each of its gates.

Source: Hochreiter and Schmidhuber, 1997, for the LSTM; Cho et al., 2014, for the GRU; the weights lie as in
PyTorch, Keras and ONNX.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, at_least, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["GRU", "LSTM", "MAXIMUM_LAYERS", "RNN", "Recurrent"]

MAXIMUM_LAYERS = 16
"""A stack of more layers than this has no names for its weights."""

_STATES = ("input", "hidden", "cell", "lengths", "peephole")
_WEIGHTS = ("input_weight", "recurrent_weight", "input_bias", "recurrent_bias", "projection")
_SLOTS = tuple(
    [
        f"{weight}_{layer}{direction}"
        for layer in range(MAXIMUM_LAYERS)
        for direction in ("", "_reverse")
        for weight in _WEIGHTS
    ]
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The weights of one layer in one direction."""

    input_weight: Tensor
    recurrent_weight: Tensor
    projection: Tensor | None


@dataclass(frozen=True)
class Recurrent(Operator):
    """A recurrent layer, or a stack of them.

    The input is `steps × batch × features`, or without a batch `steps × features`. What comes out: the output of
    every step, and the states after the last one. Each layer and direction has an input weight
    (gates·hidden × features), a recurrent weight (gates·hidden × outputs), biases, and maybe a projection.

    Args:
        layers: how many layers stand upon each other.
        bidirectional: whether each layer also goes from the end to the start; its outputs stand side by side.
        batch_first: whether the input is `batch × steps × features`.
        apart: whether directions are an axis of their own in the output and come in one weight (ONNX).
        features_last: whether weights are features × gates·hidden (Keras).
        last_only: whether only the output of the last step is wanted (Keras).
        packed: whether the steps of all samples lie one after another, without an axis of samples (PyTorch's packed
            sequences). The hidden state that goes in tells how many samples there are.
    """

    roles: ClassVar[tuple[str, ...]] = (*_STATES, *_SLOTS)
    learned: ClassVar[frozenset[str]] = frozenset({"peephole", *_SLOTS})
    family: ClassVar[str] = "recurrent"
    gates: ClassVar[int] = 1
    has_cell: ClassVar[bool] = False

    layers: int = 1
    bidirectional: bool = False
    batch_first: bool = False
    apart: bool = False
    features_last: bool = False
    last_only: bool = False
    packed: bool = False

    # the weights --------------------------------------------------------------------------------------

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 2 if self.bidirectional else 1

    def _cells(self, inputs: Sequence[Tensor | None]) -> Iterator[tuple[int, _Cell]]:
        """The weights of every layer and direction, with the number of their layer."""
        for layer in range(self.layers):
            for direction in range(self.directions):
                # One weight of both directions stands in the place of the first.
                at = len(_STATES) + (2 * layer + (0 if self.apart else direction)) * len(_WEIGHTS)
                weights = [given(inputs, at), given(inputs, at + 1)]
                if self.apart:
                    weights = [weight.shaped(weight.dims[1:]) for weight in weights]
                if self.features_last:
                    weights = [weight.shaped(weight.dims[::-1]) for weight in weights]
                yield layer, _Cell(weights[0], weights[1], optional(inputs, at + 4))

    def _sizes(self, cell: _Cell) -> tuple[Dim, Dim]:
        """How many numbers a cell remembers, and how many it puts out."""
        hidden = cell.input_weight.dims[0] // self.gates
        return hidden, hidden if cell.projection is None else cell.projection.dims[0]

    def _axes(self, tensor: Tensor) -> tuple[int, int | None]:
        """The axis of the steps and that of the batch, if there is one."""
        if tensor.rank == 2:
            return 0, None
        return (1, 0) if self.batch_first else (0, 1)

    # the rule -----------------------------------------------------------------------------------------

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        ranks = {3} if self.apart else {2} if self.packed else {2, 3}
        cells = list(self._cells(inputs)) if self._fits(inputs) else []
        if tensor.rank not in ranks or not cells:
            facts = {"gets": tensor.dims, "wants": tuple(sorted(ranks)), "layers": self.layers}
            nothing = Unknown("a recurrent layer takes steps of features, and a matrix for each layer")
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((tensor.shaped(nothing),) * (3 if self.has_cell else 2), (broken,))
        requirements = self._requirements(tensor, cells)
        if not self.apart:
            some = at_least(tensor.dims[self._axes(tensor)[0]], 1)
            requirements += [] if some is True else [Requirement("steps", some, {"gets": tensor.dims})]
        hidden, width = self._sizes(cells[0][1])
        steps, batch = self._axes(tensor)
        samples = () if batch is None else (tensor.dims[batch],)
        outputs = [tensor.shaped(self._output_shape(tensor.dims[steps], samples, width))]
        if self.packed:
            samples = (_samples(optional(inputs, 1)),)
        for size, place in ((width, 1), (hidden, 2))[: 2 if self.has_cell else 1]:
            state = self._state_shape(samples, size)
            outputs.append(tensor.shaped(state))
            requirements += _state_requirements(optional(inputs, place), state)
        return Outcome(tuple(outputs), (*requirements, *self._bias_requirements(inputs)))

    def _fits(self, inputs: Sequence[Tensor | None]) -> bool:
        """Whether there are weights of the right rank for each layer."""
        if not 1 <= self.layers <= MAXIMUM_LAYERS:
            return False
        rank = 3 if self.apart else 2
        for layer in range(self.layers):
            for direction in range(1 if self.apart else self.directions):
                at = len(_STATES) + (2 * layer + direction) * len(_WEIGHTS)
                weights = [optional(inputs, at), optional(inputs, at + 1)]
                if any(weight is None or weight.rank != rank for weight in weights):
                    return False
        return True

    def _requirements(self, tensor: Tensor, cells: Sequence[tuple[int, _Cell]]) -> list[Requirement]:
        """That each layer takes what comes in, and each cell what it puts out."""
        found: list[Requirement] = []
        _, width = self._sizes(cells[0][1])
        for layer, cell in cells:
            gets = tensor.dims[-1] if layer == 0 else width * self.directions
            rows, wants = cell.input_weight.dims
            facts = {"gets": gets, "wants": wants, "weight": cell.input_weight.dims, "layer": layer}
            found.append(Requirement("features", equal(gets, wants), facts))
            gate_facts = {"rows": rows, "gates": self.gates, "layer": layer}
            found.append(Requirement("gates", equal(rows % self.gates, 0), gate_facts))
            for size, should in zip(cell.recurrent_weight.dims, (rows, width), strict=True):
                facts = {"gets": size, "wants": should, "weight": cell.recurrent_weight.dims, "layer": layer}
                found.append(Requirement("recurrence", equal(size, should), facts))
        return found

    def _bias_requirements(self, inputs: Sequence[Tensor | None]) -> list[Requirement]:
        """That each bias is as long as its weight has rows; and that one weight has both directions."""
        found: list[Requirement] = []
        for start in range(len(_STATES), len(inputs), len(_WEIGHTS)):
            weight = inputs[start]
            if weight is None:
                continue
            if self.apart:
                facts = {"gets": weight.dims[0], "wants": self.directions}
                found.append(Requirement("directions", equal(weight.dims[0], self.directions), facts))
            # In one weight for both directions the bias of the input stands before that of the recurrence.
            rows = weight.dims[-1 if self.features_last else -2] * (2 if self.apart else 1)
            for bias in (optional(inputs, start + 2), optional(inputs, start + 3)):
                if bias is not None and not isinstance(bias.shape, Unknown) and bias.shape:
                    facts = {"gets": bias.dims[-1], "wants": rows}
                    found.append(Requirement("bias", equal(bias.dims[-1], rows), facts))
        return found

    def _output_shape(self, steps: Dim, samples: Shape, width: Dim) -> Shape:
        """The shape of the outputs of all steps."""
        wide = width * self.directions
        if self.last_only:
            return (*samples, wide)
        if self.apart:
            return (
                (*samples, steps, self.directions, width)
                if self.batch_first
                else (steps, self.directions, *samples, width)
            )
        return (*samples, steps, wide) if self.batch_first else (steps, *samples, wide)

    def _state_shape(self, samples: Shape, size: Dim) -> Shape:
        """The shape of the states after the last step."""
        if self.last_only:
            return (*samples, size)
        if self.apart and self.batch_first:
            return (*samples, self.directions, size)
        return (self.layers * self.directions, *samples, size)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """At each step every weight is used once."""
        tensor = given(inputs)
        steps, batch = self._axes(tensor)
        used: Dim = 0
        for _, cell in self._cells(inputs):
            used = used + cell.input_weight.elements + cell.recurrent_weight.elements
            if cell.projection is not None:
                used = used + cell.projection.elements
        times = tensor.dims[steps] if batch is None else tensor.dims[steps] * tensor.dims[batch]
        return used * times

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Steps are seen whole: what came first reaches the last. Samples see themselves alone."""
        _, batch = self._axes(given(inputs))
        if batch is None:
            return ()
        target = 2 if self.apart and not self.batch_first else 0 if self.last_only else batch
        return (Link(0, batch, target),)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        layers = f", {self.layers} layers" if self.layers > 1 else ""
        return f"{self.name.lower()}{layers}{', both directions' if self.bidirectional else ''}"

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The input weights of the first layer follow the features that come in."""
        had, gets = given(before).dims[-1], given(after).dims[-1]
        shapes: dict[int, Shape] = {}
        for direction in range(1 if self.apart else self.directions):
            place = len(_STATES) + direction * len(_WEIGHTS)
            weight = given(before, place).dims
            axis = len(weight) - (2 if self.features_last else 1)
            if had != gets and weight[axis] == had and isinstance(gets, int):
                shapes[place] = (*weight[:axis], gets, *weight[axis + 1 :])
        return Follow(self, shapes)


def _samples(hidden: Tensor | None) -> Dim:
    """How many samples there are, by the state that goes in: layers × samples × size."""
    if hidden is None or isinstance(hidden.shape, Unknown) or hidden.rank != 3:
        return Unknown("the lengths of the sequences decide how many samples there are")
    return hidden.dims[1]


def _state_requirements(state: Tensor | None, wants: Shape) -> list[Requirement]:
    """A state that is given has the shape of the one that comes out."""
    if state is None:
        return []
    if isinstance(state.shape, Unknown):
        return [Requirement("state", state.shape, {"wants": wants})]
    facts = {"gets": state.dims, "wants": wants}
    if state.rank != len(wants):
        return [Requirement("state", False, facts)]
    return [Requirement("state", equal(own, dim), facts) for own, dim in zip(state.dims, wants, strict=True)]


@dataclass(frozen=True)
class RNN(Recurrent):
    """A plain recurrent layer: `h = tanh(W·x + R·h)`."""


@dataclass(frozen=True)
class GRU(Recurrent):
    """A gated recurrent unit: three gates."""

    gates: ClassVar[int] = 3


@dataclass(frozen=True)
class LSTM(Recurrent):
    """A long short-term memory: four gates, and a cell that is remembered beside the output."""

    gates: ClassVar[int] = 4
    has_cell: ClassVar[bool] = True
