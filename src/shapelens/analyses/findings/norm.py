"""SL113: a norm over another number of channels or features than it has scales for."""

from __future__ import annotations

from typing import Any

from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.mending import all_of_them, put_behind, put_in
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.dims import shape_text
from shapelens.operators import Shape, Transpose

__all__ = ["tell_norm"]


@tells("norm")
def tell_norm(case: Case) -> Told:
    """A norm that was made for another number."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    return case.told(
        "SL113",
        f"{_listing(gets)} {_what(case)}{_inside(case, gets)}{from_words(case)}",
        f"a norm has one scale for each of them, here {_listing(wants)}{_last(case, wants)}",
        summary=f"this norm is for {_listing(wants)} and gets {_listing(gets)}",
        proposals=[*_turned(case, wants), _proposal(case, gets), *_as_large(case, gets)],
    )


def _stand_last(case: Case, wants: object) -> bool:
    """Whether the channels that are wanted stand last, and the norm reads them behind the batch."""
    tensor, axis = case.tensor(), case.facts.get("axis")
    return isinstance(wants, int) and axis == 1 and tensor.rank > 2 and bool(tensor.dims[-1] == wants)


def _last(case: Case, wants: object) -> str:
    return f"; the {wants} stand last" if _stand_last(case, wants) else ""


def _turned(case: Case, wants: object) -> list[Proposal]:
    """The channels in front for the norm, and back behind it."""
    if not _stand_last(case, wants):
        return []
    rank, node = case.tensor().rank, case.step.node
    there, back = (0, rank - 1, *range(1, rank - 1)), (0, *range(2, rank), 1)
    words = [f"permute({', '.join(map(str, order))})" for order in (there, back)]
    if rank == _TOKENS:
        text = "x.transpose(1, 2) before it and after it"
    else:
        text = f"x.{words[0]} before it, x.{words[1]} after it"
    before = put_in(node.name, node.inputs[0] or "", Transpose(there))
    return [Proposal(text, all_of_them(before, put_behind(node.name, Transpose(back))))]


_TOKENS = 3
"""The axes of a batch of steps, each with its features."""


def _as_large(case: Case, gets: object) -> list[Proposal]:
    """A norm over whole maps is made for one size of them."""
    return sizes_that_fit(case) if isinstance(gets, tuple) and len(gets) > 1 else []


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
    name = _ARGUMENTS.get(node.module, "")
    said = str(sizes[0]) if len(sizes) == 1 else f"({', '.join(map(str, sizes))})"
    return changed_layer(
        case,
        weights=dict.fromkeys(held, sizes),
        settings=settings,
        arguments={name: said} if name else None,
        text=f"{name}={said}" if name and not case.is_file else plain,
    )


_ARGUMENTS = {
    **dict.fromkeys(["LayerNorm", "RMSNorm"], "normalized_shape"),
    **dict.fromkeys(
        [f"{kind}Norm{rank}d" for kind in ("Batch", "Instance") for rank in (1, 2, 3)], "num_features"
    ),
    "SyncBatchNorm": "num_features",
    "GroupNorm": "num_channels",
}
"""What PyTorch's norms call the number that they are made for."""


def _what(case: Case) -> str:
    """What a norm scales: channels, or features where there are no places beside them."""
    operator, tensor = case.step.node.operator, case.tensor()
    is_of_channels = operator.settings().get("normalized_shape") is None and tensor.rank > 2
    return "channels" if is_of_channels else "features"


def _inside(case: Case, gets: object) -> str:
    """The sample that they are in, where that says more than their number."""
    sample = sample_text(case.tensor().shape, case.evaluation)
    return "" if sample == _listing(gets) else f" in {sample}"


def _listing(value: Any) -> str:
    return shape_text(value) if isinstance(value, tuple) else number(value)
