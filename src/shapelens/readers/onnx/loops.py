"""`Loop`, `Scan` and `SequenceMap`: a graph that runs again and again, once for each number, slice or tensor.

Where a loop's count is in the file and small, its body is followed from round to round. Else what is true of every
round is told: what is carried on and keeps its shape, and what is collected, one slice from each round. How often a
loop runs may be what only data decide; then a symbol counts the rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import (
    Dim,
    UndecidedError,
    Unknown,
    at_least,
    equal,
    maximum,
    total,
)
from shapelens.errors import DimensionError
from shapelens.operators import Outcome, Requirement, Tensor, TensorSequence
from shapelens.operators.arguments import fixed_axis, told_number
from shapelens.operators.counting import counted
from shapelens.operators.joining import Stack
from shapelens.operators.sequences import sequence_like, sequence_of
from shapelens.readers.onnx.rounds import Round, settled, spending
from shapelens.readers.onnx.subgraphs import NOTHING, OfGraphs, Subgraph, truth_of
from shapelens.records import dataclass

__all__ = ["Loop", "Scan", "SequenceMap"]

_ALWAYS = Tensor((), "bool", (True,))
_MAYBE = Tensor((), "bool")


@dataclass(frozen=True)
class _Repeating(OfGraphs):
    """What all of these share.

    Inputs: the values around that the body takes, then the operator's own.

    Args:
        taken: the names of those values.
        body: what runs.
        level: how many loops are around this one.
        steps: how many nodes are evaluated at most to follow the loop.
    """

    taken: tuple[str, ...]
    body: Subgraph
    level: int = 0
    steps: int = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return self._followed(inputs)[0]

    def _followed(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        raise NotImplementedError

    def _around(self, inputs: Sequence[Tensor | None]) -> dict[str, Tensor]:
        pairs = zip(self.taken, inputs, strict=False)
        return {name: tensor for name, tensor in pairs if tensor is not None}

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Those of all rounds."""
        if not self.body.multiplies:
            return 0
        try:
            return self._followed(inputs)[1]
        except DimensionError:
            return Unknown("the size decides how a loop goes on")

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {"body": [node.source_operator for node in self.body.nodes]}


