"""SL104: a tensor with too few or too many axes."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import fed_instead
from shapelens.analyses.findings.mending import put_in, with_operator
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells, torch_list
from shapelens.dims import Dim, Expression, shape_text
from shapelens.operators import Convolution, Reshape, Shape, Squeeze, TransposedConvolution, Unsqueeze

__all__ = ["tell_rank"]

_AXES = {1: "C×L", 2: "C×H×W", 3: "C×D×H×W"}
_BATCHED_OR_NOT = 2
_VECTORS = 2
"""The axes of a batch of vectors."""
_OF_RANK = {2: "1d", 3: "1d", 4: "2d", 5: "3d"}
"""The ending of the norm that takes a batch of so many axes."""


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
        summary=_how_many(gets, allowed),
        proposals=_proposals(case, gets, allowed),
        framework=("torch", words),
    )


def _how_many(gets: Shape, allowed: tuple[int, ...]) -> str:
    """What is wrong with a number of axes."""
    if len(gets) < min(allowed):
        wanted = max(allowed) if _is_batch(gets) else min(allowed)
        return "an axis is missing" if len(gets) == wanted - 1 else "axes are missing"
    return "there is an axis too many" if len(gets) == max(allowed) + 1 else "there are axes too many"


def _is_batch(gets: Shape) -> bool:
    """Whether the first axis is that of the samples."""
    return bool(gets) and isinstance(gets[0], Expression)


def _torch_words(spatial: int, gets: Shape, case: Case) -> str:
    called = "conv_transpose" if isinstance(case.step.node.operator, TransposedConvolution) else "conv"
    wanted = f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {called}{spatial}d"
    return f"{wanted}, but got input of size: {torch_list(gets, case.evaluation)}"


def _proposals(case: Case, gets: Shape, allowed: tuple[int, ...]) -> list[Proposal]:
    """One axis more where that fits: the channels of a map, or the batch; or one less."""
    special = _norm_of_that_rank(case, gets) or _matrices(case, gets)
    if special:
        return special
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
    places = _places_missing(case, gets, allowed)
    if places:
        axes = ", ".join([*[":"] * len(gets), *["None"] * len(places)])
        many = "one place for each sample" if len(places) == 1 else "a map of one place for each sample"
        fed = fed_instead(case, (*gets[1:], *[1] * len(places)), f"x[{axes}]")
        return fed or [
            Proposal(f"x[{axes}] before it: {many}", put_in(case.step.node.name, value, Unsqueeze(places)))
        ]
    if len(gets) + 1 == max(allowed) or (len(gets) + 1 in allowed and not _is_batch(gets)):
        axis = 1 if len(gets) > 1 and _channels_taken(case) == 1 else 0
        text = f"x.unsqueeze({axis}) before it: {'the channels' if axis else 'the batch'}"
        return [Proposal(text, put_in(case.step.node.name, value, Unsqueeze((axis,))))]
    ones = [axis for axis, dim in enumerate(gets) if type(dim) is int and dim == 1 and axis]
    if len(gets) - 1 in allowed and ones:
        taken = put_in(case.step.node.name, value, Squeeze((ones[0],)))
        return [Proposal(f"x.squeeze({ones[0]}) before it", taken)]
    return []


def _norm_of_that_rank(case: Case, gets: Shape) -> list[Proposal]:
    """The norm of the same kind that takes so many axes, where it scales as many channels as there are."""
    operator, scale = case.step.node.operator, case.step.inputs[1:2]
    kind = {"BatchNormalization": "BatchNorm", "InstanceNormalization": "InstanceNorm"}.get(operator.name)
    if kind is None or len(gets) not in _OF_RANK or any(t is not None and t.dims != gets[1:2] for t in scale):
        return []
    plain = operator.with_settings(ranks=())
    if "spatial_rank" in plain.settings():
        plain = plain.with_settings(spatial_rank=None)
    called, path = f"{kind}{_OF_RANK[len(gets)]}", case.step.node.path
    is_module = bool(path) and case.evaluation.network.modules.get(path) == case.step.node.module
    return [
        Proposal(
            f"{called}({number(gets[1])})",
            with_operator(case.step.node.name, plain),
            argument=Argument(path, {}, called) if is_module else None,
        )
    ]


def _places_missing(case: Case, gets: Shape, allowed: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of places, where a convolution is given vectors of its channels: of noise, or of a pooled map."""
    is_vectors = isinstance(case.step.node.operator, Convolution) and len(gets) == _VECTORS
    if not is_vectors or not _is_batch(gets) or gets[1] != _channels_taken(case):
        return ()
    return tuple(range(len(gets), max(allowed)))


def _matrices(case: Case, gets: Shape) -> list[Proposal]:
    """The numbers of affine maps as matrices: six of them for images, twelve for volumes."""
    rows = {6: 2, 12: 3}.get(gets[1]) if len(gets) == _VECTORS and isinstance(gets[1], int) else None
    value = case.step.node.inputs[0]
    if case.step.node.operator.name != "AffineGrid" or rows is None or value is None:
        return []
    shape = (gets[0], rows, rows + 1)
    text = f"x.view(-1, {rows}, {rows + 1}) before it: a matrix for each sample"
    return [Proposal(text, put_in(case.step.node.name, value, Reshape(shape)))]


def _channels_taken(case: Case) -> Dim:
    """The channels that a convolution is made for; of anything else one is as good as any."""
    operator = case.step.node.operator
    filters = case.step.applied.filters
    if not isinstance(operator, Convolution) or filters is None:
        return 1
    return filters.of[-1 if operator.channels_last else 0] * operator.groups
