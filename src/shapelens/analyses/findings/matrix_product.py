"""SL112: matrices whose columns and rows are not as many."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.branches import branches_of
from shapelens.analyses.findings.mending import Change, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.dims import shape_text
from shapelens.network import Network
from shapelens.operators import Transpose

__all__ = ["tell_product"]


@tells("contraction", "pairs")
def tell_product(case: Case) -> Told:
    """A matrix product whose inner sizes differ."""
    if not {"left", "right", "gets", "wants"} <= set(case.facts):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    gets, wants = case.facts["gets"], case.facts["wants"]
    left, right = case.facts["left"], case.facts["right"]
    return case.told(
        "SL112",
        f"{shape_text(left)} times {shape_text(right)}",
        f"columns of the left meet rows of the right: {number(gets)} against {number(wants)}",
        proposals=_proposals(case),
    )


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
    return found


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
