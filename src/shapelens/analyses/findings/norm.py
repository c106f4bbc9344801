"""SL113: a norm over another number of channels or features than it has scales for."""

from __future__ import annotations

from typing import Any

from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.dims import shape_text
from shapelens.operators import Shape

__all__ = ["tell_norm"]


@tells("norm")
def tell_norm(case: Case) -> Told:
    """A norm that was made for another number."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    return case.told(
        "SL113",
        f"{_listing(gets)} in {sample_text(case.tensor().shape, case.evaluation)}{from_words(case)}",
        f"a norm has one scale for each channel or feature: here {_listing(wants)}",
        summary=f"this norm is for {_listing(wants)} and gets {_listing(gets)}",
        proposals=[_proposal(case, gets)],
    )


def _proposal(case: Case, gets: object) -> Proposal:
    node, network = case.step.node, case.evaluation.network
    plain = f"make its number of features {_listing(gets)}"
    sizes: Shape = tuple([d for d in (gets if isinstance(gets, tuple) else (gets,)) if isinstance(d, int)])
    if len(sizes) != (len(gets) if isinstance(gets, tuple) else 1):
        return Proposal(plain)
    held = [
        role
        for role, value in zip(node.operator.roles, node.inputs, strict=False)
        if value is not None and value in network.weights
    ]
    settings: dict[str, object] = {}
    if node.operator.settings().get("normalized_shape") is not None:
        settings["normalized_shape"] = sizes
    name = "normalized_shape" if node.module == "LayerNorm" else "num_features"
    name = "num_channels" if node.module == "GroupNorm" else name
    said = str(sizes[0]) if len(sizes) == 1 else f"({', '.join(map(str, sizes))})"
    return changed_layer(
        case,
        weights=dict.fromkeys(held, sizes),
        settings=settings,
        arguments={name: said},
        text=plain,
    )


def _listing(value: Any) -> str:
    return shape_text(value) if isinstance(value, tuple) else number(value)
