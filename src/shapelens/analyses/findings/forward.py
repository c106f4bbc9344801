"""What a framework says itself while a model's own forward runs: its words, its refusals, and what ends the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.feeding import sizes_named
from shapelens.analyses.findings.finding import NOTE, Finding
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, placed, sample_text
from shapelens.analyses.samples import batch_of
from shapelens.dims import Expression
from shapelens.network import Evaluation, Step
from shapelens.network.refusals import OF_PADDING, OF_TYPES, OF_VIEWS
from shapelens.operators import Convolution, Requirement

__all__ = ["assumed", "in_own_words", "refused", "stopped"]


def in_own_words(case: Case, told: Told) -> Told:
    """A finding with what the framework said, where no words of its own are known for it."""
    if any(told.finding.framework) and told.finding.framework[1]:
        return told
    words = words_for(case.evaluation, case.step)
    if not words and _ends_there(case.evaluation, case.step):
        words = case.evaluation.network.facts["stopped"].partition(": ")[2]
    return replace(told, finding=replace(told.finding, framework=("torch", words))) if words else told


def words_for(evaluation: Evaluation, step: Step) -> str:
    """What the framework said of a node."""
    return next((evaluation.network.refusals.get(name, "") for name in step.node.outputs), "")


def _ends_there(evaluation: Evaluation, step: Step) -> bool:
    """Whether the author's forward ended at a node, where nothing is known of what comes out."""
    facts = evaluation.network.facts
    is_last = bool(evaluation.steps) and step is evaluation.steps[-1]
    is_there = facts.get("stopped_at", "") in {"", step.node.where}
    return is_last and is_there and "stopped" in facts and facts.get("stopped_for") != "data"


def refused(beyond: Beyond, told: set[str]) -> Iterator[Told]:
    """What the framework refuses and no requirement of ours explains.

    Args:
        beyond: the network, and what can be asked beyond it.
        told: the layers that have a finding of their own.
    """
    evaluation = beyond.evaluation
    of_type: set[str] = set()
    for step in evaluation.steps:
        words = words_for(evaluation, step)
        if not words or step.node.name in told:
            continue
        explained = _explained(Case(evaluation, step, Requirement("refused", False), beyond), words)
        if explained.finding.code == "SL122":
            before = {
                node.name for value in step.node.inputs if value for node in ancestors(evaluation, value)
            }
            if before & of_type:
                continue  # it is refused because of what was refused before
            of_type.add(step.node.name)
        yield explained


def _explained(case: Case, words: str) -> Told:
    """A refusal whose reason is known by its words, or the words alone."""
    from shapelens.analyses.findings.contiguity import tell_view
    from shapelens.analyses.findings.padding import tell_same
    from shapelens.analyses.findings.types import tell_type

    if words.startswith(OF_VIEWS):
        return tell_view(case, words)
    if words.startswith(OF_PADDING) and isinstance(case.step.node.operator, Convolution):
        return tell_same(case, words)
    if words.startswith(OF_TYPES):
        return tell_type(case, words)
    node = case.step.node
    fed = [sample_text(t.shape, case.evaluation) for t in case.step.applied.flowing]
    finding = Finding(
        "SL191",
        f"PyTorch refuses {node.source_operator}",
        node.name,
        placed(case.evaluation.network, node, node.source_operator),
        f"input {' and '.join(fed)}" if fed else "no input",
        "no rule of ours says why; PyTorch's words do",
        framework=("torch", words),
        where=node.where,
    )
    return Told(finding)


def stopped(beyond: Beyond, told: set[str]) -> Iterator[Told]:
    """The exception that ended the model's own forward, unless a finding before it is its cause.

    Args:
        beyond: the network, and what can be asked beyond it.
        told: the layers that have a finding of their own.
    """
    evaluation = beyond.evaluation
    facts = evaluation.network.facts
    words, where = facts.get("stopped", ""), facts.get("stopped_at", "")
    if not words or any(words.endswith(said) for said in evaluation.network.refusals.values()):
        return
    last = evaluation.steps[-1] if evaluation.steps else None
    if last is not None and last.node.name in told and last.broken and _ends_there(evaluation, last):
        return
    from shapelens.analyses.findings.calling import tell_call
    from shapelens.analyses.findings.worded import tell_worded

    known = tell_call(evaluation) or tell_worded(evaluation, words, where)
    if known is not None:
        yield Told(known)
        return
    steps = evaluation.steps
    layer = steps[-1].node.name if steps else ""
    behind = f", behind {layer}" if layer else ""
    at = f"{where or 'forward'}{behind}"
    proposals: tuple[Proposal, ...] = ()
    if facts.get("stopped_for") == "data":
        kind, rule = CODES["SL192"], "a trace has no data; the table ends there"
    else:
        kind, rule = CODES["SL190"], "a network is known as far as its forward goes; the table ends there"
        words += _tried(evaluation)
        proposals = tuple(sizes_named(beyond, words))
    found = Finding(kind.code, kind.title, layer, at, words, rule, severity=kind.severity, where=where)
    yield Told(found, proposals)


def _tried(evaluation: Evaluation) -> str:
    """At which sizes the forward ran, where what goes in has symbols besides the batch's."""
    batch = batch_of(evaluation)
    for shape in evaluation.shapes.values():
        free = [dim for dim in shape if isinstance(dim, Expression) and dim != batch]
        if free:
            sizes = [evaluation.path.size(dim) if dim in free else dim for dim in shape]
            return f", with {sample_text(tuple(sizes), evaluation)}"
    return ""


def assumed(evaluation: Evaluation) -> Iterator[Finding]:
    """The values that the author's code asked of data, and the answers that were taken."""
    if evaluation.network.facts.get("stopped_for") == "data":
        return  # the last of them ended the trace, and is told by that
    for sentence in evaluation.network.assumptions:
        where, separator, rest = sentence.partition(": ")
        if separator and where.rpartition(":")[2].isdigit():
            kind = CODES["SL304"]
            rule = "there are no data: one answer was taken, and with another the network may look different"
            yield Finding(kind.code, kind.title, "", where, rest, rule, severity=NOTE, where=where)
