"""One way through a network, and what is known of every size by it.

A way is the network as it was evaluated at one example: in the order of its nodes, what was asked of sizes and how it
was answered, and what had to hold. For another size these are asked again. Where an answer differs, the network goes
another way, and nothing is said. Where something does not hold that had to, the size does not fit. Where all holds to
the end, it fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shapelens.analyses.sizes.points import Places, Points
from shapelens.dims import All, Comparison, Condition, Dim, Truth, Unknown, equal, symbol
from shapelens.dims.evaluation import evaluate_condition
from shapelens.network import Evaluation, Network, Step
from shapelens.operators import Pool, Requirement
from shapelens.records import dataclass

__all__ = [
    "ASKED",
    "DOUBTED",
    "ELSEWHERE",
    "FITS",
    "LOST",
    "REFUSED",
    "REQUIRED",
    "UNKNOWN",
    "Event",
    "Judgement",
    "Way",
]

ELSEWHERE = -2
"""The network goes another way there."""
UNKNOWN = -1
REFUSED = 0
FITS = 1

ASKED = "asked"
"""A question, answered so on this way."""
REQUIRED = "required"
"""Something that has to hold."""
DOUBTED = "doubted"
"""Something has to hold, and it is not known whether it does: what is refused later is refused all the same."""
LOST = "lost"
"""From here on something is not known."""

_CATCHES = "the model's own code may catch what is raised there"
_DISPUTED = "ONNX and onnxruntime do not agree on what a pool gives whose window is larger than the image"


@dataclass(frozen=True, slots=True)
class Event:
    """What is met on a way.

    Args:
        kind: a question, a requirement, one of which it is not known, or that something is lost from here on.
        truth: what holds where the way goes on.
        place: the index of the node; how many nodes there are for what comes after all of them.
        requirement: the requirement.
        reason: why something is lost, or not known.
    """

    kind: str
    truth: Truth
    place: int
    requirement: Requirement | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of some points.

    Args:
        status: for each point `FITS`, `REFUSED`, `UNKNOWN` or `ELSEWHERE`.
        event: the index of the event that refused it; -1 for the end of the way, or where none did.
    """

    status: NDArray[np.int8]
    event: NDArray[np.int32]


@dataclass(frozen=True)
class Way:
    """A way.

    Args:
        evaluation: the network, with formulas, evaluated along an example.
    """

    evaluation: Evaluation

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What is met on it that does not hold everywhere, in order, each once."""
        found: list[Event] = []
        held: set[Condition] = set()
        pinned: dict[str, int] = {}
        for met in _met(self.evaluation):
            # What comes behind `H = 224` is asked of no other height.
            truth = evaluate_condition(met.truth, pinned) if pinned else met.truth
            if truth is True or (isinstance(truth, Condition) and truth in held):
                continue
            event = met if truth is met.truth else replace(met, truth=truth)
            if isinstance(truth, Condition):
                held.add(truth)
                pinned |= _pinned_by(truth)
            found.append(event)
            if event.kind == LOST or (event.kind == REQUIRED and not _holds(event.truth, self.evaluation)):
                break
        return tuple(found)

    @cached_property
    def is_cut(self) -> bool:
        """Whether the example itself is refused: nothing is said of sizes that get past that."""
        last = self.events[-1] if self.events else None
        return last is not None and last.kind == REQUIRED and not _holds(last.truth, self.evaluation)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of its events."""
        return tuple([event.truth for event in self.events if isinstance(event.truth, Condition)])

    @property
    def raises(self) -> str:
        """What kind of exception ends it, and where; empty where none does.

        What an exception says besides may name the sizes of the example, and no others.
        """
        facts = self.evaluation.network.facts
        if "stopped" not in facts or "stopped_for" in facts:
            return ""
        kind = facts["stopped"].partition(":")[0]
        return f"{kind} in {facts['stopped_at']}" if facts.get("stopped_at") else kind

    @property
    def lost(self) -> str:
        """Why something on it is not known; empty where all is."""
        return next((event.reason for event in self.events if event.kind in {DOUBTED, LOST}), "")

    def judge(self, points: Points, places: Places) -> Judgement:
        """What this way says of some points.

        Args:
            points: the points.
            places: those of them that are asked.
        """
        status = np.full(len(places), REFUSED if self.raises else FITS, dtype=np.int8)
        refusing = np.full(len(places), -1, dtype=np.int32)
        left: Places = np.arange(len(places))
        for index, event in enumerate(self.events):
            if event.kind == DOUBTED:
                status[left] = REFUSED if self.raises else UNKNOWN
                continue
            mask = None if event.kind == LOST else points.where(event.truth, places[left])
            if mask is None:
                status[left] = UNKNOWN
                break
            if mask.all():
                continue
            failed = left[~mask]
            status[failed] = ELSEWHERE if event.kind == ASKED else REFUSED
            refusing[failed] = index
            left = left[mask]
            if not len(left):
                break
        else:
            if self.is_cut:
                status[left] = ELSEWHERE
        return Judgement(status, refusing)


