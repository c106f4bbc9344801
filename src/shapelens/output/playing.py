"""Frames one after another on a terminal: a window that slides, paused, stepped and stopped by keys.

The terminal is as it was afterwards, whatever ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shapelens.errors import UsageError
from shapelens.explanation.document import LABEL, Text, plain_text, text, text_width
from shapelens.output.keys import Keys
from shapelens.output.terminal import is_ascii, rich_line

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["Frames", "Player", "play"]

Frames = Callable[[int, int], Sequence[Text]]
"""The lines of a frame, by its number and the width that there is."""

_DELAYS = (2.0, 1.4, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1)
_USUAL_DELAY = 0.7
_KEYS = "space pause · → step · ← back · + − speed · q quit"
_PAUSED_KEYS = "space go on · → step · ← back · + − speed · q quit"


class Player:
    """Which frame is shown, for how long, and from which of its lines on.

        >>> player = Player(count=3)
        >>> player.press("right"), player.at, player.is_paused
        (True, 1, True)
        >>> player.press("q")
        False

    Args:
        count: how many frames there are.
        at: the first that is shown.
    """

    def __init__(self, count: int, at: int = 0) -> None:
        self.count = count
        self.at = at
        self.is_paused = count < 2
        self.scrolled = 0
        self._speed = _DELAYS.index(_USUAL_DELAY)

    @property
    def delay(self) -> float:
        """How many seconds a frame stays."""
        return _DELAYS[self._speed]

    def press(self, key: str) -> bool:
        """What a key does; False where it ends the play."""
        if key in {"q", "escape"}:
            return False
        if key == "space":
            if self.is_paused and self.at == self.count - 1:
                self.at = 0
            self.is_paused = not self.is_paused
        elif key in _STEPS:
            self.is_paused = True
            self.at = min(max(self.at + _STEPS[key], 0), self.count - 1)
        elif key in {"home", "end"}:
            self.is_paused = True
            self.at = 0 if key == "home" else self.count - 1
        elif key in _SCROLLS:
            self.scrolled = max(self.scrolled + _SCROLLS[key], 0)
        elif key in {"+", "="}:
            self._speed = min(self._speed + 1, len(_DELAYS) - 1)
        elif key in {"-", "_"}:
            self._speed = max(self._speed - 1, 0)
        return True

    def tick(self) -> None:
        """The time of a frame is over: the next one, and a stop at the last."""
        if not self.is_paused and self.at < self.count - 1:
            self.at += 1
        self.is_paused = self.is_paused or self.at == self.count - 1


_SCROLLS = {"down": 1, "up": -1, "page down": 8, "page up": -8}
_STEPS = {"right": 1, "n": 1, "l": 1, "enter": 1, "left": -1, "p": -1, "h": -1, "backspace": -1}


def play(frames: Frames, player: Player, *, ascii_only: bool = False) -> None:
    """Play frames on the terminal until somebody quits.

    Args:
        frames: makes the lines of each.
        player: which of them is shown first, and of how many.
        ascii_only: whether to show nothing but ASCII.

    Raises:
        UsageError: "this needs a terminal", where the output or the keys are none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "this needs a terminal",
            at="--play",
            have="input or output that is a pipe or a file",
            rule="keys step through the cells",
            fix="--cell 0,1 shows one cell anywhere",
        )
    from rich.console import Console
    from rich.live import Live

    ascii_only = ascii_only or is_ascii(sys.stdout)
    console = Console(highlight=False, emoji=False, markup=False)
    with Keys() as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            # Asked for anew each time: a terminal may be resized while it plays.
            width, height = console.size
            live.update(
                _screen(frames(player.at, width), player, width, height, ascii_only=ascii_only), refresh=True
            )
            key = keys.wait(_RESIZED if player.is_paused else player.delay)
            if key is None:
                player.tick()
            elif not player.press(key):
                return


_RESIZED = 0.25
"""A paused play looks so often whether the terminal has another size."""


def _screen(lines: Sequence[Text], player: Player, width: int, height: int, *, ascii_only: bool) -> Group:
    """A frame as tall as the terminal: its first line stays, what does not fit scrolls, the keys are last."""
    from rich.console import Group

    room = max(height - 2, 1)
    keys = _PAUSED_KEYS if player.is_paused else _KEYS
    shown = [*lines, *[()] * (room - len(lines))]
    hidden = len(shown) - room
    player.scrolled = min(player.scrolled, hidden)
    if hidden:
        first = 1 + player.scrolled
        shown = [*shown[:1], *shown[first : first + room - 1]]
        keys = f"↑ ↓ {hidden} more lines · {keys}"
    told = f"{player.at + 1}/{player.count}   {keys}"
    if text_width(told) >= width:
        told = f"{player.at + 1}/{player.count}  {'↑ ↓ ' if hidden else ''}space → ← + − q"
    shown += [(), text((told, LABEL))]
    cut = [_cut(line, width) for line in shown[-height:]]
    return Group(*[rich_line(line, ascii_only=ascii_only) for line in cut])


def _cut(line: Text, width: int) -> Text:
    """A line that is no wider than the terminal."""
    if text_width(plain_text(line)) <= width:
        return line
    kept, room = [], max(width - 1, 0)
    for span in line:
        part = span.text
        while part and text_width(part) > room:
            part = part[:-1]
        kept.append(type(span)(part, span.role))
        room -= text_width(part)
        if part != span.text:
            break
    return (*kept, *text(("…", LABEL)))
