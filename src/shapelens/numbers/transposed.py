"""A transposed convolution, seen both ways: scattering and gathering. Both give the same numbers.

*Scattering*: each cell of the input stamps the filter, times its value, `stride` places after the one before; stamps
that overlap add up, and the padding cuts off what lies at the edges.

*Gathering*: a plain convolution of stride 1 with the kernel turned by 180°, over the input with `stride - 1` zeros put
between its cells and others around them.

    >>> import numpy as np
    >>> from shapelens.numbers import numbered, output
    >>> from shapelens.operators import TransposedConvolution
    >>> kernel = np.array([[[[1, 2, 1], [0, 3, 1], [2, 0, 1]]]])
    >>> layer = numbered(TransposedConvolution(stride=2), np.array([[[1, 2], [3, 4]]]), kernel)
    >>> scattered(layer, 0)[2].tolist(), output(layer)[0, 2].tolist()
    ([5, 6, 12, 8, 6], [5, 6, 12, 8, 6])
    >>> stamp(layer, 0, 0, (1, 0)).lands
    ((2, 3, 4), (0, 1, 2))

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from shapelens.numbers.axes import Axis
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.values import Array, Number, plain_number
from shapelens.operators import Tensor, TransposedConvolution
from shapelens.operators.windows import Sliding
from shapelens.records import dataclass

__all__ = ["Stamp", "gathering_axes", "reaching", "scattered", "stamp"]


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """What one cell of the input adds to one feature map.

    Args:
        channel: the channel that the cell is of.
        cell: where it is in the input.
        value: its value.
        lands: along each axis, where the stamp's cells land in the output; below 0 and from its size on they are
            cut off.
        kernel: the kernel that is stamped.
        products: the kernel times the value.
    """

    channel: int
    cell: tuple[int, ...]
    value: Number
    lands: tuple[tuple[int, ...], ...]
    kernel: Array
    products: Array

    def kept(self, counts: Sequence[int]) -> tuple[list[list[int]], list[list[int]]]:
        """What is not cut off, along each axis: the places in the stamp, and where in the output they land."""
        inside = [
            [(own, at) for own, at in enumerate(axis) if 0 <= at < count]
            for axis, count in zip(self.lands, counts, strict=True)
        ]
        return [[own for own, _ in axis] for axis in inside], [[at for _, at in axis] for axis in inside]

    def adds(self, position: Sequence[int]) -> tuple[Number, Number] | None:
        """The weight that meets a cell of the output, and its product; None where the stamp does not reach it."""
        if any(at not in axis for at, axis in zip(position, self.lands, strict=True)):
            return None
        place = tuple([axis.index(at) for at, axis in zip(position, self.lands, strict=True)])
        return plain_number(self.kernel[place]), plain_number(self.products[place])


def gathering_axes(
    operator: TransposedConvolution, sample: Tensor, weight: Tensor, counts: Sequence[int]
) -> tuple[Axis, ...]:
    """The axes as a plain convolution of stride 1 sees them: zeros between the cells, and around them.

    Args:
        operator: the transposed convolution.
        sample: what goes in.
        weight: its weight.
        counts: the sizes that come out.
    """
    spatial, cut = operator.axes(sample, weight).spatial, operator.sides(sample, weight)
    slidings = operator.slidings(operator.kernel_of(weight))
    axes = []
    for axis, sliding, (before, _), count in zip(spatial, slidings, cut, counts, strict=True):
        size = sample.dims[axis]
        reach = sliding.extent - 1  # how far the last cell of a stamp is from its first
        first = reach - before
        bare = Axis(
            size, count, Sliding(sliding.kernel, 1, sliding.dilation), (first, 0), apart=sliding.stride
        )
        sides = first, count + reach - bare.length
        gathering = Sliding(sliding.kernel, 1, sliding.dilation, sides)
        axes.append(Axis(size, count, gathering, sides, apart=sliding.stride))
    return tuple(axes)


def stamp(layer: NumberedLayer, filter: int, channel: int, cell: Sequence[int]) -> Stamp:
    """What one cell of the input adds to the feature map of a filter.

    Args:
        layer: the layer, of a transposed convolution.
        filter: which filter.
        channel: a channel of its group.
        cell: where the cell is, along each spatial axis.
    """
    where: list[Sequence[int]] = [[at] for at in cell]
    where.insert(layer.image.channel, [channel])
    value = layer.input.part(where).astype(layer.dtype).reshape(-1)[0]
    kernel = layer.kernel_for(filter, channel)
    lands = tuple([_lands(layer, axis, at) for axis, at in enumerate(cell)])
    return Stamp(channel, tuple(cell), plain_number(value), lands, kernel, kernel * value)


def _lands(layer: NumberedLayer, axis: int, cell: int) -> tuple[int, ...]:
    """Where the stamp of an input cell lands along an axis: it is the window of the convolution the other way."""
    seen = layer.axes[axis]
    stamping = Sliding(seen.sliding.kernel, seen.apart, seen.sliding.dilation)
    cut = stamping.extent - 1 - seen.sides[0]
    return tuple([at - cut for at in stamping.places(cell)])


def reaching(layer: NumberedLayer, position: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The cells of the input whose stamps reach a cell of the output, in their order."""
    windows = [axis.window(at) for axis, at in zip(layer.axes, position, strict=True)]
    return product(*[[place.cell for place in window if place.cell is not None] for window in windows])


def scattered(layer: NumberedLayer, filter: int) -> Array:
    """The whole feature map of a filter, made by adding up the stamps of all cells."""
    made = np.zeros(layer.counts, dtype=layer.dtype)
    for channel in layer.channels_of(filter):
        for cell in product(*[range(size) for size in layer.sizes]):
            one = stamp(layer, filter, channel, cell)
            own, there = one.kept(layer.counts)
            made[np.ix_(*there)] += one.products[np.ix_(*own)]
    bias = layer.bias_for(filter)
    return made if bias is None else made + bias
