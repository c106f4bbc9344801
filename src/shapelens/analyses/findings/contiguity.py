"""SL111: a view of a tensor whose elements do not lie in its order."""

from __future__ import annotations

from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.findings.mending import refusal_gone
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.dims import shape_text

__all__ = ["tell_view"]

_TURNING = frozenset(["Transpose", "Flip"])


def tell_view(case: Case, words: str) -> Told:
    """A view behind a permute.

    Args:
        case: the view.
        words: what PyTorch says of it.
    """
    node, evaluation = case.step.node, case.evaluation
    value = node.inputs[0] or ""
    turned = next((n for n in ancestors(evaluation, value) if n.operator.name in _TURNING), None)
    cause = ""
    if turned is not None:
        order = getattr(turned.operator, "order", None)
        called = turned.source_operator or "transpose"
        said = f"({', '.join(map(str, order))})" if order is not None and called == "permute" else ""
        where = f", {turned.where}" if turned.where else ""
        cause = f"\n{turned.name}{said}{where} put its axes in another order, and moved no element"
    asked = getattr(node.operator, "shape", None)
    listed = ", ".join(map(number, asked)) if isinstance(asked, tuple) else "…"
    change = refusal_gone(node.name)
    return case.told(
        "SL111",
        f"{shape_text(case.tensor().shape)} as {shape_text(case.step.output.shape)}{cause}",
        "a view leaves every element where it is: what becomes one axis must lie in order",
        proposals=[Proposal(f"reshape({listed})", change), Proposal(f"contiguous().view({listed})", change)],
        framework=("torch", words),
    )
