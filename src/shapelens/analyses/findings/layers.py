"""Proposals to change a layer: its weights, its settings, and the call that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shapelens.analyses.findings.mending import Change, all_of_them, with_operator, with_shapes
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case
from shapelens.dims import shape_text
from shapelens.operators import Convolution, Linear, Operator, Shape
from shapelens.readers.notation.words import to_pytorch

__all__ = ["as_typed", "changed_layer", "reshaped", "wider_before"]


def changed_layer(
    case: Case,
    *,
    weights: Mapping[str, Shape] | None = None,
    settings: Mapping[str, object] | None = None,
    arguments: Mapping[str, str] | None = None,
    text: str = "",
) -> Proposal:
    """Make the layer fit what comes in: the layer as one would type it then.

    Args:
        case: what does not fit.
        weights: the shapes of its weights as they would be, by role.
        settings: its settings as they would be.
        arguments: the arguments of the call that makes it, as they would be.
        text: what to do, where the layer as it is typed does not tell.
    """
    step = case.step
    operator = step.node.operator.with_settings(**(settings or {}))
    change = all_of_them(with_operator(step.node.name, operator), reshaped(case, weights or {}))
    written = text or as_typed(case, operator, weights or {})
    path = step.node.path
    is_module = case.evaluation.network.modules.get(path) == step.node.module
    argument = Argument(path, arguments) if arguments and is_module and path else None
    return Proposal(written, change, argument=argument)


def wider_before(case: Case, value: str, features: int) -> list[Proposal]:
    """The layer that makes a value, past what only orders it anew, with another number of filters or features.

    Args:
        case: what does not fit.
        value: the value.
        features: how many there should be.
    """
    network = case.evaluation.network
    node = network.producers.get(value)
    while node is not None and (node.operator.keeps_shape or node.operator.name in {"Flatten", "Transpose"}):
        node = network.producers.get(node.inputs[0] or "")
    if node is None or type(node.operator) not in {Convolution, Linear} or features < 1:
        return []
    step = case.evaluation.by_node[node.name]
    weight, settings = step.inputs[1], node.operator.settings()
    is_plain = not settings.get("filters_last") and not settings.get("features_last")
    if weight is None or weight.has_unknown or not is_plain or settings.get("groups", 1) != 1:
        return []
    shapes: dict[str, Shape] = {"weight": (features, *weight.dims[1:])}
    if len(node.inputs) > 2 and node.inputs[2] is not None:
        shapes["bias"] = (features,)
    argument = "out_channels" if type(node.operator) is Convolution else "out_features"
    at = Case(case.evaluation, step, case.requirement, case.beyond)
    made = changed_layer(at, weights=shapes, arguments={argument: str(features)})
    return [replace(made, text=f"{node.name}: {made.text}")]


def reshaped(case: Case, weights: Mapping[str, Shape]) -> Change:
    """The edit that gives a layer's weights other shapes, by role."""
    node, network = case.step.node, case.evaluation.network
    roles = dict(zip(node.operator.roles, node.inputs, strict=False))
    named: dict[str, Shape] = {}
    for role, shape in weights.items():
        value = roles.get(role)
        if value is not None and value in network.weights:
            named[value] = shape
    return with_shapes(named)


def as_typed(case: Case, operator: Operator, weights: Mapping[str, Shape]) -> str:
    """A layer as one would type it, with weights of other shapes."""
    roles = operator.roles
    if (case.is_file or not case.is_layer) and weights:
        values = dict(zip(roles, case.step.node.inputs, strict=False))
        return " and ".join([f"make {values[role]} {shape_text(shape)}" for role, shape in weights.items()])
    changed = [
        replace(tensor, shape=weights[role]) if tensor is not None and role in weights else tensor
        for role, tensor in zip(roles, case.step.inputs, strict=False)
    ]
    written = to_pytorch(operator, tuple(changed))
    if written:
        return written
    if not weights:
        return ""
    role, shape = next(iter(weights.items()))
    return f"make its {role} {shape_text(shape)}"
