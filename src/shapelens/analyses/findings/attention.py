"""SL119: attention whose heads, widths, tokens or batches do not fit."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.analyses.findings.branches import whole
from shapelens.analyses.findings.layers import changed_layer, wider_before
from shapelens.analyses.findings.mending import put_in, with_operator, with_shapes
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells
from shapelens.dims import Unknown, shape_text
from shapelens.operators import MultiHeadAttention, Pad, Shape

__all__ = ["tell_batch", "tell_heads", "tell_tokens", "tell_width"]


@tells("heads")
def tell_heads(case: Case) -> Told:
    """A width that its heads do not divide."""
    heads = case.facts.get("heads")
    width = case.facts.get("width", case.facts.get("shared"))
    if not isinstance(heads, int) or not isinstance(width, int):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    legal = [count for count in range(1, width + 1) if width % count == 0]
    near = sorted(sorted(legal, key=lambda count: (abs(count - heads), count))[:2])
    found = []
    if "heads" in case.step.node.operator.settings():
        found = [
            changed_layer(
                case,
                settings={"heads": count},
                text=f"num_heads={count}",
                arguments={"num_heads": str(count)},
            )
            for count in near
        ]
    return case.told(
        "SL119",
        f"a width of {width} for {heads} heads: {width % heads if heads else width} over",
        "every head has as much of the width as every other",
        summary="heads do not divide the width",
        proposals=found,
    )


def tell_width(case: Case) -> Told:
    """Query, key or value of another width than the layer is made for."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    role = case.facts.get("role", "key")
    place = {"query": 0, "key": 1, "value": 2}.get(str(role), 0)
    return case.told(
        "SL119",
        f"{role} {shape_text(case.tensor(place).shape)}: {number(gets)} features{from_words(case, place, -1)}",
        f"{case.words_without_shapes} takes a {role} of {number(wants)} features",
        summary=f"{role} is {number(gets)} wide, and {number(wants)} is wanted",
        proposals=[*_wider(case, gets, wants), *_made_as_wide(case, place, wants)],
    )


def _made_as_wide(case: Case, place: int, wants: object) -> list[Proposal]:
    """The layer before with as many features as are wanted."""
    value = case.step.node.inputs[place]
    if value is None or not isinstance(wants, int) or case.is_file:
        return []
    return wider_before(case, value, wants)


def _wider(case: Case, gets: object, wants: object) -> list[Proposal]:
    """The layer as wide as what comes in."""
    operator, step = case.step.node.operator, case.step
    if (
        not isinstance(operator, MultiHeadAttention)
        or not isinstance(gets, int)
        or not isinstance(wants, int)
    ):
        return []
    heads = operator.heads if gets % operator.heads == 0 else 1
    sizes = {wants: gets, 3 * wants: 3 * gets}
    shapes: dict[str, Shape] = {}
    for value, tensor in zip(step.node.inputs, step.inputs, strict=True):
        if value is None or tensor is None or isinstance(tensor.shape, Unknown):
            continue
        if value in case.evaluation.network.weights:
            shapes[value] = tuple([sizes.get(d, d) if isinstance(d, int) else d for d in tensor.shape])
    widths, renamed = with_shapes(shapes), with_operator(step.node.name, operator.with_settings(heads=heads))
    text, arguments = f"embed_dim={gets}", {"embed_dim": str(gets)}
    if heads != operator.heads:
        text, arguments = f"{text}, num_heads={heads}", {**arguments, "num_heads": str(heads)}
    return [Proposal(text, lambda network: renamed(widths(network)), argument=_made_with(case, arguments))]


def _made_with(case: Case, arguments: Mapping[str, str]) -> Argument | None:
    """The call that makes the attention, with other arguments."""
    node, network = case.step.node, case.evaluation.network
    is_module = bool(node.path) and network.modules.get(node.path) == "MultiheadAttention"
    return Argument(node.path, arguments) if is_module else None


@tells("tokens")
def tell_tokens(case: Case) -> Told:
    """As many values as keys."""
    keys, values = case.facts.get("keys"), case.facts.get("values")
    if keys is None or values is None:
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    return case.told(
        "SL119",
        f"{number(keys)} keys and {number(values)} values",
        "every key has its value: give both the same tensor",
        summary="keys and values are not as many",
    )


def tell_batch(case: Case) -> Told:
    """Query and key that are read with different batches: often the order is the other one."""
    left, right, axis = case.facts["left"], case.facts["right"], case.facts["axis"]
    shapes = case.facts.get("shapes", ())
    listed = " and ".join([shape_text(shape) for shape in shapes])
    operator = case.step.node.operator
    found: list[Proposal] = []
    if isinstance(operator, MultiHeadAttention) and not operator.batch_first:
        found = [
            Proposal(
                "batch_first=True, where the batch comes first",
                with_operator(case.step.node.name, operator.with_settings(batch_first=True)),
                argument=_made_with(case, {"batch_first": "True"}),
            )
        ]
    return case.told(
        "SL119",
        f"{listed}: {number(left)} against {number(right)} on axis {axis}, read as the batch",
        "query, key and value come in the same batch; PyTorch reads tokens × batch × features "
        "unless batch_first=True",
        summary="query and key come in different batches",
        proposals=found,
    )


@tells("mask")
def tell_mask(case: Case) -> Told:
    """A mask of another shape than tokens × keys."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    if not isinstance(gets, tuple) or not isinstance(wants, tuple):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    return case.told(
        "SL119",
        f"a mask of {shape_text(gets)}",
        f"a mask says for every token which keys it sees: {shape_text(wants)}",
        summary="the mask does not fit",
        proposals=_cut_mask(case, gets, wants),
    )


def _cut_mask(case: Case, gets: Shape, wants: Shape) -> list[Proposal]:
    """The part of a mask that is larger."""
    pairs = list(zip(gets, wants, strict=False))
    if len(gets) != len(wants) or any(type(a) is not int or type(b) is not int or a < b for a, b in pairs):
        return []
    step = case.step
    mask = next(
        (v for v, t in zip(step.node.inputs, step.inputs, strict=True) if t and t.shape == gets), None
    )
    if mask is None or case.is_file:
        return []
    sizes = ", ".join([f":{number(size)}" for size in wants])
    pads = tuple([(0, whole(b) - whole(a)) for a, b in pairs])
    cut = put_in(step.node.name, mask, Pad(pads=pads, axes=tuple(range(-len(gets), 0))))
    return [Proposal(f"mask[{sizes}]", cut, must_work=True)]
