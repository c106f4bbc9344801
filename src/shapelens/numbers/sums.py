"""Sums of products: one cell of a convolution's output, taken apart; and its output, whole or in part.

A filter has one kernel for each channel that it looks at. The window's values are multiplied by the kernel, cell by
cell; the products of a channel are summed, the channels are summed, and the bias is added. Nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from shapelens.errors import LimitExceededError
from shapelens.numbers.axes import Place
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.values import Array, Number, check_elements
from shapelens.numbers.windows import Windows
from shapelens.records import dataclass

__all__ = ["ChannelSum", "ConvolutionCell", "convolution_cell", "convolution_maps", "partial_outputs"]

MOST_PRODUCTS = 2**32
"""So many products take some seconds."""

_AT_ONCE = 2**16
"""So many cells are summed together; more do not fit the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class ChannelSum:
    """What one channel adds to a cell.

    Args:
        channel: the channel of what goes in.
        values: what stands in the window.
        kernel: the filter's kernel for this channel, as it meets the window.
        products: value by value.
        sum: of the products.
    """

    channel: int
    values: Array
    kernel: Array
    products: Array
    sum: Number


@dataclass(frozen=True, slots=True, eq=False)
class ConvolutionCell:
    """One cell of a feature map, taken apart.

    Args:
        map: which feature map: the filter.
        position: where the cell is in it.
        window: the places of the window along each axis.
        channels: what each channel adds.
        sum: of all channels.
        bias: of the filter; None if there is none.
        value: the cell: the sum, and the bias.
    """

    map: int
    position: tuple[int, ...]
    window: tuple[tuple[Place, ...], ...]
    channels: tuple[ChannelSum, ...]
    sum: Number
    bias: Number | None
    value: Number


def convolution_cell(layer: NumberedLayer, filter: int, position: Sequence[int]) -> ConvolutionCell:
    """One cell of a convolution, or of a transposed one that gathers; nothing but its window is read."""
    window = tuple([axis.window(at) for axis, at in zip(layer.axes, position, strict=True)])
    looked_at = layer.channels_of(filter)
    values, kernels = layer.read(looked_at, window), layer.met_kernels([filter], looked_at)[0]
    parts: list[ChannelSum] = []
    total: Number = 0
    for channel, own, kernel in zip(looked_at, values, kernels, strict=True):
        products = own * kernel
        summed = _in_order(products)
        parts.append(ChannelSum(channel, own, kernel, products, summed))
        total = total + summed
    bias = layer.bias_for(filter)
    value = total if bias is None else total + bias
    return ConvolutionCell(filter, tuple(position), window, tuple(parts), total, bias, value)


def _in_order(numbers: Array) -> Number:
    """A sum made one by one, as `convolution_maps` makes it, so that both give the very same float."""
    total: Number = 0.0 if numbers.dtype == np.float64 else 0
    for number in numbers.reshape(-1).tolist():
        total = total + number
    return total


def convolution_maps(
    layer: NumberedLayer, filters: Sequence[int], positions: Sequence[Sequence[int]]
) -> Array:
    """Feature maps, or a part of them: `len(filters) × positions`."""
    _check_work(layer, len(filters), positions)
    made = np.zeros((len(filters), *map(len, positions)), dtype=layer.dtype)
    groups: dict[int, list[int]] = {}
    for place, filter in enumerate(filters):
        groups.setdefault(layer.channels_of(filter)[0], []).append(place)
    windows = Windows(layer, positions)
    for places in groups.values():
        own = [filters[place] for place in places]
        total = np.zeros((len(own), *map(len, positions)), dtype=layer.dtype)
        for summed in _summed(windows, own):
            total += summed
        made[places] = total
    for place, filter in enumerate(filters):
        bias = layer.bias_for(filter)
        if bias is not None:
            made[place] += bias
    return made


def partial_outputs(
    layer: NumberedLayer, filter: int, positions: Sequence[Sequence[int]] | None = None
) -> Array:
    """What each channel by itself gives for a filter: `channels × positions`. Their sum, and the bias, is its map.

    Args:
        layer: the layer, of a convolution.
        filter: which filter.
        positions: the positions along each axis; all of them if not given.
    """
    layer.check_map(filter)
    where = [range(count) for count in layer.counts] if positions is None else positions
    _check_work(layer, 1, where)
    windows = Windows(layer, where)
    return np.concatenate(list(_summed(windows, [filter])))


def _check_work(layer: NumberedLayer, filters: int, positions: Sequence[Sequence[int]]) -> None:
    cells = filters * prod(map(len, positions))
    check_elements(cells)
    products = cells * layer.depth * prod(layer.kernel)
    if products > MOST_PRODUCTS:
        raise LimitExceededError(
            "this is too much to compute",
            at="numbers",
            have=f"{products:,} products",
            rule=f"at most {MOST_PRODUCTS:,} at once",
            fix="ask for one cell, or for a smaller input",
        )


def _summed(windows: Windows, filters: Sequence[int]) -> Iterator[Array]:
    """What each channel of a group adds for its filters, one after another: `len(filters) × positions`."""
    layer = windows.layer
    channels = layer.channels_of(filters[0])
    many = max(_AT_ONCE // max(len(filters) * prod(windows.shape), 1), 1)
    for start in range(0, len(channels), many):
        part = channels[start : start + many]
        values, kernels = windows.read(part), layer.met_kernels(filters, part)
        flat = kernels.reshape(len(filters), len(part), -1, *(1,) * layer.rank)
        total = np.zeros((len(filters), len(part), *windows.shape), dtype=layer.dtype)
        for place, tap in enumerate(windows.taps):
            total += flat[:, :, place] * windows.met(values, tap)
        for place in range(len(part)):
            yield total[:, place]
