"""SL112: matrices whose columns and rows are not as many."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.branches import branches_of
from shapelens.analyses.findings.layers import wider_before
from shapelens.analyses.findings.mending import Change, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.dims import Dim, shape_text
from shapelens.network import Network
from shapelens.operators import Split, Transpose

__all__ = ["tell_product"]


@tells("contraction", "pairs")
def tell_product(case: Case) -> Told:
    """A matrix product whose inner sizes differ."""
    if "index" in case.facts and "shapes" in case.facts:
        return _tell_einsum(case)
    if not {"left", "right", "gets", "wants"} <= set(case.facts):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    gets, wants = case.facts["gets"], case.facts["wants"]
    left, right = case.facts["left"], case.facts["right"]
    parted, wider = _parted(case)
    return case.told(
        "SL112",
        f"{shape_text(left)} times {shape_text(right)}{parted}",
        f"columns of the left meet rows of the right: {number(gets)} against {number(wants)}",
        proposals=[*_proposals(case), *wider],
    )


def _parted(case: Case) -> tuple[str, list[Proposal]]:
    """The split that an operand comes from, where its parts are not equal; and what makes them so."""
    network = case.evaluation.network
    for branch in branches_of(case.step)[:2]:
        node = network.producers.get(branch.value)
        while node is not None and (node.operator.keeps_shape or node.operator.name == "Transpose"):
            node = network.producers.get(node.inputs[0] or "")
        if node is None or not isinstance(node.operator, Split):
            continue
        step, axis = case.evaluation.by_node[node.name], node.operator.axis
        sizes = [tensor.dims[axis] for tensor in step.outputs if not tensor.has_unknown]
        whole = step.inputs[0].dims[axis] if step.inputs[0] is not None else 0
        if len(set(sizes)) < 2 or not isinstance(whole, int):
            continue
        said = f"\n{node.name} parts {whole} into {' + '.join([number(size) for size in sizes])}"
        near = (whole // len(sizes) * len(sizes), -(-whole // len(sizes)) * len(sizes))
        return said, [p for size in near for p in _made_wider(case, node.inputs[0] or "", size)]
    return "", []


def _made_wider(case: Case, value: str, size: int) -> list[Proposal]:
    return [replace(proposal, must_work=True) for proposal in wider_before(case, value, size)]


def _tell_einsum(case: Case) -> Told:
    """An index of an einsum that has two sizes."""
    index, left, right = (case.facts[name] for name in ("index", "left", "right"))
    shapes = " and ".join([shape_text(shape) for shape in case.facts["shapes"]])
    return case.told(
        "SL112",
        f"{shapes}: {index} is {number(left)} and {number(right)}",
        f"{case.words}: one index has one size",
        proposals=_as_wide(case, left, right),
    )


def _as_wide(case: Case, left: Dim, right: Dim) -> list[Proposal]:
    """The layer that makes one of the operands with as many features as the other has."""
    if not isinstance(left, int) or not isinstance(right, int) or case.is_file:
        return []
    first, second = ([*case.step.node.inputs, None, None][place] or "" for place in (0, 1))
    return [*_made_wider(case, second, left), *_made_wider(case, first, right)]


def _proposals(case: Case) -> list[Proposal]:
    """One of the two transposed, where that fits."""
    found: list[Proposal] = []
    # The right one first: that is how queries meet keys.
    for branch in reversed(branches_of(case.step)[:2]):
        rank = len(branch.shape)
        if rank < 2:
            continue
        order = (*range(rank - 2), rank - 1, rank - 2)
        text = f"{branch.called}.transpose(-2, -1)"
        if branch.value == branches_of(case.step)[0].value == branches_of(case.step)[1].value:
            text = "x @ x.transpose(-2, -1)"
            found.append(Proposal(text, _second(case, order), must_work=True))
            break
        found.append(
            Proposal(text, put_in(case.step.node.name, branch.value, Transpose(order)), must_work=True)
        )
    return (
        found
        if _fits_transposed(case)
        else [*found, *_as_wide(case, case.facts["gets"], case.facts["wants"])]
    )


def _fits_transposed(case: Case) -> bool:
    """Whether the sizes meet once one of the two is transposed: then that was forgotten, and the widths are meant."""
    left, right = (branch.shape for branch in branches_of(case.step)[:2])
    return min(len(left), len(right)) > 1 and (left[-1] == right[-1] or left[-2] == right[-2])


def _second(case: Case, order: tuple[int, ...]) -> Change:
    """The second operand alone transposed, of two that are one."""
    layer = case.step.node.name

    def change(network: Network) -> Network:
        value = network.by_name[layer].inputs[0]
        mended = put_in(layer, value or "", Transpose(order))(network)
        node = mended.by_name[layer]
        one = replace(node, inputs=(value, node.inputs[1], *node.inputs[2:]))
        return replace(mended, nodes=tuple([one if n.name == layer else n for n in mended.nodes]))

    return change
