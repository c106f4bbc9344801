"""A window as it slides: some of its steps side by side, what goes in above what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

from shapelens.drawing.layer.grid import Grid, cell_sides, grid_piece
from shapelens.drawing.layer.pieces import Piece, Space, arrow, beside, said, sign, under
from shapelens.drawing.layer.reading import (
    input_grid,
    kernel_grid,
    number_text,
    output_grid,
    output_view,
    view_of,
)
from shapelens.drawing.layer.sums import has_zeros
from shapelens.drawing.palette import Theme
from shapelens.numbers import NumberedLayer

__all__ = ["frames_part", "steps_of"]

_GAP = 12.0


def steps_of(layer: NumberedLayer, count: int) -> list[tuple[int, ...]]:
    """So many positions of the window, in order: the first, those after it, the first of another row, the last.

    >>> import numpy as np
    >>> from shapelens.numbers import numbered
    >>> from shapelens.operators import Pool
    >>> steps_of(numbered(Pool("max", (2, 2), stride=2), np.ones((1, 8, 8))), 4)
    [(0, 0), (0, 1), (1, 0), (3, 3)]
    """
    counts, every = layer.counts, _every(layer)
    if len(every) <= count:
        return every
    last = every[-1]
    telling = [every[0], every[1]]
    if len(counts) > 1:
        telling.append((*[0] * (len(counts) - 2), 1, 0))
    more = [position for position in every if position not in {*telling, last}]
    return sorted({*telling[: count - 1], *more[: max(count - 1 - len(telling), 0)], last})


def frames_part(layer: NumberedLayer, which: int, kind: str, space: Space, count: int) -> Piece | None:
    """Steps of a window side by side; None where two have no room.

    Args:
        layer: the layer with its numbers, of one or two axes.
        which: which feature map.
        kind: what makes it, as figures colour it.
        space: what it may take up.
        count: how many steps are wanted.
    """
    if layer.rank > 2 or max(*layer.counts, *[axis.length for axis in layer.axes]) > space.places:
        return None
    theme, down = space.theme, arrow(space.theme, is_down=True)
    for wanted in range(count, 1, -1):
        steps = steps_of(layer, wanted)
        grids = [_grids(layer, which, step, kind, space.places) for step in steps]
        filters = [] if layer.is_pool else [_filter(layer, which)]
        for side in cell_sides([*filters, *[grid for pair in grids for grid in pair]], space.side):
            frames = [
                under(
                    [grid_piece(image, side, theme), down, grid_piece(result, side, theme)],
                    5.0,
                    is_centered=True,
                )
                for image, result in grids
            ]
            told = [_numbered(frame, layer, step, theme) for frame, step in zip(frames, steps, strict=True)]
            first = [_filter_piece(grid, layer, which, side, theme) for grid in filters]
            row = beside([*first, *_with_gaps(told, layer, steps, theme)], _GAP)
            if row.width <= space.width:
                return row
    return None


def _grids(layer: NumberedLayer, which: int, step: Sequence[int], kind: str, most: int) -> tuple[Grid, Grid]:
    """What goes in, and what has come out so far."""
    window = tuple([axis.window(at) for axis, at in zip(layer.axes, step, strict=True)])
    channel = which if layer.is_pool else layer.channels_of(which)[0]
    spread = " and zeros" if has_zeros(layer) else ""
    sizes, counts = "×".join(map(str, layer.sizes)), "×".join(map(str, layer.counts))
    image = input_grid(layer, channel, view_of(layer, window, most), window, f"input {sizes}{spread}")
    before = {at for at in _every(layer) if at <= tuple(step)}
    result = output_grid(layer, which, output_view(layer, step, most), kind, f"output {counts}", step, before)
    return image, result


def _filter(layer: NumberedLayer, which: int) -> Grid:
    """The kernel as the windows meet it."""
    turned = ", turned" if layer.is_turned else ""
    kernel = layer.met_kernel(which, layer.channels_of(which)[0])
    return kernel_grid(kernel, layer.rank, f"filter{turned}")


def _filter_piece(grid: Grid, layer: NumberedLayer, which: int, side: float, theme: Theme) -> Piece:
    """The kernel, and the bias under it."""
    piece = grid_piece(grid, side, theme)
    bias = layer.bias_for(which)
    if bias is None:
        return piece.centered
    return under([piece, said(f"bias {number_text(bias)}", 6.6, theme.second)], 4.0).centered


def _every(layer: NumberedLayer) -> list[tuple[int, ...]]:
    """Every position of the window, in order."""
    return list(product(*[range(count) for count in layer.counts]))


def _numbered(frame: Piece, layer: NumberedLayer, step: tuple[int, ...], theme: Theme) -> Piece:
    """A frame with which step it is under it."""
    every = _every(layer)
    told = said(f"step {every.index(step) + 1} of {len(every)}", 6.6, theme.second)
    return under([frame, told], 4.0, is_centered=True)


def _with_gaps(
    frames: Sequence[Piece], layer: NumberedLayer, steps: Sequence[tuple[int, ...]], theme: Theme
) -> list[Piece]:
    """Frames with dots where steps between them are left out."""
    every = _every(layer)
    pieces = [frames[0].centered]
    for (before, after), frame in zip(pairwise(steps), frames[1:], strict=True):
        if every.index(after) != every.index(before) + 1:
            pieces.append(sign("…", theme))
        pieces.append(frame.centered)
    return pieces
