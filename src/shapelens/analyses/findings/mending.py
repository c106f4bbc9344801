"""Edits that mend a network: each takes a network and gives another one, to be tried.

What is put in stands in front of the node that takes it, so that everything else keeps its place in the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shapelens.network import Network, Node, Weight
from shapelens.operators import Operator, Shape

__all__ = ["Change", "all_of_them", "put_behind", "put_in", "refusal_gone", "with_operator", "with_shapes"]

Change = Callable[[Network], Network]


def with_operator(layer: str, operator: Operator) -> Change:
    """A node that computes something else."""

    def change(network: Network) -> Network:
        nodes = [replace(n, operator=operator) if n.name == layer else n for n in network.nodes]
        return replace(network, nodes=tuple(nodes))

    return change


def with_shapes(shapes: Mapping[str, Shape]) -> Change:
    """Weights of other shapes, by name."""

    def change(network: Network) -> Network:
        weights = {
            name: replace(weight, shape=shapes[name]) if name in shapes else weight
            for name, weight in network.weights.items()
        }
        return replace(network, weights=weights)

    return change


def put_in(
    layer: str,
    value: str,
    operator: Operator,
    weights: Sequence[Shape] = (),
    others: Sequence[str] = (),
) -> Change:
    """An operator between a value and the node that takes it.

    Args:
        layer: the node that takes the value.
        value: the value.
        operator: what is put in.
        weights: the shapes of the weights that it takes.
        others: other values that it takes, behind the first.
    """

    def change(network: Network) -> Network:
        place = next(i for i, node in enumerate(network.nodes) if node.name == layer)
        name = _free(network, f"{layer}.mended")
        held = {f"{name}.weight{i or ''}": shape for i, shape in enumerate(weights)}
        node = Node(name, operator, (value, *others, *held), (name,))
        taker = network.nodes[place]
        inputs = tuple([name if taken == value else taken for taken in taker.inputs])
        nodes = (
            *network.nodes[:place],
            node,
            replace(taker, inputs=inputs),
            *network.nodes[place + 1 :],
        )
        guards = [replace(g, before=g.before + 1) if g.before > place else g for g in network.guards]
        return replace(
            network,
            nodes=nodes,
            weights={**network.weights, **{n: Weight(n, shape) for n, shape in held.items()}},
            guards=tuple(guards),
            calls=(),
        )

    return change


def put_behind(layer: str, operator: Operator) -> Change:
    """An operator between what a node gives first and every node that takes it.

    Args:
        layer: the node that gives it.
        operator: what is put in.
    """

    def change(network: Network) -> Network:
        value = network.by_name[layer].outputs[0]
        takers = [node.name for node in network.consumers.get(value, ())]
        changed = network
        for taker in takers:
            changed = put_in(taker, value, operator)(changed)
        if value not in network.outputs:
            return changed
        name = _free(changed, f"{layer}.mended")
        node = Node(name, operator, (value,), (name,))
        outputs = tuple([name if given == value else given for given in network.outputs])
        return replace(changed, nodes=(*changed.nodes, node), outputs=outputs, calls=())

    return change


def _free(network: Network, name: str) -> str:
    """A name that nothing in the network has."""
    place, tried = 1, name
    while tried in network.weights or any(
        tried == node.name or tried in node.outputs for node in network.nodes
    ):
        place += 1
        tried = f"{name}{place}"
    return tried


def refusal_gone(layer: str) -> Change:
    """A node that the framework no longer refuses, because something else is called in its place."""

    def change(network: Network) -> Network:
        node = network.by_name.get(layer)
        gone = set(node.outputs) if node is not None else set()
        words = {network.refusals[name] for name in gone if name in network.refusals}
        kept = {name: said for name, said in network.refusals.items() if name not in gone}
        facts = dict(network.facts)
        if any(facts.get("stopped", "").endswith(said) for said in words) and words:
            return network  # nothing is known of what would have followed
        return replace(network, refusals=kept, facts=facts)

    return change


def all_of_them(*changes: Change) -> Change:
    """Several edits, one after the other."""

    def change(network: Network) -> Network:
        for each in changes:
            network = each(network)
        return network

    return change
