"""Elements somewhere else."""

from __future__ import annotations

from shapelens.drawing.scene import Circle, Element, Group, Label, Line, Point, Polygon

__all__ = ["moved"]


def moved(element: Element, dx: float, dy: float) -> Element:
    """The element, with all that is in it, moved to the right and down."""
    if not dx and not dy:
        return element
    match element:
        case Polygon():
            return Polygon(_shifted(element.points, dx, dy), element.paint)
        case Line():
            return Line(_shifted(element.points, dx, dy), element.paint, element.head)
        case Circle(center=(x, y)):
            return Circle((x + dx, y + dy), element.radius, element.paint)
        case Label(at=(x, y)):
            return Label(
                (x + dx, y + dy), element.text, element.size, element.color, element.is_bold, element.anchor,
                element.angle,
            )  # fmt: skip
        case Group():
            children = tuple([moved(child, dx, dy) for child in element.children])
            return Group(children, element.kind, element.name, element.title, element.values, element.extents)


def _shifted(points: tuple[Point, ...], dx: float, dy: float) -> tuple[Point, ...]:
    return tuple([(x + dx, y + dy) for x, y in points])
