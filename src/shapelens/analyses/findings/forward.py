"""What a framework says itself while a model's own forward runs: its words, its refusals, and what ends the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shapelens.analyses.findings.finding import WARNING, Finding
from shapelens.analyses.findings.telling import Case, sample_text
from shapelens.network import Evaluation, Step

__all__ = ["in_own_words", "refused", "stopped"]


def in_own_words(case: Case, finding: Finding) -> Finding:
    """A finding with what the framework said, where no words of its own are known for it."""
    words = "" if any(finding.framework) else _words(case.evaluation, case.step)
    return replace(finding, framework=("torch", words)) if words else finding


def _words(evaluation: Evaluation, step: Step) -> str:
    return next((evaluation.network.refusals.get(name, "") for name in step.node.outputs), "")


def refused(evaluation: Evaluation, told: set[str]) -> Iterator[Finding]:
    """What the framework refuses and no requirement of ours explains.

    Args:
        evaluation: the network.
        told: the layers that have a finding of their own.
    """
    for step in evaluation.steps:
        words = _words(evaluation, step)
        if not words or step.node.name in told:
            continue
        fed = [sample_text(t.shape, evaluation) for t in step.inputs if t is not None and not t.is_held]
        node = step.node
        where = f", {node.where}" if node.where else ""
        yield Finding(
            "SL191",
            f"PyTorch refuses {node.source_operator}",
            node.name,
            f"{node.name} ({node.module or node.source_operator}){where}",
            f"input {' and '.join(fed)}" if fed else "no input",
            "no rule of ours says why; PyTorch's words do",
            framework=("torch", words),
            where=node.where,
        )


def stopped(evaluation: Evaluation) -> Iterator[Finding]:
    """The exception that ended the model's own forward, unless a finding before it is its cause."""
    facts = evaluation.network.facts
    words, where = facts.get("stopped", ""), facts.get("stopped_at", "")
    if not words or any(words.endswith(said) for said in evaluation.network.refusals.values()):
        return
    steps = evaluation.steps
    layer = steps[-1].node.name if steps else ""
    behind = f", behind {layer}" if layer else ""
    at = f"{where or 'forward'}{behind}"
    if facts.get("stopped_for") == "data":
        summary, rule = (
            "the trace ends where the model reads data",
            "a trace has no data; the table ends there",
        )
        yield Finding("SL192", summary, layer, at, words, rule, severity=WARNING, where=where)
        return
    summary = "the model's own forward raises an exception"
    rule = "a network is known as far as its forward goes; the table ends there"
    yield Finding("SL190", summary, layer, at, words, rule, where=where)
