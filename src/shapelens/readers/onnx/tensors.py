"""Stored tensors: their names, shapes and data types, and the elements of the small ones."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

from shapelens.errors import MalformedFileError, UnreadableError
from shapelens.readers.onnx import limits, schema
from shapelens.readers.onnx.elements import Part, elements, is_list
from shapelens.readers.onnx.limits import BYTES_PER_NUMBER, BYTES_PER_TENSOR
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.visible import visible
from shapelens.readers.onnx.wire import fields, integers, signed

if TYPE_CHECKING:
    from shapelens.readers.onnx.packing import PackedTensors
    from shapelens.readers.onnx.reading import Reading
    from shapelens.readers.onnx.wire import Data

__all__ = ["enter_tensor", "read_sparse_tensor", "read_tensor"]

_Parts: TypeAlias = tuple[bytes, bytes | int, tuple[int, int]]
"""What stands before a tensor's name, what stands behind it, and where the name is. Of raw bytes, which are elements,
their number is told in their place."""

_Told = tuple[tuple[int, ...], str, "tuple[int | float | bool, ...] | None", "str | None"]
"""All of a tensor but its name: its shape, the type of its elements, its elements, the file that they are in."""

_DIMS_AND_TYPE = frozenset({schema.TENSOR_DIM, schema.TENSOR_DATA_TYPE})
_DIMS_END = limits.MAXIMUM_RANK * 11
"""The dims of a tensor end there at the latest: a tag and ten bytes each."""


def enter_tensor(reading: Reading, start: int, end: int, row: PackedTensors) -> None:
    """Read a `TensorProto` into a row of tensors; of one that is like one before, its name is all that is read.

    Args:
        reading: the file.
        start: where the message begins.
        end: where it ends.
        row: where it is entered.

    Raises:
        MalformedFileError: as `read_tensor`.
        LimitExceededError: as `read_tensor`.
    """
    parts = _parts(reading.data, start, end)
    known = None if parts is None else reading.shared_tensors.get(parts[:2])
    if parts is None or known is None:
        name, told = _read(reading, start, end)
        tensor = OnnxTensor("", *told)
        row.add(name, tensor)
        has_room = len(reading.shared_tensors) < limits.MAXIMUM_SHARED_ENTRIES
        if parts is not None and has_room and _is_told_by(reading.data, parts, end, tensor):
            reading.shared_tensors[parts[:2]] = tensor
        return
    _count_tensor(reading, start)
    reading.hold(limits.BYTES_PER_LIKE_TENSOR, start)
    row.add(reading.value_name(*parts[2]), known)


def _parts(data: Data, start: int, end: int) -> _Parts | None:
    """A tensor in parts; None where its fields do not stand in the order of their numbers, or elements come first."""
    head = data[start : min(end, start + _DIMS_END)]
    position = 0
    try:
        while head[position] in _DIMS_AND_TYPE:
            position += 2
            while head[position - 1] > 127:
                position += 1
        if head[position] != schema.TENSOR_NAME or head[position + 1] > 127:
            return None
    except IndexError:
        return None
    begin = start + position + 2
    stop = begin + head[position + 1]
    if stop > end:
        return None
    if end - stop <= limits.MAXIMUM_SHARED_BYTES:
        return head[:position], data[stop:end], (begin, stop)
    tag, _, raw_end = next(fields(data, stop, end))
    is_raw = tag == schema.TENSOR_RAW_DATA and raw_end == end
    return (head[:position], end - stop, (begin, stop)) if is_raw else None


def _is_told_by(data: Data, parts: _Parts, end: int, tensor: OnnxTensor) -> bool:
    """Whether all other tensors of these parts are the same but for their name."""
    if isinstance(parts[1], int):
        return tensor.values is None
    return all(tag != schema.TENSOR_NAME for tag, _, _ in fields(data, parts[2][1], end))


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
    name, told = _read(reading, start, end)
    return OnnxTensor(name, *told)


def _read(reading: Reading, start: int, end: int) -> tuple[str, _Told]:
    """The name of a tensor, and all else of it."""
    _count_tensor(reading, start)
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
            name = reading.value_name(begin, stop)
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
    reading.hold(BYTES_PER_TENSOR + BYTES_PER_NUMBER * len(values or ()), start)
    return name, (tuple(shape), data_type, values, location or "" if elsewhere else None)


def _count_tensor(reading: Reading, start: int) -> None:
    reading.tensor_count += 1
    if reading.tensor_count > limits.MAXIMUM_TENSORS:
        raise limit_exceeded(
            "graphs", reading.tensor_count, limits.MAXIMUM_TENSORS, "tensors", f"byte {start}"
        )


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
