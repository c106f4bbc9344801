"""What is asked of a layer with its numbers: one cell taken apart, a part of its output, or all of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.pooling import PoolCell, pool_cell, pool_maps
from shapelens.numbers.sums import ConvolutionCell, convolution_cell, convolution_maps
from shapelens.numbers.values import Array

__all__ = ["cell", "check_position", "maps", "output"]

_PLACES = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}


def cell(layer: NumberedLayer, map: int, position: Sequence[int]) -> ConvolutionCell | PoolCell:
    """One cell of the output, taken apart. Of a transposed convolution it is the cell as gathering makes it.

    Args:
        layer: the layer.
        map: which feature map: the filter, or the channel of a pool.
        position: where in it, along each spatial axis, from 0.

    Raises:
        UsageError: there is no such cell.
    """
    layer.check_map(map)
    check_position(layer, position)
    return pool_cell(layer, map, position) if layer.is_pool else convolution_cell(layer, map, position)


def maps(
    layer: NumberedLayer, which: Sequence[int], positions: Sequence[Sequence[int]] | None = None
) -> Array:
    """Feature maps, or a part of them, maps first: `len(which) × positions`.

    Args:
        layer: the layer.
        which: the maps: filters, or channels of a pool.
        positions: the positions along each axis; all of them if not given.
    """
    where = [range(count) for count in layer.counts] if positions is None else positions
    return pool_maps(layer, which, where) if layer.is_pool else convolution_maps(layer, which, where)


def output(layer: NumberedLayer) -> Array:
    """The whole output of a sample, in the operator's order.

    Raises:
        LimitExceededError: it is too large.
    """
    whole = maps(layer, range(layer.maps))
    return np.moveaxis(whole, 0, -1) if layer.operator.channels_last else whole


def check_position(layer: NumberedLayer, position: Sequence[int]) -> None:
    """Refuse a cell that there is not.

    Raises:
        UsageError: "cell 5,5 is outside the output".
    """
    words, shown = _PLACES.get(layer.rank, ("place",) * layer.rank), ",".join(map(str, position))
    last = ",".join([str(count - 1) for count in layer.counts])
    ranges = ", ".join([f"{word}s 0 to {count - 1}" for word, count in zip(words, layer.counts, strict=True)])
    if len(position) != layer.rank:
        raise UsageError(
            f"a cell of this output has {layer.rank} number{'' if layer.rank == 1 else 's'}",
            at=f"cell {shown}",
            have=f"{len(position)}",
            rule=f"{', '.join(words)}, each from 0: the output has {ranges}",
            fix=f"cell {last}",
        )
    if any(not 0 <= at < count for at, count in zip(position, layer.counts, strict=True)):
        raise UsageError(
            f"cell {shown} is outside the output",
            at=f"cell {shown}",
            have=f"{ranges}",
            rule=f"{', '.join(words)}, each from 0",
            fix=f"cell {last}, the last one",
        )
