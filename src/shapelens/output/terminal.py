"""Lines of text with roles on a terminal: in colour where there is some, never by colour alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    CHANNELS,
    LABEL,
    POSITIONS,
    UNKNOWN,
    VERIFIED,
    Text,
    plain_text,
)
from shapelens.output.lines import ascii_line, safe

if TYPE_CHECKING:
    from rich.text import Text as RichText

__all__ = [
    "STYLES",
    "explanation_width",
    "has_colour",
    "is_ascii",
    "print_lines",
    "rich_line",
    "terminal_width",
]

_USUAL_WIDTH = 80
_NARROWEST_TEXT, _WIDEST_TEXT = 60, 110

STYLES = {
    ANSWER: "bold",
    POSITIONS: "cyan",
    CHANNELS: "magenta",
    BREAK: "bold red",
    VERIFIED: "green",
    UNKNOWN: "yellow",
    LABEL: "dim",
}
"""How a terminal shows each role."""


def has_colour(stream: TextIO) -> bool:
    """Whether to colour: a terminal, `NO_COLOR` not set, or `FORCE_COLOR` set."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def is_ascii(stream: TextIO) -> bool:
    """Whether the stream cannot be trusted with more than ASCII."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    return not encoding.startswith("utf")


def terminal_width(asked: int | None = None) -> int:
    """The width to lay out for: as asked, `COLUMNS`, the terminal's, or 80 where there is none."""
    if asked is not None:
        return asked
    # As shutil does it, without the archive formats that importing shutil brings along.
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or _USUAL_WIDTH
    except (OSError, ValueError):
        return _USUAL_WIDTH


def explanation_width(asked: int | None = None) -> int:
    """The width of an explanation: the terminal's, within what is good to read."""
    return max(min(terminal_width(asked), _WIDEST_TEXT), _NARROWEST_TEXT)


def print_lines(lines: Sequence[Text], stream: TextIO | None = None, *, ascii_only: bool = False) -> None:
    """Print lines, coloured where the stream is a terminal.

    Args:
        lines: the lines.
        stream: where to; standard output if not given.
        ascii_only: whether to print nothing but ASCII.
    """
    stream = stream or sys.stdout
    ascii_only = ascii_only or is_ascii(stream)
    if not has_colour(stream):
        written = [safe(plain_text(line)).rstrip() for line in lines]
        stream.write("\n".join([ascii_line(line) for line in written] if ascii_only else written) + "\n")
        return
    _print_coloured(lines, stream, ascii_only=ascii_only)


def _print_coloured(lines: Sequence[Text], stream: TextIO, *, ascii_only: bool) -> None:
    from rich.console import Console

    console = Console(
        file=stream, force_terminal=True, highlight=False, soft_wrap=True, emoji=False, markup=False
    )
    for line in lines:
        console.print(rich_line(line, ascii_only=ascii_only, end=""))


def rich_line(line: Text, *, ascii_only: bool = False, end: str = "\n") -> RichText:
    """A line as the terminal's library has it, each role in its style."""
    from rich.text import Text as RichText

    styled = RichText(no_wrap=True, end=end)
    for span in line:
        shown = safe(span.text)
        styled.append(ascii_line(shown) if ascii_only else shown, STYLES.get(span.role, ""))
    return styled
