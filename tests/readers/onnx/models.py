"""Files as plain data, for tests of what comes after decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim, Path, Unknown
from shapelens.network import Evaluation, evaluate_network
from shapelens.readers.onnx.model import (
    OnnxFunction,
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxTensor,
    OnnxValue,
)
from shapelens.readers.onnx.reader import network_of

FLOATS = "float32"


def node(
    operator: str, inputs: str = "", outputs: str = "", name: str = "", domain: str = "", **attributes: Any
) -> OnnxNode:
    """A node; its values are parted by spaces, and `-` is one that is left out."""
    values = [tuple(["" if v == "-" else v for v in text.split()]) for text in (inputs, outputs)]
    return OnnxNode(operator, domain, name, *values, attributes, {})


def value(name: str, *shape: int | str | None) -> OnnxValue:
    """A declared tensor of floats."""
    return OnnxValue(name, FLOATS, shape, "tensor")


def numbers(name: str, *elements: int) -> OnnxTensor:
    """A vector of integers that the file holds."""
    return OnnxTensor(name, (len(elements),), "int64", elements)


def truth(name: str, holds: bool) -> OnnxTensor:
    """A truth value that the file holds."""
    return OnnxTensor(name, (), "bool", (holds,))


def graph(
    nodes: Sequence[OnnxNode],
    outputs: str,
    inputs: Sequence[OnnxValue] = (),
    initializers: Sequence[OnnxTensor] = (),
) -> OnnxGraph:
    """A graph; nothing is declared of its outputs."""
    named = tuple([OnnxValue(name, FLOATS, None, "tensor") for name in outputs.split()])
    return OnnxGraph("", tuple(nodes), tuple(initializers), tuple(inputs), named, ())


def function(
    name: str, inputs: str, outputs: str, *nodes: OnnxNode, attributes: str = "", **defaults: Any
) -> OnnxFunction:
    """A function of the file, in a domain of its own."""
    return OnnxFunction(
        name,
        "own",
        "",
        tuple(inputs.split()),
        tuple(outputs.split()),
        tuple(attributes.split()),
        defaults,
        nodes,
        {"": 17, "own": 1},
        (),
    )


def model(content: OnnxGraph, *functions: OnnxFunction, opset: int = 17) -> OnnxModel:
    """A file."""
    return OnnxModel(8, {"": opset, "own": 1}, "tests", content, functions, "tests.onnx")


def evaluated(file: OnnxModel, **sizes: int) -> Evaluation:
    """A file at the sizes that it declares; symbols take those given where something is decided."""
    network = network_of(file)
    shapes = {declared.name: declared.shape for declared in network.inputs if declared.shape is not None}
    return evaluate_network(network, shapes, Path(sizes))


def shape_of(file: OnnxModel, name: str, **sizes: int) -> tuple[Dim, ...] | Unknown:
    """The shape of one tensor."""
    return evaluated(file, **sizes).values[name].shape
