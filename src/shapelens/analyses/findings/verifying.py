"""Fixes are tried before they are told: with each the whole network must work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.finding import ERROR, Finding, Fix
from shapelens.analyses.findings.folding import folded
from shapelens.analyses.findings.mending import Change
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Told
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Condition, Expression, UndecidedError, Unknown, shape_text
from shapelens.errors import ShapelensError
from shapelens.network import Evaluation, Step, evaluate_edited
from shapelens.operators import Requirement, Shape

__all__ = ["given_by", "is_broken", "tried"]

_TOGETHER = "with the other fixes"
_SHOWN_OUTPUTS = 2
_MOST_TRIED = 8
"""Of so many findings fixes are tried: what comes after that is mostly because of these."""
_MOST_TOGETHER = 64
"""So many edits are tried together; of more, nobody knows that each is meant."""


def tried(beyond: Beyond, told: Sequence[Told]) -> tuple[Finding, ...]:
    """Findings with their fixes, those that were tried and work marked as such.

    Where several things are wrong in one network no single edit makes it work. Then each is tried together with
    the first edit that each of the others proposes. Where one does, what does not fit behind it is left out.

    Args:
        beyond: the network, and what can be asked beyond it.
        told: the findings and what they propose.
    """
    trials = _Trials(beyond, [_first_edit(each) for each in told])
    found: list[Finding] = []
    because: set[str] = set()
    for place, each in enumerate(told):
        if each.finding.severity == ERROR and each.finding.layer in because:
            continue
        fixes: list[Fix | None]
        if place < _MOST_TRIED:
            fixes = [_tried(trials, proposal, place) for proposal in each.proposals]
        else:
            fixes = [None if p.must_work else Fix(p.text) for p in each.proposals]
        if each.finding.severity == ERROR and trials.mends(each.proposals):
            # One edit mends all: what does not fit behind it is because of it.
            because |= _behind(beyond.evaluation, each.finding.layer)
        kept = [fix for fix in fixes if fix is not None]
        kept.sort(key=lambda fix: not fix.verified)
        found.append(replace(each.finding, fixes=(*each.finding.fixes, *kept)))
    return tuple(found)


def _behind(evaluation: Evaluation, layer: str) -> set[str]:
    """The layers that what a layer gives leads to."""
    node = evaluation.network.by_name.get(layer)
    reached = set(node.outputs) if node is not None else set()
    found: set[str] = set()
    for later in evaluation.network.nodes:
        if later.name != layer and any(value in reached for value in later.inputs):
            reached.update(later.outputs)
            found.add(later.name)
    return found


def _first_edit(told: Told) -> Change | None:
    """The first edit that an error proposes."""
    is_error = told.finding.severity == ERROR
    return next((p.change for p in told.proposals if p.change is not None), None) if is_error else None


def _tried(trials: _Trials, proposal: Proposal, place: int) -> Fix | None:
    gives, note = _gives(trials, proposal, None), ""
    if gives is None and trials.has_others(place):
        gives, note = _gives(trials, proposal, place), f", {_TOGETHER}"
    if gives is None:
        return None if proposal.must_work else Fix(proposal.text)
    text = proposal.text
    if proposal.argument is not None:
        argument = proposal.argument
        written = trials.beyond.rewritten(argument.path, argument.values, argument.called)
        text = f"{written.place}   {written.line}" if written is not None else text
    return Fix(text, verified=True, gives=gives[0 if proposal.per_sample else 1] + note)


def _gives(trials: _Trials, proposal: Proposal, place: int | None) -> tuple[str, str] | None:
    """What the network gives with a proposal; None where it does not work.

    Args:
        trials: what the network gives with edits.
        proposal: what is tried.
        place: the place of the finding that proposes it, where it is tried with the edits of all others; else None.
    """
    if proposal.change is None and proposal.fed is None:
        return None
    changes = [proposal.change] if place is None else trials.with_others(place, proposal.change)
    each: list[tuple[str, str]] = []
    for fed in (proposal.fed, *proposal.also):
        try:
            given = trials.gives(fed, [change for change in changes if change is not None])
        except (UndecidedError, ShapelensError):
            return None
        if given is None:
            return None
        each.append(given)
    sample, whole = (" or ".join(dict.fromkeys(texts)) for texts in zip(*each, strict=True))
    return sample, whole


class _Trials:
    """What a network gives with edits: each is evaluated once, from the first node on that an edit touches.

    Args:
        beyond: the network, and what can be asked beyond it.
        edits: the first edit that each finding proposes, in their order.
    """

    def __init__(self, beyond: Beyond, edits: Sequence[Change | None]) -> None:
        self.beyond = beyond
        self._edits = edits
        self._explained: dict[int, frozenset[str]] = {}
        self._evaluated: dict[tuple[int, tuple[Change, ...]], Evaluation] = {}

    def has_others(self, place: int) -> bool:
        """Whether other findings propose edits, few enough to be tried together."""
        others = sum(edit is not None for at, edit in enumerate(self._edits) if at != place)
        return 0 < others <= _MOST_TOGETHER

    def with_others(self, place: int, change: Change | None) -> list[Change | None]:
        """An edit in its place among those of the other findings."""
        return [*self._edits[:place], change, *self._edits[place + 1 :]]

    def mends(self, proposals: Sequence[Proposal]) -> bool:
        """Whether an edit that was tried mends the whole network by itself."""
        edits = [
            (p.fed, p.change) for p in proposals if p.in_code or (p.change is not None and p.fed is None)
        ]
        return any(self._has_given(fed, () if change is None else (change,)) for fed, change in edits)

    def _has_given(self, fed: Mapping[str, Shape] | None, changes: tuple[Change, ...]) -> bool:
        """Whether the network, which was tried so, works."""
        base = self.beyond.evaluation if fed is None else self.beyond.at(fed)
        changed = self._evaluated.get((id(base), changes)) if changes else base
        return changed is not None and given_by(changed) is not None and _is_read_alike(base, changed)

    def gives(self, fed: Mapping[str, Shape] | None, changes: Sequence[Change]) -> tuple[str, str] | None:
        """What the network gives with edits, for one sample and with its batch; None where it does not work."""
        base = self.beyond.evaluation if fed is None else self.beyond.at(fed)
        changed = self._changed(base, tuple(changes))
        given = None if changed is None else given_by(changed)
        return given if changed is not None and _is_read_alike(base, changed) else None

    def _changed(self, base: Evaluation, changes: tuple[Change, ...]) -> Evaluation | None:
        """The network with edits, at what is fed; None where the framework refuses it all the same."""
        if not changes:
            return base
        key = id(base), changes
        if key in self._evaluated:
            return self._evaluated[key]
        network = replace(base.network, refusals=self._unexplained(base))
        for change in changes:
            network = change(network)
        if network.refusals or "stopped" in network.facts:
            return None
        # What all findings propose is the nearest to what most of the trials are.
        near = self._evaluated.get(
            (id(base), tuple([edit for edit in self._edits if edit is not None])), base
        )
        evaluated = evaluate_edited(network, near if len(changes) > 1 else base, until=_is_in_doubt)
        self._evaluated[key] = evaluated
        return evaluated

    def _unexplained(self, base: Evaluation) -> dict[str, str]:
        """What the framework refuses without a reason of ours: that it still does."""
        if id(base) not in self._explained:
            broken = [step for step in base.steps if is_broken(base, step)]
            self._explained[id(base)] = frozenset([name for step in broken for name in step.node.outputs])
        explained = self._explained[id(base)]
        return {name: said for name, said in base.network.refusals.items() if name not in explained}


def _is_in_doubt(step: Step) -> bool:
    """Whether a node does not work, or nobody knows whether it does."""
    return any(r.truth is False or isinstance(r.truth, Unknown) for r in step.requirements)


def _is_read_alike(base: Evaluation, changed: Evaluation) -> bool:
    """Whether every size that the author's code was given is still what it was given.

    What that code did with a size stands in the network as numbers, which an edit before it leaves as they are.
    """
    for name in base.network.measured:
        before, after = base.values.get(name), changed.values.get(name)
        if before is None or after is None or isinstance(before.shape, Unknown):
            continue
        if isinstance(after.shape, Unknown) or len(before.shape) != len(after.shape):
            return False
        pairs = zip(before.shape, after.shape, strict=True)
        if any(own != other for own, other in pairs if not isinstance(own, Unknown)):
            return False
    return True


def is_broken(evaluation: Evaluation, step: Step) -> bool:
    """Whether something about a node does not hold, at the example's sizes at least."""
    return any(fails(evaluation, requirement) for requirement in step.requirements)


