"""The sum that makes one cell of a convolution: each channel's window, times its kernel, summed; then the bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.drawing.layer.grid import Grid, cell_sides, grid_piece
from shapelens.drawing.layer.pieces import Piece, Space, arrow, beside, said, sign, under
from shapelens.drawing.layer.reading import (
    View,
    input_grid,
    kernel_grid,
    minus,
    number_text,
    output_grid,
    output_view,
    shown_words,
    view_of,
)
from shapelens.drawing.metrics import wrapped
from shapelens.drawing.palette import Theme
from shapelens.numbers import ChannelSum, ConvolutionCell, NumberedLayer
from shapelens.numbers.digits import digits_for

__all__ = [
    "has_zeros",
    "map_words",
    "shown_line",
    "sum_part",
    "sum_words",
    "terms_of",
    "told",
    "whose_words",
]

_GAP, _ROWS_APART = 7.0, 9.0
_MOST_CHANNELS = 3
_MOST_TERMS = 27
_TEXT = 7.0


def sum_part(layer: NumberedLayer, cell: ConvolutionCell, kind: str, space: Space) -> Piece | None:
    """One cell of a convolution, or of a transposed one that gathers, as grids; None where they have no room.

    Args:
        layer: the layer with its numbers.
        cell: the cell, taken apart.
        kind: what makes it, as figures colour it.
        space: what it may take up.
    """
    view = view_of(layer, cell.window, space.places)
    shown, left_out = _chosen(cell, len(_slices(layer)))
    grids = [_row_grids(layer, cell, part, slice_, view) for part in shown for slice_ in _slices(layer)]
    around = output_view(layer, cell.position, space.places)
    result = output_grid(
        layer, cell.map, around, kind, map_words(layer, cell.map, cell.position), cell.position
    )
    sums = [f"sum {number_text(sum(_taken(part.products, tap)))}" for part in shown for tap in _slices(layer)]
    for side in cell_sides([*[grid for row in grids for grid in row], result], space.side):
        rows = [
            _row([grid_piece(grid, side, space.theme) for grid in row], text, space.theme)
            for row, text in zip(grids, sums, strict=True)
        ]
        if left_out:
            rows.append(said(f"… and {left_out} more channels", _TEXT, space.theme.second))
        together = beside(
            [under(rows, _ROWS_APART), arrow(space.theme), grid_piece(result, side, space.theme)], _GAP + 3
        )
        if together.width <= space.width:
            break
    else:
        return None
    return under([together, told(space, sum_words(cell), shown_line(layer, view, around))], 8.0)


def _chosen(cell: ConvolutionCell, slices: int) -> tuple[list[ChannelSum], int]:
    """The channels that are shown, and how many are left out: all of few; the first ones and the last of many."""
    parts, most = list(cell.channels), max(_MOST_CHANNELS // slices, 1)
    if len(parts) <= most:
        return parts, 0
    return [*parts[: most - 1], parts[-1]] if most > 1 else parts[:1], len(parts) - most


def _slices(layer: NumberedLayer) -> list[int | None]:
    """Of three axes, the slices of the kernel."""
    return list(range(layer.kernel[0])) if layer.rank == 3 else [None]


def _taken(products: Any, tap: int | None) -> list[float]:
    """The products of a channel, or of one slice of it."""
    taken: list[float] = (products if tap is None else products[tap]).reshape(-1).tolist()
    return taken


def _row_grids(
    layer: NumberedLayer, cell: ConvolutionCell, part: ChannelSum, tap: int | None, view: tuple[range, ...]
) -> list[Grid]:
    kernel = part.kernel if tap is None else part.kernel[tap]
    products = part.products if tap is None else part.products[tap]
    lead = 0 if tap is None else cell.window[0][tap].at
    where = "" if tap is None else f", slice {lead - layer.axes[0].sides[0]}"
    turned = ", turned by 180°" if layer.is_turned else ""
    return [
        input_grid(
            layer, part.channel, view, cell.window, f"{whose_words(layer, part.channel)}{where}", lead
        ),
        kernel_grid(kernel, layer.rank, f"filter {cell.map}{turned}"),
        kernel_grid(products, layer.rank, "products", "product", "products"),
    ]


def _row(pieces: list[Piece], text: str, theme: Theme) -> Piece:
    image, kernel, products = pieces
    summed = said(text, 7.6, theme.filter_text, is_bold=True)
    return beside([image, sign("×", theme), kernel, sign("=", theme), products, summed], _GAP)


def told(space: Space, *texts: str) -> Piece:
    """What is written under grids: how a cell is made, and which part is shown, if that is not all."""
    lines = [line for text in texts for line in wrapped(text, space.width, _TEXT)]
    return under([said(line, _TEXT, space.theme.text) for line in lines], 2.5)


def has_zeros(layer: NumberedLayer) -> bool:
    """Whether a transposed convolution puts zeros between the cells of its input, or around them."""
    return layer.is_transposed and any(axis.length != axis.size for axis in layer.axes)


def whose_words(layer: NumberedLayer, channel: int) -> str:
    """`input 5×5, channel 0`; of a transposed convolution that there are zeros in it."""
    spread = " with zeros" if has_zeros(layer) else ""
    whose = "" if layer.channels == 1 else f", channel {channel}"
    return f"input {'×'.join(map(str, layer.sizes))}{spread}{whose}"


def map_words(layer: NumberedLayer, map: int, position: Sequence[int]) -> str:
    """`output 3×3, map 0`; of three axes which slice."""
    shape = "×".join([str(count) for count in layer.counts])
    word = "channel" if layer.is_pool else "map"
    which = "" if layer.maps == 1 else f", {word} {map}"
    where = f", slice {position[0]}" if layer.rank == 3 else ""
    return f"output {shape}{which}{where}"


def shown_line(layer: NumberedLayer, view: View, around: View) -> str:
    """Which part of the input and of the output is shown; nothing where both are whole."""
    flat = min(layer.rank, 2)
    wholes = [max(axis.length, shown[-1] + 1) for axis, shown in zip(layer.axes, view, strict=True)]
    before = [axis.sides[0] for axis in layer.axes]
    parts = {
        "input": shown_words(view[-flat:], wholes[-flat:], layer.sizes[-flat:], before[-flat:]),
        "output": shown_words(around[-flat:], layer.counts[-flat:], layer.counts[-flat:], (0,) * flat),
    }
    told = [f"of the {name} {words}" for name, words in parts.items() if words]
    return f"Shown: {'; '.join(told)}." if told else ""


def terms_of(values: Sequence[float], weights: Sequence[float]) -> str:
    """`1·1 + 0·0 + 2·(−1)`: products; of many the first and the last."""
    left, right = digits_for(values), digits_for(weights)
    terms = [f"{left.factor(a)}·{right.factor(b)}" for a, b in zip(values, weights, strict=True)]
    if len(terms) > _MOST_TERMS:
        terms = [*terms[:3], "…", terms[-1]]
    return minus(" + ".join(terms))


def sum_words(cell: ConvolutionCell) -> str:
    """The sum written out, with its bias and what it comes to."""
    at = ",".join(map(str, cell.position))
    sums = [part.sum for part in cell.channels]
    digits = digits_for([*sums, cell.value, *([] if cell.bias is None else [cell.bias])])
    bias = "" if cell.bias is None else f" + bias {digits.factor(cell.bias)}"
    if len(sums) == 1:
        part = cell.channels[0]
        terms = terms_of(part.values.reshape(-1).tolist(), part.kernel.reshape(-1).tolist())
        return minus(f"cell {at} = {terms}{bias} = {digits.written(cell.value)}")
    told = [digits.factor(sum_) for sum_ in sums]
    if len(told) > 2 * _MOST_CHANNELS:
        told = [*told[:_MOST_CHANNELS], "…", told[-1]]
    made = minus(f"cell {at} = {' + '.join(told)}{bias} = {digits.written(cell.value)}")
    return f"{made}: the channels are summed, never averaged"
