"""A layer with its numbers: an operator, what goes in, its weight and its bias, all in the operator's own order.

    >>> import numpy as np
    >>> from shapelens.numbers import cell, numbered, output
    >>> from shapelens.operators import Convolution
    >>> image = np.array([[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
    >>> layer = numbered(Convolution(), image, np.array([[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]]))
    >>> output(layer).tolist()
    [[[56, 72], [104, 120]]]
    >>> [part.sum for part in cell(layer, 0, (0, 0)).channels]
    [19, 37]

Whole numbers stay whole, and exact: where a sum might pass 2^63 they are Python's own. Others are floats of 64 bits.
Every sum is made in one order: cell by cell of the kernel, then channel by channel, then the bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.axes import Axis, Place
from shapelens.numbers.values import Array, Number, Values, check_elements, plain_number
from shapelens.operators import Convolution, Pool, Tensor, TransposedConvolution
from shapelens.operators.windows import ImageAxes
from shapelens.records import dataclass

__all__ = ["NumberedLayer"]


@dataclass(frozen=True, slots=True, eq=False)
class NumberedLayer:
    """A layer with its numbers. Made by `numbered`.

    Args:
        operator: the operator.
        input: one sample of what goes in.
        weight: the weight; None for a pool.
        bias: the bias, if there is one.
        is_flipped: whether kernels are turned by 180° first.
        axes: the spatial axes, as windows see them; for a transposed convolution as those of the gathering see them.
        image: which axis of the sample is which.
        maps: how many feature maps come out: one for each filter, or for each channel of a pool.
        depth: how many channels each map looks at.
        dtype: what sums are made of: `int64`, `float64`, or `object` for whole numbers beyond them.
    """

    operator: Convolution | Pool
    input: Values
    weight: Values | None
    bias: Values | None
    is_flipped: bool
    axes: tuple[Axis, ...]
    image: ImageAxes
    maps: int
    depth: int
    dtype: str

    @property
    def rank(self) -> int:
        """How many spatial axes there are."""
        return len(self.axes)

    @property
    def channels(self) -> int:
        """How many channels go in."""
        return self.input.shape[self.image.channel]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The spatial sizes that go in."""
        return tuple([axis.size for axis in self.axes])

    @property
    def counts(self) -> tuple[int, ...]:
        """The spatial sizes that come out."""
        return tuple([axis.count for axis in self.axes])

    @property
    def kernel(self) -> tuple[int, ...]:
        """The window's extent in cells."""
        return tuple([axis.sliding.kernel for axis in self.axes])

    @property
    def is_transposed(self) -> bool:
        """Whether it is a transposed convolution."""
        return isinstance(self.operator, TransposedConvolution)

    @property
    def is_pool(self) -> bool:
        """Whether it is a pool."""
        return isinstance(self.operator, Pool)

    @property
    def is_turned(self) -> bool:
        """Whether a window meets its kernel turned by 180°: in gathering it is, and turned once more if flipped."""
        return self.is_flipped is not self.is_transposed

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape that comes out, in the operator's order."""
        return (*self.counts, self.maps) if self.operator.channels_last else (self.maps, *self.counts)

    def channels_of(self, map: int) -> range:
        """The channels that a feature map looks at: those of its group."""
        first = map // (self.maps * self.depth // self.channels) * self.depth
        return range(first, first + self.depth)

    def read(self, channels: Sequence[int], places: Sequence[Sequence[Place]]) -> Array:
        """What stands at some places, channels first; a zero where no cell of the input does."""
        check_elements(len(channels) * prod([len(axis) for axis in places]))
        made = np.zeros((len(channels), *[len(axis) for axis in places]), dtype=self.dtype)
        taken = [[n for n, place in enumerate(axis) if place.cell is not None] for axis in places]
        cells: list[Sequence[int]] = [
            [axis[n].cell or 0 for n in own] for axis, own in zip(places, taken, strict=True)
        ]
        cells.insert(self.image.channel, channels)
        part = np.moveaxis(self.input.part(cells), self.image.channel, 0)
        made[np.ix_(range(len(channels)), *taken)] = part.astype(self.dtype)
        return made

    def kernel_for(self, map: int, channel: int) -> Array:
        """The kernel of a filter for one channel of what goes in, as a layer keeps it; turned only if flipped."""
        found: Array = self._kernels([map], [channel])[0, 0]
        return np.flip(found) if self.is_flipped else found

    def met_kernel(self, map: int, channel: int) -> Array:
        """The same kernel as a window meets it: for a transposed convolution, that gathers, the other way round."""
        found: Array = self.met_kernels([map], [channel])[0, 0]
        return found

    def met_kernels(self, maps: Sequence[int], channels: Sequence[int]) -> Array:
        """The same kernels of several filters of one group: `len(maps) × len(channels) × kernel`."""
        kept = self._kernels(maps, channels)
        return np.flip(kept, tuple(range(2, kept.ndim))) if self.is_turned else kept

    def _kernels(self, maps: Sequence[int], channels: Sequence[int]) -> Array:
        """Kernels of one group. In their weights filters differ along one axis, and channels along another."""
        assert self.weight is not None and isinstance(self.operator, Convolution)
        weight, first = Tensor(self.weight.shape), self.channels_of(maps[0])[0]
        of_maps = [self.operator.kernel_place(weight, map, channels[0] - first) for map in maps]
        of_channels = [self.operator.kernel_place(weight, maps[0], channel - first) for channel in channels]
        sizes = iter(self.kernel)
        places: list[Sequence[int]] = []
        moved: dict[str, int] = {}
        for axis, (by_map, by_channel) in enumerate(
            zip(zip(*of_maps, strict=True), zip(*of_channels, strict=True), strict=True)
        ):
            if by_map[0] is None:
                places.append(range(next(sizes)))
            elif len(set(by_map)) > 1:
                places.append(by_map)
                moved["maps"] = axis
            else:
                places.append(by_channel if len(set(by_channel)) > 1 else by_channel[:1])
                if len(places[-1]) > 1:
                    moved["channels"] = axis
        front = [moved[which] for which in ("maps", "channels") if which in moved]
        found = np.moveaxis(self.weight.part(places), front, range(len(front)))
        return found.reshape(len(maps), len(channels), *self.kernel).astype(self.dtype)

    def bias_for(self, map: int) -> Number | None:
        """The bias of a filter, if there is one."""
        return None if self.bias is None else plain_number(self.bias.part([[map]]).astype(self.dtype)[0])

    def check_map(self, map: int) -> None:
        """Refuse a filter that there is not.

        Raises:
            UsageError: "there is no filter 64".
        """
        word = "channel" if self.is_pool else "filter"
        if not 0 <= map < self.maps:
            raise UsageError(
                f"there is no {word} {map}",
                at=f"filter {map}",
                have=f"{self.maps} feature map{'' if self.maps == 1 else 's'}, one per {word}",
                rule=f"a {word} from 0 to {self.maps - 1}",
                fix=f"filter {self.maps - 1}",
            )
