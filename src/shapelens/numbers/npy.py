"""Arrays from NumPy's own files, `.npy`, and nothing else: never an object, never a pickle.

The header is read by `numpy.lib.format`, and compared with what the file has before anything is allocated; the bytes
behind it are the numbers.
"""

from __future__ import annotations

import os
import warnings
from math import prod
from tokenize import TokenError
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from shapelens.errors import MalformedFileError, TruncatedFileError, UnreadableError
from shapelens.numbers.files import opened, shown
from shapelens.numbers.kinds import check_kind
from shapelens.numbers.values import Array

__all__ = ["MOST_FILE_BYTES", "read_npy"]

MOST_FILE_BYTES = 2**29
"""The largest weight of VGG-16's convolutions is 9 MB."""

_MOST_AXES = 8
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_WHAT = "an array of numbers, as numpy.save writes it"

# What reading the header of a file of somebody else's making may raise.
_BROKEN = (
    ValueError, TypeError, SyntaxError, TokenError, LookupError, AttributeError, OverflowError, RecursionError,
    MemoryError, EOFError, OSError,
)  # fmt: skip


def read_npy(path: str, at: str) -> Array:
    """The array in a file.

    Args:
        path: of the file.
        at: what it was given as, for errors: `--values x.npy`.

    Raises:
        UnreadableError: "x.npy holds no array: it is a picture", or "x.npy holds objects, not numbers".
        TruncatedFileError: "x.npy cannot be read: it ends before its numbers do".
        MalformedFileError: "x.npy cannot be read: its header is broken".
        UsageError: what it holds is not computed with: texts, complex numbers.
    """
    with opened(path, at, _WHAT, MOST_FILE_BYTES) as file:
        shape, is_fortran, dtype = _header(file, path, at)
        if dtype.hasobject:
            raise UnreadableError(
                f"{shown(path)} holds objects, not numbers",
                at=at,
                have="an array of Python objects, which is a pickle",
                rule="nothing from a file is ever unpickled",
                fix="numpy.save of array.astype(float)",
            )
        check_kind(dtype, at)
        data = _bytes(file, path, at, shape, dtype)
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")


def _header(file: BinaryIO, path: str, at: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    start = file.read(len(npy.MAGIC_PREFIX))
    if start != npy.MAGIC_PREFIX:
        raise _no_array(path, at, start + file.read(64))
    version = tuple(file.read(2))
    if version not in _HEADERS:
        raise MalformedFileError(
            f"{shown(path)} cannot be read: its version is not known",
            at=at,
            have=f"version {'.'.join(map(str, version))}",
            rule="version 1.0 or 2.0 of the format, in which numpy.save writes numbers",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # types that are spelt the old way are read, or refused, all the same
            shape, is_fortran, dtype = _HEADERS[version](file)
        if len(shape) > _MOST_AXES or any(type(size) is not int or size < 0 for size in shape):
            raise ValueError(f"a shape of {shape}")
    except _BROKEN as error:
        raise MalformedFileError(
            f"{shown(path)} cannot be read: its header is broken",
            at=at,
            have=shown(str(error).partition("\n")[0]),
            rule=_WHAT,
            fix="save the array again",
        ) from None
    return tuple(shape), bool(is_fortran), dtype


def _bytes(file: BinaryIO, path: str, at: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """The numbers' own bytes, which must all be there."""
    wanted = prod(shape) * dtype.itemsize
    left = os.fstat(file.fileno()).st_size - file.tell()
    if left < wanted:
        raise TruncatedFileError(
            f"{shown(path)} cannot be read: it ends before its numbers do",
            at=at,
            have=f"{left:,} bytes of numbers",
            rule=f"{wanted:,} bytes: {'×'.join(map(str, shape)) or '1'} of {dtype}",
            fix="copy the file again, or save the array again",
        )
    return file.read(wanted)


def _no_array(path: str, at: str, start: bytes) -> UnreadableError:
    """What a file is that holds no array, as far as its first bytes tell."""
    what, fix = "something else", "numpy.save(path, array)"
    if start.startswith(b"PK\x03\x04"):
        what, fix = "an archive, as numpy.savez and torch.save write", "numpy.save of one array"
    elif start.startswith(b"version https://git-lfs"):
        what, fix = "a Git LFS pointer, the place of a file", "git lfs pull"
    elif start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")):
        what, fix = "a picture", f"--image {shown(path)}"
    elif start.startswith(b"\x80"):
        what = "a pickle, which is never opened"
    return UnreadableError(
        f"{shown(path)} holds no array: it is {what}",
        at=at,
        have=f"it begins with {start[:8]!r}",
        rule=_WHAT,
        fix=fix,
    )