def _pinned_by(condition: Condition) -> dict[str, int]:
    """The symbols that a condition holds to one size: H for `H = 224`."""
    if isinstance(condition, All):
        return {name: size for member in condition.members for name, size in _pinned_by(member).items()}
    if not isinstance(condition, Comparison) or condition.strictness != "==":
        return {}
    difference = condition.difference
    names = [symbol.name for symbol in difference.symbols()]
    if len(names) == 1 and difference - difference.constant == symbol(names[0]):
        return {names[0]: -difference.constant}
    return {}


def _met(evaluation: Evaluation) -> Iterator[Event]:
    decided = 0
    conditions = evaluation.path.conditions
    for place, step in enumerate(evaluation.steps):
        for condition in conditions[decided : step.decided]:
            yield Event(ASKED, condition, place)
        decided = step.decided
        for event in _required(step, place):
            reason = _why_no_refusal(event, step, evaluation.network)
            yield from _left_open(event, evaluation, reason) if reason else (event,)
        yield from _refused(step, place, evaluation)
    for condition in conditions[decided:]:
        yield Event(ASKED, condition, len(evaluation.steps))
    facts = evaluation.network.facts
    if "stopped_for" in facts:
        yield Event(LOST, False, len(evaluation.steps), reason=facts["stopped"])
    elif "stopped" not in facts:
        if evaluation.ending is not None:
            yield Event(LOST, False, len(evaluation.steps), reason=evaluation.ending.reason)
        for _, tensor in evaluation.outputs:
            if isinstance(tensor.shape, Unknown):
                yield Event(LOST, False, len(evaluation.steps), reason=tensor.shape.reason)


def _why_no_refusal(event: Event, step: Step, network: Network) -> str:
    """Why a size that a node refuses may be one that the network takes; empty where it takes none."""
    if event.kind in {DOUBTED, REQUIRED} and step.node.name in network.caught:
        return _CATCHES
    if event.kind != REQUIRED or network.origin.kind != "onnx":
        return ""
    operator = step.node.operator
    is_window = event.requirement is not None and event.requirement.kind == "window"
    # ONNX rounds a negative quotient down, onnxruntime towards zero: with stride 1 there is nothing to round.
    is_rounded = isinstance(operator, Pool) and any(not _is_one(each.stride) for each in operator.slidings())
    return _DISPUTED if is_window and is_rounded else ""


def _is_one(dim: Dim) -> bool:
    return isinstance(dim, int) and dim == 1


def _refused(step: Step, place: int, evaluation: Evaluation) -> Iterator[Event]:
    """What PyTorch refuses although all holds that has to: these very sizes, and it is not known whether others."""
    is_refused = any(name in evaluation.network.refusals for name in step.node.outputs)
    known = [r.truth for r in step.requirements if not isinstance(r.truth, Unknown)]
    if not is_refused or not all(_holds(truth, evaluation) for truth in known):
        return
    for name in evaluation.symbols:
        if name in evaluation.path.example:
            yield Event(ASKED, equal(symbol(name), evaluation.path.example[name]), place)
    yield Event(REQUIRED, False, place)


def _holds(truth: Truth, evaluation: Evaluation) -> bool:
    return evaluation.path.holds(truth) if isinstance(truth, Condition) else truth is True


def _left_open(event: Event, evaluation: Evaluation, reason: str) -> Iterator[Event]:
    """What had to hold as a question of the way: where it does not hold, something else is done, or is not known."""
    truth = event.truth
    holds = _holds(truth, evaluation)
    if isinstance(truth, Condition):
        yield replace(event, kind=ASKED, truth=truth if holds else truth.negated())
    if not holds:
        yield replace(event, kind=LOST, truth=False, reason=reason)


def _required(step: Step, place: int) -> Iterator[Event]:
    for requirement in step.requirements:
        if isinstance(requirement.truth, Unknown):
            yield Event(DOUBTED, False, place, requirement, requirement.truth.reason)
        elif requirement.truth is not True:
            yield Event(REQUIRED, requirement.truth, place, requirement)
    for tensor in step.outputs:
        # A rule that does not know what comes out may not have said either what has to hold.
        dims = (tensor.shape,) if isinstance(tensor.shape, Unknown) else tensor.shape
        for dim in dims:
            if isinstance(dim, Unknown):
                yield Event(LOST, False, place, reason=dim.reason)
