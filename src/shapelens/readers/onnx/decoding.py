"""From the bytes of an ONNX file to plain data.

Fields that may stand once and come twice are taken as protobuf takes them: the last one counts. A second
graph, which protobuf would merge into the first, is refused: no program writes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapelens.errors import MalformedFileError, UnreadableError
from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.graphs import read_attribute, read_graph, read_node
from shapelens.readers.onnx.model import OnnxFunction, OnnxModel
from shapelens.readers.onnx.packing import PackedNodes
from shapelens.readers.onnx.reading import Reading, limit_exceeded
from shapelens.readers.onnx.values import read_value
from shapelens.readers.onnx.wire import fields, signed

if TYPE_CHECKING:
    from shapelens.readers.onnx.model import AttributeValue, OnnxValue
    from shapelens.readers.onnx.wire import Data

__all__ = ["GRAPH_RULE", "decode_model"]

GRAPH_RULE = "an ONNX file is a protobuf message whose field 7 is the graph"

# From this version of the format on, a model has to say which version of the operators it is written for.
_FIRST_WITH_OPSETS = 3


def decode_model(data: Data, path: str = "") -> OnnxModel:
    """Decode a `ModelProto`.

    Args:
        data: the bytes of the whole file.
        path: of the file; kept, not opened.

    Returns:
        The model.

    Raises:
        UnreadableError: "it has no graph", and why else the bytes are no model. The errors say the byte; the
            file is the caller's to name.

    Source: https://github.com/onnx/onnx/blob/main/docs/IR.md
    """
    # What stands beside the graph is decoded once there is one: another message, such as a tensor that was
    # saved by itself, has other things in those fields.
    graph_span: tuple[int, int] | None = None
    opset_spans: list[tuple[int, int]] = []
    function_spans: list[tuple[int, int]] = []
    producer_spans = {schema.MODEL_PRODUCER_NAME: (0, 0), schema.MODEL_PRODUCER_VERSION: (0, 0)}
    ir_version = 0
    for tag, begin, stop in fields(data, 0, len(data)):
        if tag == schema.MODEL_GRAPH:
            if graph_span is not None:
                raise MalformedFileError(
                    "it has two graphs",
                    at=f"byte {begin}",
                    have="field 7 for the second time",
                    rule=GRAPH_RULE,
                    fix="write the file anew from its source",
                )
            graph_span = begin, stop
        elif tag == schema.MODEL_IR_VERSION:
            ir_version = signed(begin)
        elif tag == schema.MODEL_OPSET_IMPORT:
            _append(opset_spans, begin, stop, limits.MAXIMUM_OPSET_IMPORTS, "operator sets")
        elif tag == schema.MODEL_FUNCTION:
            _append(function_spans, begin, stop, limits.MAXIMUM_FUNCTIONS, "functions")
        elif tag in producer_spans:
            producer_spans[tag] = begin, stop
    if graph_span is None:
        raise _without_network("it has no graph", "a protobuf message without field 7", len(data))
    reading = Reading(data)
    graph = read_graph(reading, *graph_span)
    opset_imports = _read_opset_imports(reading, opset_spans)
    functions = tuple(_read_function(reading, *span) for span in function_spans)
    if not (graph.nodes or graph.outputs or functions):
        raise _without_network("its graph is empty", "a graph without nodes and outputs", len(data))
    if not opset_imports and ir_version >= _FIRST_WITH_OPSETS:
        raise MalformedFileError(
            "it names no operator set",
            at=f"byte {len(data)}, its end",
            have=f"IR version {ir_version} without field 8, which follows the graph: the file may be cut off",
            rule=f"from IR version {_FIRST_WITH_OPSETS} on, field 8 says which operators the nodes mean",
            fix="copy or download the file again, or write it anew from its source",
        )
    producer = " ".join(filter(None, (reading.name(*span) for span in producer_spans.values())))
    return OnnxModel(ir_version, opset_imports, producer, graph, functions, path)


def _append(spans: list[tuple[int, int]], start: int, end: int, maximum: int, unit: str) -> None:
    """Note a message that is decoded later, unless there are too many."""
    spans.append((start, end))
    if len(spans) > maximum:
        raise limit_exceeded("a list", len(spans), maximum, unit, f"byte {start}")


def _without_network(summary: str, have: str, size: int) -> UnreadableError:
    """Make the error for a message that is whole and no network."""
    return UnreadableError(
        summary,
        at=f"byte {size}, its end",
        have=have,
        rule=GRAPH_RULE,
        fix="name the .onnx file of the network; tensors and training states in protobuf hold no graph",
    )


def _read_opset_imports(reading: Reading, spans: list[tuple[int, int]]) -> dict[str, int]:
    """Read `OperatorSetIdProto`s into the versions by domain; of two versions the higher one counts."""
    opset_imports: dict[str, int] = {}
    for start, end in spans:
        domain = ""
        version = 0
        for tag, begin, stop in fields(reading.data, start, end):
            if tag == schema.OPSET_DOMAIN:
                domain = reading.domain(begin, stop)
            elif tag == schema.OPSET_VERSION:
                version = signed(begin)
        opset_imports[domain] = max(version, opset_imports.get(domain, version))
    return opset_imports


def _read_function(reading: Reading, start: int, end: int) -> OnnxFunction:
    """Read a `FunctionProto`."""
    name = domain = overload = ""
    inputs: list[str] = []
    outputs: list[str] = []
    attributes: list[str] = []
    defaults: dict[str, AttributeValue] = {}
    nodes = PackedNodes()
    opset_spans: list[tuple[int, int]] = []
    value_info: list[OnnxValue] = []
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.FUNCTION_NODE:
            read_node(reading, begin, stop, 0, nodes)
        elif tag == schema.FUNCTION_INPUT:
            inputs.append(reading.name(begin, stop))
        elif tag == schema.FUNCTION_OUTPUT:
            outputs.append(reading.name(begin, stop))
        elif tag == schema.FUNCTION_ATTRIBUTE:
            attributes.append(reading.name(begin, stop))
        elif tag == schema.FUNCTION_DEFAULT:
            key, value = read_attribute(reading, begin, stop, 0)
            defaults[key] = value
        elif tag == schema.FUNCTION_VALUE_INFO:
            value_info.append(read_value(reading, begin, stop))
        elif tag == schema.FUNCTION_OPSET_IMPORT:
            _append(opset_spans, begin, stop, limits.MAXIMUM_OPSET_IMPORTS, "operator sets")
        elif tag == schema.FUNCTION_NAME:
            name = reading.name(begin, stop)
        elif tag == schema.FUNCTION_DOMAIN:
            domain = reading.domain(begin, stop)
        elif tag == schema.FUNCTION_OVERLOAD:
            overload = reading.shared_name(begin, stop)
    return OnnxFunction(
        name,
        domain,
        overload,
        tuple(inputs),
        tuple(outputs),
        tuple(attributes),
        defaults,
        nodes,
        _read_opset_imports(reading, opset_spans),
        tuple(value_info),
    )
