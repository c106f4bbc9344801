"""The elements of small tensors, in each of the ways in which ONNX stores them.

A tensor keeps its elements either as raw bytes, little-endian and tightly packed, or in the list of numbers
that belongs to its data type. Types narrower than a byte share bytes, the first element lowest. Narrow
integers, truth values and 16-bit floats borrow the list of 32-bit integers.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, TypeAlias

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx import schema
from shapelens.readers.onnx.limits import SMALL_TENSOR_ELEMENTS, SMALL_WEIGHT_ELEMENTS
from shapelens.readers.onnx.wire import integers, signed

if TYPE_CHECKING:
    from shapelens.readers.onnx.wire import Data

__all__ = ["Elements", "Part", "elements", "is_list"]

Elements: TypeAlias = tuple[int | float | bool, ...]

# A field of a list: its tag, and the two positions that `fields` gives.
Part: TypeAlias = tuple[int, int, int]

# Names of formats in `struct`. A bfloat16 is the upper half of a float32, and is read as its bits.
_FORMATS = {
    "float32": "f",
    "uint8": "B",
    "int8": "b",
    "uint16": "H",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "bool": "?",
    "float16": "e",
    "float64": "d",
    "uint32": "I",
    "uint64": "Q",
    "bfloat16": "H",
}
_SIZES = frozenset({"int32", "int64"})
"""What sizes are told in."""
_SUB_BYTE = frozenset({"uint4", "int4", "uint2", "int2"})
_READABLE = _SUB_BYTE | _FORMATS.keys()

_FIXED_LISTS = {
    schema.TENSOR_FLOAT_DATA: ("f", 4),
    schema.TENSOR_FLOAT_DATA_PACKED: ("f", 4),
    schema.TENSOR_DOUBLE_DATA: ("d", 8),
    schema.TENSOR_DOUBLE_DATA_PACKED: ("d", 8),
}
_VARINT_LISTS = frozenset({schema.TENSOR_INT32_DATA, schema.TENSOR_INT64_DATA, schema.TENSOR_UINT64_DATA})
_PACKED_LISTS = frozenset(
    {
        schema.TENSOR_INT32_DATA_PACKED,
        schema.TENSOR_INT64_DATA_PACKED,
        schema.TENSOR_UINT64_DATA_PACKED,
    }
)
_LISTS = _VARINT_LISTS | _PACKED_LISTS | _FIXED_LISTS.keys()

# Which list belongs to a data type, by its field number; the others use that of 32-bit integers.
_LIST_OF = {"float32": 4, "int64": 7, "float64": 10, "uint32": 11, "uint64": 11}
_INT32_LIST = 5


def is_list(tag: int) -> bool:
    """Tell whether a tag of a tensor is that of a list of numbers."""
    return tag in _LISTS


def elements(
    data: Data, data_type: str, count: int, raw: tuple[int, int] | None, parts: list[Part]
) -> Elements | None:
    """Read the elements of a tensor, if they are few and are numbers or truth values.

    Args:
        data: the bytes of the whole file.
        data_type: of the tensor.
        count: how many elements its shape asks for.
        raw: where the raw bytes begin and end, if it has any.
        parts: the fields of its lists, as they come; at least one more than a small tensor needs.

    Returns:
        The elements; `None` where they are many, of another type, or not in the file.

    Raises:
        MalformedFileError: "it holds 12 bytes of elements and needs 16".
    """
    if raw is not None and raw[1] > raw[0]:
        _check_size(data_type, count, raw)
    most = SMALL_TENSOR_ELEMENTS if data_type in _SIZES else SMALL_WEIGHT_ELEMENTS
    if count > most or data_type not in _READABLE:
        return None
    if count == 0:
        return ()
    if raw is not None:
        return _from_raw(data[raw[0] : raw[1]], data_type, count) if raw[1] > raw[0] else None
    field_number = _LIST_OF.get(data_type, _INT32_LIST)
    parts = [part for part in parts if part[0] >> 3 == field_number]
    if not parts:
        return None
    stored = _from_list(data, parts)
    per_entry = 8 // schema.ELEMENT_BITS[data_type] if data_type in _SUB_BYTE else 1
    wanted = -(-count // per_entry)
    if len(stored) != wanted:
        shown = f"more than {SMALL_TENSOR_ELEMENTS}" if len(stored) > SMALL_TENSOR_ELEMENTS else len(stored)
        raise MalformedFileError(
            f"it holds {shown} numbers and needs {wanted}",
            have=f"a list of {shown} numbers for {count} elements of type {data_type}",
            rule="a tensor has as many elements as the product of its dims",
            fix="write the file anew from its source",
        )
    return _from_numbers(stored, data_type, count)


def _check_size(data_type: str, count: int, raw: tuple[int, int]) -> None:
    """Raise unless raw data is as long as the shape asks for; it is not looked at."""
    bits = schema.ELEMENT_BITS.get(data_type)
    length = raw[1] - raw[0]
    if bits is None or length == -(-count * bits // 8):
        return
    raise MalformedFileError(
        f"it holds {length:,} bytes of elements and needs {-(-count * bits // 8):,}",
        have=f"{length:,} bytes for {count:,} elements of type {data_type}",
        rule=f"an element of type {data_type} takes {bits} bits",
        fix="write the file anew from its source",
    )


def _from_raw(raw: bytes, data_type: str, count: int) -> Elements:
    """Read elements from raw bytes of the right length."""
    if data_type in _SUB_BYTE:
        return _unpacked(raw, data_type, count)
    values = struct.unpack(f"<{count}{_FORMATS[data_type]}", raw)
    return _widened(values) if data_type == "bfloat16" else values


def _from_list(data: Data, parts: list[Part]) -> list[int | float]:
    """Read the numbers of a list, whether packed or not; stop after one more than a small tensor has."""
    numbers: list[int | float] = []
    for tag, begin, end in parts:
        if tag in _VARINT_LISTS:
            numbers.append(signed(begin))
        elif tag in _PACKED_LISTS:
            numbers.extend(integers(data, begin, end, SMALL_TENSOR_ELEMENTS))
        else:
            code, size = _FIXED_LISTS[tag]
            if (end - begin) % size:
                raise MalformedFileError(
                    f"it holds a list of {end - begin:,} bytes, which is no whole count of numbers",
                    have=f"{end - begin:,} bytes",
                    rule=f"each number takes {size} bytes",
                    fix="write the file anew from its source",
                )
            fitting = min((end - begin) // size, SMALL_TENSOR_ELEMENTS + 1)
            numbers.extend(struct.unpack(f"<{fitting}{code}", data[begin : begin + fitting * size]))
        if len(numbers) > SMALL_TENSOR_ELEMENTS:
            break
    return numbers


def _from_numbers(numbers: list[int | float], data_type: str, count: int) -> Elements:
    """Read the numbers of a list as elements of the data type that borrows it."""
    if data_type in {"float32", "float64"}:
        return tuple(numbers)
    if data_type == "bool":
        return tuple(number != 0 for number in numbers)
    # A list of 32- or 64-bit integers may hold, as a negative number, the bits of an unsigned one.
    bits = max(8, schema.ELEMENT_BITS[data_type])
    mask = (1 << bits) - 1
    patterns = [int(number) & mask for number in numbers]
    if data_type in _SUB_BYTE:
        return _unpacked(bytes(patterns), data_type, count)
    if data_type == "bfloat16":
        return _widened(tuple(patterns))
    if data_type == "float16":
        return struct.unpack(f"<{count}e", struct.pack(f"<{count}H", *patterns))
    return _with_sign(patterns, bits) if data_type.startswith("int") else tuple(patterns)


def _unpacked(packed: bytes, data_type: str, count: int) -> Elements:
    """Take apart bytes that hold two or four integers each."""
    bits = schema.ELEMENT_BITS[data_type]
    mask = (1 << bits) - 1
    patterns = [byte >> shift & mask for byte in packed for shift in range(0, 8, bits)][:count]
    return _with_sign(patterns, bits) if data_type.startswith("int") else tuple(patterns)


def _with_sign(patterns: list[int], bits: int) -> Elements:
    """Read patterns of bits as signed integers."""
    half = 1 << (bits - 1)
    return tuple((pattern ^ half) - half for pattern in patterns)


def _widened(halves: tuple[int, ...]) -> Elements:
    """Read the upper halves of float32 as numbers."""
    return struct.unpack(
        f"<{len(halves)}f", struct.pack(f"<{len(halves)}I", *(half << 16 for half in halves))
    )
