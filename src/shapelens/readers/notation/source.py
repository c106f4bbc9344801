r"""The text that somebody typed or pasted: cleaned of what stands around it, and quoted in messages.

A copy from a notebook or a page brings prompts and fences along. They are blanked, so that every part keeps its
place and a message can point at it:

    >>> Source(">>> print(model)\nReLU()").text
    '                \nReLU()'
    >>> print(Source("Conv2s(3, 64, 3)").excerpt((0, 6)))
    Conv2s(3, 64, 3)
    ^^^^^^
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from shapelens.errors import LayerTextError

__all__ = ["LONGEST_QUOTE", "MAXIMUM_LENGTH", "Source", "Span"]

Span = tuple[int, int]
"""Where a part of the text starts, and where it ends."""

MAXIMUM_LENGTH = 300_000
"""No network prints as more text than this."""

WIDEST_LINE = 88
"""Longer lines are shown in part, around what a message points at."""

LONGEST_QUOTE = 60
"""A message quotes so much of the text."""

_REACH = 2_048
"""A line is looked at so far around what a message points at."""

# Possessive, so that no text makes them try the same characters again and again.
_FENCE = re.compile(r"^[ \t]*+(?:```++|~~~++)[ \t]*+[\w+-]*+[ \t]*+$", re.MULTILINE)
_BACKTICKS = re.compile(r"\A\s*+`++|(?<!`)`++\s*+\Z")
_SHOWN = re.compile(r"^[ \t]*+(?:>>>|In ?\[\d*+\]:)[^\n]*+(?:\n[ \t]*+\.\.\.[^\n]*+)*+", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*+(?:>>>|\.\.\.:?|In ?\[\d*+\]:)[ \t]?", re.MULTILINE)
_ANSWER = re.compile(r"^[ \t]*+Out ?\[\d*+\]:[ \t]?", re.MULTILINE)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Source:
    """A text with its places.

    Args:
        text: as it was typed.
        at: where it was typed, for messages.

    Raises:
        LayerTextError: it is empty, or longer than any network's.
    """

    def __init__(self, text: str, at: str = "layer text") -> None:
        if len(text) > MAXIMUM_LENGTH:
            raise LayerTextError(
                "this text is longer than any network's",
                at=at,
                have=f"{len(text):,} characters",
                rule=f"layer text has at most {MAXIMUM_LENGTH:,}",
            )
        self.text = _cleaned(text)
        self._at = at
        if not self.text.strip():
            raise self.empty()

    def empty(self) -> LayerTextError:
        """That there is no layer in it."""
        return LayerTextError(
            "this layer text is empty",
            at=self._at,
            have="no layer",
            rule="a layer in PyTorch's words or Keras', or several in Sequential(…)",
            fix="Conv2d(3, 64, 3, padding=1)",
        )

    # parts of it --------------------------------------------------------------------------------------

    @cached_property
    def is_one_line(self) -> bool:
        """Whether all of it stands on one line."""
        return "\n" not in self.text.strip()

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def slice(self, span: Span) -> str:
        """A part of the text, on one line."""
        return " ".join(self.text[span[0] : span[1]].split())

    def shown(self, span: Span, most: int = LONGEST_QUOTE) -> str:
        """A part of the text as a message quotes it: on one line, and not longer than can be taken in.

        >>> Source("Linear(in_features=1568, out_features=10)").shown((7, 40), most=20)
        'in_features=1568, o…'
        """
        part = _visible(self.slice((span[0], min(span[1], span[0] + 8 * most))))
        is_whole = len(part) <= most and span[1] <= span[0] + 8 * most
        return part if is_whole else f"{part[: most - 1]}…"

    def replaced(self, changes: Iterable[tuple[Span, str]]) -> str:
        """The text with parts of it changed, without what stood around it."""
        text = self.text
        for (start, end), change in sorted(changes, reverse=True):
            text = text[:start] + change + text[end:]
        return text.strip()

    # pointing at it -----------------------------------------------------------------------------------

    def excerpt(self, *spans: Span) -> str:
        """The line on which the first part stands, and a line with a caret under each part that stands on it."""
        start, end = self._line_around(spans[0][0])
        line = _visible(self.text[start:end].replace("\t", " "))
        marks = [(max(first, start) - start, min(last, end) - start) for first, last in spans]
        marks = [(first, max(last, first + 1)) for first, last in marks if 0 <= first <= len(line)]
        line, marks = _clipped(line, marks)
        carets = [" "] * max(last for _, last in marks)
        for first, last in marks:
            carets[first:last] = "^" * (last - first)
        shown = f"{line.rstrip()}\n{''.join(carets).rstrip()}"
        return shown if self.is_one_line else f"line {bisect_left(self._line_ends, start) + 1}\n{shown}"

    def _line_around(self, place: int) -> Span:
        """Where the line of a place starts and ends; of a very long one, the part around the place."""
        low, high = max(0, place - _REACH), place + _REACH
        before, after = self.text.rfind("\n", low, place), self.text.find("\n", place, high)
        return before + 1 if before >= 0 else low, after if after >= 0 else min(high, len(self.text))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _visible(text: str) -> str:
    """A text without what a terminal would obey."""
    return _UNSEEN.sub("\ufffd", text)


def _cleaned(text: str) -> str:
    """The text with fences and prompts blanked; what was typed at a prompt too, if anything answers it."""
    text = _FENCE.sub(_blank, text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", " "))
    answers = _SHOWN.sub(_blank, text)
    typed = text if answers.strip() else _SHOWN.sub(lambda shown: _PROMPT.sub(_blank, shown.group()), text)
    text = _ANSWER.sub(_blank, answers if answers.strip() else typed).replace("\xa0", " ")
    return _BACKTICKS.sub(_blank, text)


def _clipped(line: str, marks: list[Span]) -> tuple[str, list[Span]]:
    """A line no wider than a terminal, around the first mark; an indented one from where it starts."""
    indent = len(line) - len(line.lstrip())
    line, marks = line[indent:], [(max(first - indent, 0), max(last - indent, 1)) for first, last in marks]
    if len(line) <= WIDEST_LINE:
        return line, marks
    start = max(0, min(marks[0][0] - WIDEST_LINE // 3, len(line) - WIDEST_LINE))
    before, after = "…" * (start > 0), "…" * (start + WIDEST_LINE < len(line))
    shown = before + line[start + len(before) : start + WIDEST_LINE - len(after)] + after
    kept = [(max(first - start, 0), min(last - start, len(shown))) for first, last in marks if last > start]
    return shown, [(first, max(last, first + 1)) for first, last in kept if first <= len(shown)]
