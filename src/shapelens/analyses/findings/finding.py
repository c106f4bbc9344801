"""What a finding is: a problem, told as what, where, why and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shapelens.records import dataclass

__all__ = ["ERROR", "NOTE", "WARNING", "Finding", "Fix"]

ERROR = "error"
"""It will fail, or compute the wrong thing."""
WARNING = "warning"
"""It runs, and is hardly meant."""
NOTE = "note"
"""It may be meant, and is good to know."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend it.

    Args:
        text: what to do.
        verified: whether it was replayed through the whole network, which then works.
        gives: what the network then gives.
    """

    text: str
    verified: bool = False
    gives: str = ""

    @property
    def mark(self) -> str:
        """What stands behind its text where it was tried; empty where it was not."""
        return f"✓ verified   gives {self.gives}" if self.verified else ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a network.

    Args:
        code: its kind: `SL101`.
        summary: what is wrong, in one clause.
        layer: the layer where it shows.
        at: the layer with its operator and the author's line.
        have: the numbers that are there, and where they come from.
        rule: what must hold.
        fixes: ways to mend it, the smallest change first.
        framework: the framework's own words, and whose they are.
        severity: `error`, `warning` or `note`.
        where: the file and line.
    """

    code: str
    summary: str
    layer: str
    at: str
    have: str
    rule: str
    fixes: tuple[Fix, ...] = ()
    framework: tuple[str, str] = ("", "")
    severity: str = ERROR
    where: str = ""

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The labelled parts that are not empty, in the order in which they are read."""
        return self.parts_within(None)

    def parts_within(self, width: int | None) -> tuple[tuple[str, str], ...]:
        """The same, where a line has so many columns: a fix that leaves no room for its mark has it beneath.

        Args:
            width: the columns of a line; None where there is no end to them.
        """
        fix = "\n".join(_fix_lines(self.fixes, width))
        labelled = [("at", self.at), ("have", self.have), ("rule", self.rule), ("fix", fix), self.framework]
        return tuple([(label, content) for label, content in labelled if content])

    @property
    def message(self) -> str:
        """The whole text."""
        lines = [f"{self.code}  {self.summary}"]
        for label, content in self.parts:
            first, *rest = content.split("\n")
            lines.append(f"  {label:<6} {first}")
            lines.extend(f"         {line}" for line in rest)
        text = "\n".join(lines)
        return text if text.replace("\n", "").isprintable() else _visible(text)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "layer": self.layer,
            "where": self.where or None,
            "message": self.message,
            "fixes": [{"text": fix.text, "verified": fix.verified} for fix in self.fixes],
        }


def _fix_lines(fixes: Sequence[Fix], width: int | None) -> Iterator[str]:
    """The lines of fixes: their marks in a column, else each behind its fix, else each on a line of its own."""
    texts = [("or " if place else "") + fix.text for place, fix in enumerate(fixes)]
    tried = [(text, fix.mark) for text, fix in zip(texts, fixes, strict=True) if fix.mark]
    column = max([len(text) for text, _ in tried], default=0)
    if width is not None and any(column + len(_GAP + mark) > width for _, mark in tried):
        column = 0
    has_room = width is None or all(max(column, len(t)) + len(_GAP + mark) <= width for t, mark in tried)
    for text, fix in zip(texts, fixes, strict=True):
        yield f"{text:<{column}}{_GAP}{fix.mark}" if fix.mark and has_room else text
        if fix.mark and not has_room:
            yield f"  {fix.mark}"


_GAP = "   "


def _visible(text: str) -> str:
    """A text whose names, which are data from a file, cannot act on a terminal: escapes stand in place of signs."""
    return "".join([c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text])
