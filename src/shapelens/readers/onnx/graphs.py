"""Graphs, their nodes and the attributes of nodes, which may hold graphs again."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import TYPE_CHECKING

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.model import OnnxGraph, OnnxNode, OnnxReference, OnnxUnread
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.schema import (
    ATTRIBUTE_FLOAT,
    ATTRIBUTE_INTEGER,
    ATTRIBUTE_INTEGERS,
    ATTRIBUTE_KIND,
    ATTRIBUTE_NAME,
    ATTRIBUTE_TEXT,
    NODE_ATTRIBUTE,
    NODE_DOMAIN,
    NODE_INPUT,
    NODE_METADATA,
    NODE_NAME,
    NODE_OPERATOR,
    NODE_OUTPUT,
    NODE_OVERLOAD,
)
from shapelens.readers.onnx.tensors import read_sparse_tensor, read_tensor
from shapelens.readers.onnx.values import read_type, read_value
from shapelens.readers.onnx.visible import visible
from shapelens.readers.onnx.wire import fields, integers, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapelens.readers.onnx.model import AttributeScalar, AttributeValue, OnnxTensor, OnnxValue
    from shapelens.readers.onnx.reading import Reading

__all__ = ["read_attribute", "read_graph", "read_node"]

_SHORT_FIELDS = frozenset(
    [
        NODE_ATTRIBUTE,
        NODE_DOMAIN,
        NODE_INPUT,
        NODE_METADATA,
        NODE_NAME,
        NODE_OPERATOR,
        NODE_OUTPUT,
        NODE_OVERLOAD,
    ]
)

_NO_METADATA: Mapping[str, str] = MappingProxyType({})
_NO_ATTRIBUTES: Mapping[str, AttributeValue] = MappingProxyType({})

_SHARED_ATTRIBUTE_BYTES = 4 * limits.MAXIMUM_SHARED_BYTES
"""The attributes of one node together are shared up to here."""

# What protobuf's newer dialect leaves out of a file, because it is the default.
_DEFAULTS: dict[int, AttributeValue] = {
    schema.KIND_FLOAT: 0.0,
    schema.KIND_INTEGER: 0,
    schema.KIND_TEXT: "",
    schema.KIND_FLOATS: (),
    schema.KIND_INTEGERS: (),
    schema.KIND_TEXTS: (),
    schema.KIND_TENSORS: (),
    schema.KIND_GRAPHS: (),
    schema.KIND_SPARSE_TENSORS: (),
    schema.KIND_VALUE_TYPES: (),
}


def read_graph(reading: Reading, start: int, end: int, depth: int = 0) -> OnnxGraph:
    """Read a `GraphProto`.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.
        depth: how many graphs it is in.

    Returns:
        The graph, with the graphs in its attributes.

    Raises:
        LimitExceededError: "it has a subgraph of 33 levels".
    """
    if depth > limits.MAXIMUM_NESTING:
        raise limit_exceeded("a subgraph", depth, limits.MAXIMUM_NESTING, "levels", f"byte {start}")
    name = ""
    nodes: list[OnnxNode] = []
    initializers: list[OnnxTensor] = []
    sparse_initializers: list[OnnxTensor] = []
    inputs: list[OnnxValue] = []
    outputs: list[OnnxValue] = []
    value_info: list[OnnxValue] = []
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.GRAPH_NODE:
            nodes.append(read_node(reading, begin, stop, depth))
            reading.passed(begin)
        elif tag == schema.GRAPH_INITIALIZER:
            initializers.append(read_tensor(reading, begin, stop))
        elif tag == schema.GRAPH_VALUE_INFO:
            value_info.append(read_value(reading, begin, stop))
        elif tag == schema.GRAPH_INPUT:
            inputs.append(read_value(reading, begin, stop))
        elif tag == schema.GRAPH_OUTPUT:
            outputs.append(read_value(reading, begin, stop))
        elif tag == schema.GRAPH_NAME:
            name = reading.name(begin, stop)
        elif tag == schema.GRAPH_SPARSE_INITIALIZER:
            sparse_initializers.append(read_sparse_tensor(reading, begin, stop))
    return OnnxGraph(
        name,
        tuple(nodes),
        (*initializers, *sparse_initializers),
        tuple(inputs),
        tuple(outputs),
        tuple(value_info),
    )


def read_node(reading: Reading, start: int, end: int, depth: int) -> OnnxNode:
    """Read a `NodeProto`.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.
        depth: how many graphs its graph is in.

    Returns:
        The node.

    Raises:
        MalformedFileError: "it has a node without an operator".
        LimitExceededError: "it has graphs of 5,000,001 nodes".
    """
    reading.node_count += 1
    if reading.node_count > limits.MAXIMUM_NODES:
        raise limit_exceeded("graphs", reading.node_count, limits.MAXIMUM_NODES, "nodes", f"byte {start}")
    operator = domain = name = overload = ""
    inputs: list[str] = []
    outputs: list[str] = []
    spans: list[tuple[int, int]] = []
    metadata: dict[str, str] = {}
    data = reading.data
    position = start
    while position < end:
        # Nearly every field of a node is short: its tag and its length are one byte each, and are read in place.
        tag, begin = data[position], position + 2
        size = data[position + 1] if begin <= end else 128
        if size < 128 and tag in _SHORT_FIELDS and begin + size <= end:
            stop = position = begin + size
        else:
            tag, begin, stop = next(fields(data, position, end))
            position = stop
        if tag == NODE_INPUT:
            inputs.append(reading.value_name(begin, stop))
        elif tag == NODE_ATTRIBUTE:
            spans.append((begin, stop))
        elif tag == NODE_OUTPUT:
            outputs.append(reading.value_name(begin, stop))
        elif tag == NODE_OPERATOR:
            operator = reading.shared_name(begin, stop)
        elif tag == NODE_NAME:
            name = reading.name(begin, stop)
        elif tag == NODE_DOMAIN:
            domain = reading.domain(begin, stop)
        elif tag == NODE_METADATA:
            key, text = reading.entry(begin, stop)
            if text is not None:
                metadata[key] = text
        elif tag == NODE_OVERLOAD:
            overload = reading.shared_name(begin, stop)
    if not operator:
        raise _malformed("it has a node without an operator", start, name, "every node names its operator")
    return OnnxNode(
        operator,
        domain,
        name,
        tuple(inputs),
        tuple(outputs),
        _read_attributes(reading, spans, name, depth) if spans else _NO_ATTRIBUTES,
        metadata or _NO_METADATA,
        overload,
    )


def _read_attributes(
    reading: Reading, spans: list[tuple[int, int]], node: str, depth: int
) -> Mapping[str, AttributeValue]:
    """Read the attributes of a node; nodes whose attributes are byte for byte the same share them."""
    if len(spans) > limits.MAXIMUM_ATTRIBUTES:
        at = f"byte {spans[0][0]}"
        raise limit_exceeded("a node", len(spans), limits.MAXIMUM_ATTRIBUTES, "attributes", at)
    (first, first_end), last_end = spans[0], spans[-1][1]
    encoded = b""
    if last_end - first <= _SHARED_ATTRIBUTE_BYTES:
        # Each begins with its length; that of the first stands before it.
        encoded = b"%d:%b" % (first_end - first, reading.data[first:last_end])
        known = reading.shared_sets.get(encoded)
        if known is not None:
            return known
    attributes: dict[str, AttributeValue] = {}
    for begin, stop in spans:
        key, value = read_attribute(reading, begin, stop, depth)
        if key in attributes:
            raise _malformed(
                f"it has a node with two attributes {visible(key)}", begin, node, "one of each name"
            )
        attributes[key] = value
    is_shared = encoded and len(reading.shared_sets) < limits.MAXIMUM_SHARED_ENTRIES
    if is_shared and not any(map(_holds_graph, attributes.values())):
        reading.shared_sets[encoded] = attributes
    return attributes


def _holds_graph(value: AttributeValue) -> bool:
    """Whether an attribute is a graph, or graphs: these hold dictionaries, and count against the limits each time."""
    first = value[0] if isinstance(value, tuple) and value else value
    return isinstance(first, OnnxGraph)


def read_attribute(reading: Reading, start: int, end: int, depth: int) -> tuple[str, AttributeValue]:
    """Read an `AttributeProto`.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.
        depth: how many graphs its node is in.

    Returns:
        Its name and its value.

    Raises:
        MalformedFileError: "it has an attribute pads without a value".
    """
    if end - start > limits.MAXIMUM_SHARED_BYTES:
        return _read_attribute(reading, start, end, depth)
    encoded = reading.data[start:end]
    known = reading.shared_attributes.get(encoded)
    if known is None:
        known = _read_attribute(reading, start, end, depth)
        if not _holds_graph(known[1]) and len(reading.shared_attributes) < limits.MAXIMUM_SHARED_ENTRIES:
            reading.shared_attributes[encoded] = known
    return known


def _read_attribute(reading: Reading, start: int, end: int, depth: int) -> tuple[str, AttributeValue]:
    """Read an attribute that was not met before."""
    data = reading.data
    name = reference = ""
    kind = schema.KIND_UNDEFINED
    found: dict[int, AttributeScalar] = {}
    lists: dict[int, list[AttributeScalar]] = {}
    for tag, begin, stop in fields(data, start, end):
        if tag == ATTRIBUTE_NAME:
            name = reading.shared_name(begin, stop)
        elif tag == ATTRIBUTE_KIND:
            kind = begin
        elif tag == ATTRIBUTE_INTEGERS:
            lists.setdefault(schema.KIND_INTEGERS, []).append(signed(begin))
        elif tag == ATTRIBUTE_INTEGER:
            found[schema.KIND_INTEGER] = signed(begin)
        elif tag == ATTRIBUTE_TEXT:
            found[schema.KIND_TEXT] = _text(reading, begin, stop)
        elif tag == ATTRIBUTE_FLOAT:
            found[schema.KIND_FLOAT] = struct.unpack("<f", data[begin:stop])[0]
        elif tag == schema.ATTRIBUTE_TENSOR:
            found[schema.KIND_TENSOR] = read_tensor(reading, begin, stop)
        elif tag == schema.ATTRIBUTE_GRAPH:
            found[schema.KIND_GRAPH] = read_graph(reading, begin, stop, depth + 1)
        elif tag == schema.ATTRIBUTE_REFERENCE:
            reference = reading.shared_name(begin, stop)
        elif tag == schema.ATTRIBUTE_FLOATS or tag == schema.ATTRIBUTE_FLOATS_PACKED:
            if (stop - begin) % 4:
                raise _malformed(
                    "it has a list of floats that is cut off", begin, name, "a float takes 4 bytes"
                )
            floats = struct.unpack(f"<{(stop - begin) // 4}f", data[begin:stop])
            lists.setdefault(schema.KIND_FLOATS, []).extend(floats)
        elif tag == schema.ATTRIBUTE_TEXTS:
            lists.setdefault(schema.KIND_TEXTS, []).append(_text(reading, begin, stop))
        elif tag == schema.ATTRIBUTE_INTEGERS_PACKED:
            lists.setdefault(schema.KIND_INTEGERS, []).extend(integers(data, begin, stop, stop - begin))
        elif tag == schema.ATTRIBUTE_TENSORS:
            lists.setdefault(schema.KIND_TENSORS, []).append(read_tensor(reading, begin, stop))
        elif tag == schema.ATTRIBUTE_GRAPHS:
            lists.setdefault(schema.KIND_GRAPHS, []).append(read_graph(reading, begin, stop, depth + 1))
        elif tag == schema.ATTRIBUTE_SPARSE_TENSOR:
            found[schema.KIND_SPARSE_TENSOR] = read_sparse_tensor(reading, begin, stop)
        elif tag == schema.ATTRIBUTE_SPARSE_TENSORS:
            lists.setdefault(schema.KIND_SPARSE_TENSORS, []).append(read_sparse_tensor(reading, begin, stop))
        elif tag == schema.ATTRIBUTE_VALUE_TYPE:
            found[schema.KIND_VALUE_TYPE] = read_type(reading, begin, stop)
        elif tag == schema.ATTRIBUTE_VALUE_TYPES:
            lists.setdefault(schema.KIND_VALUE_TYPES, []).append(read_type(reading, begin, stop))
    if reference:
        return name, OnnxReference(reference)
    if kind == schema.KIND_UNDEFINED:
        # The first version of the format did not say which field counts: the one that is there.
        kind = next(iter(found or lists), kind)
    if kind in lists:
        return name, tuple(lists[kind])
    value = found.get(kind, _DEFAULTS.get(kind))
    if value is None:
        raise _malformed(
            f"it has an attribute {visible(name)} without a value",
            start,
            "",
            "an attribute holds what its type says",
        )
    return name, value


def _text(reading: Reading, start: int, end: int) -> str | OnnxUnread:
    """Decode the text of an attribute, unless it is so long that it is no text."""
    if end - start > limits.MAXIMUM_TEXT_BYTES:
        return OnnxUnread(end - start)
    return reading.data[start:end].decode("utf-8", "replace")


def _malformed(summary: str, start: int, node: str, rule: str) -> MalformedFileError:
    """Make the error for a message that leaves out, or doubles, what the format wants."""
    place = f", node {visible(node)}" if node else ""
    return MalformedFileError(
        summary, at=f"byte {start}{place}", rule=rule, fix="write the file anew from its source"
    )
