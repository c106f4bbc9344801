"""SL102: a convolution whose filters are not as deep as its input."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import fed_instead
from shapelens.analyses.findings.framework_words import channel_words
from shapelens.analyses.findings.groups import tell_groups
from shapelens.analyses.findings.layers import changed_layer, wider_before
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.dims import Dim, Unknown, shape_text
from shapelens.operators import Convolution, Requirement, Shape, Tensor, TransposedConvolution

__all__ = ["tell_channels"]


@tells("channels")
def tell_channels(case: Case) -> Told:
    """A convolution whose filters are not as deep as its input."""
    from shapelens.analyses.findings.channels_last import misplaced_axis, tell_channels_last

    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    image = case.tensor()
    if misplaced_axis(image, wants, case.facts["axis"]):
        return tell_channels_last(case)
    groups = case.facts["groups"]
    filters = case.step.applied.filters
    # Where the groups divide the filters the layer is made for them, and it is the channels that do not fit.
    is_made_so = not case.is_file and filters is not None and _divides(groups, filters.count)
    if isinstance(gets, int) and isinstance(groups, int) and groups > 1 and gets % groups and not is_made_so:
        facts = {"groups": groups, "channels": gets}
        return tell_groups(Case(case.evaluation, case.step, Requirement("groups", False, facts), case.beyond))
    many = "channel" if gets == 1 else "channels"
    return case.told(
        "SL102",
        f"{number(gets)} {many} in {sample_text(image.shape, case.evaluation)}{from_words(case)}",
        f"weight {shape_text(weight)} wants {number(wants)}, gets {number(gets)}",
        summary=f"this {case.words_without_shapes} takes {number(wants)} channels and gets {number(gets)}",
        proposals=_proposals(case, image),
        framework=("torch", channel_words(case, image)),
    )


def _divides(groups: object, filters: Dim) -> bool:
    return isinstance(groups, int) and isinstance(filters, int) and groups > 0 and filters % groups == 0


def _deeper(case: Case) -> Shape | None:
    """The weight that the channels that come would fit."""
    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    groups, operator = case.facts["groups"], case.step.node.operator
    if not isinstance(gets, int) or gets < 1 or gets % groups:
        return None
    if type(operator) is TransposedConvolution:
        return (gets, *weight[1:]) if not operator.filters_last and wants == weight[0] else None
    is_plain = type(operator) is Convolution and not operator.filters_last
    if is_plain and wants == weight[1] * groups:
        return (weight[0], gets // groups, *weight[2:])
    if type(operator) is Convolution and operator.filters_last and groups == 1 and wants == weight[-2]:
        return (*weight[:-2], gets, weight[-1])
    return None


def _proposals(case: Case, image: Tensor) -> list[Proposal]:
    """What makes the channels fit: another depth of the input, or of the filters."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    if isinstance(image.shape, Unknown):
        return []
    sample, found = image.dims[1:], []
    shape = _deeper(case)
    value = case.step.node.inputs[0] or ""
    if case.facts["groups"] > 1 and isinstance(wants, int) and case.facts["axis"] == 1:
        found += wider_before(case, value, wants)  # its groups are those of the channels before
    if shape is not None:
        found.append(changed_layer(case, weights={"weight": shape}, arguments={"in_channels": str(gets)}))
    is_fed, is_first = case.fed_input is not None, case.facts["axis"] == 1 and image.rank > 2
    if is_fed and is_first and gets == 1:
        repeats = ", ".join(["1", str(wants), *["1"] * (image.rank - 2)])
        found += fed_instead(case, (wants, *sample[1:]), f"x.repeat({repeats})")[1:]
        if shape is not None and case.evaluation.network.origin.kind == "torch":
            text = f"if trained  {case.step.node.inputs[1]}.sum(1, keepdim=True)"
            found.append(changed_layer(case, weights={"weight": shape}, text=text))
    elif is_fed and is_first and (gets, wants) == (4, 3):
        found += fed_instead(case, (wants, *sample[1:]), "x[:, :3]")[1:]
    return found or [Proposal(f"make the layer's input channels {number(gets)}")]
