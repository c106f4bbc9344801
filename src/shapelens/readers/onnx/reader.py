"""An ONNX file as a network: nodes translated, weights by shape alone, nothing inferred."""

from __future__ import annotations

import os
from collections.abc import Mapping

from shapelens.garbage import collections_paused
from shapelens.network import Claims, Network, Node, Origin
from shapelens.operators import Opaque
from shapelens.readers.onnx.alike import Kinds
from shapelens.readers.onnx.conditional import Conditional
from shapelens.readers.onnx.constants import weight_of
from shapelens.readers.onnx.expansion import Body, Placed, expanded
from shapelens.readers.onnx.inputs import inputs_of
from shapelens.readers.onnx.model import OnnxModel, OnnxTensor
from shapelens.readers.onnx.naming import Names, module_path
from shapelens.readers.onnx.opening import read_model
from shapelens.readers.onnx.ordering import in_order
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
    inputs = inputs_of(declared)
    names = {value.name for value in declared}
    ordered = list(in_order(body.nodes, names, model.path, body.constants))
    layers = Names(names, [placed.node for placed in ordered])
    held = _Held(body.constants, model.path, steps_of(body), Kinds(body.constants))
    origin = Origin("onnx", os.path.basename(model.path), typed=str(model.path))
    outputs, facts, claims = body.outputs, _facts(model), _claims(model)
    # What the file says of a node is let go as soon as the node is made: a large graph is not held twice.
    del body, model
    ordered.reverse()
    nodes: list[Node] = []
    modules: dict[str, str] = {}
    while ordered:
        node = _node(ordered.pop(), held, layers)
        nodes.append(node)
        if node.path and node.module:
            modules[node.path] = node.module
    weights = {name: weight_of(name, tensor) for name, tensor in held.constants.items()}
    return Network(origin, inputs, outputs, tuple(nodes), weights, modules, facts, claims=claims)


def _claims(model: OnnxModel) -> Claims:
    graph = model.graph
    values = (*graph.value_info, *graph.inputs, *graph.outputs)
    shapes = {v.name: v.shape for v in values if v.kind == "tensor" and v.shape is not None}
    files = {tensor.name: tensor.external for tensor in graph.initializers if tensor.external is not None}
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


def _node(placed: Placed, held: _Held, names: Names) -> Node:
    node = placed.node
    place, module = module_path(node)
    translation = _translation(placed, held)
    return Node(
        names.within(node, place),
        translation.operator,
        translation.inputs,
        node.outputs,
        node.operator,
        module,
        place,
    )


def _translation(placed: Placed, held: _Held) -> Translation:
    node = placed.node
    version = placed.opset_imports.get(node.domain, 0)
    if not placed.bodies and not placed.refused:
        return held.kinds.translated(node, version)
    inputs = tuple([name or None for name in node.inputs])
    if placed.refused:
        return Translation(Opaque(node.operator, placed.refused), inputs)
    call = Call(node, version, held.constants)
    graphs = [_subgraph(body, held) for body in placed.bodies]
    if len(graphs) == len(("then", "otherwise")):
        return Translation(Conditional(node.inputs[:-1], *graphs), inputs)
    taken = tuple(placed.bodies[0].taken())
    return Translation(repeated(call, graphs[0], taken, placed.level, held.steps), inputs)


def _subgraph(body: Body, held: _Held) -> Subgraph:
    ordered = in_order(body.nodes, {*body.inputs, *body.taken()}, held.path)
    names = Names(set(), [placed.node for placed in ordered])
    return Subgraph(
        tuple([_node(placed, held, names) for placed in ordered]),
        body.outputs,
        body.inputs,
        body.ranks,
    )
