"""What if: a network with one node changed, and its weights following or held.

When weights *follow*, every weight's dim that matched the dim it met is made to match what it meets after the edit:
input channels, a linear layer's features, norms, depthwise groups. *Strict* keeps all weights, and what no longer
fits is found when the network is evaluated. Constants in the author's own code never follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shapelens.dims import Path, following
from shapelens.errors import UsageError
from shapelens.network.evaluation import Evaluation
from shapelens.network.graph import Claims, Network, Node, Weight
from shapelens.operators import Operator, Tensor, apply

__all__ = ["edit"]


def edit(
    evaluation: Evaluation,
    name: str,
    settings: Mapping[str, Any] | None = None,
    *,
    weights: Mapping[str, tuple[int, ...]] | None = None,
    follow: bool = True,
) -> Network:
    """A network with one node changed.

    Args:
        evaluation: the network at the size at which weights follow.
        name: the node to change.
        settings: new settings of its operator, by name: `{"stride": 1}`.
        weights: new shapes of its weights, by role: `{"weight": (32, 3, 5, 5)}`.
        follow: whether later weights follow.

    Raises:
        UsageError: no such node, setting or weight.
    """
    network = evaluation.network
    node = network.by_name.get(name)
    if node is None:
        raise UsageError(
            f"no layer is called {name}",
            at=f"edit of {network.name}",
            rule="a layer is named as the table names it",
        )
    changed = replace(node, operator=_with_settings(node.operator, settings or {}, name))
    reshaped = _reshaped(network, changed, weights or {})
    edited = _with_node(network, changed, reshaped)
    if not follow:
        return edited
    with following(Path(evaluation.path.example)):
        return _followed(evaluation, edited)


def _with_settings(operator: Operator, settings: Mapping[str, Any], name: str) -> Operator:
    known = operator.settings()
    for setting in settings:
        if setting not in known:
            raise UsageError(
                f"{operator.name} has no setting {setting}",
                at=name,
                have=setting,
                rule=f"its settings are {', '.join(known) or 'none'}",
            )
    return operator.with_settings(**settings)


def _reshaped(network: Network, node: Node, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Weight]:
    roles = dict(zip(node.operator.roles, node.inputs, strict=False))
    found: dict[str, Weight] = {}
    for role, shape in shapes.items():
        value = roles.get(role)
        if value is None or value not in network.weights:
            raise UsageError(
                f"{node.name} has no weight {role}",
                at=node.name,
                have=role,
                rule=f"its weights are {', '.join(r for r, v in roles.items() if v in network.weights) or 'none'}",
            )
        found[value] = replace(network.weights[value], shape=shape)
    return found


def _with_node(network: Network, node: Node, weights: Mapping[str, Weight]) -> Network:
    nodes = tuple([node if n.name == node.name else n for n in network.nodes])
    return replace(network, nodes=nodes, weights={**network.weights, **weights}, claims=Claims())


def _followed(before: Evaluation, edited: Network) -> Network:
    """The edited network with its weights made to fit, in one pass from input to output."""
    values: dict[str, Tensor] = {k: v for k, v in before.values.items() if k not in before.network.producers}
    values.update(edited.held)
    weights = dict(edited.weights)
    nodes: list[Node] = []
    for unfitted in edited.nodes:
        node, old = unfitted, before.by_node[unfitted.name]
        inputs = [None if v is None else values.get(v) for v in node.inputs]
        if type(node.operator) is type(old.node.operator) and any(v in weights for v in node.inputs if v):
            fitted = node.operator.follow(old.inputs, inputs)
            node = replace(node, operator=fitted.operator)
            for place, shape in fitted.shapes.items():
                value = node.inputs[place] if place < len(node.inputs) else None
                if value is not None and value in weights:
                    weights[value] = replace(weights[value], shape=shape)
                    values[value] = weights[value].tensor
            inputs = [None if v is None else values.get(v) for v in node.inputs]
        nodes.append(node)
        outcome = apply(node.operator, inputs, len(node.outputs), node.name)
        values.update(zip(node.outputs, outcome.outputs, strict=False))
    return replace(edited, nodes=tuple(nodes), weights=weights)
