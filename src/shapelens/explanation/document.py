"""A small typed document: what explanations are made of, and what every output renders.

Text is a sequence of spans, each with the *role* of what it says; a terminal colours roles, markdown and JSON drop
them. Nothing is said by a role alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from shapelens.dims import Dim, Unknown
from shapelens.dims.text import axis_text
from shapelens.records import dataclass

__all__ = [
    "ANSWER",
    "BREAK",
    "CHANNELS",
    "LABEL",
    "PLAIN",
    "POSITIONS",
    "UNKNOWN",
    "VERIFIED",
    "Beside",
    "Block",
    "Document",
    "Entry",
    "Facing",
    "Part",
    "Picture",
    "Preformatted",
    "Span",
    "Text",
    "axis_text",
    "columns",
    "face",
    "join",
    "plain_text",
    "shape_spans",
    "text",
    "text_width",
    "verified_text",
]

PLAIN = ""
ANSWER = "answer"
"""What was asked for: bold."""
POSITIONS = "positions"
"""Heights, widths and windows."""
CHANNELS = "channels"
"""Channels, numbers of filters, cells that are made."""
BREAK = "break"
"""What does not fit."""
VERIFIED = "verified"
"""What was tried and works."""
UNKNOWN = "unknown"
"""What is not known, or other than it seems."""
LABEL = "label"
"""Labels, headers, zeros, the framework's own words, the next command: dim."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text and the role of what it says."""

    text: str
    role: str = PLAIN


Text = tuple[Span, ...]


def text(*parts: str | Span | Text | tuple[str, str]) -> Text:
    """Text from strings, spans, pairs of string and role, and other texts.

    >>> plain_text(text("gives ", ("64", CHANNELS), "×112×112"))
    'gives 64×112×112'
    """
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(part))
        elif isinstance(part, Span):
            spans.append(part)
        elif part and isinstance(part[0], str):
            spans.append(Span(str(part[0]), str(part[1])))
        else:
            spans.extend(part)
    return tuple([span for span in spans if span.text])


def verified_text(line: str, role: str = PLAIN) -> Text:
    """A line of an error or a finding; that something was tried and works stands out."""
    before, sign, after = line.partition("✓ verified")
    return text((before, role), (sign, VERIFIED), (after, role))


def join(separator: str, texts: Iterable[Text]) -> Text:
    """Texts with a separator between them."""
    spans: list[Span] = []
    for part in texts:
        if spans:
            spans.append(Span(separator))
        spans.extend(part)
    return tuple(spans)


def plain_text(spans: Sequence[Span]) -> str:
    """Text without its roles."""
    return "".join([span.text for span in spans])


def shape_spans(shape: Sequence[Dim] | Unknown, channel: int | None = 0) -> Text:
    """A shape with its channels and positions told apart.

    Args:
        shape: the shape of one sample.
        channel: which axis holds the channels; None where none does.
    """
    if isinstance(shape, Unknown):
        return (Span("?", UNKNOWN),)
    if not shape:
        return (Span("scalar"),)
    spans: list[Span] = []
    place = None if channel is None else channel % len(shape)
    for axis, dim in enumerate(shape):
        if axis:
            spans.append(Span("×", LABEL))
        role = UNKNOWN if isinstance(dim, Unknown) else CHANNELS if axis == place else POSITIONS
        spans.append(Span(axis_text(dim), role))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Entry:
    """A labelled part of an explanation: `size`, `padding`, `params`, … and its lines.

    Args:
        label: what it is about.
        lines: what is to be said.
        hang: how far what follows is indented where a line is too long.
    """

    label: str
    lines: tuple[Text, ...]
    hang: int = 2


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Lines that keep their spacing: a picture made of characters, a grid of numbers."""

    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together, such as a grid of numbers under its title.

    Args:
        lines: the lines.
        sign: what stands between the part before it and this one: `×`, `=`, `+`, `→`.
        sign_line: beside which of its lines the sign stands.
    """

    lines: tuple[Text, ...]
    sign: str = ""
    sign_line: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """Parts side by side, row under row in columns; where there is no room, a row goes on below.

    Args:
        rows: the parts of each row.
    """

    rows: tuple[tuple[Part, ...], ...]


Block = Entry | Preformatted | Beside


@dataclass(frozen=True, slots=True)
class Facing:
    """A labelled part whose lines have two sides: what it is, and what is to be said of it.

    Args:
        label: the label.
        rows: pairs of text; an empty left side goes on with the remark above.
    """

    label: str
    rows: tuple[tuple[Text, Text], ...]


def face(parts: Sequence[Facing]) -> list[Block]:
    """Parts as entries, all their remarks beginning in one column."""
    widest = max([_width(left) for part in parts for left, right in part.rows if right], default=0)

    def line(left: Text, right: Text) -> Text:
        return text(left, " " * (widest - _width(left) + 3), right) if right else left

    return [Entry(part.label, tuple([line(*row) for row in part.rows]), widest + 3) for part in parts]


def columns(cells: Sequence[Sequence[Text]], gap: int = 3) -> list[Text]:
    """Texts in columns, one line for each row; the last column is as wide as it is."""
    widths = [max(map(_width, column), default=0) + gap for column in cells[:-1]]
    lines: list[Text] = []
    for *before, last in zip(*cells, strict=True):
        padded = [
            text(cell, " " * (width - _width(cell))) for cell, width in zip(before, widths, strict=True)
        ]
        lines.append(text(*padded, last))
    return lines


class _Cells(dict[str, int]):
    """How many cells of a terminal each character takes, entered when it is met."""

    def __missing__(self, character: str) -> int:
        from unicodedata import combining, east_asian_width

        cells = 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        self[character] = cells
        return cells


_CELLS = _Cells()


def text_width(text: str) -> int:
    """How many cells of a terminal a text takes: wide characters take two."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


def _width(line: Text) -> int:
    return text_width(plain_text(line))


class Picture(Protocol):
    """What of an explanation can be drawn, and played cell by cell."""

    @property
    def position(self) -> tuple[int, ...]:
        """The cell that is taken apart."""

    def figure(self, document: Document) -> Any:
        """What a figure of it is told."""

    def cells(self) -> Sequence[tuple[int, ...]]:
        """The cells in the order in which a window makes them."""

    def frame(self, document: Document, position: tuple[int, ...]) -> Document:
        """One cell, taken apart, by itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """An explanation.

    Args:
        title: its first line, which holds the answer.
        groups: its parts; an empty line stands between groups.
        following: a command that helps further.
        facts: the same as numbers, for JSON.
        has_errors: whether something in it does not fit.
        picture: what of it can be drawn; None where nothing can.
    """

    title: Text
    groups: tuple[tuple[Block, ...], ...]
    following: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    has_errors: bool = False
    picture: Picture | None = None
