"""An ONNX file as a network: nodes translated, weights by shape alone, nothing inferred."""

from __future__ import annotations

import os
from collections.abc import Mapping

from shapelens.dims import Dim, Expression, symbol
from shapelens.dims.layout import Layout, layout_of
from shapelens.errors import MalformedFileError
from shapelens.network import Input, Network, Node, Origin, Weight
from shapelens.operators import Opaque, Shape
from shapelens.readers.building import EXAMPLE_SIZE
from shapelens.readers.onnx.model import OnnxModel, OnnxNode, OnnxTensor, OnnxValue
from shapelens.readers.onnx.naming import Names, module_path
from shapelens.readers.onnx.opening import read_model
from shapelens.readers.onnx.operators import translator_of
from shapelens.readers.onnx.translation import AttributeKindError, Call, Translation
from shapelens.readers.onnx.visible import visible

__all__ = ["network_of", "read_onnx"]

_IMAGE_CHANNELS = (1, 3, 4)
_EXAMPLE_OTHER = 16
"""What a free size that is neither a batch nor spatial is shown with."""


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
    """A parsed file as a network."""
    graph = model.graph
    constants = {t.name: t for t in graph.initializers}
    nodes: list[OnnxNode] = []
    for node in graph.nodes:
        tensor = _constant_of(node)
        if tensor is not None:
            constants[node.outputs[0]] = tensor
        else:
            nodes.append(node)
    declared = [v for v in graph.inputs if v.name not in constants]
    inputs = _inputs(declared)
    ordered = _in_order(nodes, {*constants, *(v.name for v in declared)}, model.path)
    ranks = {name: len(t.shape) for name, t in constants.items()}
    ranks |= {i.name: len(i.shape) for i in inputs if i.shape is not None}
    names = Names({value.name for value in declared}, ordered)
    return Network(
        Origin("onnx", os.path.basename(model.path), typed=str(model.path)),
        inputs,
        tuple(v.name for v in graph.outputs),
        tuple([_node(node, model, constants, ranks, names) for node in ordered]),
        {name: _weight(name, tensor) for name, tensor in constants.items()},
        {path: module for path, module in map(module_path, ordered) if path and module},
        _facts(model),
    )


def _facts(model: OnnxModel) -> dict[str, str]:
    facts = {"opset": str(model.opset_imports.get("", "")), "producer": model.producer}
    return {name: text for name, text in facts.items() if text}


# nodes ------------------------------------------------------------------------------------------------


def _node(
    node: OnnxNode,
    model: OnnxModel,
    constants: Mapping[str, OnnxTensor],
    ranks: Mapping[str, int],
    names: Names,
) -> Node:
    path, module = module_path(node)
    translation = _translated(node, model, constants, ranks)
    name = names.of(node)
    return Node(
        name,
        translation.operator,
        translation.inputs,
        node.outputs,
        node.operator,
        module,
        path,
    )


def _translated(
    node: OnnxNode, model: OnnxModel, constants: Mapping[str, OnnxTensor], ranks: Mapping[str, int]
) -> Translation:
    translator = translator_of(node.domain, node.operator)
    if translator is None:
        called = f"{node.domain}.{node.operator}" if node.domain else node.operator
        return Translation(Opaque(called), tuple([name or None for name in node.inputs]))
    version = model.opset_imports.get(node.domain, 0)
    try:
        return translator(Call(node, version, constants, ranks))
    except AttributeKindError as wrong:
        reason = f"{node.operator} has an attribute {visible(wrong.name)} of a kind that it does not take"
        return Translation(Opaque(node.operator, reason), tuple([name or None for name in node.inputs]))


def _in_order(nodes: list[OnnxNode], known: set[str], path: str) -> list[OnnxNode]:
    """The nodes in an order in which each stands after those whose values it takes: the file's, if it is one.

    Raises:
        MalformedFileError: nodes wait for each other in a circle, or two give the same value.
    """
    producers: dict[str, int] = {}
    for place, node in enumerate(nodes):
        for value in node.outputs:
            if value and (value in producers or value in known):
                raise MalformedFileError(
                    f"two things in this file are called {value!r}",
                    at=f"{path}, node {node.name or node.operator!r}",
                    have=f"a value {value!r} that something else gives already",
                    rule="every value of an ONNX graph has a name of its own",
                )
            producers[value] = place
    waits = [{producers[v] for v in node.inputs if v in producers} for node in nodes]
    if all(not places or max(places) < place for place, places in enumerate(waits)):
        return nodes
    return [nodes[place] for place in _sorted_places(waits, nodes, path)]


