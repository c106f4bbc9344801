"""A cell taken apart as plain data, for JSON."""

from __future__ import annotations

from math import prod
from typing import Any

from shapelens.numbers import (
    ConvolutionCell,
    NumberedLayer,
    PoolCell,
    maps,
    output,
    reaching,
    stamp,
)

__all__ = ["cell_facts"]

_MOST_OUTPUT = 4096
_MOST_PRODUCTS = 65_536


def cell_facts(layer: NumberedLayer, cell: ConvolutionCell | PoolCell) -> dict[str, Any]:
    """The window, what stands in it, what it is multiplied by, the sums, and the cell; the output where it is small.

    The window's places are told for each axis, counted from the input's first cell.
    """
    facts: dict[str, Any] = {
        "channel" if layer.is_pool else "filter": cell.map,
        "cell": list(cell.position),
        "window": [
            [{"at": axis.own(place), "cell": place.cell, "kind": place.kind} for place in places]
            for axis, places in zip(layer.axes, cell.window, strict=True)
        ],
        **(_pool(cell) if isinstance(cell, PoolCell) else _sums(layer, cell)),
        "value": cell.value,
    }
    if prod(layer.output_shape) <= _MOST_OUTPUT and prod(layer.input.shape) <= _MOST_OUTPUT:
        facts["output"] = output(layer).tolist()
    elif prod(layer.counts) <= _MOST_OUTPUT and layer.depth == 1:
        facts["map"] = maps(layer, [cell.map])[0].tolist()
    return facts


def _pool(cell: PoolCell) -> dict[str, Any]:
    return {
        "values": cell.values.tolist(),
        "counts": cell.counts.tolist(),
        "winner": None if cell.winner is None else list(cell.winner),
        "sum": cell.sum,
        "divisor": cell.divisor,
    }


def _sums(layer: NumberedLayer, cell: ConvolutionCell) -> dict[str, Any]:
    is_small = prod(layer.kernel) * layer.depth <= _MOST_PRODUCTS
    channels = [
        {
            "channel": part.channel,
            **(
                {
                    "values": part.values.tolist(),
                    "kernel": part.kernel.tolist(),
                    "products": part.products.tolist(),
                }
                if is_small
                else {}
            ),
            "sum": part.sum,
        }
        for part in cell.channels
    ]
    facts = {"flipped": layer.is_flipped, "channels": channels, "sum": cell.sum, "bias": cell.bias}
    if layer.is_transposed and is_small:
        facts["stamps"] = [
            {"channel": own.channel, "cell": list(own.cell), "value": own.value,
             "lands": [list(axis) for axis in own.lands], "products": own.products.tolist()}
            for part in cell.channels
            for own in [stamp(layer, cell.map, part.channel, at) for at in reaching(layer, cell.position)]
        ]  # fmt: skip
    return facts
