"""SL122: elements of a type that an operator does not take."""

from __future__ import annotations

from shapelens.analyses.findings.mending import all_of_them, put_in, refusal_gone
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, sample_text
from shapelens.network import Evaluation, Node
from shapelens.network.refusals import OF_TYPES
from shapelens.operators import Cast, Embedding

__all__ = ["refused_for_type", "tell_type"]


def refused_for_type(evaluation: Evaluation) -> list[Node]:
    """The nodes that the framework refuses because of the type of their elements."""
    refusals = evaluation.network.refusals
    return [
        node
        for node in evaluation.network.nodes
        if any(refusals.get(name, "").startswith(OF_TYPES) for name in node.outputs)
    ]


def tell_type(case: Case, words: str) -> Told:
    """Whole numbers where floats are wanted, or the other way round."""
    node, tensor = case.step.node, case.tensor()
    value = node.inputs[0] or ""
    if isinstance(node.operator, Embedding):
        value = node.inputs[-1] or value
        wanted, rule, text = "int64", "an embedding looks up rows by whole numbers", "x.long()"
    else:
        weight = next((t for t in case.step.inputs[1:] if t is not None and t.is_held), None)
        wanted = "float32" if weight is None else weight.dtype
        rule = f"{case.words} multiplies with weights of {wanted}"
        text = "x.float() / 255, of an image" if tensor.dtype == "uint8" else f"x.to(torch.{wanted})"
    # What comes out is of the same type, and is refused again by whoever takes it.
    gone = [refusal_gone(other.name) for other in refused_for_type(case.evaluation)]
    change = all_of_them(put_in(node.name, value, Cast(wanted)), *gone)
    return case.told(
        "SL122",
        f"{sample_text(tensor.shape, case.evaluation)} of {tensor.dtype}",
        rule,
        summary=f"elements of {tensor.dtype} where {wanted} is wanted",
        proposals=[Proposal(text, change)],
        framework=("torch", words),
    )
