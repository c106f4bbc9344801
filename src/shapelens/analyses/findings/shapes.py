"""Ranks, reshapes, and every kind of requirement that has no file of its own."""

from __future__ import annotations

from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.telling import Case, number, tells, torch_list
from shapelens.analyses.findings.trying import fed_image, input_fixes
from shapelens.dims import Dim, Expression, shape_text
from shapelens.operators import Convolution, Shape

__all__ = ["tell_other", "tell_rank"]


@tells("rank")
def tell_rank(case: Case) -> Finding:
    """A tensor with too few or too many axes."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    allowed = wants if isinstance(wants, tuple) else (wants,)
    spatial = case.facts.get("spatial_rank")
    counted = f"{len(gets)} axes" if len(gets) != 1 else "1 axis"
    have = f"{shape_text(gets)}: {counted}"
    rule = f"{case.words_without_shapes} takes {' or '.join(map(str, allowed))} axes"
    if spatial in _AXES:
        one = _AXES[spatial]
        rule += (
            f": one sample is {one}, a batch N×{one}" if spatial + 1 in allowed else f": a batch is N×{one}"
        )
    words = (
        ("torch", _torch_words(spatial, gets, case))
        if spatial and len(allowed) == _BATCHED_OR_NOT
        else ("", "")
    )
    return case.finding(
        "SL104",
        "an axis is missing" if len(gets) < min(allowed) else "there is an axis too many",
        have,
        rule,
        fixes=tuple(_rank_fixes(case, gets, allowed)),
        framework=words,
    )


_AXES = {1: "C×L", 2: "C×H×W", 3: "C×D×H×W"}
_BATCHED_OR_NOT = 2


def _torch_words(spatial: int, gets: Shape, case: Case) -> str:
    wanted = f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to conv{spatial}d"
    return f"{wanted}, but got input of size: {torch_list(gets, case.evaluation)}"


def _rank_fixes(case: Case, gets: Shape, allowed: tuple[int, ...]) -> list[Fix]:
    """One axis more where that fits: the channels of a map, or the batch."""
    declared = fed_image(case)
    if declared is not None and len(gets) + 1 == min(allowed) and not declared.batched:
        return input_fixes(case, (_channels_taken(case), *gets))
    if declared is not None and len(gets) > max(allowed):
        extra = len(gets) - max(allowed)
        batch = 1 if declared.batched else 0
        # Who types one axis more means a batch.
        samples = gets[1] if batch and extra == 1 and isinstance(gets[0], Expression) else None
        return input_fixes(case, gets[batch + extra :], samples=samples)
    return [Fix("add the batch: x.unsqueeze(0)")] if len(gets) + 1 in allowed else []


def _channels_taken(case: Case) -> Dim:
    """The channels that a convolution is made for; of anything else one is as good as any."""
    operator = case.step.node.operator
    filters = operator.filters(case.step.inputs)
    if not isinstance(operator, Convolution) or filters is None:
        return 1
    return filters.of[-1 if operator.channels_last else 0] * operator.groups


def tell_other(case: Case) -> Finding:
    """Any requirement, with its facts as they are."""
    kind = case.requirement.kind.replace("_", " ")
    facts = ", ".join(f"{name.replace('_', ' ')} {_fact(value)}" for name, value in case.facts.items())
    return case.finding(
        "SL199", f"{kind} does not fit", facts or "nothing to show", f"{case.words}: {kind} must fit"
    )


def _fact(value: object) -> str:
    if isinstance(value, tuple):
        if any(isinstance(item, tuple) for item in value):
            return ", ".join(shape_text(item) for item in value if isinstance(item, tuple))
        return shape_text(value)
    return number(value)
