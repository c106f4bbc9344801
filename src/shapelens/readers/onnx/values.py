"""Declared values: their names, data types and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.model import OnnxValue
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.wire import fields, signed

if TYPE_CHECKING:
    from shapelens.readers.onnx.reading import Reading

__all__ = ["read_type", "read_value"]

_KINDS = {
    schema.TYPE_TENSOR: "tensor",
    schema.TYPE_SPARSE_TENSOR: "sparse",
    schema.TYPE_SEQUENCE: "sequence",
    schema.TYPE_OPTIONAL: "optional",
    schema.TYPE_MAP: "map",
    schema.TYPE_OPAQUE: "opaque",
}
_ROLE = "pkg.torch.export.graph_signature.InputSpec.kind"
_UNDECLARED = OnnxValue("", schema.UNDEFINED, None, "undeclared")


def read_value(reading: Reading, start: int, end: int) -> OnnxValue:
    """Read a `ValueInfoProto`.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.

    Returns:
        The value.

    Raises:
        LimitExceededError: "it has graphs of 2,000,001 values".
    """
    reading.value_count += 1
    if reading.value_count > limits.MAXIMUM_VALUES:
        raise limit_exceeded("graphs", reading.value_count, limits.MAXIMUM_VALUES, "values", f"byte {start}")
    reading.hold(limits.BYTES_PER_VALUE, start)
    name = role = ""
    declared = _UNDECLARED
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.VALUE_NAME:
            name = reading.value_name(begin, stop)
        elif tag == schema.VALUE_TYPE:
            declared = read_type(reading, begin, stop)
        elif tag == schema.VALUE_METADATA:
            key, text = reading.entry(begin, stop)
            role = text or "" if key == _ROLE else role
    return OnnxValue(name, declared.data_type, declared.shape, declared.kind, role)


def read_type(reading: Reading, start: int, end: int) -> OnnxValue:
    """Read a `TypeProto`.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.

    Returns:
        A value of that type, without a name.

    Raises:
        LimitExceededError: "it has a type of 33 levels".
    """
    if end - start > limits.MAXIMUM_SHARED_BYTES:
        return _read_type(reading, start, end, 0)
    encoded = reading.data[start:end]
    known = reading.shared_types.get(encoded)
    if known is None:
        known = _read_type(reading, start, end, 0)
        if len(reading.shared_types) < limits.MAXIMUM_SHARED_ENTRIES:
            reading.shared_types[encoded] = known
    return known


def _read_type(reading: Reading, start: int, end: int, depth: int) -> OnnxValue:
    """Read a type, and those within it."""
    if depth > limits.MAXIMUM_NESTING:
        raise limit_exceeded("a type", depth, limits.MAXIMUM_NESTING, "levels", f"byte {start}")
    declared = _UNDECLARED
    for tag, begin, stop in fields(reading.data, start, end):
        kind = _KINDS.get(tag)
        if kind is None:
            continue
        if kind == "tensor" or kind == "sparse":
            declared = _read_tensor_type(reading, begin, stop, kind)
        else:
            inner = _UNDECLARED
            wanted = {"map": schema.MAP_VALUE_TYPE, "opaque": 0}.get(kind, schema.ELEMENT_TYPE)
            for inner_tag, inner_begin, inner_stop in fields(reading.data, begin, stop):
                if inner_tag == wanted:
                    inner = _read_type(reading, inner_begin, inner_stop, depth + 1)
            if kind in {"optional", "sequence"} and inner.kind not in {"tensor", "undeclared"}:
                kind = f"{kind} {inner.kind}"
            declared = OnnxValue("", inner.data_type, inner.shape, kind)
    return declared


def _read_tensor_type(reading: Reading, start: int, end: int, kind: str) -> OnnxValue:
    """Read the type of a tensor, dense or sparse."""
    data_type = schema.UNDEFINED
    shape: tuple[int | str | None, ...] | None = None
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.TENSOR_TYPE_DATA_TYPE:
            data_type = schema.data_type_name(signed(begin))
        elif tag == schema.TENSOR_TYPE_SHAPE:
            shape = _read_shape(reading, begin, stop)
    return OnnxValue("", data_type, shape, kind)


def _read_shape(reading: Reading, start: int, end: int) -> tuple[int | str | None, ...]:
    """Read the dims of a declared shape."""
    shape: list[int | str | None] = []
    for tag, begin, stop in fields(reading.data, start, end):
        if tag != schema.SHAPE_DIM:
            continue
        if len(shape) == limits.MAXIMUM_RANK:
            raise limit_exceeded("a shape", len(shape) + 1, limits.MAXIMUM_RANK, "dims", f"byte {start}")
        dim: int | str | None = None
        for inner_tag, inner_begin, inner_stop in fields(reading.data, begin, stop):
            if inner_tag == schema.DIM_VALUE:
                # Exporters write -1 for a dim that they do not know, and onnx's own inference writes -4 for
                # a kernel that does not fit: neither is a size.
                dim = signed(inner_begin) if inner_begin >> 63 == 0 else None
            elif inner_tag == schema.DIM_PARAMETER:
                dim = reading.shared_name(inner_begin, inner_stop) or None
        shape.append(dim)
    return tuple(shape)
