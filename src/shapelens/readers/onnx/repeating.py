"""How the nodes of ONNX that have a body become loops."""

from __future__ import annotations

from shapelens.operators import Opaque, Operator
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.expansion import LOOPS, Body
from shapelens.readers.onnx.loops import Loop, Scan, SequenceMap
from shapelens.readers.onnx.operators.shapes import count_symbol
from shapelens.readers.onnx.subgraphs import OfGraphs, Subgraph
from shapelens.readers.onnx.translation import Call, TranslationError

__all__ = ["repeated", "steps_of"]


def repeated(call: Call, body: Subgraph, taken: tuple[str, ...], level: int, steps: int) -> Operator:
    """A loop; an operator of which nothing is known where its body cannot be that of one.

    Args:
        call: the node.
        body: what runs.
        taken: the values around that it takes.
        level: how many loops are around it.
        steps: how many nodes are evaluated at most to follow it.
    """
    steps = max(steps, limits.LEAST_LOOP_ROUNDS * _nodes_in(body))
    try:
        if call.node.operator == "Loop":
            return Loop(taken, body, level, steps, count_symbol(call))
        if call.node.operator == "Scan":
            return _scan(call, body, taken, level, steps)
        return SequenceMap(taken, body, level, steps)
    except TranslationError as refused:
        return Opaque(call.node.operator, f"{call.node.operator} cannot be read: {refused.reason}")


def _scan(call: Call, body: Subgraph, taken: tuple[str, ...], level: int, steps: int) -> Operator:
    """Before version 9 a batch led every tensor, and the first input told the lengths of its samples."""
    sliced = call.attribute("num_scan_inputs", 0)
    own = len(call.node.inputs) - len(taken)
    is_batched = call.version < 9
    if not 1 <= sliced <= own - is_batched:
        raise TranslationError(f"it scans {sliced} of its {own - is_batched} inputs")
    axes = (call.integers("scan_input_axes") or (), call.integers("scan_output_axes") or ())
    return Scan(taken, body, level, steps, sliced, *axes, batched=is_batched)


def steps_of(body: Body) -> int:
    """How many nodes are evaluated at most to follow one loop, so that all together stay within the limit."""
    return limits.MAXIMUM_LOOP_STEPS // max(_inside(body, within=False), 1)


def _inside(body: Body, *, within: bool) -> int:
    """How many nodes stand in bodies of loops."""
    count = len(body.nodes) if within else 0
    for kind, place in zip(body.nodes.kinds, body.places, strict=True):
        for inner in place.bodies:
            count += _inside(inner, within=within or kind.operator in LOOPS)
    return count


def _nodes_in(graph: Subgraph) -> int:
    """How many nodes stand in a graph, and in the graphs within."""
    within = [node.operator.graphs for node in graph.nodes if isinstance(node.operator, OfGraphs)]
    return len(graph.nodes) + 1 + sum([_nodes_in(inner) for graphs in within for inner in graphs])
