"""An ONNX file as a network: nodes translated, weights by shape alone, nothing inferred."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence

from shapelens.garbage import collections_paused
from shapelens.network import Claims, Network, Node, Origin
from shapelens.operators import Opaque
from shapelens.readers.onnx.alike import Kinds
from shapelens.readers.onnx.conditional import Conditional
from shapelens.readers.onnx.constants import HeldWeights
from shapelens.readers.onnx.expansion import Body, Place, expanded
from shapelens.readers.onnx.inputs import inputs_of, may_hold_sizes, with_elements
from shapelens.readers.onnx.later import Later
from shapelens.readers.onnx.model import OnnxModel, OnnxNode, OnnxTensor
from shapelens.readers.onnx.naming import Names, module_path
from shapelens.readers.onnx.opening import read_model
from shapelens.readers.onnx.ordering import in_order
from shapelens.readers.onnx.packing import PackedNodes, named
from shapelens.readers.onnx.repeating import repeated, steps_of
from shapelens.readers.onnx.subgraphs import Subgraph
from shapelens.readers.onnx.translation import Call, Translation
from shapelens.records import dataclass

__all__ = ["network_of", "read_onnx"]


def read_onnx(path: str | os.PathLike[str]) -> Network:
    """Read an ONNX file.

    Args:
        path: the file.

    Raises:
        NoSuchModelError: there is no such file.
        UnreadableError: it holds no network that can be read.
    """
    with collections_paused():
        return network_of(read_model(path))


def network_of(model: OnnxModel) -> Network:
    """A parsed file as a network.

    Args:
        model: the file.

    Raises:
        MalformedFileError: its nodes contradict each other.
        LimitExceededError: its functions ask for more nodes than a reader gives.
    """
    body = expanded(model)
    declared = [value for value in model.graph.inputs if value.name not in body.constants]
    names = {value.name for value in declared}
    order = in_order(body.nodes, names, model.path, body.constants)
    for inner in _bodies(body):
        _order_within(
            inner, model.path
        )  # what cannot be read is said at once, and not when a node is looked at
    held = _Held(body.constants, model.path, steps_of(body), Kinds(body.constants))
    inputs = inputs_of(declared)
    return Network(
        Origin("onnx", os.path.basename(model.path), typed=str(model.path)),
        with_elements(inputs, _takers(body, {each.name for each in inputs if may_hold_sizes(each)})),
        body.outputs,
        # What the file says of its nodes takes little; nodes of ours are made when one is looked at.
        Later(len(body.nodes), lambda: _nodes(body, order, held, names)),
        HeldWeights(body.constants, {v.name: v.role for v in model.graph.value_info if v.role}),
        _modules(body),
        _facts(model),
        claims=_claims(model),
    )


def _takers(body: Body, wanted: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """Which operators take some values, and as which of their inputs; those that hold graphs may do anything."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in wanted}
    for place, kind in enumerate(body.nodes.kinds if wanted else ()):
        for position, name in enumerate(body.nodes.values_of(place)[0]):
            if name in found:
                found[name].append((kind.operator if not kind.domain else "", position))
        for inner in body.places[place].bodies:
            for name in found.keys() & set(inner.taken()):
                found[name].append(("", 0))
    return found


def _modules(body: Body) -> dict[str, str]:
    """The class of each module, where the exporter noted it."""
    noted = [module_path("", kind.metadata) for kind in set(body.nodes.kinds) if kind.metadata]
    return {path: module for path, module in noted if path and module}


def _claims(model: OnnxModel) -> Claims:
    graph = model.graph
    values = (*graph.value_info, *graph.inputs, *graph.outputs)
    shapes = {v.name: v.shape for v in values if v.kind == "tensor" and v.shape is not None}
    files = {name: t.external for name, t in named(graph.initializers) if t.external is not None}
    return Claims(shapes, files)


def _facts(model: OnnxModel) -> dict[str, str]:
    facts = {"opset": str(model.opset_imports.get("", "")), "producer": model.producer}
    return {name: text for name, text in facts.items() if text}


@dataclass(frozen=True, slots=True)
class _Held:
    """What every translation may look at.

    Args:
        constants: the tensors that the graph holds, by name.
        path: of the file, for messages.
        steps: how many nodes are evaluated at most to follow a loop.
        kinds: the kinds of nodes that there are.
    """

    constants: Mapping[str, OnnxTensor]
    path: str
    steps: int
    kinds: Kinds


def _nodes(body: Body, order: Sequence[int], held: _Held, taken: Collection[str]) -> tuple[Node, ...]:
    """The nodes of a graph in the order in which they are evaluated."""
    row, places = body.nodes, body.places
    with collections_paused():
        names = Names(set(taken), [module_path(row.name(p), row.kinds[p].metadata)[0] for p in order])
        return tuple([_node(row, place, places[place], held, names) for place in order])


def _node(row: PackedNodes, number: int, place: Place, held: _Held, names: Names) -> Node:
    kind, name, (inputs, outputs) = row.kinds[number], row.name(number), row.values_of(number)
    path, module = module_path(name, kind.metadata)
    version = place.opset_imports.get(kind.domain, 0)
    if place.bodies or place.refused:
        translation = _followed(row[number], place, version, held)
    else:
        translation = held.kinds.translated(kind, version, inputs, outputs)
    layer = names.of(path, name, kind.operator, outputs)
    return Node(layer, translation.operator, translation.inputs, outputs, kind.operator, module, path)


def _followed(node: OnnxNode, place: Place, version: int, held: _Held) -> Translation:
    """A node that holds graphs, or that could not be followed."""
    inputs = tuple([name or None for name in node.inputs])
    if place.refused:
        return Translation(Opaque(node.operator, place.refused), inputs)
    call = Call(node, version, held.constants)
    graphs = [_subgraph(body, held) for body in place.bodies]
    if len(graphs) == len(("then", "otherwise")):
        return Translation(Conditional(node.inputs[:-1], *graphs), inputs)
    taken = tuple(place.bodies[0].taken())
    return Translation(repeated(call, graphs[0], taken, place.level, held.steps), inputs)


def _bodies(body: Body) -> Iterator[Body]:
    """The graphs within a graph, and those within them."""
    for place in body.places:
        for inner in place.bodies:
            yield inner
            yield from _bodies(inner)


def _order_within(body: Body, path: str) -> Sequence[int]:
    """The order in which the nodes of a branch or a loop's body are evaluated."""
    return in_order(body.nodes, {*body.inputs, *body.taken()}, path)


def _subgraph(body: Body, held: _Held) -> Subgraph:
    order = _order_within(body, held.path)
    return Subgraph(_nodes(body, order, held, ()), body.outputs, body.inputs, body.ranks)
