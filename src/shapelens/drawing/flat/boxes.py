"""Flat boxes: a station as a rectangle in the colour of its kind, with words in it and bands at its right edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from shapelens.drawing.forms import Form
from shapelens.drawing.hatching import hatched
from shapelens.drawing.marks import stands_for
from shapelens.drawing.metrics import fitted, text_width
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import plus_mark
from shapelens.drawing.scene import Box, Circle, Element, Group, Label, Line, Paint, Point, Polygon
from shapelens.drawing.solids import title_of
from shapelens.drawing.stations import Station
from shapelens.records import dataclass

__all__ = [
    "PLUS",
    "SMALLEST",
    "Room",
    "Written",
    "drawn_box",
    "junction",
    "marks_room",
    "sections_of",
    "shape_texts",
    "zigzag",
]

SMALLEST = 6.0
"""No type is smaller, in points."""

PLUS = "⊕"
"""A line of a box that is drawn as the mark of a sum."""

_BAND = {"norm": 2.0, "activation": 2.2}
_STRIP = 5.0
_EDGE = 0.5
_DASHES = (2.0, 1.6)
_TOOTH = 1.7
_WIDEST_SIZE = 26.0
_PART_KINDS = dict.fromkeys(("reshape", "concat", "sum", "other"), "convolution")
"""A part keeps the hue of what made it; what is only cropped or joined is as what it came from."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a drawing may take up.

    Args:
        width: its greatest.
        least: its least height.
        most: its greatest height.
    """

    width: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Written:
    """A line of words in a box."""

    text: str
    size: float
    is_bold: bool = False

    @property
    def width(self) -> float:
        """How wide it is."""
        words, plus, _ = self.text.partition(PLUS)
        wide = text_width(words, self.size, is_bold=self.is_bold) if words else 0.0
        return wide + (self.size * 1.1 if plus else 0.0)


def marks_room(station: Station, theme: Theme) -> tuple[float, float]:
    """How much of a box its hatch takes up at the left, and its bands at the right."""
    bands = sum(_BAND[name] for name in _BAND if name in station.bands)
    return (_STRIP if theme.shades[station.kind].hatch else 0.0), bands


def drawn_box(
    station: Station, box: Box, lines: Sequence[Written], theme: Theme, *, pitch: float, highlight: str = "",
    sections: Sequence[tuple[str, Box]] = (),
) -> list[Element]:  # fmt: skip
    """The box of a station.

    Args:
        station: what it shows.
        box: where it stands.
        lines: what is written in it; shortened to the room that there is.
        theme: the figure's.
        pitch: from one line to the next.
        highlight: the layer that is marked.
        sections: the parts of what is concatenated, each with its kind.
    """
    shades = theme.shades[station.kind]
    corners = _corners(box)
    strip, bands = marks_room(station, theme)
    parts: list[Element] = []
    if station.is_doubtful:
        parts.append(Polygon(corners, Paint(theme.page, theme.line, _EDGE, _DASHES)))
        strip = bands = 0.0
    else:
        parts += _filled(station, box, sections, theme)
        parts += _bands(station, box, theme)
        parts.append(Polygon(corners, Paint(stroke=shades.stroke, width=_EDGE)))
    left, right = box.left + strip, box.right - bands
    color = theme.second if station.is_doubtful else theme.text
    parts += _words(lines, (left, right), (box.top + box.bottom) / 2, pitch, color, theme)
    made: list[Element] = [
        Group(tuple(parts), kind="block", name=station.name, title=title_of(station)),
    ]
    if station.broken:
        made.append(Polygon(corners, Paint(stroke=theme.error, width=0.9)))
    if highlight and stands_for(station, highlight):
        outline = Polygon(corners, Paint(stroke=theme.filter_line, width=1.8))
        made.append(Group((outline,), kind="highlight", name=highlight))
    return made


def _filled(
    station: Station, box: Box, sections: Sequence[tuple[str, Box]], theme: Theme
) -> Iterator[Element]:
    """The front: one colour, or those of what is concatenated."""
    if sections:
        for kind, part in sections:
            yield Polygon(_corners(part), Paint(theme.shades[kind].front))
        return
    shades = theme.shades[station.kind]
    yield Polygon(_corners(box), Paint(shades.front))
    if shades.hatch:
        yield from hatched(box.left, box.top, box.left + _STRIP, box.bottom, shades.hatch, shades.stroke)
        edge = ((box.left + _STRIP, box.top), (box.left + _STRIP, box.bottom))
        yield Line(edge, Paint(stroke=shades.stroke, width=0.3))


def sections_of(
    station: Station, ports: Mapping[int, float], near: float, far: float
) -> list[tuple[str, float, float]]:
    """The parts of what a station concatenates: the kind of each, and from where to where it stands on its side.

    Args:
        station: what concatenates.
        ports: where the line from each station reaches it.
        near: where its side begins.
        far: where it ends.
    """
    if station.join != "concat" or station.members or len(station.parts) != len(station.parents):
        return []
    kinds = dict(zip(station.parents, [kind for kind, _ in station.parts], strict=True))
    order = sorted((ports[parent], parent) for parent in kinds if parent in ports)
    if len(order) < len(kinds):
        return []
    between = [(one + two) / 2 for (one, _), (two, _) in pairwise(order)]
    ends = zip([near, *between], [*between, far], strict=True)
    found: list[tuple[str, float, float]] = []
    for (_, parent), (start, end) in zip(order, ends, strict=True):
        kind = _PART_KINDS.get(kinds[parent], kinds[parent])
        if found and found[-1][0] == kind:
            found[-1] = kind, found[-1][1], end
        else:
            found.append((kind, start, end))
    return found


def _bands(station: Station, box: Box, theme: Theme) -> Iterator[Element]:
    shades = theme.shades[station.kind]
    left = box.right - marks_room(station, theme)[1]
    for name, width in _BAND.items():
        if name in station.bands:
            fill = theme.norm if name == "norm" else shades.band
            yield Polygon(_corners(Box(left, box.top, left + width, box.bottom)), Paint(fill))
            yield Line(((left, box.top), (left, box.bottom)), Paint(stroke=shades.stroke, width=0.3))
            left += width


def _words(
    lines: Sequence[Written],
    sides: tuple[float, float],
    middle: float,
    pitch: float,
    color: str,
    theme: Theme,
) -> Iterator[Element]:
    x = (sides[0] + sides[1]) / 2
    for number, line in enumerate(lines):
        center = middle + (number - (len(lines) - 1) / 2) * pitch
        words, plus, _ = line.text.partition(PLUS)
        if plus:
            # A mark stands behind the words on its line, or alone.
            half = line.size * 0.5
            yield from plus_mark((x + line.width / 2 - half, center), half, theme)
            if words:
                at = (x - line.width / 2, center + 0.35 * line.size)
                yield Label(at, words, line.size, color, is_bold=line.is_bold)
            continue
        text = fitted(line.text, sides[1] - sides[0] - 2.0, line.size, is_bold=line.is_bold)
        if text:
            at = (x, center + 0.35 * line.size)
            yield Label(at, text, line.size, color, is_bold=line.is_bold, anchor="middle")


def _corners(box: Box) -> tuple[Point, ...]:
    return (
        (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom),
    )  # fmt: skip


def shape_texts(form: Form, order: str, size: float, room: float) -> list[str]:
    """A shape, in as many lines as it takes: `64×`, `ceil(H/2)×`, `ceil(W/2)`.

    Args:
        form: whose.
        order: `source`, or `other` for the channels at the other end.
        size: of the type.
        room: how wide a line may be that holds more than one size.
    """
    lines: list[str] = []
    sizes = form.text(order).split("×")
    for number, text in enumerate(sizes):
        own = text if number == len(sizes) - 1 else f"{text}×"
        if lines and text_width(lines[-1] + own, size) <= room:
            lines[-1] += own
        else:
            lines.append(own)
    return [fitted(line, max(room, _WIDEST_SIZE * size), size) for line in lines]


def junction(at: Point, theme: Theme) -> Element:
    """The dot where one line leaves another."""
    return Circle(at, 1.1, Paint(fill=theme.line))


def zigzag(start: Point, end: Point, theme: Theme) -> Line:
    """The line of a break, between two points one under or beside the other."""
    (x, y), (right, bottom) = start, end
    is_upright = abs(right - x) < abs(bottom - y)
    length = abs(bottom - y) if is_upright else abs(right - x)
    count = max(int(length / 4.2), 4)
    points: list[Point] = []
    for number in range(count + 1):
        part, aside = number / count, (_TOOTH if number % 2 else -_TOOTH)
        points.append((x + aside, y + length * part) if is_upright else (x + length * part, y + aside))
    return Line(tuple(points), Paint(stroke=theme.error, width=1.3))
