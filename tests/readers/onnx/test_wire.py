"""Fields, one by one: what is read, what is refused and at which byte, and what is never looked at."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import MalformedFileError, TruncatedFileError
from shapelens.readers.onnx.wire import fields, integers, signed
from tests.readers.onnx.encoder import block, float32, number, packed, tag, varint

MAXIMUM = 2**64 - 1


def read(data):
    return list(fields(data, 0, len(data)))


class Watched(bytes):
    """Bytes that remember which of them were looked at."""

    touched: set[int]

    def __getitem__(self, index: Any) -> Any:
        self.touched.update(range(*index.indices(len(self))) if isinstance(index, slice) else (index,))
        return super().__getitem__(index)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", []),
        ("08 07", [(1 << 3, 7, 2)]),
        ("08 96 01", [(1 << 3, 150, 3)]),
        ("08 80 00", [(1 << 3, 0, 3)]),  # longer than it needs to be, and legal
        ("0a 03 61 62 63", [(1 << 3 | 2, 2, 5)]),
        ("0a 00", [(1 << 3 | 2, 2, 2)]),
        ("15 00 00 80 3f", [(2 << 3 | 5, 1, 5)]),
        ("11 00 00 00 00 00 00 f0 3f", [(2 << 3 | 1, 1, 9)]),
        ("a0 01 07", [(20 << 3, 7, 3)]),
        ("f8 ff ff ff 0f 01", [(0x1FFFFFFF << 3, 1, 6)]),
        ("08 ff ff ff ff ff ff ff ff ff 01", [(1 << 3, MAXIMUM, 11)]),
        ("08 ff ff ff ff ff ff ff ff ff 7f", [(1 << 3, MAXIMUM, 11)]),  # bits above the 64th are dropped
        ("08 01 08 02", [(1 << 3, 1, 2), (1 << 3, 2, 4)]),
    ],
)
def test_reads(data, expected):
    assert read(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("data", "error", "at", "have"),
    [
        ("0b", MalformedFileError, "byte 0", "wire type 3, a group, in field 1"),
        ("08 01 0c", MalformedFileError, "byte 2", "wire type 4, a group, in field 1"),
        ("0e", MalformedFileError, "byte 0", "wire type 6 in field 1"),
        ("0f", MalformedFileError, "byte 0", "wire type 7 in field 1"),
        ("00 01", MalformedFileError, "byte 0", "field number 0"),
        ("02 01 00", MalformedFileError, "byte 0", "field number 0"),
        ("80 00 01", MalformedFileError, "byte 0", "field number 0"),
        ("88 80 80 80 10 01", MalformedFileError, "byte 0", "field number 536870913"),
        (
            "08 ff ff ff ff ff ff ff ff ff ff 01",
            MalformedFileError,
            "byte 1",
            "ten bytes of 128 or more: ff ff ff ff ff ff ff ff ff ff",
        ),
        (
            "08",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 2 or beyond, in a file of 1 bytes",
        ),
        (
            "08 80",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 3 or beyond, in a file of 2 bytes",
        ),
        (
            "0a",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 2 or beyond, in a file of 1 bytes",
        ),
        (
            "0a 04 61",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 6 or beyond, in a file of 3 bytes",
        ),
        (
            "15 00 00",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 5 or beyond, in a file of 3 bytes",
        ),
        (
            "08 01 11 00",
            TruncatedFileError,
            "byte 2",
            "a field that goes on to byte 11 or beyond, in a file of 4 bytes",
        ),
        (
            "0a ff ff ff ff ff ff ff ff ff 01",
            TruncatedFileError,
            "byte 0",
            "a field that goes on to byte 18,446,744,073,709,551,626 or beyond, in a file of 11 bytes",
        ),
    ],
)
def test_refuses(data, error, at, have):
    with pytest.raises(error) as caught:
        read(bytes.fromhex(data))
    assert type(caught.value) is error
    assert (caught.value.at, caught.value.have) == (at, have)


@pytest.mark.parametrize(
    "field", ["08 96 01", "0a 03 61 62 63", "15 00 00 80 3f", "11 00 00 00 00 00 00 f0 3f", "a0 01 07"]
)
def test_a_field_ends_within_its_message(field):
    """More of the file follows, so the file is whole: the message contradicts itself."""
    data = bytes.fromhex(field) + bytes(20)
    for end in range(1, len(bytes.fromhex(field))):
        with pytest.raises(
            MalformedFileError, match="its field at byte 0 is longer than the message that it is in"
        ):
            list(fields(data, 0, end))


def test_the_message_of_a_truncated_file():
    with pytest.raises(TruncatedFileError) as caught:
        read(block(7, bytes(2000))[:1000])
    assert str(caught.value) == (
        "it ends in the middle of a field\n"
        "  at     byte 0\n"
        "  have   a field that goes on to byte 2,003 or beyond, in a file of 1,000 bytes\n"
        "  rule   a field has as many bytes as it announces\n"
        "  fix    copy or download the file again, or write it anew from its source"
    )


def test_payloads_are_not_looked_at():
    data = Watched(number(1, 8) + block(7, bytes(100_000)) + float32(2, 1.0) + number(3, 300))
    data.touched = set()
    assert len(list(fields(data, 0, len(data)))) == 4
    assert len(data.touched) == 2 + 4 + 1 + 3


def test_it_is_lazy():
    assert next(fields(number(1, 8) + b"\x0b", 0, 3)) == (1 << 3, 8, 2)


one_field = st.one_of(
    st.tuples(st.just(0), st.integers(0, MAXIMUM)),
    st.tuples(st.just(2), st.binary(max_size=300)),
    st.tuples(st.just(5), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(1), st.binary(min_size=8, max_size=8)),
)


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), one_field)))
def test_every_field_comes_back(written):
    data = b"".join(
        number(field, content)
        if wire_type == 0
        else block(field, content)
        if wire_type == 2
        else tag(field, wire_type) + content
        for field, (wire_type, content) in written
    )
    found = [
        (tag_ >> 3, (tag_ & 7, begin if tag_ & 7 == 0 else data[begin:end]))
        for tag_, begin, end in fields(data, 0, len(data))
    ]
    assert found == written


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_an_error(data):
    try:
        found = read(data)
    except (MalformedFileError, TruncatedFileError):
        return
    assert not found or found[-1][2] == len(data)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_packed_integers_come_back(numbers):
    data = b"\xff" + b"".join(map(varint, numbers)) + b"\xff"
    assert integers(data, 1, len(data) - 1, len(numbers)) == numbers


def test_packed_integers_stop_after_one_too_many():
    data = packed(1, range(100))
    assert integers(data, 2, len(data), 10) == list(range(11))


@pytest.mark.parametrize("rest", [b"", b"\x01"])
def test_a_packed_integer_that_is_cut_off(rest):
    with pytest.raises(
        MalformedFileError, match="the number before byte 2 is cut off by the end of its field"
    ):
        integers(b"\x01\x80" + rest, 0, 2, 10)


@pytest.mark.parametrize(
    ("number_", "expected"), [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, -(2**63)), (2**64 - 1, -1)]
)
def test_signed(number_, expected):
    assert signed(number_) == expected
