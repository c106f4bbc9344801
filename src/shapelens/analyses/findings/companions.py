"""SL199 of what comes along with a tensor, and has a shape because of it: the state of a recurrent layer, indices."""

from __future__ import annotations

from shapelens.analyses.findings.mending import all_of_them, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.dims import shape_text
from shapelens.operators import Expand, Shape

__all__ = ["tell_indices", "tell_state"]


@tells("state")
def tell_state(case: Case) -> Told:
    """A state of another shape than the one that comes out."""
    gets, wants, called = case.facts.get("gets"), case.facts["wants"], case.words_without_shapes
    if not isinstance(gets, tuple):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    settings = case.step.node.operator.settings()
    layers, both = settings.get("layers"), settings.get("bidirectional", False)
    counted = f" of {layers} layer{'' if layers == 1 else 's'}{' in both directions' if both else ''}"
    axes = ("" if layers is None else "layers × ") + _STATES[len(wants) - (layers is not None)]
    return case.told(
        "SL199",
        f"a state of {shape_text(gets)}",
        f"{called}{'' if layers is None else counted} takes {axes}: {shape_text(wants)}",
        summary=f"the state does not fit this {called}",
        proposals=_repeated(case, gets, wants),
    )


_STATES = {1: "features", 2: "batch × features"}
"""The axes of a state, without that of the layers."""


def _repeated(case: Case, gets: Shape, wants: Shape) -> list[Proposal]:
    """One state for all layers, or all samples."""
    if len(gets) != len(wants) or case.is_file:
        return []
    pairs = list(zip(gets, wants, strict=True))
    if any(own != wanted and not (type(own) is int and own == 1) for own, wanted in pairs):
        return []
    states = [
        value
        for role, value, tensor in zip(
            case.step.node.operator.roles, case.step.node.inputs, case.step.inputs, strict=False
        )
        if role in {"hidden", "cell"} and value is not None and tensor is not None and tensor.shape == gets
    ]

    change = all_of_them(*[put_in(case.step.node.name, value, Expand(wants)) for value in states])
    sizes = ", ".join([str(wanted) if own != wanted else "-1" for own, wanted in pairs])
    return [Proposal(f"state.expand({sizes}).contiguous()", change)] if states else []


@tells("indices")
def tell_indices(case: Case) -> Told:
    """Indices of another shape than the values that they are the places of."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    if not isinstance(gets, tuple) or not isinstance(wants, tuple):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    return case.told(
        "SL199",
        f"indices {shape_text(gets)}, values {shape_text(wants)}",
        f"{case.words_without_shapes} puts every value at its own place: indices have the shape of the values",
        summary="the indices do not fit the values",
    )
