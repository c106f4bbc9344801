"""A transposed convolution as it scatters: each cell of the input stamps the filter, times its value."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.drawing.layer.grid import Cell, Grid, cell_sides, grid_piece
from shapelens.drawing.layer.pieces import Piece, Space, arrow, beside, said, sign, under
from shapelens.drawing.layer.reading import number_text, output_grid, output_view, texts_of
from shapelens.drawing.layer.sums import terms_of, told
from shapelens.numbers import NumberedLayer, Stamp, reaching, stamp
from shapelens.numbers import cell as cell_of

__all__ = ["stamp_part", "stamp_words"]

_GAP, _TEXT = 8.0, 7.0
_MOST_STAMPS = 4


def stamp_part(
    layer: NumberedLayer,
    filter: int,
    position: Sequence[int],
    kind: str,
    space: Space,
) -> Piece | None:
    """One cell of a transposed convolution, as the stamps that reach it; None where they have no room.

    Args:
        layer: the layer with its numbers, of one or two axes.
        filter: which filter.
        position: the cell.
        kind: what makes it, as figures colour it.
        space: what it may take up.
    """
    if layer.rank > 2 or max(*layer.sizes, *layer.counts) > space.places:
        return None
    channel = layer.channels_of(filter)[0]
    stamps = [stamp(layer, filter, channel, cell) for cell in reaching(layer, position)]
    left_out = len(stamps) - _MOST_STAMPS if len(stamps) > _MOST_STAMPS + 1 else 0
    image = _image(layer, channel, {one.cell for one in stamps})
    whose = "" if layer.channels == 1 else f", channel {channel}"
    kernel = layer.kernel_for(filter, channel).tolist()
    filter_rows = [
        tuple([Cell(text, "filter") for text in row]) for row in texts_of(_two(kernel, layer.rank))
    ]
    filters = Grid(tuple(filter_rows), f"filter {filter}{whose}", name="filter")
    result = output_grid(layer, filter, output_view(layer, position, space.places), kind,
                         f"output {'×'.join(map(str, layer.counts))}", position)  # fmt: skip
    grids = [
        Grid(image.rows, f"input {'×'.join(map(str, layer.sizes))}{whose}", "input", name="input"),
        filters,
        result,
    ]
    shown = stamps[:-left_out] if left_out else stamps
    stamped = [_stamped(layer, one, position) for one in shown]
    for side in cell_sides([*grids, *stamped], space.side):
        first, second, third = [grid_piece(grid, side, space.theme) for grid in grids]
        row = beside([first, sign("×", space.theme), second, arrow(space.theme), third], _GAP)
        pieces = [grid_piece(grid, side, space.theme) for grid in stamped]
        if left_out:
            pieces.append(said(f"… and {left_out} more stamps", _TEXT, space.theme.second))
        rows = _rows(pieces, space.width)
        if row.width <= space.width and rows is not None:
            words = told(space, stamp_words(layer, filter, position))
            return under([row, *rows, words], 9.0)
    return None


def _rows(pieces: list[Piece], room: float) -> list[Piece] | None:
    """Pieces in as many rows as they need; None where one alone is too wide."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        if piece.width > room:
            return None
        if rows and sum(p.width + _GAP for p in rows[-1]) + piece.width <= room:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [beside(row, _GAP) for row in rows]


def _image(layer: NumberedLayer, channel: int, seen: set[tuple[int, ...]]) -> Grid:
    """A channel of the input by itself, the cells whose stamps reach the output cell taken."""
    inside = [
        [axis.place(axis.sides[0] + own * axis.apart) for own in range(axis.size)] for axis in layer.axes
    ]
    values = texts_of(_two(layer.read([channel], inside)[0].tolist(), layer.rank))
    rows = []
    for row, texts in enumerate(values):
        places = [(row, column) if layer.rank == 2 else (column,) for column in range(len(texts))]
        rows.append(tuple([Cell(text, "input", at in seen) for at, text in zip(places, texts, strict=True)]))
    return Grid(tuple(rows), kind="input", name="input")


def _stamped(layer: NumberedLayer, one: Stamp, position: Sequence[int]) -> Grid:
    """What one cell stamps on the output: its own products, and the cell that is looked at among them."""
    own, there = one.kept(layer.counts)
    products = texts_of(_two(one.products.tolist(), layer.rank))
    at = list(position) if layer.rank == 2 else [0, *position]
    counts = list(layer.counts) if layer.rank == 2 else [1, *layer.counts]
    own_rows, own_columns = own if layer.rank == 2 else ([0], own[0])
    there_rows, there_columns = there if layer.rank == 2 else ([0], there[0])
    texts = {
        (to_row, to_column): products[from_row][from_column]
        for from_row, to_row in zip(own_rows, there_rows, strict=True)
        for from_column, to_column in zip(own_columns, there_columns, strict=True)
    }
    rows = [
        tuple([
            Cell(texts.get((row, column), ""), "filter" if (row, column) in texts else "product",
                 is_marked=[row, column] == at)
            for column in range(counts[1])
        ])
        for row in range(counts[0])
    ]  # fmt: skip
    where = ",".join(map(str, one.cell))
    return Grid(tuple(rows), f"{number_text(one.value)} × filter, from {where}", name="stamp")


def stamp_words(layer: NumberedLayer, filter: int, position: Sequence[int]) -> str:
    """What the stamps add to a cell, written out."""
    values, weights = [], []
    for channel in layer.channels_of(filter):
        for cell in reaching(layer, position):
            one = stamp(layer, filter, channel, cell)
            added = one.adds(position)
            if added is not None:
                values.append(one.value)
                weights.append(added[0])
    bias = layer.bias_for(filter)
    added_bias = "" if bias is None else f" + bias {number_text(bias)}"
    value = number_text(cell_of(layer, filter, position).value)
    return f"cell {','.join(map(str, position))} = {terms_of(values, weights) or '0'}{added_bias} = {value}"


def _two(values: list, rank: int) -> list[list[float]]:  # type: ignore[type-arg]
    return [values] if rank == 1 else values
