"""SL118: a parameter that was made for another size: a position embedding, a mask, a bias."""

from __future__ import annotations

from shapelens.analyses.findings.branches import (
    Branch,
    branch_lines,
    branches_of,
    differing,
    equal_pairs,
    side_by_side,
)
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.framework_words import broadcast_words
from shapelens.analyses.findings.mending import put_in, with_shapes
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.operators import Pad, Resize

__all__ = ["tell_parameter"]


def tell_parameter(case: Case) -> Told:
    """A sum or product of what flows through and a parameter of another size."""
    network = case.evaluation.network
    branches = branches_of(case.step)
    parameter = next(b for b in branches if b.value in network.constants)
    behind = network.weight_behind(parameter.value)
    return case.told(
        "SL118",
        branch_lines(case),
        f"{behind} was made for one size: it has {_sizes(case)}",
        summary=f"{side_by_side(case)}: {behind} is made for another size",
        proposals=_proposals(case),
        framework=("torch", broadcast_words(case)),
    )


def _first_rows(case: Case, parameter: Branch, other: Branch) -> list[Proposal]:
    """As many of the rows as there are steps: of an image, whose steps lie in a grid, others would be meant."""
    axes = differing(case.step)
    if case.evaluation.network.layout is not None or len(axes) != 1 or case.is_file:
        return []
    axis, has, wanted = axes[0], parameter.shape[axes[0]], other.shape[axes[0]]
    if not isinstance(has, int) or not isinstance(wanted, int) or wanted >= has:
        return []
    colons = "".join([":, "] * (len(parameter.shape) + axis))
    cut = put_in(case.step.node.name, parameter.value, Pad(pads=((0, wanted - has),), axes=(axis,)))
    return [Proposal(f"{parameter.called}[{colons}:{wanted}]", cut)]


def _sizes(case: Case) -> str:
    parameter = next(b for b in branches_of(case.step) if b.value in case.evaluation.network.constants)
    return " and ".join([number(parameter.shape[axis]) for axis in differing(case.step)])


def _proposals(case: Case) -> list[Proposal]:
    network, axes = case.evaluation.network, differing(case.step)
    parameter = next(b for b in branches_of(case.step) if b.value in network.constants)
    other = next(b for b in branches_of(case.step) if b.value not in network.constants)
    found = sizes_that_fit(case, equal_pairs(case.step))
    wanted = list(parameter.shape)
    for axis in axes:
        size = other.shape[axis]
        if not isinstance(size, int):
            return found
        wanted[axis] = size
    if parameter.value in network.weights:
        shape = "×".join([number(dim) for dim in wanted])
        text = f"make {parameter.value} {shape}"
        found.append(Proposal(text, with_shapes({parameter.value: tuple(wanted)})))
    found += _first_rows(case, parameter, other)
    sizes = tuple([size for axis in axes if isinstance(size := other.shape[axis], int)])
    resize = Resize(sizes=sizes, axes=axes, mode="linear")
    shown = " × ".join(map(str, sizes))
    text = f"interpolate {parameter.value} to {shown}"
    found.append(Proposal(text, put_in(case.step.node.name, parameter.value, resize)))
    return found
