"""Documents, findings and errors as lines of text with roles: what terminals and plain text share."""

from __future__ import annotations

from itertools import groupby

from shapelens.analyses.findings import Finding
from shapelens.errors import ShapelensError
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    LABEL,
    UNKNOWN,
    VERIFIED,
    Beside,
    Block,
    Document,
    Entry,
    Span,
    Text,
    plain_text,
    text,
    text_width,
    verified_text,
)
from shapelens.explanation.laying import laid_out

__all__ = [
    "ascii_line",
    "document_lines",
    "error_lines",
    "finding_lines",
    "following_lines",
    "safe",
    "wrapped",
]

_LABEL_WIDTH = 10
_TITLE_GAP = 3
_FINDING_LABEL_WIDTH = 9

_ASCII = {
    "×": "x", "→": "->", "·": "*", "✓": "ok", "✗": "X", "≥": ">=", "≤": "<=", "≠": "!=", "…": "...", "─": "-",
    "├": "|-", "└": "\\-", "│": "|", "┐": "+", "┘": "+", "┌": "+", "°": "deg", "−": "-",
}  # fmt: skip


def document_lines(document: Document, width: int = 100) -> list[Text]:
    """A document: its title, then its groups with an empty line between them."""
    lines: list[Text] = _title_lines(document.title, width)
    for group in document.groups:
        lines.append(())
        for block in group:
            lines += _block_lines(block, width)
    if document.following:
        lines.append(())
    return [*lines, *following_lines(document.following)]


def _title_lines(title: Text, width: int) -> list[Text]:
    """A title that goes on on another line between its parts, and within them only where one is too long."""
    if text_width(plain_text(title)) <= width:
        return [title]
    lines: list[Text] = []
    current: Text = ()
    gap: Text = ()
    for is_gap, spans in groupby(
        title, key=lambda span: span.text.isspace() and len(span.text) >= _TITLE_GAP
    ):
        part = tuple(spans)
        if is_gap:
            gap = part
        elif current and text_width(plain_text((*current, *gap, *part))) > width:
            lines += wrapped(current, width, "  ")
            current = text("  ", part)
        else:
            current = (*current, *gap, *part) if current else part
    return [*lines, *wrapped(current, width, "  ")]


def _block_lines(block: Block, width: int) -> list[Text]:
    if isinstance(block, Beside):
        return list(laid_out(block, width))
    if not isinstance(block, Entry):
        return list(block.lines)
    lines: list[Text] = []
    for place, line in enumerate(block.lines):
        label = block.label if place == 0 else ""
        indent = " " * _LABEL_WIDTH
        first = text((f"{label:<{_LABEL_WIDTH - 1}} ", LABEL))
        for number, part in enumerate(wrapped(line, width - _LABEL_WIDTH, " " * block.hang)):
            lines.append((*(first if number == 0 else (Span(indent),)), *part))
    return lines


def finding_lines(finding: Finding, width: int = 100) -> list[Text]:
    """A finding: its code, then *at, have, rule, fix* and the framework's own words."""
    role = BREAK if finding.severity == "error" else UNKNOWN
    lines: list[Text] = [text((finding.code, role), "  ", (finding.summary, ANSWER))]
    room = width - _FINDING_LABEL_WIDTH
    for label, content in finding.parts_within(room):
        own = content.split("\n")
        # What goes on is told from what stands beneath it.
        hang = "  " if len(own) > 1 else ""
        for place, line in enumerate(own):
            shown = f"  {label if place == 0 else '':<{_FINDING_LABEL_WIDTH - 3}} "
            body_role = LABEL if label in {"torch", "Keras"} else ""
            for number, part in enumerate(wrapped(verified_text(line, body_role), room, hang)):
                lines.append(text((shown if number == 0 else " " * _FINDING_LABEL_WIDTH, LABEL), part))
    return lines


def error_lines(error: ShapelensError, width: int = 100) -> list[Text]:
    """An error: what is wrong, then *at, have, rule, fix*, then a command that helps."""
    lines: list[Text] = [text(("error:", BREAK), " ", (error.summary, ANSWER))]
    for label, content in error.parts:
        for place, line in enumerate(content.split("\n")):
            shown = f"  {label if place == 0 else '':<5}  "
            # Carets point at what stands above them: such lines are never wrapped.
            keeps = label == "at" or not line.strip(" ^")
            parts = [text(line)] if keeps else wrapped(verified_text(line, ""), width - 9, "")
            for number, part in enumerate(parts):
                lines.append(text((shown if number == 0 else " " * 9, LABEL), part))
    if error.following:
        lines.append(())
    return [*lines, *following_lines(error.following)]


def following_lines(command: str) -> list[Text]:
    """The command that helps further, if there is one."""
    return [text((f"next  {command}", LABEL))] if command else []


def wrapped(line: Text, width: int, indent: str) -> list[Text]:
    """A text broken between words where it is too long; what follows is indented."""
    if text_width(plain_text(line)) <= width:
        return [line]
    lines: list[Text] = []
    current: list[Span] = []
    used = 0
    for word in _words(line):
        if used and used + text_width(plain_text(word).rstrip()) > width:
            lines.append(_right_stripped(current))
            current = list(text(indent, (word[0].text.lstrip(), word[0].role), word[1:]))
        else:
            current += word
        used = text_width(plain_text(current))
    lines.append(_right_stripped(current))
    return lines


def _words(line: Text) -> list[Text]:
    """The words of a line, each with the spaces after it; one may have several roles, as a shape has."""
    import re

    words: list[list[Span]] = []
    for span in line:
        # What was verified stays in one piece.
        parts = [span.text] if span.role == VERIFIED else re.findall(r"\S+\s*|\s+", span.text)
        for part in parts:
            goes_on = words and not words[-1][-1].text[-1].isspace() and not part[0].isspace()
            if goes_on:
                words[-1].append(Span(part, span.role))
            else:
                words.append([Span(part, span.role)])
    return [tuple(word) for word in words]


def _right_stripped(spans: list[Span]) -> Text:
    while spans and not spans[-1].text.strip():
        spans.pop()
    if spans:
        spans[-1] = Span(spans[-1].text.rstrip(), spans[-1].role)
    return tuple(spans)


def safe(content: str) -> str:
    """A text without control characters: a name from a file never moves the cursor or turns the line around."""
    if content.isprintable():  # marks that turn a line around are not printable either
        return content
    return "".join(
        [
            c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}"
            for c in content
        ]
    )


def ascii_line(content: str) -> str:
    """A text in ASCII: signs by their stand-ins, other characters by escapes.

    >>> ascii_line("1·2 = 2"), ascii_line("  4  ·  · "), ascii_line("[·]")
    ('1*2 = 2', '  4  .  . ', '[.]')
    """
    if "·" in content:
        import re

        # In a grid it is no product, but a place where nothing stands.
        content = re.sub(r"(?<=  )·|(?<=\[)·|·(?=  )|·(?=])|·(?= ?$)", ".", content)
    replaced = "".join([_ASCII.get(character, character) for character in content])
    return replaced.encode("ascii", "backslashreplace").decode("ascii")
