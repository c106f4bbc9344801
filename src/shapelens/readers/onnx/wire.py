"""The protobuf wire format, read lazily.

A message is a run of fields. A field is a *tag*, `field number << 3 | wire type`, and what the wire type
announces: a number, four bytes, eight bytes, or a length and as many bytes. Nothing is copied and no payload
is touched: a field of half a gigabyte is stepped over by one addition. Tags are compared whole, so a field
that comes with another wire type than its own is an unknown field, as in protobuf itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from shapelens.errors import MalformedFileError, TruncatedFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    Data = bytes | mmap

__all__ = ["BYTES", "FIXED32", "FIXED64", "VARINT", "fields", "integers", "signed"]

VARINT = 0
FIXED64 = 1
BYTES = 2
FIXED32 = 5

_LARGEST_TAG = (1 << 32) - 1
_LARGEST_UNSIGNED = (1 << 64) - 1
_DOWNLOAD_AGAIN = "copy or download the file again, or write it anew from its source"


def fields(data: Data, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Step through the fields of one message.

    Args:
        data: the bytes of the whole file.
        start: where the message begins.
        end: where it ends.

    Returns:
        For each field its tag and two positions: where its payload begins and ends. For a varint the first
        of them is the number itself, unsigned.

    Raises:
        TruncatedFileError: "it ends in the middle of a field".
        MalformedFileError: "its field at byte 12 is longer than the message that it is in", and what else
            contradicts the format.

    Source: https://protobuf.dev/programming-guides/encoding/
    """
    # Tags, lengths and numbers below 128 are single bytes, and nearly all are: they are read in place, and a
    # position is compared with its bound once per field, after the field. A byte read beyond a bound on the
    # way there is harmless: it is in the file, or it is the IndexError below.
    position = field_start = start
    try:
        while position < end:
            field_start = position
            tag = data[position]
            position += 1
            if tag > 127:
                tag, position = _long_varint(data, position - 1)
                if tag > _LARGEST_TAG:
                    _refuse_tag(tag, field_start)
            if tag < 8:
                _refuse_tag(tag, field_start)
            wire_type = tag & 7
            if wire_type == BYTES:
                length = data[position]
                position += 1
                if length > 127:
                    length, position = _long_varint(data, position - 1)
                payload = position
                position += length
                if position > end:
                    _refuse_length(data, field_start, position, end)
                yield tag, payload, position
            elif wire_type == VARINT:
                number = data[position]
                position += 1
                if number > 127:
                    number, position = _long_varint(data, position - 1)
                if position > end:
                    _refuse_length(data, field_start, position, end)
                yield tag, number, position
            elif wire_type == FIXED32 or wire_type == FIXED64:
                payload = position
                position += 4 if wire_type == FIXED32 else 8
                if position > end:
                    _refuse_length(data, field_start, position, end)
                yield tag, payload, position
            else:
                _refuse_tag(tag, field_start)
    except IndexError:
        _refuse_length(data, field_start, len(data) + 1, end)


def integers(data: Data, start: int, end: int, maximum: int) -> list[int]:
    """Read a packed field of signed integers.

    Args:
        data: the bytes of the whole file.
        start: where the numbers begin.
        end: where they end.
        maximum: how many are wanted; after one more the reading stops, so that the caller sees the excess.

    Returns:
        The numbers, from -2^63 to 2^63 - 1.

    Raises:
        MalformedFileError: "a number at byte 12 is cut off by the end of its field".
    """
    numbers: list[int] = []
    position = start
    try:
        while position < end and len(numbers) <= maximum:
            number = data[position]
            position += 1
            if number > 127:
                number, position = _long_varint(data, position - 1)
                number = signed(number)
            numbers.append(number)
    except IndexError:
        position = end + 1
    if position > end:
        raise MalformedFileError(
            f"the number before byte {end} is cut off by the end of its field",
            at=f"byte {end}",
            have=f"a packed field of {end - start} bytes whose last byte announces another one",
            rule="a number ends with a byte below 128",
            fix=_DOWNLOAD_AGAIN,
        )
    return numbers


def signed(number: int) -> int:
    """Read an unsigned number of 64 bits as the signed one that has the same bits."""
    return number - (1 << 64) if number >> 63 else number


def _long_varint(data: Data, start: int) -> tuple[int, int]:
    """Read a number of several bytes; return it and the position after it."""
    # Two bytes, up to 16,383, are most of them: the length of a node, the size of an axis.
    second = data[start + 1]
    if second < 128:
        return data[start] & 127 | second << 7, start + 2
    number = 0
    position = start
    for shift in range(0, 70, 7):
        byte = data[position]
        position += 1
        number |= (byte & 127) << shift
        if byte < 128:
            # The tenth byte has room for bits above the 64th; protobuf drops them.
            return number & _LARGEST_UNSIGNED, position
    raise MalformedFileError(
        f"its number at byte {start} does not end",
        at=f"byte {start}",
        have=f"ten bytes of 128 or more: {data[start : start + 10].hex(' ')}",
        rule="a number has at most 10 bytes, and ends with a byte below 128",
        fix=_DOWNLOAD_AGAIN,
    )


def _refuse_tag(tag: int, start: int) -> NoReturn:
    """Say that a field has a number or a wire type that no field of ONNX has."""
    number, wire_type = tag >> 3, tag & 7
    if number == 0 or tag > _LARGEST_TAG:
        have = f"field number {number}"
        rule = "field numbers go from 1 to 536,870,911"
    elif wire_type in {3, 4}:
        have = f"wire type {wire_type}, a group, in field {number}"
        rule = "ONNX has no groups: its wire types are 0, 1, 2 and 5"
    else:
        have = f"wire type {wire_type} in field {number}"
        rule = "the wire types are 0, 1, 2 and 5"
    raise MalformedFileError(
        f"its byte {start} begins no field", at=f"byte {start}", have=have, rule=rule, fix=_DOWNLOAD_AGAIN
    )


def _refuse_length(data: Data, start: int, needed: int, end: int) -> NoReturn:
    """Say that a field goes on after the end of its message, or of the file."""
    size = len(data)
    if needed > size:
        raise TruncatedFileError(
            "it ends in the middle of a field",
            at=f"byte {start}",
            have=f"a field that goes on to byte {needed:,} or beyond, in a file of {size:,} bytes",
            rule="a field has as many bytes as it announces",
            fix=_DOWNLOAD_AGAIN,
        )
    raise MalformedFileError(
        f"its field at byte {start} is longer than the message that it is in",
        at=f"byte {start}",
        have=f"a field that goes on to byte {needed}, in a message that ends at byte {end}",
        rule="a field ends within its message",
        fix=_DOWNLOAD_AGAIN,
    )
