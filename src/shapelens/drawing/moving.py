"""Elements somewhere else."""

from __future__ import annotations

from dataclasses import replace

from shapelens.drawing.scene import Circle, Element, Group, Label, Line, Polygon

__all__ = ["moved"]


def moved(element: Element, dx: float, dy: float) -> Element:
    """The element, with all that is in it, moved to the right and down."""
    match element:
        case Polygon() | Line():
            return replace(element, points=tuple([(x + dx, y + dy) for x, y in element.points]))
        case Circle():
            return replace(element, center=(element.center[0] + dx, element.center[1] + dy))
        case Label():
            return replace(element, at=(element.at[0] + dx, element.at[1] + dy))
        case Group():
            return replace(element, children=tuple([moved(child, dx, dy) for child in element.children]))
