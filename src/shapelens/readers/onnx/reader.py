"""An ONNX file as a network: nodes translated, weights by shape alone, nothing inferred."""

from __future__ import annotations

import os
from collections.abc import Mapping

from shapelens.network import Network, Node, Origin
from shapelens.operators import Opaque
from shapelens.readers.onnx.conditional import Branch, Conditional
from shapelens.readers.onnx.constants import weight_of
from shapelens.readers.onnx.expansion import Body, Placed, expanded
from shapelens.readers.onnx.inputs import inputs_of
from shapelens.readers.onnx.model import OnnxModel, OnnxTensor
from shapelens.readers.onnx.naming import Names, module_path
from shapelens.readers.onnx.opening import read_model
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.ordering import in_order
from shapelens.readers.onnx.translation import Call, Translation

__all__ = ["network_of", "read_onnx"]


def read_onnx(path: str | os.PathLike[str]) -> Network:
    """Read an ONNX file.

    Args:
        path: the file.

    Raises:
        NoSuchModelError: there is no such file.
        UnreadableError: it holds no network that can be read.
    """
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
    ordered = in_order(body.nodes, {*body.constants, *names}, model.path)
    nodes = [placed.node for placed in ordered]
    layers = Names(names, nodes)
    return Network(
        Origin("onnx", os.path.basename(model.path), typed=str(model.path)),
        inputs,
        body.outputs,
        tuple([_node(placed, body.constants, layers, model.path) for placed in ordered]),
        {name: weight_of(name, tensor) for name, tensor in body.constants.items()},
        {path: module for path, module in map(module_path, nodes) if path and module},
        _facts(model),
    )


def _facts(model: OnnxModel) -> dict[str, str]:
    facts = {"opset": str(model.opset_imports.get("", "")), "producer": model.producer}
    return {name: text for name, text in facts.items() if text}


def _node(placed: Placed, constants: Mapping[str, OnnxTensor], names: Names, path: str) -> Node:
    node = placed.node
    place, module = module_path(node)
    translation = _translation(placed, constants, path)
    return Node(
        names.of(node),
        translation.operator,
        translation.inputs,
        node.outputs,
        node.operator,
        module,
        place,
    )


def _translation(placed: Placed, constants: Mapping[str, OnnxTensor], path: str) -> Translation:
    node = placed.node
    inputs = tuple([name or None for name in node.inputs])
    if placed.refused:
        return Translation(Opaque(node.operator, placed.refused), inputs)
    if placed.branches is not None:
        then, otherwise = [_branch(body, path) for body in placed.branches]
        return Translation(Conditional(node.inputs[:-1], then, otherwise), inputs)
    return translated(Call(node, placed.opset_imports.get(node.domain, 0), constants))


def _branch(body: Body, path: str) -> Branch:
    ordered = in_order(body.nodes, {*body.constants, *body.taken()}, path)
    names = Names(set(), [placed.node for placed in ordered])
    return Branch(
        tuple([_node(placed, body.constants, names, path) for placed in ordered]),
        tuple([(name, weight_of(name, tensor).tensor) for name, tensor in body.constants.items()]),
        body.outputs,
    )
