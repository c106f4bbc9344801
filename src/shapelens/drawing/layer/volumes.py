"""A layer's volumes to scale: what goes in, its filters, what comes out, and one window with the cell that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log2

from shapelens.drawing.forms import Form
from shapelens.drawing.layer.filters import AXIS, SPACE, Block, filter_blocks
from shapelens.drawing.layer.pieces import Piece
from shapelens.drawing.layer.subject import LayerSubject
from shapelens.drawing.metrics import text_width
from shapelens.drawing.moving import moved
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run, lay_run
from shapelens.drawing.scale import RECEDING, Scale
from shapelens.drawing.scene import Box, Element, Group, Label, Line, Paint, Point, Polygon
from shapelens.drawing.solids import Body
from shapelens.drawing.stations import Station

__all__ = ["SCALE_WORDS", "volumes_part"]

SCALE_WORDS = (
    "height, width and window by the square root of size; thickness by log2(1 + channels); "
    "the filters and the padding are not to scale"
)
_WORDS_GAP, _WIDEST_GAP, _FILTER_GAP = 50.0, 130.0, 44.0
_SCALES, _LEAST_WITH_WORDS = (1.0, 0.85, 0.7, 0.55, 0.5, 0.4), 0.55
_TEXT, _BOLD = 6.6, 7.2
_SMALLEST_FILTER = 0.6
_PADDED = 1.7


def volumes_part(subject: LayerSubject, theme: Theme, room: float, tallest: float) -> Piece:
    """The volumes of a layer, between them its filters.

    Args:
        subject: the layer.
        theme: the figure's.
        room: how wide it may be.
        tallest: how tall it may be.
    """
    for part in _SCALES:
        # Where all is small already, what makes a cell is left to the arithmetic under the figure.
        shown = replace(subject, action=()) if part < _LEAST_WITH_WORDS else subject
        piece = _piece(shown, _scale(subject, part), theme, room)
        if piece.width <= room and piece.height <= tallest:
            break
    return piece


def _piece(subject: LayerSubject, scale: Scale, theme: Theme, room: float) -> Piece:
    """The volumes at a scale."""
    before, blocks, after = _laid(subject, scale, theme, room)
    elements = [*_bodies(before, theme), *_bodies(after, theme)]
    elements += _window(subject, before.last, after.first, blocks, scale, theme)
    elements += [element for block in blocks for element in block.elements]
    elements += _told(subject, before, after, blocks, theme)
    box = Box.of_all([element.box for element in elements])
    placed = tuple([moved(element, -box.left, -box.top) for element in elements])
    return Piece(placed, box.width, box.height, box.height / 2)


def _laid(subject: LayerSubject, scale: Scale, theme: Theme, room: float) -> tuple[Run, list[Block], Run]:
    """What goes in, the filters, and what comes out, from left to right."""
    stations = [
        Station("input", "input", subject.source),
        Station("output", subject.kind, subject.target, parents=(0,)),
    ]
    before = lay_run([0], stations, (20.0, AXIS), scale, theme, is_first=True)
    x = before.box.right + (_FILTER_GAP if subject.filters else 0.0)
    blocks: list[Block] = []
    if subject.filters:
        blocks, x = filter_blocks(subject, x, theme, max(scale.space / SPACE, _SMALLEST_FILTER))
    # What the filters and the bodies leave is between the last filter and what comes out: words stand there.
    least = max([text_width(line, _TEXT) for line in subject.action], default=0.0) + _WORDS_GAP
    taken = lay_run([1], stations, (x, AXIS), scale, theme, is_first=True).box.right - before.box.left
    x += max(min(room - taken, _WIDEST_GAP), least)
    return before, blocks, lay_run([1], stations, (x, AXIS), scale, theme, is_first=True)


def _scale(subject: LayerSubject, part: float) -> Scale:
    places = [place.size or 1 for form in (subject.source, subject.target) for place in form.places]
    channels = max(subject.source.channels.size or 1, subject.target.channels.size or 1)
    unit = min(5.4, 54.0 / log2(1 + channels))
    return Scale(part * SPACE, max([*places, *subject.extent, 1]), part * unit, 8.0)


def _bodies(run: Run, theme: Theme) -> list[Element]:
    return [*[body.group for body in run.bodies], *run.labels]


# the window and its cell --------------------------------------------------------------------------------


def _window(
    subject: LayerSubject, before: Body, after: Body, blocks: Sequence[Block], scale: Scale, theme: Theme
) -> list[Element]:
    """The window on one side, its cell on the other, and the planes from one to the other through the filter."""
    spread, single = (after, before) if subject.is_transposed else (before, after)
    seen = _patch(subject, spread, scale, is_input=not subject.is_transposed)
    target = _cell(subject, single, is_input=subject.is_transposed)
    block = next((block for block in blocks if block.is_looked_at), None)
    glass = Paint(theme.filter_fill, opacity=0.2)
    edge = Paint(stroke=theme.filter_line, width=0.5)
    dashed = Paint(stroke=theme.filter_line, width=0.5, dash=(1.6, 1.6))
    elements: list[Element] = []
    if not subject.is_transposed:
        corners = [seen.back[0], seen.back[1], seen.back[2], seen.back[3]]
        if block is None:
            elements += _pyramid(corners, target.point, glass, edge)
        else:
            elements.append(Polygon((corners[1], block.front[0], block.front[1], corners[3]), glass))
            elements += [
                Line((corners[1], block.front[0]), dashed),
                Line((corners[3], block.front[1]), dashed),
            ]
            elements += _pyramid(block.back, target.point, glass, edge)
    else:
        start = target.point
        assert block is not None
        elements += [
            Polygon((start, block.front[0], block.front[1]), glass),
            Line((start, block.front[0]), dashed),
            Line((start, block.front[1]), dashed),
            Polygon((block.back[1], seen.front[0], seen.front[1], block.back[3]), glass),
            Line((block.back[1], seen.front[0]), edge),
            Line((block.back[3], seen.front[1]), edge),
        ]
    return [*seen.painted(theme), *_map_slab(subject, after, theme), *elements, target.painted(theme)]


class _Patch:
    """The window as it lies on a body: on its front, above it, and on its right side."""

    def __init__(self, left: float, right: float, top: float, height: float, depth: float) -> None:
        self.left, self.right, self.top, self.height, self.depth = left, right, top, height, depth
        bottom = top + height
        self.front: tuple[Point, Point] = ((left, top), (left, bottom))
        self.back: tuple[Point, ...] = (
            (right, top), (right + depth, top - depth), (right + depth, bottom - depth), (right, bottom),
        )  # fmt: skip

    def painted(self, theme: Theme) -> list[Element]:
        """Its faces, as glass over the body."""
        bottom = self.top + self.height
        front = ((self.left, self.top), (self.right, self.top), (self.right, bottom), (self.left, bottom))
        faces: list[Element] = [Polygon(front, Paint(theme.filter_fill, theme.filter_line, 0.6, opacity=0.6))]
        if self.depth:
            faces.append(Polygon(self.back, Paint(theme.filter_fill, theme.filter_line, 0.5, opacity=0.4)))
        return [Group(tuple(faces), kind="window")]


class _Spot:
    """The one cell, at the front of a body."""

    def __init__(self, left: float, middle: float) -> None:
        self.left, self.middle = left, middle

    @property
    def point(self) -> Point:
        """Where planes meet it."""
        return self.left, self.middle

    def painted(self, theme: Theme) -> Element:
        """A small square."""
        x, y, half = self.left, self.middle, 1.7
        square = ((x, y - half), (x + 2 * half, y - half), (x + 2 * half, y + half), (x, y + half))
        return Group((Polygon(square, Paint(theme.filter_line, theme.filter_line, 0.3)),), kind="cell")


def _patch(subject: LayerSubject, body: Body, scale: Scale, *, is_input: bool) -> _Patch:
    rank = len(subject.extent)
    height = min(scale.places(subject.extent[-2] if rank > 1 else subject.extent[0]), body.measures.height)
    depth = (
        min(RECEDING * scale.places(subject.extent[-1]), body.measures.depth) if body.measures.depth else 0.0
    )
    top = body.top + 0.4 * (body.measures.height - height)
    left, right = body.x, body.front_right
    if rank < 3:
        channels = (subject.source if is_input else subject.target).channels.size or 1
        seen = subject.depth if is_input else 1
        if not is_input or subject.filters == 0:
            width = max(body.measures.thickness / channels, 1.6)
            left = body.x + (body.measures.thickness - width) * _part(subject)
            right = left + width
        elif seen < channels:
            right = left + max(body.measures.thickness * seen / channels, 1.6)
    else:
        right = left + min(0.6 * scale.places(subject.extent[0]), body.measures.thickness)
    return _Patch(left, right, top, height, depth)


def _cell(subject: LayerSubject, body: Body, *, is_input: bool) -> _Spot:
    x = body.x
    if not is_input and len(subject.kernel) < 3:
        x += max(body.measures.thickness - 3.4, 0.0) * _part(subject)
    return _Spot(x, body.top + 0.42 * body.measures.height)


def _part(subject: LayerSubject) -> float:
    """Where among all maps the one that is looked at lies, from 0 to 1."""
    count = subject.filters or subject.target.channels.size or 1
    if subject.numbers is None and subject.map == 0 and count > 2:
        return 0.42
    return subject.map / max(count - 1, 1)


def _map_slab(subject: LayerSubject, after: Body, theme: Theme) -> list[Element]:
    """The feature map of the filter, within what comes out."""
    count = subject.target.channels.size or 1
    if count < 2 or len(subject.kernel) > 2:
        return []
    width = max(after.measures.thickness / count, 1.4)
    left = after.x + (after.measures.thickness - width) * _part(subject)
    top, bottom, depth = after.top, after.bottom, after.measures.depth
    paint = Paint(theme.filter_fill, theme.filter_line, 0.4, opacity=0.75)
    front = ((left, top), (left + width, top), (left + width, bottom), (left, bottom))
    faces: list[Element] = [Polygon(front, paint)]
    if depth:
        back = (
            (left, top),
            (left + depth, top - depth),
            (left + width + depth, top - depth),
            (left + width, top),
        )
        faces.append(Polygon(back, paint))
    return [Group(tuple(faces), kind="map")]


def _pyramid(corners: Sequence[Point], tip: Point, glass: Paint, edge: Paint) -> list[Element]:
    return [
        Polygon((corners[1], tip, corners[2]), glass),
        Polygon((corners[0], tip, corners[3]), glass),
        *[Line((corner, tip), edge) for corner in dict.fromkeys(corners)],
    ]


# words --------------------------------------------------------------------------------------------------


def _told(
    subject: LayerSubject, before: Run, after: Run, blocks: Sequence[Block], theme: Theme
) -> list[Element]:
    """The padding, how many filters, what makes a cell, and both orders of the shapes."""
    elements: list[Element] = []
    if any(side for pair in subject.padding for side in pair) and not subject.is_transposed:
        elements += _padding(subject, before.last, theme)
    if blocks:
        middle = (blocks[0].left + blocks[0].front_right + blocks[0].size[2]) / 2
        shape = "×".join(map(str, (*subject.kernel, subject.depth)))
        words = f"{subject.filters} filter{'' if subject.filters == 1 else 's'} of {shape}"
        y = min(block.top - block.size[2] for block in blocks) - 8.0
        elements.append(Label((middle, y), words, _BOLD, theme.text, is_bold=True, anchor="middle"))
    labels = [
        element.box.right for block in blocks for element in block.elements if isinstance(element, Label)
    ]
    start = max([before.last.right, *labels, *[e.box.right for e in elements if isinstance(e, Label)]]) + 6.0
    end = after.box.left - 4.0
    bottom = max(body.bottom for body in (before.last, after.first))
    for number, line in enumerate(subject.action):
        at = ((start + end) / 2, AXIS - 34.0 + 8.4 * number)
        elements.append(Label(at, line, _TEXT, theme.second, anchor="middle"))
    below = max([bottom, *[block.top + block.size[1] for block in blocks]]) + 24.0
    for run, form in ((before, subject.source), (after, subject.target)):
        for number, text in enumerate(_orders(form)):
            label = Label((run.box.left, below + 8.6 * number), text, _TEXT, theme.second)
            if run is after and label.width > run.box.width:
                label = replace(label, at=(run.box.right, label.at[1]), anchor="end")
            elements.append(label)
    return elements


def _orders(form: Form) -> list[str]:
    letters = form.letters
    if not letters or "." in letters:
        return [form.text()]
    return [
        f"{form.text('first')} ({'×'.join('C' + letters)})", f"{form.text('last')} ({'×'.join(letters + 'C')})",
    ]  # fmt: skip


def _padding(subject: LayerSubject, body: Body, theme: Theme) -> list[Element]:
    """A dashed outline around what goes in."""
    x, right, depth = body.x - _PADDED, body.front_right + _PADDED, body.measures.depth
    top, bottom = body.top - _PADDED, body.bottom + _PADDED
    if depth:
        corners: tuple[Point, ...] = (
            (x, bottom), (x, top), (x + depth + _PADDED / 2, top - depth - _PADDED / 2),
            (right + depth + _PADDED / 2, top - depth - _PADDED / 2),
            (right + depth + _PADDED / 2, bottom - depth - _PADDED / 2), (right, bottom),
        )  # fmt: skip
    else:
        corners = ((x, bottom), (x, top), (right, top), (right, bottom))
    outline = Polygon(corners, Paint(stroke=theme.line, width=0.6, dash=(1.8, 1.6)))
    sides = set(subject.padding)
    words = (
        f"padding {subject.padding[0][0]}"
        if len(sides) == 1 and len(set(subject.padding[0])) == 1
        else "padding"
    )
    label = Label((x, top - depth - 7.0), words, _TEXT, theme.second)
    return [Group((outline,), kind="padding"), label]
