"""All findings of a network, collected in its order: what does not fit, what is refused, what is hardly meant."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from shapelens.analyses.findings.batch_folded import tell_folded
from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.claims import contradicted, missing, outside
from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.findings.folding import folded
from shapelens.analyses.findings.forward import assumed, in_own_words, refused, stopped, words_for
from shapelens.analyses.findings.noticing import of_one_batch, silently_broadcast, taken_unbatched
from shapelens.analyses.findings.one_batch import tell_one_batch
from shapelens.analyses.findings.one_value import tell_one_value, tell_two_samples
from shapelens.analyses.findings.other import tell_other
from shapelens.analyses.findings.shared import tell_shared
from shapelens.analyses.findings.silent_broadcast import leads_alike, tell_silent
from shapelens.analyses.findings.telling import TELLERS, Case, Teller, Told
from shapelens.analyses.findings.unbatched import tell_batch_as_channels, tell_unbatched
from shapelens.analyses.findings.undoing import undoes_what_fails
from shapelens.analyses.findings.unused import tell_unused
from shapelens.analyses.findings.verifying import fails, tried
from shapelens.dims import Unknown
from shapelens.network import Step
from shapelens.operators import Requirement

__all__ = ["collected"]

_OF_REQUIREMENTS = (
    "attention broadcast channels companions concatenation division features groups labels matrix_product norm "
    "one_value padding rank reshape windows"
).split()
"""The files whose tellers are entered by the requirements that they tell."""

for _file in _OF_REQUIREMENTS:
    import_module(f"shapelens.analyses.findings.{_file}")


def collected(beyond: Beyond) -> tuple[Finding, ...]:
    """Every finding, in the order of the network, its fixes tried.

    Args:
        beyond: the network, and what can be asked beyond it.
    """
    evaluation = beyond.evaluation
    places = {step.node.name: place for place, step in enumerate(evaluation.steps)}
    told = _Collection()
    for step in folded(evaluation):
        if undoes_what_fails(evaluation, step):
            told.layers.add(step.node.name)
            continue  # where that holds its elements, this one does too
        told.add(Case(evaluation, step, Requirement("folded", False), beyond), tell_folded)
    for step, requirement in of_one_batch(evaluation):
        _of_batch(beyond, step, requirement, told)
    for step, requirement in evaluation.broken:
        if told.told and (_is_of_nothing(requirement) or undoes_what_fails(evaluation, step)):
            told.layers.add(step.node.name)
            continue  # it is so because of what was told before
        told.add(Case(evaluation, step, requirement, beyond), TELLERS.get(requirement.kind, tell_other))
    for step in evaluation.steps:
        if words_for(evaluation, step) and step.node.name not in told.layers:
            failing = next((r for r in step.requirements if fails(evaluation, r)), None)
            if failing is not None:
                told.add(Case(evaluation, step, failing, beyond), TELLERS.get(failing.kind, tell_other))
    for step in silently_broadcast(evaluation):
        if step.node.name not in told.layers:
            told.add(Case(evaluation, step, Requirement("silent", True), beyond), tell_silent)
    for step in taken_unbatched(evaluation):
        if step.node.name in told.layers:
            continue
        told.add(Case(evaluation, step, Requirement("unbatched", True), beyond), tell_unbatched)
    last = len(places)
    ordered = [*told.told, *refused(beyond, told.layers)]
    for claims in (contradicted, missing, outside) if "stopped" not in evaluation.network.facts else ():
        ordered += [Told(finding) for finding in claims(evaluation)]
    ordered.sort(key=lambda each: places.get(each.finding.layer, last))
    ordered += stopped(beyond, told.layers)
    return (*tried(beyond, ordered), *_notes(beyond))


def _notes(beyond: Beyond) -> Iterator[Finding]:
    """What is good to know of the network as a whole."""
    unused = tell_unused(beyond.evaluation)
    if unused is not None:
        yield unused
    yield from tell_shared(beyond.evaluation)
    yield from assumed(beyond.evaluation)


class _Collection:
    """Findings as they are told: one of each kind for each layer."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.layers: set[str] = set()
        self._kinds: set[tuple[str, str]] = set()
        self._codes: set[tuple[str, str]] = set()

    def add(self, case: Case, teller: Teller) -> None:
        """Tell a case, unless its layer has been told of the same kind."""
        layer = case.step.node.name
        key = (layer, case.requirement.kind)
        if key in self._kinds:
            return
        self._kinds.add(key)
        told = in_own_words(case, teller(case))
        if (layer, told.finding.code) in self._codes:
            return
        self._codes.add((told.finding.layer, told.finding.code))
        self.layers.add(layer)
        self.told.append(told)


def _is_of_nothing(requirement: Requirement) -> bool:
    """Whether it is about a tensor that has no elements, or of which nobody knows how many."""
    gets = requirement.facts.get("gets")
    return (
        requirement.kind == "reshape"
        and isinstance(gets, tuple)
        and any(isinstance(dim, Unknown) or (isinstance(dim, int) and dim == 0) for dim in gets)
    )


def _of_batch(beyond: Beyond, step: Step, requirement: Requirement, told: _Collection) -> None:
    """A requirement on the number of samples alone."""
    evaluation = beyond.evaluation
    case = Case(evaluation, step, requirement, beyond)
    if step.broken:
        return  # it fits for no number of samples
    if requirement.kind == "one_value":
        told.add(case, tell_one_value if fails(evaluation, requirement) else tell_two_samples)
    elif requirement.kind == "channels" and fails(evaluation, requirement):
        told.add(case, tell_batch_as_channels)
    elif requirement.kind == "broadcast" and fails(evaluation, requirement) and leads_alike(step):
        told.add(case, TELLERS["broadcast"])
    elif requirement.kind == "concatenation" and fails(evaluation, requirement):
        told.add(case, TELLERS["concatenation"])
    elif requirement.kind == "features":
        reshape = _reshape_before(case)
        if reshape is None:
            told.add(case, TELLERS["features"])
        else:
            told.add(Case(evaluation, reshape, Requirement("folded", False), beyond), tell_folded)
            told.layers.add(step.node.name)
    elif step.node.name not in told.layers:
        told.add(case, tell_one_batch)


def _reshape_before(case: Case) -> Step | None:
    """The reshape that made the features, past what keeps their shape."""
    value = case.step.node.inputs[0]
    while value is not None:
        node = case.evaluation.network.producers.get(value)
        if node is None:
            return None
        step = case.evaluation.by_node[node.name]
        if node.operator.name in {"Flatten", "Reshape"}:
            known = step.inputs[0] is not None and not isinstance(step.inputs[0].shape, Unknown)
            return step if known else None
        if not node.operator.keeps_shape:
            return None
        value = node.inputs[0]
    return None