def _sorted_places(waits: list[set[int]], nodes: list[OnnxNode], path: str) -> list[int]:
    import heapq

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
        stuck = next(nodes[place] for place, count in enumerate(open_count) if count)
        raise MalformedFileError(
            "the nodes of this file wait for each other in a circle",
            at=f"{path}, node {stuck.name or stuck.operator!r}",
            have=f"{len(waits) - len(order)} nodes, none of which can be first",
            rule="an ONNX graph has no cycles",
        )
    return order


# weights and constants --------------------------------------------------------------------------------


def _constant_of(node: OnnxNode) -> OnnxTensor | None:
    """The tensor of a `Constant` node, in whichever attribute it stands."""
    if node.operator != "Constant" or node.domain or len(node.outputs) != 1:
        return None
    for name, value in node.attributes.items():
        if isinstance(value, OnnxTensor):
            return value
        if name == "value_int" and isinstance(value, int):
            return OnnxTensor("", (), "int64", (value,))
        if name == "value_float" and isinstance(value, (int, float)):
            return OnnxTensor("", (), "float32", (float(value),))
        if name == "value_ints" and isinstance(value, tuple):
            return OnnxTensor("", (len(value),), "int64", tuple(v for v in value if isinstance(v, int)))
        if name == "value_floats" and isinstance(value, tuple):
            numbers = tuple(float(v) for v in value if isinstance(v, (int, float)))
            return OnnxTensor("", (len(value),), "float32", numbers)
        if name in {"value_string", "value_strings"}:
            return OnnxTensor("", () if isinstance(value, str) else (len(_strings(value)),), "string")
    return None


def _strings(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _weight(name: str, tensor: OnnxTensor) -> Weight:
    is_number = tensor.data_type.startswith(("float", "bfloat", "double", "int", "uint"))
    return Weight(
        name, tensor.shape, tensor.data_type, tensor.values, learned=is_number and tensor.shape != ()
    )


# inputs -----------------------------------------------------------------------------------------------


def _inputs(values: list[OnnxValue]) -> tuple[Input, ...]:
    taken = {dim for value in values for dim in value.shape or () if isinstance(dim, str)}
    return tuple([_input(value, taken) for value in values])


def _input(value: OnnxValue, taken: set[str]) -> Input:
    if value.shape is None or value.kind not in {"tensor", "undeclared"}:
        return Input(value.name, None, value.data_type)
    layout = _layout(value)
    letters = layout.axes if layout is not None else ""
    shape: list[Dim] = []
    example: dict[str, int] = {}
    for axis, dim in enumerate(value.shape):
        letter = letters[axis] if letters else ""
        if isinstance(dim, int):
            shape.append(dim)
            continue
        free = symbol(dim or _free_name(letter or f"{value.name}_{axis}", taken))
        shape.append(free)
        example[_name_of(free)] = _example_size(letter, axis)
    return Input(value.name, tuple(shape), value.data_type, layout, example)


def _name_of(free: Expression) -> str:
    return free.symbols()[0].name


def _free_name(wanted: str, taken: set[str]) -> str:
    name = wanted
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _example_size(letter: str, axis: int) -> int:
    if letter and letter not in "NC":
        return EXAMPLE_SIZE
    return 1 if axis == 0 else _EXAMPLE_OTHER


def _layout(value: OnnxValue) -> Layout | None:
    """An image's layout: ONNX computes channels first, but a file may take its images with channels last."""
    shape: Shape = value.shape or ()
    if len(shape) not in {3, 4, 5} or not value.data_type.startswith(("float", "bfloat", "double", "uint8")):
        return None
    if len(shape) == 3 and not isinstance(shape[1], int):
        return None
    last_is_channels = shape[-1] in _IMAGE_CHANNELS and shape[1] not in _IMAGE_CHANNELS
    return layout_of(len(shape) - 2, channels_last=last_is_channels)
