"""The figure of one layer on its page: the volumes, the numbers, the arithmetic, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.drawing.layer.frames import frames_part
from shapelens.drawing.layer.pieces import Piece, Space
from shapelens.drawing.layer.pools import pool_part
from shapelens.drawing.layer.stamps import stamp_part
from shapelens.drawing.layer.subject import LayerSubject, Line
from shapelens.drawing.layer.sums import sum_part
from shapelens.drawing.layer.volumes import SCALE_WORDS, volumes_part
from shapelens.drawing.ledger import hairline
from shapelens.drawing.metrics import fitted, text_width, wrapped
from shapelens.drawing.options import Options
from shapelens.drawing.page import MARGIN, TALLEST, WIDEST
from shapelens.drawing.palette import THEMES, Theme, blend
from shapelens.drawing.scene import Element, Group, Label, Paint, Polygon, Scene
from shapelens.numbers import PoolCell, cell

__all__ = ["draw_layer"]

_TITLE, _TOTALS, _TEXT, _LINE = 10.0, 7.0, 6.8, 10.5
_MOST_PLACES, _SIDES = (11, 9, 7, 5), (18.0, 15.0, 12.0)
_SMALL = 12
_LABELS = 56.0
_SCATTERING = "scattering: each cell of the input stamps the filter; stamps that overlap add up"
_GATHERING = "gathering: a plain convolution over the input with zeros between and around its cells"
_UNDER_PARTS = 130.0


def draw_layer(subject: LayerSubject, options: Options, frames: int = 0) -> Scene:
    """The figure of a layer.

    Args:
        subject: the layer.
        options: how it is drawn: its theme, its width, its title and caption.
        frames: how many steps of the window are drawn instead of one cell taken apart; 0 for none.
    """
    theme, width = THEMES[options.theme], options.points
    room = width - 2 * MARGIN
    elements: list[Element] = list(_heading(subject, options, theme, width - MARGIN))
    y = 30.0
    for number, (heading, piece) in enumerate(_parts(subject, theme, room, frames)):
        if number:
            y += 12.0
        if heading:
            elements.append(Label((MARGIN, y + 5.0), heading, _TOTALS, theme.text, is_bold=True))
            y += 14.0
        elements += piece.at(MARGIN + max((room - piece.width) / 2, 0.0), y)
        y += piece.height
    y += 14.0
    if subject.lines:
        lines, y = _lines(subject.lines, theme, width - MARGIN, y)
        elements += lines
    legend, y = _legend(elements, subject, theme, width - MARGIN, y + 8.0)
    elements.append(legend)
    for line in wrapped(_caption(subject, elements, options), room, _TEXT - 0.2):
        elements.append(Label((MARGIN, y + 6.0), line, _TEXT - 0.2, theme.second))
        y += 8.6
    height = max(y + 8.0, width / WIDEST)
    families = tuple(dict.fromkeys((*options.fonts, "Helvetica", "Arial", "Liberation Sans", "sans-serif")))
    title = options.title or subject.title
    return Scene(
        round(width, 2), round(height, 2), theme.page, tuple(elements), title, _description(subject), families,
        "layer-" + "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in subject.title.lower())[:40],
    )  # fmt: skip


def _parts(subject: LayerSubject, theme: Theme, room: float, frames: int) -> list[tuple[str, Piece]]:
    """What is drawn, each with what is written above it: as large as a page allows."""
    tallest = TALLEST * (room + 2 * MARGIN) - _UNDER_PARTS
    volumes = ("", volumes_part(subject, theme, room, tallest))
    if subject.numbers is None:
        return [volumes]
    found: list[tuple[str, Piece]] = []
    for side in _SIDES:
        found = _numbers(subject, Space(theme, room, 0, side), frames) or found
        is_told = subject.numbers.depth == 1 and subject.numbers.maps == 1 and subject.numbers.rank < 3
        for parts in [found] if frames or is_told else [[volumes, *found], found]:
            if found and _height(parts) <= tallest:
                return parts
    return [volumes]


def _height(parts: Sequence[tuple[str, Piece]]) -> float:
    return sum(piece.height + 12.0 + (14.0 if heading else 0.0) for heading, piece in parts)


def _numbers(subject: LayerSubject, space: Space, frames: int) -> list[tuple[str, Piece]]:
    """A cell taken apart, or the window as it slides; nothing where that has no room."""
    layer = subject.numbers
    assert layer is not None
    taken = cell(layer, subject.map, subject.position)
    for most in (2 * _SMALL, *_MOST_PLACES) if frames else _MOST_PLACES:
        own = replace(space, places=most)
        if frames:
            piece = frames_part(layer, subject.map, subject.kind, own, frames)
        elif isinstance(taken, PoolCell):
            piece = pool_part(layer, taken, subject.kind, own)
        else:
            piece = sum_part(layer, taken, subject.kind, own)
        if piece is None:
            continue
        if not layer.is_transposed:
            return [("", piece)]
        stamps = stamp_part(layer, subject.map, subject.position, subject.kind, own)
        return [*([] if stamps is None else [(_SCATTERING, stamps)]), (_GATHERING, piece)]
    return []


def _heading(subject: LayerSubject, options: Options, theme: Theme, right: float) -> list[Element]:
    title = options.title if options.title is not None else subject.title
    shown = fitted(title, (right - MARGIN) * 0.72, _TITLE, is_bold=True)
    label = Label((MARGIN, 16.0), shown, _TITLE, theme.text, is_bold=True)
    at = MARGIN + (label.width + 8.0 if shown else 0.0)
    totals = Label((at, 16.0), fitted(subject.totals, right - at, _TOTALS), _TOTALS, theme.second)
    return [Group((label, totals), kind="title")]


def _lines(lines: Sequence[Line], theme: Theme, right: float, y: float) -> tuple[list[Element], float]:
    """The arithmetic between hairlines, a line for each part of it."""
    elements: list[Element] = [hairline(MARGIN, right, y, theme)]
    y += _LINE
    for line in lines:
        elements.append(Label((MARGIN, y), line.label, _TEXT, theme.second))
        room = right - MARGIN - _LABELS
        told = wrapped(f"{line.text} {line.answer}".strip(), room, _TEXT)
        for number, text in enumerate(told):
            is_last = number == len(told) - 1
            answer = line.answer if is_last and line.answer and text.endswith(line.answer) else ""
            before = text[: len(text) - len(answer)] if answer else text
            elements.append(Label((MARGIN + _LABELS, y), before.rstrip(), _TEXT, theme.text))
            if answer:
                x = MARGIN + _LABELS + text_width(before, _TEXT)
                elements.append(Label((x, y), answer, _TEXT, theme.text, is_bold=True))
            y += _LINE - 1.0
        y += 1.0
    elements.append(hairline(MARGIN, right, y - _LINE + 5.0, theme))
    return [Group(tuple(elements), kind="table")], y - _LINE + 5.0


def _legend(
    elements: Sequence[Element], subject: LayerSubject, theme: Theme, right: float, y: float
) -> tuple[Group, float]:
    """What each colour stands for, of those that are drawn."""
    scene = Scene(1.0, 1.0, theme.page, tuple(elements))
    names = {group.name for group in scene.groups("grid")}
    has_volumes = any(True for _ in scene.groups("volume"))
    shades = theme.shades
    entries: list[tuple[str, str, str, tuple[float, ...]]] = [
        ("input", shades["input"].front, shades["input"].stroke, ())
    ]
    if subject.filters:
        color = blend(theme.page, theme.filter_fill, 0.3)
        entries.append(("filter" if names else "one filter and its window", color, theme.filter_line, ()))
    entries.append((_made(subject), shades[subject.kind].front, shades[subject.kind].stroke, ()))
    layer = subject.numbers
    if any(side for pair in subject.padding for side in pair) and (names or not subject.is_transposed):
        around = "zeros around the input" if subject.is_transposed else "padding"
        entries.append((around, theme.page, theme.line, (1.8, 1.4)))
    if names and layer is not None and layer.is_transposed:
        entries.append(("zeros between its cells", theme.page, theme.hairline, ()))
    if names:
        entries.append(("the cell that is taken apart", _marked(theme), theme.filter_line, ()))
    x = MARGIN
    parts: list[Element] = []
    for words, fill, stroke, dash in entries:
        length = 14 + text_width(words, 6.6) + 10
        if x + length > right and x > MARGIN:
            x, y = MARGIN, y + 12.0
        square = ((x, y), (x + 10, y), (x + 10, y + 7), (x, y + 7))
        parts += [
            Polygon(square, Paint(fill, stroke, 0.5, dash)),
            Label((x + 14, y + 6.3), words, 6.6, theme.text),
        ]
        x += length
    return Group(tuple(parts), kind="legend" if has_volumes or names else ""), y + 15.0


def _marked(theme: Theme) -> str:
    return theme.text if theme.filter_fill == theme.page else theme.filter_fill


def _made(subject: LayerSubject) -> str:
    return {"pool": "output of the pool", "upsampling": "output of the transposed convolution"}.get(
        subject.kind, "output of the convolution"
    )


def _caption(subject: LayerSubject, elements: Sequence[Element], options: Options) -> str:
    sentences = [options.caption.strip()] if options.caption.strip() else []
    scene = Scene(1.0, 1.0, "#ffffff", tuple(elements))
    if any(True for _ in scene.groups("volume")):
        sentences.append(f"Scale: {SCALE_WORDS}.")
    if subject.numbers is not None and any(True for _ in scene.groups("grid")):
        sentences.append("A cell's number stands in it; heavy lines are the window.")
    return " ".join(sentences)


def _description(subject: LayerSubject) -> str:
    lines = [
        f"{subject.title}: {subject.totals}.",
        f"in {subject.source.text()}, out {subject.target.text()}.",
    ]
    lines += [f"{line.label}: {line.text} {line.answer}".strip() + "." for line in subject.lines]
    return "\n".join(lines)
