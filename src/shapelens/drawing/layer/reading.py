"""A layer's numbers as grids: a channel with its window, a kernel, the products, a feature map.

What is too large is shown in part, around the window; a heading says which part.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from typing import Any

from shapelens.drawing.layer.grid import Cell, Grid
from shapelens.numbers import BETWEEN, INPUT, PAST, NumberedLayer, Place, maps
from shapelens.numbers.digits import digits_for
from shapelens.numbers.stretches import Stretch, part_words

__all__ = [
    "View",
    "input_grid",
    "kernel_grid",
    "minus",
    "number_text",
    "output_grid",
    "output_view",
    "shown_words",
    "texts_of",
    "view_of",
]

View = tuple[range, ...]
"""Of each axis, the places that are shown."""

Window = tuple[tuple[Place, ...], ...]


def texts_of(numbers: Any) -> list[list[str]]:
    """The numbers of one grid as they stand in its cells, all with as many digits.

    >>> texts_of([[-3, 2]]), texts_of([[0.5, 2.0]])
    ([['−3', '2']], [['0.5', '2.0']])
    """
    digits = digits_for([number for row in numbers for number in row])
    return [[minus(digits.written(number)) for number in row] for row in numbers]


def number_text(number: float) -> str:
    """A number by itself."""
    return minus(digits_for([number]).written(number))


def minus(text: str) -> str:
    """With the sign that is as long as a plus."""
    return text.replace("-", "−")


def view_of(layer: NumberedLayer, window: Window, most: int) -> View:
    """The places of the padded input that are shown: all of them, or as many as there is room for around a window."""
    shown = []
    for axis, places in zip(layer.axes, window, strict=True):
        whole = max(axis.length, max(place.at for place in places) + 1)
        first = 0 if whole <= most else min(max(places[0].at - 1, 0), whole - most)
        shown.append(range(first, first + min(whole, most)))
    return tuple(shown)


def output_view(layer: NumberedLayer, position: Sequence[int], most: int) -> View:
    """The positions of the output that are shown: all of them, or as many as there is room for around one."""
    shown = []
    for count, at in zip(layer.counts, position, strict=True):
        first = 0 if count <= most else min(max(at - most // 2, 0), count - most)
        shown.append(range(first, first + min(count, most)))
    return tuple(shown)


def shown_words(view: View, wholes: Sequence[int], sizes: Sequence[int], before: Sequence[int]) -> str:
    """`rows 99 to 109 of 224`: which part is shown; nothing where all is.

    >>> shown_words((range(100, 111), range(0, 5)), (226, 5), (224, 5), (1, 0))
    'rows 99 to 109 of 224'

    Args:
        view: the places that are shown.
        wholes: how many there are along each axis, padding included.
        sizes: how many cells each axis has.
        before: how many stand before the first that is counted: the padding.
    """
    stretches = [Stretch(own, whole) for own, whole in zip(view, wholes, strict=True)]
    return part_words(stretches, sizes, before)


def input_grid(
    layer: NumberedLayer, channel: int, view: View, window: Window | None, heading: str, lead: int = 0
) -> Grid:
    """A channel of what goes in, with its padding, and the window on it.

    Args:
        layer: the layer with its numbers.
        channel: which channel.
        view: the places that are shown.
        window: the places of the window; None without one.
        heading: what is written above.
        lead: of three axes, the place along the first.
    """
    flat = _flat(view)
    leads = [[layer.axes[0].place(lead)]] if layer.rank == 3 else []
    axes = layer.axes[-len(flat) :]
    places = [[axis.place(at) for at in shown] for axis, shown in zip(axes, flat, strict=True)]
    values = layer.read([channel], [*leads, *places])[0].tolist()
    rows = _two(values[0] if leads else values, layer.rank)
    seen = _seen(window, layer.rank)
    is_led = window is not None and (not leads or lead in {place.at for place in window[0]})
    above = leads[0] if leads else []
    made = []
    down: list[Place | None] = [None] if layer.rank == 1 else [*places[0]]
    for row, texts in zip(down, texts_of(rows), strict=True):
        cells = []
        for column, text in zip(places[-1], texts, strict=True):
            met = [place for place in (*above, row, column) if place is not None]
            taken = is_led and all(place.at in at for place, at in zip(met[len(above) :], seen, strict=True))
            cells.append(_input_cell(met, text, is_seen=taken))
        made.append(tuple(cells))
    return Grid(tuple(made), heading, "input", _outline(window, flat) if is_led else None, "input")


def kernel_grid(numbers: Any, rank: int, heading: str, kind: str = "filter", name: str = "filter") -> Grid:
    """A kernel, or what it gives product by product; of three axes one slice of it."""
    rows = [
        tuple([Cell(text, kind) for text in row]) for row in texts_of(_two(numbers.tolist(), min(rank, 2)))
    ]
    return Grid(tuple(rows), heading, name=name)


def output_grid(
    layer: NumberedLayer,
    map: int,
    view: View,
    kind: str,
    heading: str,
    marked: Sequence[int] | None,
    made: Container[tuple[int, ...]] | None = None,
) -> Grid:
    """A feature map, and the cell in it that is looked at.

    Args:
        layer: the layer with its numbers.
        map: which feature map.
        view: the positions that are shown.
        kind: what makes it, as figures colour it.
        heading: what is written above.
        marked: the position of the cell that is looked at; None without one.
        made: the positions that are made already; None for all.
    """
    shown = list(view)
    if layer.rank == 3 and marked is not None:
        shown[0] = range(marked[0], marked[0] + 1)
    values = _map_values(layer, map, tuple(shown))
    rows = _two(values[0] if layer.rank == 3 else values, layer.rank)
    lead = [shown[0][0]] if layer.rank == 3 else []
    down = [None] if layer.rank == 1 else list(shown[-2])
    cells = []
    for row, texts in zip(down, texts_of(rows), strict=True):
        line = []
        for column, written in zip(shown[-1], texts, strict=True):
            at = (*lead, *([] if row is None else [row]), column)
            is_marked = marked is not None and at == tuple(marked)
            is_made = made is None or at in made or is_marked
            text = written if is_made else ""
            line.append(Cell(text, "output" if is_made else "empty", is_marked=is_marked))
        cells.append(tuple(line))
    return Grid(tuple(cells), heading, kind, name="output")


@lru_cache(maxsize=64)
def _map_values(layer: NumberedLayer, map: int, shown: View) -> Any:
    """A part of a feature map; a figure is tried at several sizes, and asks for it each time."""
    return maps(layer, [map], shown)[0].tolist()


def _input_cell(met: Sequence[Place], text: str, *, is_seen: bool) -> Cell:
    kinds = {place.kind for place in met}
    if PAST in kinds:
        return Cell("", "padding", is_seen)
    if kinds == {INPUT}:
        return Cell(text, "input", is_seen)
    kind = "between" if BETWEEN in kinds and len(kinds - {INPUT}) == 1 else "padding"
    return Cell(text, kind, is_seen)


def _flat(view: View) -> View:
    """The axes that lie in the page: the last two, or the only one."""
    return view[-2:]


def _two(values: Any, rank: int) -> list[list[float]]:
    """Rows of numbers, also of one axis, which is one row."""
    return [values] if rank == 1 else values


def _seen(window: Window | None, rank: int) -> list[set[int]]:
    if window is None:
        return [set()] * min(rank, 2)
    return [{place.at for place in axis} for axis in window[-min(rank, 2) :]]


def _outline(window: Window | None, flat: View) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The rows and columns that a window spans, counted from the first that is shown."""
    if window is None:
        return None
    spans = [
        (axis[0].at - shown[0], axis[-1].at - shown[0])
        for axis, shown in zip(window[-len(flat) :], flat, strict=True)
    ]
    rows, columns = spans if len(spans) == 2 else ((0, 0), spans[0])
    return rows, columns
