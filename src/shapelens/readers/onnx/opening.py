"""From a path to a model: the one place where a file is opened, and the only file that is."""

from __future__ import annotations

import os
from mmap import ACCESS_READ, mmap
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

from shapelens.errors import LimitExceededError, NoSuchModelError, TruncatedFileError, UnreadableError
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.decoding import GRAPH_RULE, decode_model
from shapelens.readers.onnx.recognition import HEAD_BYTES, recognise
from shapelens.readers.onnx.visible import visible

if TYPE_CHECKING:
    from shapelens.readers.onnx.model import OnnxModel

__all__ = ["read_model"]

# Opening a pipe would wait for its writer; with O_NONBLOCK it does not, and the pipe is then refused. Not all
# systems have all of these.
_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def read_model(path: str | os.PathLike[str]) -> OnnxModel:
    """Read an ONNX file, without its weights.

    Args:
        path: of the file.

    Returns:
        What the file says.

    Raises:
        NoSuchModelError: "there is no file model.onnx".
        UnreadableError: "model.onnx holds no network: it is a Git LFS pointer", or another thing that is
            known by its first bytes; a folder; a file that may not be read.
        TruncatedFileError: "model.onnx cannot be read: it ends in the middle of a field".
        MalformedFileError: "model.onnx cannot be read: …", and how it contradicts the format.
        LimitExceededError: "model.onnx cannot be read: …", and which limit it passes.
    """
    given = os.fsdecode(path)
    shown = visible(given, len(given))
    try:
        descriptor = os.open(given, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise NoSuchModelError(
            f"there is no file {shown}",
            at=shown,
            have=getattr(error, "strerror", None) or str(error),
            rule="a model in a file is named by its path",
            fix="check the spelling and the folder",
        ) from None
    except OSError as error:
        raise _refused(error, shown) from None
    try:
        status = os.fstat(descriptor)
        _check_kind(status.st_mode, shown)
        _check_size(status.st_size, shown)
        # The mapping keeps the file by itself, and reads of it only what is looked at.
        data = mmap(descriptor, 0, access=ACCESS_READ)
    except (OSError, ValueError, OverflowError) as error:
        raise _refused(error, shown) from None
    finally:
        os.close(descriptor)
    with data:
        try:
            return decode_model(data, given)
        except UnreadableError as error:
            raise _explained(error, data[:HEAD_BYTES], len(data), given) from None


def _check_kind(mode: int, shown: str) -> None:
    """Raise for a folder, and for what is no file."""
    if S_ISDIR(mode):
        raise UnreadableError(
            f"{shown} is a folder",
            at=shown,
            have="a folder",
            rule="a model is one file",
            fix="name the .onnx file in it",
        )
    if not S_ISREG(mode):
        raise UnreadableError(
            f"{shown} is no ordinary file",
            at=shown,
            have="a pipe, a socket or a device",
            rule="a model is read in place, from a file that can be mapped into memory",
            fix="write it to a file, and name that",
        )


def _check_size(size: int, shown: str) -> None:
    """Raise for a file that is empty, or larger than any network."""
    if size == 0:
        raise TruncatedFileError(
            f"{shown} is empty",
            at=shown,
            have="0 bytes",
            rule=GRAPH_RULE,
            fix="copy or download the file again, or write it anew from its source",
        )
    if size > limits.MAXIMUM_FILE_BYTES:
        raise LimitExceededError(
            f"{shown} is too large",
            at=shown,
            have=f"{size:,} bytes",
            rule=f"at most {limits.MAXIMUM_FILE_BYTES:,} bytes in one file",
            fix="keep the weights in another file: onnx.save(model, path, save_as_external_data=True)",
        )


def _refused(error: Exception, shown: str) -> UnreadableError:
    """Make the error for a file that the system does not let be read."""
    return UnreadableError(
        f"{shown} cannot be opened",
        at=shown,
        have=getattr(error, "strerror", None) or str(error),
        rule="a model's file is opened for reading and mapped into memory",
        fix="check the file's permissions, or copy it to another disk",
    )


def _explained(error: UnreadableError, head: bytes, size: int, given: str) -> UnreadableError:
    """Say of a file that is no model what it is instead; if that is unknown, where it breaks off."""
    name = os.path.split(given)[1]
    shown = visible(given, len(given))
    found = recognise(head, size, name)
    if found is not None:
        return UnreadableError(
            f"{visible(name)} holds no network: it is {found.what}",
            at=f"{shown}, byte 0",
            have=found.have,
            rule=GRAPH_RULE,
            fix=found.fix,
        )
    kind = type(error)
    verdict = "holds no network" if kind is UnreadableError else "cannot be read"
    return kind(
        f"{visible(name)} {verdict}: {error.summary}",
        at=f"{shown}, {error.at}",
        have=error.have,
        rule=error.rule,
        fix=error.fix,
    )
