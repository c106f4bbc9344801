"""What is marked on a figure: where it breaks, what is highlighted, what a layer sees, and how an image is cut up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shapelens.analyses.receptive_field import Field, FieldOf
from shapelens.dims import Unknown
from shapelens.drawing.forms import Extent
from shapelens.drawing.palette import Theme
from shapelens.drawing.scene import Element, Group, Line, Paint, Point, Polygon
from shapelens.drawing.solids import Body
from shapelens.drawing.stations import Station
from shapelens.operators import Convolution

__all__ = ["BREAK_ROOM", "break_marks", "field_marks", "highlight_marks", "patch_marks", "stands_for"]

BREAK_ROOM = 13.0
"""How much further apart bodies stand where something breaks between them."""

_TOOTH, _TEETH = 2.4, 4.2
_MOST_PATCHES = 40


def stands_for(station: Station, layer: str) -> bool:
    """Whether a station shows a layer, or is in a module or the block around it."""
    inside = layer + "."
    return station.name == layer or any(
        layer in {step.node.name, step.node.path} or step.node.path.startswith(inside)
        for step in station.steps
    )


def break_marks(bodies: Sequence[Body], theme: Theme) -> Iterator[Element]:
    """A zigzag before each body that does not get what it takes, and its outline in the colour of errors."""
    for body in bodies:
        if not body.station.broken:
            continue
        x = body.x - BREAK_ROOM + 1.0
        half = max(body.measures.height / 2, 12.0)
        count = max(int(2 * half / _TEETH), 4)
        points = tuple([
            (x + (_TOOTH if number % 2 else -_TOOTH) * 0.7, body.axis - half + 2 * half * number / count)
            for number in range(count + 1)
        ])  # fmt: skip
        zigzag = Line(points, Paint(stroke=theme.error, width=1.3))
        outline = Polygon(body.outline, Paint(stroke=theme.error, width=0.9))
        yield Group((zigzag, outline), kind="break", name=body.station.name)


def highlight_marks(bodies: Sequence[Body], layer: str, theme: Theme) -> Iterator[Element]:
    """A thick outline around what shows a layer."""
    for body in bodies:
        if stands_for(body.station, layer):
            outline = Polygon(body.outline, Paint(stroke=theme.filter_line, width=1.8))
            yield Group((outline,), kind="highlight", name=layer)


def patch_marks(bodies: Sequence[Body], theme: Theme) -> Iterator[Element]:
    """The grid of patches on an image whose first convolution steps by its own kernel."""
    first = next((body for body in bodies if body.station.kind == "input"), None)
    after = next((body for body in bodies if first is not None and first.place in body.station.parents), None)
    if first is None or after is None or not isinstance(after.station.operator, Convolution):
        return
    main = after.station.main
    filters = main.applied.filters if main is not None else None
    stride = after.station.operator.stride
    steps = (stride, stride) if isinstance(stride, int) else tuple(stride)
    sizes = [place.size for place in after.station.form.places]
    if filters is None or tuple(filters.kernel) != steps or len(sizes) != 2 or min(steps) < 2:
        return
    rows, columns = sizes
    if rows is None or columns is None or max(rows, columns) > _MOST_PATCHES:
        return
    paint = Paint(stroke=theme.shades["input"].stroke, width=0.3)
    lines = [
        Line((_on_side(first, 0, r / rows), _on_side(first, 1, r / rows)), paint) for r in range(1, rows)
    ]
    lines += [
        Line((_on_side(first, c / columns, 0), _on_side(first, c / columns, 1)), paint)
        for c in range(1, columns)
    ]
    yield Group(tuple(lines), kind="patches", name=after.station.name)


def field_marks(
    bodies: Sequence[Body], layer: str, fields: Mapping[str, FieldOf], theme: Theme
) -> Iterator[Element]:
    """The part of the image that one cell in the middle of a layer's output sees."""
    first = next((body for body in bodies if body.station.kind == "input" and body.measures.depth), None)
    body = next((body for body in reversed(bodies) if stands_for(body.station, layer)), None)
    if first is None or body is None:
        return
    places = first.station.form.places
    if len(places) != 2:
        return
    across = [_seen(body.station, layer, place, number, fields) for number, place in enumerate(places)]
    if across[0] is None or across[1] is None:
        return
    (top, bottom), (left, right) = across[0], across[1]
    corners = tuple(
        [_on_side(first, x, y) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]
    )
    edge = Paint(stroke=theme.filter_line, width=0.6, dash=(2.0, 1.4))
    window = Polygon(corners, Paint(theme.filter_fill, theme.filter_line, 0.9, opacity=0.35))
    lines = [Line((corner, (body.x, body.axis)), edge) for corner in (corners[1], corners[2])]
    yield Group((window, *lines), kind="field", name=layer)


def _seen(
    station: Station, layer: str, place: Extent, number: int, fields: Mapping[str, FieldOf]
) -> tuple[float, float] | None:
    """From where to where along an axis of the image the middle cell of a layer sees, as parts of it."""
    steps = [s for s in station.steps if s.node.name == layer] or list(station.steps)
    if not steps:
        return None
    field = fields.get(steps[-1].node.outputs[0], {}).get(place.letter)
    if place.size is None or field is None or isinstance(field, Unknown):
        return None
    if not isinstance(field, Field):
        return 0.0, 1.0
    own = station.form.places[number].size if number < len(station.form.places) else None
    first, last = field.span((own or 1) // 2)
    return max(first, 0) / place.size, min(last + 1, place.size) / place.size


def _on_side(body: Body, along: float, down: float) -> Point:
    """A point on the right face: so far back, and so far down."""
    depth = body.measures.depth
    return body.front_right + along * depth, body.top - along * depth + down * body.measures.height
