"""The bodies of a figure: volumes, strips, cubes and bars, with the bands on them, and filters with their windows.

Channels run to the right, height up, width back to the upper right; a body is centred on its axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapelens.dims.layout import AXIS_WORDS
from shapelens.drawing.hatching import hatched
from shapelens.drawing.palette import Theme, blend
from shapelens.drawing.scale import RECEDING, Measures, Scale
from shapelens.drawing.scene import Element, Group, Label, Line, Paint, Point, Polygon
from shapelens.drawing.stations import Station
from shapelens.records import dataclass

__all__ = ["Body", "bands_width", "body_of", "filter_on", "title_of"]

_EDGE, _INNER, _SLICE = 0.5, 0.4, 0.35
_ACTIVATION_BAND, _NORM_BAND = 2.2, 2.0
_BAR_BAND = 1.6
_REARRANGED = 2.2
_DASHES = (2.0, 1.6)
_FEW_CHANNELS = 4
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Body:
    """A station in its place.

    Args:
        place: the station's index.
        station: the station.
        x: where its front begins.
        axis: the y of its middle.
        measures: what it is drawn at.
        elements: what is painted.
        is_stack: whether its maps stand behind one another, each seen from the front.
    """

    place: int
    station: Station
    x: float
    axis: float
    measures: Measures
    elements: tuple[Element, ...] = ()
    is_stack: bool = False

    @property
    def top(self) -> float:
        """The upper edge of its front."""
        return self.axis - (self.measures.height - self.measures.depth) / 2

    @property
    def bottom(self) -> float:
        """The lower edge of its front."""
        return self.top + self.measures.height

    @property
    def highest(self) -> float:
        """Its upper edge at the back."""
        return self.top - self.measures.depth

    @property
    def front_right(self) -> float:
        """Where its front ends."""
        return self.x + self.measures.thickness

    @property
    def right(self) -> float:
        """Where all of it ends."""
        return self.front_right + self.measures.depth

    @property
    def outline(self) -> tuple[Point, ...]:
        """The corners of its silhouette."""
        x, right, depth = self.x, self.front_right, self.measures.depth
        if not depth:
            return (x, self.top), (right, self.top), (right, self.bottom), (x, self.bottom)
        return (
            (x, self.bottom), (x, self.top), (x + depth, self.highest), (right + depth, self.highest),
            (right + depth, self.bottom - depth), (right, self.bottom),
        )  # fmt: skip

    @property
    def group(self) -> Group:
        """All that is painted of it."""
        form = self.station.form
        # What recedes is foreshortened; a stack's depth counts its maps.
        back = self.measures.depth if self.is_stack else self.measures.depth / RECEDING
        lengths = (self.measures.thickness, self.measures.height, back)
        drawn = dict(zip(self.letters, lengths, strict=True))
        if form.is_vector:
            measured = [("features", form.channels, self.measures.height)]
        else:
            extents = [
                e for e in (form.channels, *form.places) if e.letter in drawn and e.letter in AXIS_WORDS
            ]
            measured = [(AXIS_WORDS[e.letter], e, drawn[e.letter]) for e in extents]
        known = [
            (name, extent.size, length)
            for name, extent, length in measured
            if extent.size is not None and extent.text != "?"
        ]
        return Group(
            self.elements,
            kind="bar" if form.is_vector else "volume",
            name=self.station.name,
            title=title_of(self.station),
            values=tuple([(name, size) for name, size, _ in known]),
            extents=tuple([(name, length) for name, _, length in known]),
        )

    @property
    def letters(self) -> str:
        """Which axes its thickness, its height and its depth stand for."""
        if self.is_stack:
            return "WHC"
        letters = self.station.form.letters
        if len(letters) < 3:
            return f"C{letters}".ljust(3)
        # The depth of a video is drawn shorter than its height; of other axes in its place nothing is compared.
        return letters if letters == "DHW" else " " + letters[1:3]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a body's front, from top to bottom, with its colours."""

    left: float
    right: float
    front: str
    top: str
    hatch: str = ""