@dataclass(frozen=True)
class Loop(_Repeating):
    """A body that runs so often, or as long as a condition holds.

    Inputs: the values around, the count, the condition, and what the first round is given.
    Outputs: what the last round gives, and what is collected.

    Args:
        count: the symbol that counts the rounds, or its name.
    """

    word: ClassVar[str] = "loop"

    count: Any = ""

    def _followed(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        around, own = self._around(inputs), inputs[len(self.taken) :]
        states = [NOTHING if tensor is None else tensor for tensor in own[2:]]
        most = told_number(None, own[0], "how often a loop runs") if own and own[0] is not None else None
        holds = truth_of(own[1]) if len(own) > 1 and own[1] is not None else True
        scans = len(self.body.outputs) - 1 - len(states)
        if scans < 0:
            raise UndecidedError("the body of a Loop gives less than it is given")
        most = 0 if holds is False else most
        with spending(self.steps) as spend:

            def run(carried: Sequence[Tensor], number: int | None = None) -> tuple[Round, Outcome]:
                spend(len(self.body.nodes) + 1)
                counter = Tensor(self._counter_shape(0), "int64", None if number is None else (number,))
                goes_on = replace(_ALWAYS if holds is True else _MAYBE, shape=self._counter_shape(1))
                outcome, macs = self.body.evaluate(around, (counter, goes_on, *carried))
                end = 1 + len(states)
                return Round(outcome.outputs[1:end], outcome.outputs[end:], outcome.outputs[0], macs), outcome

            if isinstance(most, int) and holds is True:
                unrolled = self._unrolled(run, states, most, scans)
                if unrolled is not None:
                    return unrolled
            return self._settled(run, states, most, holds is True)

    def _counter_shape(self, place: int) -> tuple[int, ...]:
        """Runtimes give numbers and conditions as the body declares them: alone, or as a vector of one."""
        return (1,) if self.body.ranks[place : place + 1] == (1,) else ()

    def _unrolled(
        self, run: Any, states: Sequence[Tensor], most: int, scans: int
    ) -> tuple[Outcome, Dim] | None:
        """Round by round; None where that takes too long, or what ends the loop is not known."""
        if (len(self.body.nodes) + 1) * max(most, 0) > self.steps // 2:
            return None
        collected: list[list[Tensor]] = [[] for _ in range(scans)]
        requirements: list[Requirement] = []
        macs: list[Dim] = []
        for number in range(most):
            once, outcome = run(states, number)
            states = once.states
            for place, scan in enumerate(once.scans):
                collected[place].append(scan)
            requirements += [replace(requirement, spoils=()) for requirement in outcome.requirements]
            macs.append(once.macs)
            if number == most - 1:
                break
            goes_on = truth_of(once.goes_on)
            if not isinstance(goes_on, bool):
                return None
            if not goes_on:
                break
        if any(not slices for slices in collected):
            return None
        gathered = [_stacked(slices) for slices in collected]
        return Outcome((*states, *gathered), tuple(requirements)), total(macs)

    def _settled(
        self, run: Any, states: Sequence[Tensor], most: Dim | None, begins: bool
    ) -> tuple[Outcome, Dim]:
        """What is true of every round."""
        first: list[Outcome] = []

        def once(carried: Sequence[Tensor]) -> Round:
            found: Round
            found, outcome = run(carried)
            first.append(outcome)
            return found

        most = None if most is None else most if isinstance(most, Unknown) else maximum(most, 0)
        runs = begins and most is not None and at_least(most, 1) is True
        rounds = settled(once, states, self.level, surely_once=runs)
        goes_on = truth_of(rounds.last.goes_on) is True and begins
        if most is None:
            count = counted(self.count, Unknown("only the data decide how often a loop runs"))
        elif goes_on:
            count = counted(self.count, most) if isinstance(most, Unknown) else most
        else:
            count = counted(self.count, most, least=0)
        gathered = [_collected(scan, count, 0) for scan in rounds.last.scans]
        # What must hold in the first round must hold, if there is one.
        kept = [replace(r, spoils=()) for r in first[0].requirements] if runs else []
        macs = rounds.last.macs * count
        return Outcome((*rounds.states(count), *gathered), tuple(kept)), macs


def _collected(scan: Tensor, count: Dim, axis: int) -> Tensor:
    """One slice from each round."""
    if isinstance(scan.shape, Unknown):
        return scan.shaped(scan.shape)
    place, broken = fixed_axis(axis, scan.rank + 1)
    if broken is not None:
        return scan.shaped(Unknown("what a Scan gives has no such axis"))
    return scan.shaped((*scan.shape[:place], count, *scan.shape[place:]))


def _stacked(slices: Sequence[Tensor]) -> Tensor:
    unknown = next((s for s in slices if isinstance(s.shape, Unknown)), None)
    if unknown is not None:
        return unknown.shaped(unknown.shape)
    outcome = Stack(0).evaluate(*slices)
    return (
        outcome.outputs[0]
        if not outcome.broken
        else slices[0].shaped(Unknown("what a loop collects differs"))
    )


@dataclass(frozen=True)
class Scan(_Repeating):
    """A body that runs for each slice of some tensors.

    Inputs: the values around, what the first round is given, and the tensors that are sliced; where a batch leads
    them, the lengths of its samples stand before these.
    Outputs: what the last round gives, and what is collected.

    Args:
        sliced: how many tensors are sliced.
        input_axes: along which axis each is.
        output_axes: along which axis what is collected stands.
        batched: whether a batch leads every tensor, each sample of which is scanned by itself.
    """

    word: ClassVar[str] = "scan"

    sliced: int = 1
    input_axes: tuple[int, ...] = ()
    output_axes: tuple[int, ...] = ()
    batched: bool = False

    def _followed(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        around = self._around(inputs)
        own = [NOTHING if tensor is None else tensor for tensor in inputs[len(self.taken) :]]
        own = own[1:] if self.batched else own
        states, scanned = own[: len(own) - self.sliced], own[len(own) - self.sliced :]
        batch = own[0].dims[0] if self.batched and own and own[0].rank else 1
        if self.batched:
            states = [state.shaped(state.dims[1:]) for state in states]
        slices: list[Tensor] = []
        counts: list[Dim] = []
        for place, tensor in enumerate(scanned):
            asked = 1 if self.batched else self.input_axes[place] if place < len(self.input_axes) else 0
            axis, broken = fixed_axis(asked, tensor.rank)
            if broken is not None:
                raise UndecidedError("a Scan goes along an axis that is not there")
            counts.append(tensor.dims[axis])
            shape = (*tensor.dims[:axis], *tensor.dims[axis + 1 :])
            slices.append(tensor.shaped(shape[1:] if self.batched else shape))
        if not counts:
            raise UndecidedError("a Scan goes along nothing")
        requirements = [
            Requirement("scan", equal(counts[0], count), {"left": counts[0], "right": count})
            for count in counts[1:]
        ]
        with spending(self.steps) as spend:

            def run(carried: Sequence[Tensor]) -> Round:
                spend(len(self.body.nodes) + 1)
                outcome, macs = self.body.evaluate(around, (*carried, *slices))
                end = len(states)
                if not requirements_of_first:
                    requirements_of_first.append(outcome.requirements)
                return Round(outcome.outputs[:end], outcome.outputs[end:], None, macs)

            requirements_of_first: list[tuple[Requirement, ...]] = []
            surely = at_least(counts[0], 1) is True
            rounds = settled(run, states, self.level, surely_once=surely)
        if surely:
            requirements += [replace(r, spoils=()) for r in requirements_of_first[0]]
        carried = list(rounds.states(counts[0]))
        axes = [
            self.output_axes[i] if i < len(self.output_axes) else 0 for i in range(len(rounds.last.scans))
        ]
        gathered = [
            _collected(scan, counts[0], axis) for scan, axis in zip(rounds.last.scans, axes, strict=True)
        ]
        if self.batched:
            carried, gathered = [
                [t if isinstance(t.shape, Unknown) else t.shaped((batch, *t.shape)) for t in tensors]
                for tensors in (carried, gathered)
            ]
        return Outcome((*carried, *gathered), tuple(requirements)), rounds.last.macs * counts[0] * batch


@dataclass(frozen=True)
class SequenceMap(_Repeating):
    """A body that runs for each tensor of a sequence.

    Inputs: the values around, the sequence, and other sequences of the same length, or tensors, for every round.
    Outputs: sequences of what the rounds give.
    """

    word: ClassVar[str] = "map a sequence"

    def _followed(self, inputs: Sequence[Tensor | None]) -> tuple[Outcome, Dim]:
        around = self._around(inputs)
        own = [NOTHING if tensor is None else tensor for tensor in inputs[len(self.taken) :]]
        if not own or not isinstance(own[0], TensorSequence):
            reason = own[0].shape if own else None
            raise UndecidedError(reason.reason if isinstance(reason, Unknown) else "it is no sequence")
        first = own[0]
        with spending(self.steps) as spend:

            def run(place: int | None) -> tuple[Outcome, Dim]:
                spend(len(self.body.nodes) + 1)
                return self.body.evaluate(around, [_item(tensor, place) for tensor in own])

            count = None if first.items is None else len(first.items)
            is_short = count is not None and (len(self.body.nodes) + 1) * count <= self.steps // 2
            if is_short and count:
                found = [run(place) for place in range(count)]
                sequences = [sequence_of(each) for each in zip(*[o.outputs for o, _ in found], strict=True)]
                return Outcome(tuple(sequences)), total([macs for _, macs in found])
            outcome, macs = run(None)
        alike = [sequence_like(each, first.length) for each in outcome.outputs]
        return Outcome(tuple(alike)), macs * first.length


def _item(tensor: Tensor, place: int | None) -> Tensor:
    """What a round is given of an input."""
    if not isinstance(tensor, TensorSequence):
        return tensor
    if place is None or tensor.items is None:
        return tensor.each or NOTHING
    return tensor.items[place] if place < len(tensor.items) else NOTHING
