"""Findings: every shape problem of a network, told as *at, have, rule, fix*."""

from __future__ import annotations

from shapelens.analyses.findings.finding import ERROR, NOTE, WARNING, Finding, Fix
from shapelens.network import Evaluation

__all__ = ["ERROR", "NOTE", "WARNING", "Finding", "Fix", "findings_of"]


def findings_of(evaluation: Evaluation) -> tuple[Finding, ...]:
    """Every problem of an evaluated network, in the order of the network: one for each layer that does not fit."""
    network = evaluation.network
    if not evaluation.broken and not network.refusals and "stopped" not in network.facts:
        return ()
    # The tellers are imported only when there is something to tell.
    from shapelens.analyses.findings import joins, shapes, weights, windows  # noqa: F401
    from shapelens.analyses.findings.forward import in_own_words, refused, stopped
    from shapelens.analyses.findings.telling import TELLERS, Case

    told: dict[tuple[str, str], Finding] = {}
    for step, requirement in evaluation.broken:
        case = Case(evaluation, step, requirement)
        key = (step.node.name, requirement.kind)
        if key not in told:
            told[key] = in_own_words(case, TELLERS.get(requirement.kind, shapes.tell_other)(case))
    return (*told.values(), *refused(evaluation, {layer for layer, _ in told}), *stopped(evaluation))