def title_of(station: Station) -> str:
    """What is said of a station to whoever points at it: its name, what makes it, and its shape in both orders."""
    form = station.form
    shape = form.text("source" if "." in form.letters or not form.channels.text else "first")
    if form.places and not form.is_vector and "." not in form.letters and form.channels.text:
        letters = form.letters
        other = form.text("last")
        shape += f" ({'×'.join('C' + letters)}) = {other} ({'×'.join(letters + 'C')})"
    words = station.module or station.kind
    if station.main is not None and not station.members:
        words = station.main.applied.words
    times = f" ×{station.times}" if station.times > 1 else ""
    return f"{station.name}: {words}{times}: {shape}"


def body_of(place: int, station: Station, x: float, axis: float, scale: Scale, theme: Theme) -> Body:
    """A station's body, whose front begins at x."""
    measures = scale.measures(station.form)
    if station.form.is_vector and station.kind == "reshape":
        measures = Measures(_REARRANGED, measures.height, 0.0)
    body = Body(place, station, x, axis, measures)
    elements = _unknown(body, theme) if station.is_doubtful else _painted(body, theme)
    return Body(place, station, x, axis, measures, tuple(elements))


def _unknown(body: Body, theme: Theme) -> Iterator[Element]:
    """A body of which something is not known: dashed, and not filled."""
    paint = Paint(fill=theme.page, stroke=theme.line, width=_EDGE, dash=_DASHES)
    yield Polygon(body.outline, paint)
    yield from _inner_edges(body, Paint(stroke=theme.line, width=_INNER, dash=_DASHES))


def _painted(body: Body, theme: Theme) -> Iterator[Element]:
    station, shades = body.station, theme.shades[body.station.kind]
    x, depth = body.x, body.measures.depth
    for section in _sections(body, theme):
        yield from _faces(body, section, shades.stroke)
    if depth:
        right = body.front_right
        side = (
            (right, body.top), (right + depth, body.top - depth),
            (right + depth, body.bottom - depth), (right, body.bottom),
        )  # fmt: skip
        yield Polygon(side, Paint(fill=shades.side))
    slices = station.form.channels.size
    if (
        station.kind == "input"
        and slices is not None
        and 1 < slices <= _FEW_CHANNELS
        and not station.form.is_vector
    ):
        for number in range(1, slices):
            at = x + body.measures.thickness * number / slices
            path = ((at, body.bottom), (at, body.top), (at + depth, body.top - depth))
            yield Line(path, Paint(stroke=shades.stroke, width=_SLICE))
    yield Polygon(body.outline, Paint(stroke=shades.stroke, width=_EDGE))
    yield from _inner_edges(body, Paint(stroke=shades.stroke, width=_INNER))
    if shades.letter and body.measures.thickness > 6 and body.measures.height > 12:
        middle = (x + body.front_right) / 2 - bands_width(body) / 2
        yield Label((middle, body.top + 8), shades.letter, 6.2, theme.text, is_bold=True, anchor="middle")


def _inner_edges(body: Body, paint: Paint) -> Iterator[Element]:
    depth, right = body.measures.depth, body.front_right
    if depth:
        yield Line(((body.x, body.top), (right, body.top), (right, body.bottom)), paint)
        yield Line(((right, body.top), (right + depth, body.top - depth)), paint)


def _sections(body: Body, theme: Theme) -> Iterator[Section]:
    """The front from left to right: the body itself, or its parts, then the bands; each with its colours."""
    shades = theme.shades[body.station.kind]
    end = body.front_right - bands_width(body)
    parts = _told_apart(body.station.parts)
    total = sum(size for _, size in parts)
    left = body.x
    if total and not body.station.form.is_vector:
        for kind, size in parts:
            own = theme.shades[_shown_part(kind)]
            right = left + (end - body.x) * size / total
            yield Section(left, right, own.front, own.top, own.hatch)
            left = right
    else:
        yield Section(left, end, shades.front, shades.top, shades.hatch)
    left = end
    for name, width in _bands(body):
        fill = theme.norm if name == "norm" else shades.band
        yield Section(left, left + width, fill, blend(fill, shades.top, 0.3))
        left += width


