"""Graphs, their nodes and the attributes of nodes, which may hold graphs again."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import TYPE_CHECKING

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.familiar import Stranger, enter_familiar
from shapelens.readers.onnx.limits import BYTES_PER_KIND, BYTES_PER_NODE, BYTES_PER_NUMBER, BYTES_PER_SETTINGS
from shapelens.readers.onnx.model import OnnxGraph, OnnxReference, OnnxUnread
from shapelens.readers.onnx.packing import OnnxKind, PackedNodes, PackedTensors
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
from shapelens.readers.onnx.tensors import enter_tensor, read_sparse_tensor, read_tensor
from shapelens.readers.onnx.values import read_type, read_value
from shapelens.readers.onnx.visible import visible
from shapelens.readers.onnx.wire import fields, integers, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapelens.readers.onnx.model import AttributeScalar, AttributeValue, OnnxTensor, OnnxValue
    from shapelens.readers.onnx.reading import Reading

__all__ = ["read_attribute", "read_graph", "read_node"]

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
    nodes = PackedNodes()
    initializers = PackedTensors()
    sparse_initializers: list[OnnxTensor] = []
    inputs: list[OnnxValue] = []
    outputs: list[OnnxValue] = []
    value_info: list[OnnxValue] = []
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.GRAPH_NODE:
            read_node(reading, begin, stop, depth, nodes)
            reading.passed(begin)
        elif tag == schema.GRAPH_INITIALIZER:
            enter_tensor(reading, begin, stop, initializers)
            reading.passed(begin)
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
    initializers.extend(sparse_initializers)
    return OnnxGraph(
        name,
        nodes,
        initializers,
        tuple(inputs),
        tuple(outputs),
        tuple(value_info),
    )


def read_node(reading: Reading, start: int, end: int, depth: int, nodes: PackedNodes) -> None:
    """Read a `NodeProto` into a row of nodes.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.
        depth: how many graphs its graph is in.
        nodes: the row.

    Raises:
        MalformedFileError: "it has a node without an operator".
        LimitExceededError: "it has graphs of 2,000,001 nodes".
    """
    reading.node_count += 1
    if reading.node_count > limits.MAXIMUM_NODES:
        raise limit_exceeded("graphs", reading.node_count, limits.MAXIMUM_NODES, "nodes", f"byte {start}")
    entered = len(nodes.values)
    found = enter_familiar(reading, nodes, start, end)
    if found is True:
        return
    if isinstance(found, Stranger):
        name = found.name.decode("utf-8", "backslashreplace")
        rest = _read_fields(reading, found.spans, depth, start, name)
        if not (rest.inputs or rest.outputs or rest.is_named):
            kind = rest.kind(*found.key[1:])
            nodes.add(kind, found.name)
            is_short = len(found.key[0]) <= limits.MAXIMUM_ENDING_BYTES and not rest.holds_graphs
            if is_short and len(reading.kinds) < limits.MAXIMUM_SHARED_ENTRIES:
                reading.kinds[found.key] = kind
            return
        # Names stand among the rest: they count too, or instead.
        del nodes.values[entered:]
    whole = _read_fields(reading, ((start, end),), depth, start)
    values = (*whole.inputs, *whole.outputs)
    reading.hold(BYTES_PER_NODE + 8 * len(values), start)
    nodes.values += values
    omitted = tuple([place for place, value in enumerate(values) if not value])
    nodes.add(
        whole.kind(len(whole.inputs), len(whole.outputs), omitted),
        whole.name.encode("utf-8", "backslashreplace"),
    )


class _Fields:
    """The fields of a node, or of a part of it."""

    __slots__ = (
        "attributes", "domain", "inputs", "is_named", "metadata", "name", "operator", "outputs", "overload",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name
        self.operator = self.domain = self.overload = ""
        self.is_named = False
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.attributes = _NO_ATTRIBUTES
        self.metadata: dict[str, str] = {}

    @property
    def holds_graphs(self) -> bool:
        """Whether an attribute is a graph."""
        return any(map(_holds_graph, self.attributes.values()))

    def kind(self, takes: int, gives: int, omitted: tuple[int, ...]) -> OnnxKind:
        """What the node shares with others that have as many values."""
        metadata = self.metadata or _NO_METADATA
        own = (self.operator, self.domain, self.attributes, metadata, self.overload)
        return OnnxKind(*own, takes, gives, omitted)


def _read_fields(
    reading: Reading, spans: tuple[tuple[int, int], ...], depth: int, start: int, name: str = ""
) -> _Fields:
    """Read a node, or a part of it, field by field.

    Raises:
        MalformedFileError: "it has a node without an operator".
    """
    found = _Fields(name)
    attributes: list[tuple[int, int]] = []
    for first, last in spans:
        for tag, begin, stop in fields(reading.data, first, last):
            if tag == NODE_INPUT:
                found.inputs.append(reading.value_name(begin, stop))
            elif tag == NODE_ATTRIBUTE:
                attributes.append((begin, stop))
            elif tag == NODE_OUTPUT:
                found.outputs.append(reading.value_name(begin, stop))
            elif tag == NODE_OPERATOR:
                found.operator = reading.shared_name(begin, stop)
            elif tag == NODE_NAME:
                found.name, found.is_named = reading.name(begin, stop), True
            elif tag == NODE_DOMAIN:
                found.domain = reading.domain(begin, stop)
            elif tag == NODE_METADATA:
                key, text = reading.entry(begin, stop)
                if text is not None:
                    found.metadata[key] = text
            elif tag == NODE_OVERLOAD:
                found.overload = reading.shared_name(begin, stop)
    if not found.operator:
        rule = "every node names its operator"
        raise _malformed("it has a node without an operator", start, found.name, rule)
    reading.hold(BYTES_PER_KIND + (BYTES_PER_SETTINGS if found.metadata else 0), start)
    if attributes:
        found.attributes = _read_attributes(reading, attributes, found.name, depth)
    return found


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
    reading.hold(BYTES_PER_SETTINGS + len(spans) * BYTES_PER_NUMBER, first)
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
            reading.hold(BYTES_PER_NUMBER, start)
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
            reading.hold((stop - begin) // 4 * BYTES_PER_NUMBER, start)
            floats = struct.unpack(f"<{(stop - begin) // 4}f", data[begin:stop])
            lists.setdefault(schema.KIND_FLOATS, []).extend(floats)
        elif tag == schema.ATTRIBUTE_TEXTS:
            lists.setdefault(schema.KIND_TEXTS, []).append(_text(reading, begin, stop))
        elif tag == schema.ATTRIBUTE_INTEGERS_PACKED:
            # A number of one byte is one that the interpreter has already, and takes a quarter.
            reading.hold((stop - begin) * BYTES_PER_NUMBER // 2, start)
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
    reading.hold(end - start, start)
    return reading.data[start:end].decode("utf-8", "replace")


def _malformed(summary: str, start: int, node: str, rule: str) -> MalformedFileError:
    """Make the error for a message that leaves out, or doubles, what the format wants."""
    place = f", node {visible(node)}" if node else ""
    return MalformedFileError(
        summary, at=f"byte {start}{place}", rule=rule, fix="write the file anew from its source"
    )
