"""Files of arrays: what numpy.save writes is read, and everything else is one error."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import (
    LimitExceededError,
    MalformedFileError,
    NoSuchModelError,
    ShapelensError,
    TruncatedFileError,
    UnreadableError,
    UsageError,
)
from shapelens.numbers import npy
from shapelens.numbers.npy import read_npy

AT = "--values x.npy"


def saved(array, **settings):
    stream = io.BytesIO()
    np.save(stream, array, **settings)
    return stream.getvalue()


def header(text, version=(1, 0)):
    """A file whose header is this text, of the length that it has."""
    body = text.encode("latin1") + b"\n"
    size = len(body).to_bytes(2 if version == (1, 0) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + size + body


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "x.npy"
        path.write_bytes(content)
        return read_npy(str(path), AT)

    return read


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24).reshape(2, 3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.array(7),
        np.array([True, False]),
        np.arange(3, dtype=">i2"),
        np.arange(3, dtype="<u8"),
        np.array([0.5], dtype=np.float16),
        np.zeros((0, 3)),
    ],
    ids=str,
)
def test_what_numpy_saves_is_read(read, array):
    found = read(saved(array))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


def test_the_second_version_is_read(read):
    content = header("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", (2, 0))
    assert read(content + np.arange(2).tobytes()).tolist() == [0, 1]


PICKLED = b"\x80\x04]\x94K\x01a."  # of [1]
OBJECTS = saved(np.array([{}, 1], dtype=object), allow_pickle=True)


@pytest.mark.parametrize(
    ("content", "kind", "summary"),
    [
        (b"", TruncatedFileError, "is empty"),
        (b"\x93NUM", UnreadableError, "holds no array: it is something else"),
        (b"1,2,3\n", UnreadableError, "holds no array: it is something else"),
        (b"PK\x03\x04 and so on", UnreadableError, "it is an archive"),
        (b"version https://git-lfs.github.com/spec/v1\n", UnreadableError, "a Git LFS pointer"),
        (b"\x89PNG\r\n\x1a\n", UnreadableError, "it is a picture"),
        (PICKLED, UnreadableError, "a pickle, which is never opened"),
        (OBJECTS, UnreadableError, "holds objects, not numbers"),
        (saved(np.array(["a"])), UsageError, "these are texts, not numbers"),
        (saved(np.array([1j])), UsageError, "complex numbers are not computed with"),
        (saved(np.zeros(2, dtype=[("a", "i4")])), UsageError, "these are records of several fields"),
        (saved(np.array(["2020-01-01"], dtype="M8[D]")), UsageError, "these are dates, not numbers"),
        (saved(np.array([1], dtype=np.longdouble)), UsageError, "are not computed with"),
        (saved(np.arange(9))[:-3], TruncatedFileError, "it ends before its numbers do"),
        (b"\x93NUMPY", MalformedFileError, "its version is not known"),
        (b"\x93NUMPY\x03\x00", MalformedFileError, "its version is not known"),
        (b"\x93NUMPY\x01\x00\x10", MalformedFileError, "its header is broken"),
        (header("{}"), MalformedFileError, "its header is broken"),
        (header("not even Python("), MalformedFileError, "its header is broken"),
        (header("__import__('os').system('true')"), MalformedFileError, "its header is broken"),
        (header("(" * 4000), MalformedFileError, "its header is broken"),
        (header("-" * 9000 + "1"), MalformedFileError, "its header is broken"),
        (header("{'descr': '<i8', 'fortran_order': False, 'shape': (-1,), }"), MalformedFileError, "header is broken"),
        (header("{'descr': '<i8', 'fortran_order': 3, 'shape': (1,), }"), MalformedFileError, "header is broken"),
        (header("{'descr': 'nothing', 'fortran_order': False, 'shape': (1,), }"), MalformedFileError, "broken"),
        (header(f"{{'descr': '<i8', 'fortran_order': False, 'shape': {(1,) * 9}, }}"), MalformedFileError, "broken"),
        (
            header("{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }"),
            TruncatedFileError,
            "it ends before its numbers do",
        ),
    ],
)  # fmt: skip
def test_everything_else_is_one_error(read, content, kind, summary):
    with pytest.raises(ShapelensError) as error:
        read(content)
    assert type(error.value) is kind
    assert summary in error.value.summary
    assert error.value.at == AT


def test_nothing_is_ever_unpickled(tmp_path):
    class Acts:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    path = tmp_path / "x.npy"
    path.write_bytes(saved(np.array([Acts()], dtype=object), allow_pickle=True))
    with pytest.raises(UnreadableError):
        read_npy(str(path), AT)
    assert not (tmp_path / "made").exists()


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(npy, "MOST_FILE_BYTES", 100)
    path = tmp_path / "x.npy"
    np.save(path, np.zeros(100))
    with pytest.raises(LimitExceededError, match="is too large"):
        read_npy(str(path), AT)


def test_what_is_no_file(tmp_path):
    with pytest.raises(NoSuchModelError, match="there is no file"):
        read_npy(str(tmp_path / "x.npy"), AT)
    with pytest.raises(UnreadableError, match="is a folder"):
        read_npy(str(tmp_path), AT)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="no ordinary file"):
        read_npy(str(tmp_path / "pipe"), AT)
    with pytest.raises(NoSuchModelError, match="there is no file"):
        read_npy("a\0b", AT)


@given(st.data())
def test_no_damaged_file_raises_anything_else(tmp_path_factory, data):
    content = bytearray(saved(np.arange(6).reshape(2, 3)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("damaged") / "x.npy"
    path.write_bytes(bytes(content[:cut]))
    told = ""
    try:
        read_npy(str(path), AT)
    except ShapelensError as error:
        told = str(error)
    assert "\x1b" not in told