def fails(evaluation: Evaluation, requirement: Requirement) -> bool:
    """Whether a requirement does not hold, at the example's sizes at least."""
    truth = requirement.truth
    return truth is False or (isinstance(truth, Condition) and not evaluation.path.holds(truth))


def given_by(evaluation: Evaluation) -> tuple[str, str] | None:
    """What the network gives, for one sample and with its batch; None if something does not fit or is not known."""
    outputs = [tensor for _, tensor in evaluation.outputs]
    if evaluation.broken or not outputs or any(tensor.has_unknown for tensor in outputs):
        return None
    if any(isinstance(r.truth, Unknown) for step in evaluation.steps for r in step.requirements):
        return None
    if evaluation.network.refusals or "stopped" in evaluation.network.facts:
        return None
    if next(folded(evaluation), None) is not None:
        return None
    batch = batch_of(evaluation)
    if isinstance(batch, Expression) and any(_hangs_on(evaluation, step) for step in evaluation.steps):
        return None
    more = ", …" if len(outputs) > _SHOWN_OUTPUTS else ""
    whole = ", ".join([_shown(tensor.shape) for tensor in outputs[:_SHOWN_OUTPUTS]]) + more
    sample = ", ".join([_shown(sample_of(tensor, batch)) for tensor in outputs[:_SHOWN_OUTPUTS]]) + more
    return sample, whole if isinstance(batch, Expression) else sample


def _shown(shape: Shape | Unknown) -> str:
    return "a scalar" if shape == () else shape_text(shape)


def _hangs_on(evaluation: Evaluation, step: Step) -> bool:
    """Whether a node fails at the example's number of samples."""
    return any(
        isinstance(requirement.truth, Condition)
        and not evaluation.path.holds(requirement.truth)
        and _only_batch(evaluation, requirement.truth)
        for requirement in step.requirements
    )


def _only_batch(evaluation: Evaluation, condition: Condition) -> bool:
    """Whether a condition is one on the number of samples alone."""
    batch = batch_of(evaluation)
    names = {s.name for expression in condition.expressions() for s in expression.symbols()}
    return isinstance(batch, Expression) and names == {s.name for s in batch.symbols()}
