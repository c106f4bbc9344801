"""The order in which nodes can be evaluated."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Collection, Sequence

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.packing import PackedNodes
from shapelens.readers.onnx.visible import visible

__all__ = ["in_order"]


def in_order(
    nodes: PackedNodes, known: Collection[str], path: str, held: Collection[str] = ()
) -> Sequence[int]:
    """The places of nodes in an order in which each stands after those whose values it takes: theirs, if it is one.

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
    values, start = nodes.values, 0
    for place, kind in enumerate(nodes.kinds):
        middle = start + kind.takes
        end = middle + kind.gives
        for value in values[start:middle]:
            if value and value not in given and value not in known and value not in held:
                ahead.add(value)
        for value in values[middle:end]:
            if not value:
                continue
            if value in given or value in known or value in held:
                raise MalformedFileError(
                    f"two things in this file are called {visible(value)}",
                    at=_at(path, nodes[place]),
                    have=f"a value {visible(value)} that something else gives already",
                    rule="every value of an ONNX graph has a name of its own",
                )
            given.add(value)
        start = end
    if ahead.isdisjoint(given):
        return range(len(nodes))
    del given, ahead
    return _sorted_places(nodes, path)


def _sorted_places(nodes: PackedNodes, path: str) -> Sequence[int]:
    """The places in an order in which each stands after those that it waits for, the first that can be first."""
    producers: dict[str, int] = {}
    for place in range(len(nodes)):
        producers.update(dict.fromkeys(nodes.values_of(place)[1], place))
    producers.pop("", None)
    # Who waits for a node: a chain of places for each, in rows of plain numbers, as there may be millions.
    last_waiting = array("q", [-1]) * len(nodes)
    waiting, one_before = array("q"), array("q")
    open_count = array("q", [0]) * len(nodes)
    for place in range(len(nodes)):
        for value in nodes.values_of(place)[0]:
            producer = producers.get(value)
            if producer is not None:
                open_count[place] += 1
                waiting.append(place)
                one_before.append(last_waiting[producer])
                last_waiting[producer] = len(waiting) - 1
    ready = [place for place, count in enumerate(open_count) if not count]
    order = array("q")
    while ready:
        place = heapq.heappop(ready)
        order.append(place)
        link = last_waiting[place]
        while link >= 0:
            later = waiting[link]
            open_count[later] -= 1
            if not open_count[later]:
                heapq.heappush(ready, later)
            link = one_before[link]
    if len(order) < len(nodes):
        stuck = next(place for place, count in enumerate(open_count) if count)
        raise MalformedFileError(
            "the nodes of this file wait for each other in a circle",
            at=_at(path, nodes[stuck]),
            have=f"{len(nodes) - len(order)} nodes, none of which can be first",
            rule="an ONNX graph has no cycles",
        )
    return order


def _at(path: str, node: OnnxNode) -> str:
    return f"{path}, node {visible(node.name or node.operator)}"
