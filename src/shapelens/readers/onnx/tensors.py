"""Stored tensors: their names, shapes and data types, and the elements of the small ones."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from shapelens.errors import MalformedFileError, UnreadableError
from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.elements import Part, elements, is_list
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.visible import visible
from shapelens.readers.onnx.wire import fields, integers, signed

if TYPE_CHECKING:
    from shapelens.readers.onnx.reading import Reading

__all__ = ["read_sparse_tensor", "read_tensor"]


def read_tensor(reading: Reading, start: int, end: int) -> OnnxTensor:
    """Read a `TensorProto`, and its elements if they are few.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.

    Returns:
        The tensor.

    Raises:
        MalformedFileError: "it has a dim of -3", "it holds 12 bytes of elements and needs 16".
        LimitExceededError: "it has a tensor of 65 dims".
    """
    reading.tensor_count += 1
    if reading.tensor_count > limits.MAXIMUM_TENSORS:
        raise limit_exceeded(
            "graphs", reading.tensor_count, limits.MAXIMUM_TENSORS, "tensors", f"byte {start}"
        )
    name = ""
    data_type = schema.UNDEFINED
    shape: list[int] = []
    raw: tuple[int, int] | None = None
    parts: list[Part] = []
    segmented = elsewhere = False
    location: str | None = None
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.TENSOR_DIM:
            shape.append(signed(begin))
            _check_rank(shape, start)
        elif tag == schema.TENSOR_NAME:
            name = reading.name(begin, stop)
        elif tag == schema.TENSOR_DATA_TYPE:
            data_type = schema.data_type_name(signed(begin))
        elif tag == schema.TENSOR_RAW_DATA:
            raw = begin, stop
        elif is_list(tag):
            # One field more than a small tensor can have is enough to tell that it is not small.
            if len(parts) <= limits.SMALL_TENSOR_ELEMENTS:
                parts.append((tag, begin, stop))
        elif tag == schema.TENSOR_DIMS_PACKED:
            shape.extend(integers(reading.data, begin, stop, limits.MAXIMUM_RANK))
            _check_rank(shape, start)
        elif tag == schema.TENSOR_EXTERNAL_DATA:
            key, text = reading.entry(begin, stop)
            location = text if key == "location" else location
        elif tag == schema.TENSOR_DATA_LOCATION:
            elsewhere = begin == schema.LOCATION_EXTERNAL
        elif tag == schema.TENSOR_SEGMENT:
            segmented = True
    values = None
    try:
        count = _count_elements(shape)
        if not elsewhere and not segmented:
            values = elements(reading.data, data_type, count, raw, parts)
    except UnreadableError as error:
        error.at = f"byte {start}, tensor {visible(name)}"
        raise
    return OnnxTensor(name, tuple(shape), data_type, values, location or "" if elsewhere else None)


def read_sparse_tensor(reading: Reading, start: int, end: int) -> OnnxTensor:
    """Read a `SparseTensorProto`: the shape of the whole, and the name and data type of what is stored.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.

    Returns:
        The tensor, without elements.

    Raises:
        MalformedFileError: "it has a dim of -3".
    """
    stored = OnnxTensor("", (), schema.UNDEFINED)
    shape: list[int] = []
    for tag, begin, stop in fields(reading.data, start, end):
        if tag == schema.SPARSE_VALUES:
            stored = read_tensor(reading, begin, stop)
        elif tag == schema.SPARSE_DIM:
            shape.append(signed(begin))
            _check_rank(shape, start)
        elif tag == schema.SPARSE_DIMS_PACKED:
            shape.extend(integers(reading.data, begin, stop, limits.MAXIMUM_RANK))
            _check_rank(shape, start)
    try:
        _count_elements(shape)
    except UnreadableError as error:
        error.at = f"byte {start}, tensor {visible(stored.name)}"
        raise
    return OnnxTensor(stored.name, tuple(shape), stored.data_type, None, stored.external, sparse=True)


def _check_rank(shape: list[int], start: int) -> None:
    """Raise where a shape has more dims than any tensor has."""
    if len(shape) > limits.MAXIMUM_RANK:
        raise limit_exceeded("a tensor", len(shape), limits.MAXIMUM_RANK, "dims", f"byte {start}")


def _count_elements(shape: list[int]) -> int:
    """Count the elements that a shape asks for; the place of an error is the caller's to say."""
    for dim in shape:
        if dim < 0:
            raise MalformedFileError(
                f"it has a dim of {dim:,}",
                have=f"the shape {'×'.join(map(str, shape))}",
                rule="the dims of a stored tensor are 0 or more",
                fix="write the file anew from its source",
            )
    count = prod(shape)
    if count > limits.MAXIMUM_ELEMENTS:
        raise MalformedFileError(
            "it has a tensor of 2^63 elements or more",
            have=f"the shape {'×'.join(map(str, shape))}",
            rule="a tensor has fewer than 2^63 elements",
            fix="write the file anew from its source",
        )
    return count
