"""Keys as they are pressed, one by one, without a line end; the terminal is as it was afterwards."""

from __future__ import annotations

import os
import re
import sys
from types import TracebackType
from typing import Any

__all__ = ["Keys", "first_key", "key_of"]

_NAMES = {
    b" ": "space", b"\r": "enter", b"\n": "enter", b"\x7f": "backspace", b"\x08": "backspace", b"\x1b": "escape",
    b"\x1b[C": "right", b"\x1bOC": "right", b"\x1b[D": "left", b"\x1bOD": "left",
    b"\x1b[A": "up", b"\x1bOA": "up", b"\x1b[B": "down", b"\x1bOB": "down",
    b"\x1b[5~": "page up", b"\x1b[6~": "page down",
    b"\x1b[H": "home", b"\x1b[1~": "home", b"\x1b[F": "end", b"\x1b[4~": "end",
}  # fmt: skip
_ONE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|\x1b|[\x00-\x7f]|[\x80-\xff]+")
_BEGUN = re.compile(rb"\x1b(\[[0-?]*[ -/]*|O)?")
_A_REST = 0.05
"""Seconds within which the rest of a key follows its first bytes: a lone Escape is a key too."""


def key_of(pressed: bytes) -> str:
    r"""The name of a key: `space`, `left`, `escape`; a letter by itself; of what is no key, nothing.

    >>> key_of(b"\x1b[C"), key_of(b"q"), key_of(b"\x1b[24~")
    ('right', 'q', '')
    """
    if pressed in _NAMES:
        return _NAMES[pressed]
    return pressed[:1].decode("ascii", "replace") if pressed[:1].isascii() and pressed[:1].isalnum() else (
        pressed.decode("ascii") if pressed in {b"+", b"-", b"=", b"_"} else ""
    )  # fmt: skip


def first_key(read: bytes) -> tuple[bytes, bytes]:
    r"""The bytes of the first key, and those after it: keys pressed quickly are read together.

    >>> first_key(b"\x1b[H\x1b[Cq")
    (b'\x1b[H', b'\x1b[Cq')
    """
    one = _ONE.match(read)
    end = one.end() if one else len(read)
    return read[:end], read[end:]


class Keys:
    """The keys of a terminal, read while the context lasts."""

    def __enter__(self) -> Keys:
        self._descriptor = sys.stdin.fileno()
        self._read = b""
        self._before: list[Any] | None = None
        if os.name != "nt":
            import termios
            import tty

            self._before = termios.tcgetattr(self._descriptor)
            # Ctrl-C still interrupts.
            tty.setcbreak(self._descriptor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            import termios

            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def wait(self, seconds: float) -> str | None:
        """The next key; None where none is pressed in time."""
        pressed = _pressed_on_windows(seconds) if os.name == "nt" else self._pressed(seconds)
        return None if pressed is None else key_of(pressed)

    def _pressed(self, seconds: float) -> bytes | None:
        if not self._read and not self._reads(seconds):
            return None
        while _BEGUN.fullmatch(self._read) and self._reads(_A_REST):
            pass
        pressed, self._read = first_key(self._read)
        return pressed

    def _reads(self, seconds: float) -> bool:
        from select import select

        ready, _, _ = select([self._descriptor], [], [], seconds)
        if ready:
            # A terminal that is gone ends the play.
            self._read += os.read(self._descriptor, 1024) or b"q"
        return bool(ready)


_ON_WINDOWS = {
    b"H": b"\x1b[A", b"P": b"\x1b[B", b"M": b"\x1b[C", b"K": b"\x1b[D", b"G": b"\x1b[H", b"O": b"\x1b[F",
    b"I": b"\x1b[5~", b"Q": b"\x1b[6~",
}  # fmt: skip


def _pressed_on_windows(seconds: float) -> bytes | None:
    import msvcrt  # type: ignore[import-not-found,unused-ignore]
    from time import monotonic, sleep

    end = monotonic() + seconds
    while monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            first: bytes = msvcrt.getch()  # type: ignore[attr-defined,unused-ignore]
            if first in {b"\x00", b"\xe0"}:
                second: bytes = msvcrt.getch()  # type: ignore[attr-defined,unused-ignore]
                return _ON_WINDOWS.get(second, b"")
            return first
        sleep(0.01)
    return None
