"""Fixes are tried before they are told: each is replayed through the whole network."""

from __future__ import annotations

from collections.abc import Sequence
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
from shapelens.network import Evaluation, Network, Step, evaluate_network
from shapelens.operators import Requirement

__all__ = ["given_by", "is_broken", "tried"]

_TOGETHER = "with the other fixes"
_SHOWN_OUTPUTS = 2
_MOST_TRIED = 8
"""Of so many findings fixes are tried: what comes after that is mostly because of these."""


def tried(beyond: Beyond, told: Sequence[Told]) -> tuple[Finding, ...]:
    """Findings with their fixes, those that were tried and work marked as such.

    Where several things are wrong in one network no single edit makes it work. Then each is tried together with
    the first edit that each of the others proposes.

    Args:
        beyond: the network, and what can be asked beyond it.
        told: the findings and what they propose.
    """
    found: list[Finding] = []
    for place, each in enumerate(told):
        others = [
            next((p.change for p in other.proposals if p.change is not None), None)
            for at, other in enumerate(told)
            if at != place and other.finding.severity == ERROR
        ]
        fixes: list[Fix | None]
        if place < _MOST_TRIED:
            fixes = [_tried(beyond, p, [c for c in others if c is not None]) for p in each.proposals]
        else:
            fixes = [None if p.must_work else Fix(p.text) for p in each.proposals]
        kept = [fix for fix in fixes if fix is not None]
        kept.sort(key=lambda fix: not fix.verified)
        found.append(replace(each.finding, fixes=(*each.finding.fixes, *kept)))
    return tuple(found)


def _tried(beyond: Beyond, proposal: Proposal, others: Sequence[Change]) -> Fix | None:
    gives, note = _gives(beyond, proposal, ()), ""
    if gives is None and others:
        gives, note = _gives(beyond, proposal, others), f", {_TOGETHER}"
    if gives is None:
        return None if proposal.must_work else Fix(proposal.text)
    text = proposal.text
    if proposal.argument is not None:
        written = beyond.rewritten(proposal.argument.path, proposal.argument.values)
        text = f"{written.place}   {written.line}" if written is not None else text
    return Fix(text, verified=True, gives=gives[0 if proposal.per_sample else 1] + note)


def _gives(beyond: Beyond, proposal: Proposal, others: Sequence[Change]) -> tuple[str, str] | None:
    """What the network gives with a proposal, and with others; None where it does not work."""
    if proposal.change is None and proposal.fed is None:
        return None
    changes = [*others, *([] if proposal.change is None else [proposal.change])]
    each: list[tuple[str, str]] = []
    for fed in (proposal.fed, *proposal.also):
        try:
            base = beyond.evaluation if fed is None else beyond.at(fed)
            changed = _changed(beyond, base, changes)
            given = given_by(changed) if _is_read_alike(base, changed) else None
        except (UndecidedError, ShapelensError):
            return None
        if given is None:
            return None
        each.append(given)
    sample, whole = (" or ".join(dict.fromkeys(texts)) for texts in zip(*each, strict=True))
    return sample, whole


def _changed(beyond: Beyond, base: Evaluation, changes: Sequence[Change]) -> Evaluation:
    """The network with edits, at what is fed; what the framework refuses without a reason of ours it still does."""
    if not changes:
        return base
    network: Network = base.network
    explained = {name for step in base.steps if is_broken(base, step) for name in step.node.outputs}
    network = replace(
        network, refusals={name: said for name, said in network.refusals.items() if name not in explained}
    )
    for change in changes:
        network = change(network)
    return evaluate_network(network, base.shapes, base.path)


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
    whole = ", ".join([shape_text(tensor.shape) for tensor in outputs[:_SHOWN_OUTPUTS]]) + more
    sample = ", ".join([shape_text(sample_of(tensor, batch)) for tensor in outputs[:_SHOWN_OUTPUTS]]) + more
    return sample, whole if isinstance(batch, Expression) else sample


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
