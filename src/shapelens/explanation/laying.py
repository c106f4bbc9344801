"""Parts laid side by side: columns where there is room for them, and rows that go on below where there is not."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.explanation.document import ANSWER, Beside, Block, Part, Text, plain_text, text, text_width

__all__ = ["laid_out", "lines_of"]

_USUAL_WIDTH = 100

_INDENT = 2
_GAPS = (3, 2, 1)
"""How many spaces stand between parts, and on either side of a sign: fewer where that makes them fit."""


def lines_of(block: Block) -> tuple[Text, ...]:
    """The lines of a block, where nobody says how wide they may be."""
    return laid_out(block, _USUAL_WIDTH) if isinstance(block, Beside) else block.lines


def laid_out(beside: Beside, width: int) -> tuple[Text, ...]:
    """The lines of parts side by side, at a width.

    >>> from shapelens.explanation.document import plain_text
    >>> left, right = Part((text("1 2"), text("3 4"))), Part((text("5"),), "×")
    >>> [plain_text(line) for line in laid_out(Beside(((left, right),)), 80)]
    ['  1 2   ×   5', '  3 4']
    """
    count = max(map(len, beside.rows), default=0)
    columns = [max([_part_width(row[n]) for row in beside.rows if n < len(row)]) for n in range(count)]
    signs = [max([text_width(row[n].sign) for row in beside.rows if n < len(row)]) for n in range(count)]
    bare = _INDENT + sum(columns)
    gap = next((g for g in _GAPS if bare + _between(signs, g) <= width), None)
    lines: list[Text] = []
    for row in beside.rows:
        lines += [()] if lines else []
        lines += _broken(row, width) if gap is None else _line(row, columns, signs, gap)
    return tuple(lines)


def _part_width(part: Part) -> int:
    return max([text_width(plain_text(line)) for line in part.lines], default=0)


def _before(place: int, sign: int, gap: int) -> int:
    """The room before a part: its sign, with as much on either side as between parts without one."""
    return (gap if place else 0) + (sign + gap if sign else 0)


def _between(signs: Sequence[int], gap: int) -> int:
    return sum([_before(place, sign, gap) for place, sign in enumerate(signs)])


def _broken(row: Sequence[Part], width: int) -> list[Text]:
    """A row that goes on below where a part has no room; what is empty keeps none."""
    lines: list[Text] = []
    current: list[Part] = []
    used, gap = _INDENT, _GAPS[1]
    for part in row:
        if not part.lines:
            continue
        needed = _part_width(part) + _before(len(current), text_width(part.sign), gap)
        if current and used + needed > width:
            lines += [*_without_head(_line(current, *_own(current), gap)), ()]
            current, used = [], _INDENT
            needed = _part_width(part) + _before(0, text_width(part.sign), gap)
        current.append(part)
        used += needed
    return [*lines, *_without_head(_line(current, *_own(current), gap))]


def _without_head(lines: list[Text]) -> list[Text]:
    """Lines without those in front in which nothing stands, where titles were beside."""
    first = next((place for place, line in enumerate(lines) if line), 0)
    return lines[first:]


def _own(row: Sequence[Part]) -> tuple[list[int], list[int]]:
    return [_part_width(part) for part in row], [text_width(part.sign) for part in row]


def _line(row: Sequence[Part], columns: Sequence[int], signs: Sequence[int], gap: int) -> list[Text]:
    """The lines of one row whose parts have these widths."""
    height = max([len(part.lines) for part in row], default=0)
    lines: list[Text] = []
    for number in range(height):
        spans: Text = text(" " * _INDENT)
        for place, part in enumerate(row):
            sign = part.sign if number == part.sign_line else ""
            own = part.lines[number] if number < len(part.lines) else ()
            fill = " " * (columns[place] - text_width(plain_text(own)))
            before = " " * (gap if place else 0)
            between = " " * (gap if signs[place] else 0)
            spans = text(
                spans, before, (f"{sign:<{signs[place]}}", ANSWER if sign else ""), between, own, fill
            )
        lines.append(_stripped(spans))
    return lines


def _stripped(line: Text) -> Text:
    """A line without the spaces at its end."""
    spans = list(line)
    while spans and not spans[-1].text.strip():
        spans.pop()
    return tuple(spans)
