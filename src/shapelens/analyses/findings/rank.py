"""SL104: a tensor with too few or too many axes."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import fed_instead
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, tells, torch_list
from shapelens.dims import Dim, Expression, shape_text
from shapelens.operators import Convolution, Shape, Squeeze, Unsqueeze

__all__ = ["tell_rank"]

_AXES = {1: "C×L", 2: "C×H×W", 3: "C×D×H×W"}
_BATCHED_OR_NOT = 2


@tells("rank")
def tell_rank(case: Case) -> Told:
    """A tensor with too few or too many axes."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    if isinstance(wants, str):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    allowed = tuple(wants) if isinstance(wants, (tuple, list)) else (wants,)
    spatial = case.facts.get("spatial_rank")
    counted = f"{len(gets)} axes" if len(gets) != 1 else "1 axis"
    rule = f"{case.words_without_shapes} takes {' or '.join(map(str, allowed))} axes"
    if spatial in _AXES:
        one = _AXES[spatial]
        rule += (
            f": one sample is {one}, a batch N×{one}" if spatial + 1 in allowed else f": a batch is N×{one}"
        )
    is_conv = isinstance(case.step.node.operator, Convolution) and len(allowed) == _BATCHED_OR_NOT
    words = _torch_words(spatial, gets, case) if is_conv and isinstance(spatial, int) else ""
    return case.told(
        "SL104",
        f"{shape_text(gets)}: {counted}",
        rule,
        summary="an axis is missing" if len(gets) < min(allowed) else "there is an axis too many",
        proposals=_proposals(case, gets, allowed),
        framework=("torch", words),
    )


def _torch_words(spatial: int, gets: Shape, case: Case) -> str:
    wanted = f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to conv{spatial}d"
    return f"{wanted}, but got input of size: {torch_list(gets, case.evaluation)}"


def _proposals(case: Case, gets: Shape, allowed: tuple[int, ...]) -> list[Proposal]:
    """One axis more where that fits: the channels of a map, or the batch; or one less."""
    declared = case.fed_input
    if declared is not None and len(gets) + 1 == min(allowed) and not declared.batched:
        return fed_instead(case, (_channels_taken(case), *gets))
    if declared is not None and len(gets) > max(allowed):
        extra = len(gets) - max(allowed)
        batch = 1 if declared.batched else 0
        # Who types one axis more means a batch.
        samples = gets[1] if batch and extra == 1 and isinstance(gets[0], Expression) else None
        return fed_instead(case, gets[batch + extra :], samples=samples)
    value = case.step.node.inputs[0]
    if value is None:
        return []
    if len(gets) + 1 in allowed:
        axis = 1 if len(gets) > 1 and _channels_taken(case) == 1 else 0
        text = f"x.unsqueeze({axis}) before it: {'the channels' if axis else 'the batch'}"
        return [Proposal(text, put_in(case.step.node.name, value, Unsqueeze((axis,))))]
    ones = [axis for axis, dim in enumerate(gets) if type(dim) is int and dim == 1 and axis]
    if len(gets) - 1 in allowed and ones:
        taken = put_in(case.step.node.name, value, Squeeze((ones[0],)))
        return [Proposal(f"x.squeeze({ones[0]}) before it", taken)]
    return []


def _channels_taken(case: Case) -> Dim:
    """The channels that a convolution is made for; of anything else one is as good as any."""
    operator = case.step.node.operator
    filters = operator.filters(case.step.inputs)
    if not isinstance(operator, Convolution) or filters is None:
        return 1
    return filters.of[-1 if operator.channels_last else 0] * operator.groups
