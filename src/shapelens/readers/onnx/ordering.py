"""The order in which nodes can be evaluated."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx.expansion import Placed
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.visible import visible

__all__ = ["in_order"]


def in_order(
    nodes: Sequence[Placed], known: Collection[str], path: str, held: Collection[str] = ()
) -> Sequence[Placed]:
    """The nodes in an order in which each stands after those whose values it takes: the file's, if it is one.

    Args:
        nodes: the nodes.
        known: the values that no node gives.
        path: of the file, for messages.
        held: the tensors that the file holds, which no node gives either.

    Raises:
        MalformedFileError: nodes wait for each other in a circle, or two give the same value.
    """
    given: set[str] = set()
    ahead: set[str] = set()
    for placed in nodes:
        node = placed.node
        for value in node.inputs:
            if value and value not in given and value not in known and value not in held:
                ahead.add(value)
        for value in node.outputs:
            if not value:
                continue
            if value in given or value in known or value in held:
                raise MalformedFileError(
                    f"two things in this file are called {visible(value)}",
                    at=_at(path, node),
                    have=f"a value {visible(value)} that something else gives already",
                    rule="every value of an ONNX graph has a name of its own",
                )
            given.add(value)
    if ahead.isdisjoint(given):
        return nodes
    producers = {value: place for place, placed in enumerate(nodes) for value in placed.node.outputs if value}
    waits = [{producers[value] for value in placed.node.inputs if value in producers} for placed in nodes]
    return [nodes[place] for place in _sorted_places(waits, nodes, path)]


def _sorted_places(waits: list[set[int]], nodes: Sequence[Placed], path: str) -> list[int]:
    """The places in an order in which each stands after those that it waits for."""
    dependants: dict[int, list[int]] = {}
    open_count = [len(places) for places in waits]
    for place, places in enumerate(waits):
        for earlier in places:
            dependants.setdefault(earlier, []).append(place)
    ready = [place for place, count in enumerate(open_count) if not count]
    order: list[int] = []
    while ready:
        place = heapq.heappop(ready)
        order.append(place)
        for later in dependants.get(place, ()):
            open_count[later] -= 1
            if not open_count[later]:
                heapq.heappush(ready, later)
    if len(order) < len(waits):
        stuck = next(nodes[place].node for place, count in enumerate(open_count) if count)
        raise MalformedFileError(
            "the nodes of this file wait for each other in a circle",
            at=_at(path, stuck),
            have=f"{len(waits) - len(order)} nodes, none of which can be first",
            rule="an ONNX graph has no cycles",
        )
    return order


def _at(path: str, node: OnnxNode) -> str:
    return f"{path}, node {visible(node.name or node.operator)}"
