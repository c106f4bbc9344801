"""Findings: every shape problem of a network, told as *at, have, rule, fix*."""

from __future__ import annotations

from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.finding import ERROR, NOTE, WARNING, Finding, Fix
from shapelens.network import Evaluation

__all__ = ["ERROR", "NOTE", "WARNING", "Beyond", "Finding", "Fix", "findings_of"]


def findings_of(evaluation: Evaluation, beyond: Beyond | None = None) -> tuple[Finding, ...]:
    """Every problem of an evaluated network, in the order of the network: one of a kind for each layer.

    Args:
        evaluation: the network.
        beyond: what can be asked beyond it; its own rules at other sizes if not given.
    """
    # The tellers are imported only when there is something to tell.
    from shapelens.analyses.findings.noticing import is_suspicious

    if not is_suspicious(evaluation):
        return ()
    from shapelens.analyses.findings.collecting import collected

    return collected(beyond or Beyond(evaluation))
