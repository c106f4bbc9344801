"""Opening a file of numbers: an ordinary one, and not too large; a pipe is not waited for."""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from shapelens.errors import LimitExceededError, NoSuchModelError, TruncatedFileError, UnreadableError

__all__ = ["opened", "shown"]

# Opening a pipe would wait for its writer; with O_NONBLOCK it does not, and the pipe is then refused. Not all
# systems have all of these.
_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def opened(path: str, at: str, what: str, most: int) -> BinaryIO:
    """A file, open for reading.

    Args:
        path: of the file.
        at: what it was given as: `--values x.npy`.
        what: what it should hold.
        most: how many bytes it may have.

    Raises:
        NoSuchModelError: "there is no file x.npy".
        UnreadableError: a folder, a pipe, a device, or a file that may not be read.
        TruncatedFileError: "x.npy is empty".
        LimitExceededError: "x.npy is too large".
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise NoSuchModelError(
            f"there is no file {shown(path)}",
            at=at,
            have=getattr(error, "strerror", None) or str(error),
            rule=f"{what}, named by its path",
            fix="check the spelling and the folder",
        ) from None
    except OSError as error:
        raise UnreadableError(
            f"{shown(path)} cannot be opened",
            at=at,
            have=error.strerror or str(error),
            rule=what,
            fix="check the file's permissions",
        ) from None
    try:
        status = os.fstat(descriptor)
        _check(status.st_mode, status.st_size, shown(path), at, what, most)
    except UnreadableError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _check(mode: int, size: int, name: str, at: str, what: str, most: int) -> None:
    if S_ISDIR(mode):
        raise UnreadableError(f"{name} is a folder", at=at, rule=what, fix="name a file in it")
    if not S_ISREG(mode):
        raise UnreadableError(f"{name} is no ordinary file", at=at, have="a pipe or a device", rule=what)
    if size == 0:
        raise TruncatedFileError(f"{name} is empty", at=at, have="0 bytes", rule=what)
    if size > most:
        raise LimitExceededError(
            f"{name} is too large", at=at, have=f"{size:,} bytes", rule=f"at most {most:,} bytes"
        )


def shown(text: str) -> str:
    """A text of a file as an error tells it: not too long, and with nothing that a terminal would act on."""
    safe = text if text.isprintable() else text.encode("ascii", "backslashreplace").decode("ascii")
    safe = "".join([character if character.isprintable() else ascii(character)[1:-1] for character in safe])
    return safe if len(safe) <= 200 else f"{safe[:199]}…"
