"""Keys as they are pressed, one by one, without a line end; the terminal is as it was afterwards."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any

__all__ = ["Keys", "key_of"]

_NAMES = {
    b" ": "space", b"\r": "enter", b"\n": "enter", b"\x7f": "backspace", b"\x08": "backspace", b"\x1b": "escape",
    b"\x1b[C": "right", b"\x1bOC": "right", b"\x1b[D": "left", b"\x1bOD": "left", b"\x1b[A": "left", b"\x1b[B": "right",
    b"\x1b[H": "home", b"\x1b[1~": "home", b"\x1b[F": "end", b"\x1b[4~": "end",
}  # fmt: skip
_LONGEST = 16


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


class Keys:
    """The keys of a terminal, read while the context lasts."""

    def __enter__(self) -> Keys:
        self._descriptor = sys.stdin.fileno()
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
        from select import select

        ready, _, _ = select([self._descriptor], [], [], seconds)
        if not ready:
            return None
        pressed = os.read(self._descriptor, _LONGEST)
        # A terminal that is gone ends the play.
        return pressed or b"q"


def _pressed_on_windows(seconds: float) -> bytes | None:
    import msvcrt  # type: ignore[import-not-found,unused-ignore]
    from time import monotonic, sleep

    end = monotonic() + seconds
    while monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            first: bytes = msvcrt.getch()  # type: ignore[attr-defined,unused-ignore]
            if first in {b"\x00", b"\xe0"}:
                second: bytes = msvcrt.getch()  # type: ignore[attr-defined,unused-ignore]
                return {b"M": b"\x1b[C", b"K": b"\x1b[D", b"G": b"\x1b[H", b"O": b"\x1b[F"}.get(second, b"")
            return first
        sleep(0.01)
    return None
