"""What makes one cell of a pool: the window, and its largest value, its mean or its norm."""

from __future__ import annotations

from shapelens.drawing.layer.grid import Cell, Grid, cell_sides, grid_piece
from shapelens.drawing.layer.pieces import Piece, Space, arrow, beside, under
from shapelens.drawing.layer.reading import input_grid, number_text, output_grid, output_view, view_of
from shapelens.drawing.layer.sums import map_words, shown_line, told, whose_words
from shapelens.numbers import NumberedLayer, PoolCell
from shapelens.operators import Pool

__all__ = ["pool_part", "pool_words"]

_GAP = 12.0
_MOST_TERMS = 27


def pool_part(layer: NumberedLayer, cell: PoolCell, kind: str, space: Space) -> Piece | None:
    """One cell of a pool as grids: its channel with the window, and the map; None where they have no room.

    Args:
        layer: the layer with its numbers.
        cell: the cell, taken apart.
        kind: what makes it, as figures colour it.
        space: what it may take up.
    """
    view = view_of(layer, cell.window, space.places)
    slices = range(layer.kernel[0]) if layer.rank == 3 else [None]
    images = [_image(layer, cell, view, tap) for tap in slices]
    shown = output_view(layer, cell.position, space.places)
    result = output_grid(
        layer, cell.map, shown, kind, map_words(layer, cell.map, cell.position), cell.position
    )
    for side in cell_sides([*images, result], space.side):
        column = under([grid_piece(image, side, space.theme) for image in images], 8.0)
        together = beside([column, arrow(space.theme), grid_piece(result, side, space.theme)], _GAP)
        if together.width <= space.width:
            words = told(space, pool_words(layer, cell), shown_line(layer, view, shown))
            return under([together, words], 8.0)
    return None


def _image(layer: NumberedLayer, cell: PoolCell, view: tuple[range, ...], tap: int | None) -> Grid:
    """The channel that goes in; the cell that wins is marked."""
    lead = 0 if tap is None else cell.window[0][tap].at
    where = "" if tap is None else f", slice {lead - layer.axes[0].sides[0]}"
    grid = input_grid(layer, cell.map, view, cell.window, f"{whose_words(layer, cell.map)}{where}", lead)
    if cell.winner is None or (tap is not None and cell.winner[0] != tap):
        return grid
    flat = cell.winner[-min(layer.rank, 2) :]
    places = [axis[own].at for axis, own in zip(cell.window[-len(flat) :], flat, strict=True)]
    inside = [at - shown[0] for at, shown in zip(places, view[-len(flat) :], strict=True)]
    row, column = inside if len(inside) == 2 else (0, inside[0])
    rows = [list(cells) for cells in grid.rows]
    won = rows[row][column]
    rows[row][column] = Cell(won.text, won.kind, won.is_seen, is_marked=True)
    return Grid(tuple(map(tuple, rows)), grid.heading, grid.kind, grid.window, grid.name)


def pool_words(layer: NumberedLayer, cell: PoolCell) -> str:
    """`cell 0,0 = the largest of 1, 5, 3, 2 = 5`; a mean's sum and what it is divided by."""
    operator = layer.operator
    assert isinstance(operator, Pool)
    at = ",".join(map(str, cell.position))
    values = [number_text(number) for number in cell.values[cell.counts].tolist()]
    if len(values) > _MOST_TERMS:
        values = [*values[:3], "…", values[-1]]
    result = number_text(cell.value)
    if cell.winner is not None:
        return f"cell {at} = the largest of {', '.join(values)} = {result}"
    if cell.divisor is not None:
        return f"cell {at} = ({' + '.join(values)}) / {cell.divisor} = {result}"
    powers = " + ".join(f"|{value}|^{operator.norm:g}" for value in values)
    return f"cell {at} = ({powers})^(1/{operator.norm:g}) = {result}"