def _told_apart(parts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The parts of a concatenation; where there are many, neighbours of one kind are one."""
    if len(parts) <= _MOST_PARTS:
        return list(parts)
    together: list[tuple[str, int]] = []
    for kind, size in parts:
        if together and _shown_part(together[-1][0]) == _shown_part(kind):
            together[-1] = (kind, together[-1][1] + size)
        else:
            together.append((kind, size))
    return together


def _shown_part(kind: str) -> str:
    """A part keeps the hue of what made it; what is only cropped or joined is as what it came from."""
    return "convolution" if kind in {"reshape", "concat", "sum", "other"} else kind


def _bands(body: Body) -> list[tuple[str, float]]:
    """The bands at its right end, no more than there is room for."""
    names = [name for name in ("norm", "activation") if name in body.station.bands]
    if body.station.form.is_vector:
        names = [name for name in names if name == "activation"]
        return [(name, _BAR_BAND) for name in names if body.measures.thickness > 4]
    widths: list[tuple[str, float]] = [
        (name, _NORM_BAND if name == "norm" else _ACTIVATION_BAND) for name in names
    ]
    room = 0.5 * body.measures.thickness
    wide = sum(width for _, width in widths)
    return widths if wide <= room else [(name, width * room / wide) for name, width in widths]


def bands_width(body: Body) -> float:
    """How much of its front its bands take up, at the right."""
    return sum(width for _, width in _bands(body))


def _faces(body: Body, section: Section, stroke: str) -> Iterator[Element]:
    """The front of a part of a body, and what is above it."""
    left, right, top, bottom, depth = section.left, section.right, body.top, body.bottom, body.measures.depth
    yield Polygon(((left, top), (right, top), (right, bottom), (left, bottom)), Paint(fill=section.front))
    yield from hatched(left, top, right, bottom, section.hatch, stroke)
    back = top - depth
    if depth:
        yield Polygon(
            ((left, top), (left + depth, back), (right + depth, back), (right, top)), Paint(section.top)
        )
    yield Line(((left, bottom), (left, top), (left + depth, back)), Paint(stroke=stroke, width=0.3))


def filter_on(
    body: Body, after: Body, window: Sequence[int | None], scale: Scale, theme: Theme
) -> tuple[Group, float]:
    """One filter on a body, with the pyramid from it to the cell that it computes on the next.

    Args:
        body: what the filter slides over.
        after: what it makes.
        window: the height and width of its kernel.
        scale: the figure's.
        theme: the figure's.

    Returns:
        What is painted, and the y of the cell.
    """
    height = min(scale.places(window[0]), body.measures.height)
    depth = min(RECEDING * scale.places(window[-1]), body.measures.depth) if body.measures.depth else 0.0
    top = body.top + 0.4 * (body.measures.height - height)
    left, right = body.x, body.front_right
    cell = 3.2
    at = after.top + 0.42 * after.measures.height
    target = (after.x, at)
    edge = Paint(stroke=theme.filter_line, width=0.5)
    glass = Paint(fill=theme.filter_fill, opacity=0.28)
    corners = [
        (right, top), (right + depth, top - depth), (right + depth, top + height - depth), (right, top + height),
    ]  # fmt: skip
    elements: list[Element] = [
        Polygon(((left, top), (right, top), (right, top + height), (left, top + height)),
                Paint(theme.filter_fill, theme.filter_line, 0.5, opacity=0.6)),
    ]  # fmt: skip
    if depth:
        above = ((left, top), (left + depth, top - depth), (right + depth, top - depth), (right, top))
        elements.append(Polygon(above, Paint(theme.filter_fill, theme.filter_line, 0.4, opacity=0.4)))
        elements.append(
            Polygon(tuple(corners), Paint(theme.filter_fill, theme.filter_line, 0.5, opacity=0.5))
        )
    elements += [
        Polygon((corners[1], target, corners[2]), glass),
        Polygon((corners[0], target, corners[3]), glass),
        *[Line((corner, target), edge) for corner in dict.fromkeys(corners)],
        Polygon(
            ((target[0], at - cell / 2), (target[0] + cell, at - cell / 2), (target[0] + cell, at + cell / 2),
             (target[0], at + cell / 2)),
            Paint(theme.filter_line, theme.filter_line, 0.3),
        ),
    ]  # fmt: skip
    return Group(tuple(elements), kind="filter", name=after.station.name), at
