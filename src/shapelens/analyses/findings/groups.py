"""SL114: groups that do not divide the channels."""

from __future__ import annotations

from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.dims import Dim, Unknown
from shapelens.operators import Convolution, Shape

__all__ = ["tell_groups"]


@tells("groups")
def tell_groups(case: Case) -> Told:
    """Groups that do not divide the channels, or the filters."""
    groups, channels = case.facts["groups"], case.facts["channels"]
    operator, image = case.step.node.operator, case.tensor()
    if isinstance(operator, Convolution) and not isinstance(image.shape, Unknown):
        channels = image.dims[-1 if operator.channels_last else 1]
    both = [channels, *([_filters(case)] if isinstance(operator, Convolution) else [])]
    counts = [count for count in both if isinstance(count, int)]
    legal = [g for g in range(1, min(counts, default=0) + 1) if all(count % g == 0 for count in counts)]
    near = sorted(sorted(legal, key=lambda g: (abs(g - groups), g))[:3])
    rests = [_shared(count, groups, "filters" if place else "channels") for place, count in enumerate(both)]
    return case.told(
        "SL114",
        "\n".join(rests),
        "every group has as many channels as every other",
        proposals=_proposals(case, near, channels),
    )


def _shared(count: Dim | None, groups: int, what: str) -> str:
    """`18 channels in 4 groups, 2 over`."""
    if not isinstance(count, int):
        return f"{'?' if count is None else number(count)} {what} in {groups} groups"
    return f"{count} {what} in {groups} groups, {count % groups if groups else count} over"


def _filters(case: Case) -> Dim | None:
    filters = case.step.applied.filters
    return None if filters is None else filters.count


def _proposals(case: Case, near: list[int], channels: Dim) -> list[Proposal]:
    """Each of the nearest numbers that are legal."""
    operator = case.step.node.operator
    found: list[Proposal] = []
    for groups in near:
        weights: dict[str, Shape] = {}
        if type(operator) is Convolution and isinstance(channels, int) and not operator.filters_last:
            weight = case.step.inputs[1]
            assert weight is not None
            weights = {"weight": (weight.dims[0], channels // groups, *weight.dims[2:])}
        if "groups" not in operator.settings():
            return [Proposal(f"groups={' or '.join(map(str, near))}")] if near else []
        name = "num_groups" if case.step.node.module == "GroupNorm" else "groups"
        found.append(
            changed_layer(
                case,
                settings={"groups": groups},
                weights=weights,
                text=f"{name}={groups}",
                arguments={name: str(groups)},
            )
        )
    return found
