"""A figure as plain data: polygons, lines, circles and texts, in points, in the order in which they are painted.

A layout makes it, and small renderers write it down. The y axis points down; nothing is left for a renderer to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from math import cos, hypot, radians, sin

from shapelens.drawing.metrics import text_width
from shapelens.records import dataclass

__all__ = ["Box", "Circle", "Element", "Group", "Label", "Line", "Paint", "Point", "Polygon", "Scene"]

Point = tuple[float, float]

_SHIFTS = {"start": 0.0, "middle": 0.5, "end": 1.0}
_DESCENDING = frozenset("gjpqy,()[]{};Q/_@|$")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that stands upright.

    Args:
        left: its least x.
        top: its least y.
        right: its greatest x.
        bottom: its greatest y.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.bottom - self.top

    @staticmethod
    def around(points: Sequence[Point]) -> Box:
        """The least box that holds all points.

        >>> Box.around([(0, 1), (4, 3)]).width
        4
        """
        xs, ys = zip(*points, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    @staticmethod
    def of_all(boxes: Sequence[Box]) -> Box:
        """The least box that holds all boxes."""
        return Box.around(
            [point for box in boxes for point in ((box.left, box.top), (box.right, box.bottom))]
        )

    def overlaps(self, other: Box, slack: float = 0.0) -> bool:
        """Whether both share more than a strip that is `slack` wide."""
        return (
            self.left + slack < other.right
            and other.left + slack < self.right
            and self.top + slack < other.bottom
            and other.top + slack < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is painted.

    Args:
        fill: a colour, `#bfdcec`; empty for none.
        stroke: the colour of its line; empty for none.
        width: how wide its line is.
        dash: lengths of strokes and gaps; none for a line without gaps.
        opacity: of the fill.
    """

    fill: str = ""
    stroke: str = ""
    width: float = 0.5
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape."""

    points: tuple[Point, ...]
    paint: Paint

    @property
    def box(self) -> Box:
        """What it takes up."""
        return Box.around(self.points)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points.

    Args:
        points: where it runs.
        paint: its stroke.
        head: the length of the arrow head at its end; 0 for none.
    """

    points: tuple[Point, ...]
    paint: Paint
    head: float = 0.0

    @property
    def head_points(self) -> tuple[Point, ...]:
        """The three corners of its arrow head: the tip first."""
        (fx, fy), (x, y) = self.points[-2:]
        length = hypot(x - fx, y - fy) or 1.0
        dx, dy = (x - fx) / length * self.head, (y - fy) / length * self.head
        half = 0.36
        return (x, y), (x - dx - dy * half, y - dy + dx * half), (x - dx + dy * half, y - dy - dx * half)

    @property
    def box(self) -> Box:
        """What it takes up."""
        return Box.around([*self.points, *(self.head_points if self.head else ())])


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    center: Point
    radius: float
    paint: Paint

    @property
    def box(self) -> Box:
        """What it takes up."""
        (x, y), r = self.center, self.radius
        return Box(x - r, y - r, x + r, y + r)


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text.

    Args:
        at: where its baseline begins, or its middle or end stands.
        text: what it says; from the model, so that a renderer escapes it.
        size: of its type.
        color: of its letters.
        is_bold: whether it is bold.
        anchor: `start`, `middle` or `end`.
        angle: how far it is turned about `at`, in degrees, clockwise.
    """

    at: Point
    text: str
    size: float = 6.6
    color: str = "#1c2128"
    is_bold: bool = False
    anchor: str = "start"
    angle: float = 0.0

    @property
    def width(self) -> float:
        """How wide it is along its baseline."""
        return text_width(self.text, self.size, is_bold=self.is_bold)

    @property
    def corners(self) -> tuple[Point, ...]:
        """The corners of what its letters take up, turned with it."""
        width = self.width
        left = -_SHIFTS[self.anchor] * width
        right = width + left
        rise = 0.72 * self.size
        drop = (0.02 if _DESCENDING.isdisjoint(self.text) else 0.21) * self.size
        x, y = self.at
        if not self.angle:
            left, right, top, bottom = x + left, x + right, y - rise, y + drop
            return (left, top), (right, top), (right, bottom), (left, bottom)
        cosine, sine = cos(radians(self.angle)), sin(radians(self.angle))
        return tuple(
            [
                (x + along * cosine - down * sine, y + along * sine + down * cosine)
                for along, down in ((left, -rise), (right, -rise), (right, drop), (left, drop))
            ]
        )

    @property
    def box(self) -> Box:
        """What it takes up."""
        return Box.around(self.corners)

    def meets(self, other: Label) -> bool:
        """Whether both take up some of the same place, turned as they are: no line parts them."""
        one, another = self.corners, other.corners
        for shape in (one, another):
            for (ax, ay), (bx, by) in zip(shape, (*shape[1:], shape[0]), strict=True):
                first = [x * (by - ay) + y * (ax - bx) for x, y in one]
                second = [x * (by - ay) + y * (ax - bx) for x, y in another]
                if max(first) <= min(second) or max(second) <= min(first):
                    return False
        return True


@dataclass(frozen=True, slots=True)
class Group:
    """Elements that belong together.

    Args:
        children: in the order in which they are painted.
        kind: what they are: `volume`, `filter`, `arrow`, `legend`, …
        name: what they stand for: a layer's name.
        title: what is said of it to whoever points at it.
        values: the sizes that it draws, by what they measure: `height`, `channels`.
        extents: how long each of them is drawn.
    """

    children: tuple[Element, ...]
    kind: str = ""
    name: str = ""
    title: str = ""
    values: tuple[tuple[str, int], ...] = ()
    extents: tuple[tuple[str, float], ...] = ()

    @property
    def box(self) -> Box:
        """What all of it takes up; nothing, where there is nothing in it."""
        return (
            Box.of_all([child.box for child in self.children]) if self.children else Box(0.0, 0.0, 0.0, 0.0)
        )


Element = Polygon | Line | Circle | Label | Group


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole figure.

    Args:
        width: of the page.
        height: of the page.
        background: its colour.
        elements: in the order in which they are painted.
        title: what it is a figure of.
        description: the same in words, for whoever does not see it: the table alternative.
        fonts: the families of its type, the best first.
        identity: what the identifiers of its parts begin with, so that several figures can stand on one page.
    """

    width: float
    height: float
    background: str
    elements: tuple[Element, ...]
    title: str = ""
    description: str = ""
    fonts: tuple[str, ...] = ("Helvetica", "Arial", "Liberation Sans", "sans-serif")
    identity: str = field(default="figure")

    def groups(self, kind: str = "") -> Iterator[Group]:
        """The groups of a kind, those inside others too."""
        yield from _groups(self.elements, kind)

    def leaves(self) -> Iterator[Polygon | Line | Circle | Label]:
        """Every shape and text, in the order in which they are painted."""
        yield from _leaves(self.elements)


def _groups(elements: Sequence[Element], kind: str) -> Iterator[Group]:
    for element in elements:
        if isinstance(element, Group):
            if not kind or element.kind == kind:
                yield element
            yield from _groups(element.children, kind)


def _leaves(elements: Sequence[Element]) -> Iterator[Polygon | Line | Circle | Label]:
    for element in elements:
        if isinstance(element, Group):
            yield from _leaves(element.children)
        else:
            yield element
