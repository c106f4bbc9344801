"""Many windows at once: for each cell of the kernel, what it meets in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.values import Array, check_elements

__all__ = ["Windows"]

_MOST_PLACES = 2**20
"""Places of windows are looked at one by one along each axis, so there may be fewer of them than of numbers."""


class Windows:
    """The windows at some positions of a layer.

        >>> from shapelens.numbers import numbered
        >>> from shapelens.operators import Pool
        >>> layer = numbered(Pool("max", (2,)), np.array([[1, 2, 3, 4, 5]]))
        >>> windows = Windows(layer, [range(2)])
        >>> [windows.met(windows.read([0]), tap).tolist() for tap in windows.taps]
        [[[1, 3]], [[2, 4]]]

    Args:
        layer: the layer.
        positions: the positions along each axis.
    """

    def __init__(self, layer: NumberedLayer, positions: Sequence[Sequence[int]]) -> None:
        self.layer = layer
        kernels = zip(layer.kernel, positions, strict=True)
        check_elements(sum([kernel * len(own) for kernel, own in kernels]), _MOST_PLACES)
        slid = zip(layer.axes, positions, strict=True)
        self.along = [[axis.window(at) for at in own] for axis, own in slid]
        # Windows overlap: what stands at a place is read once, and looked up.
        places = [{place.at: place for window in axis for place in window} for axis in self.along]
        self._places = [list(axis.values()) for axis in places]
        rows = [{at: row for row, at in enumerate(axis)} for axis in places]
        self._rows = [
            [[own[window[tap].at] for window in axis] for tap in range(kernel)]
            for axis, own, kernel in zip(self.along, rows, layer.kernel, strict=True)
        ]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many positions there are along each axis."""
        return tuple([len(axis) for axis in self.along])

    @property
    def taps(self) -> Iterator[tuple[int, ...]]:
        """The cells of the kernel, in the order in which sums are made."""
        return product(*map(range, self.layer.kernel))

    def read(self, channels: Sequence[int]) -> Array:
        """All that stands in the windows of some channels."""
        return self.layer.read(channels, self._places)

    def met(self, values: Array, tap: tuple[int, ...]) -> Array:
        """Of what was read, what one cell of the kernel meets: `channels × positions`."""
        rows = [axis[at] for axis, at in zip(self._rows, tap, strict=True)]
        found: Array = values[np.ix_(range(len(values)), *rows)]
        return found

    def are(self, tap: tuple[int, ...], kinds: frozenset[str]) -> Array:
        """Where one cell of the kernel meets places that are of some kinds along every axis: `positions`."""
        each = [
            [window[at].kind in kinds for window in axis] for axis, at in zip(self.along, tap, strict=True)
        ]
        found = np.ones(self.shape, dtype=bool)
        for axis, own in enumerate(each):
            found &= np.array(own).reshape([-1 if a == axis else 1 for a in range(len(each))])
        return found
