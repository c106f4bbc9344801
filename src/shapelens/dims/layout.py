"""Which axis of a tensor is which: `NCHW`, `NHWC`, their 1-d and 3-d forms, and the same for one sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from shapelens.records import dataclass

__all__ = ["AXIS_WORDS", "CHANNELS_FIRST", "CHANNELS_LAST", "Layout", "layout_of"]

_Item = TypeVar("_Item")

AXIS_WORDS = {"N": "batch", "C": "channels", "D": "depth", "H": "height", "W": "width", "T": "length"}
"""What each letter stands for; a 1-d network's only spatial axis is its length."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The order of named axes.

        >>> Layout("NCHW").reordered((1, 3, 224, 320), Layout("NHWC"))
        (1, 224, 320, 3)

    Args:
        axes: one letter an axis: N batch, C channels, D depth, H height, W width, T length.
    """

    axes: str

    def __str__(self) -> str:
        return self.axes

    @property
    def spaced(self) -> str:
        """The letters as a shape is written: `C×H×W`."""
        return "×".join(self.axes)

    @property
    def words(self) -> str:
        """The axes in words: `channels×height×width`."""
        return "×".join(AXIS_WORDS[letter] for letter in self.axes)

    @property
    def channels_last(self) -> bool:
        """Whether the channels stand last."""
        return self.axes.endswith("C")

    @property
    def sample(self) -> Layout:
        """The layout of one sample: without the batch."""
        return Layout(self.axes.replace("N", ""))

    @property
    def batched(self) -> Layout:
        """The layout with the batch in front."""
        return Layout("N" + self.axes.replace("N", ""))

    @property
    def other(self) -> Layout:
        """The same axes with the channels at the other end."""
        rest = self.axes.replace("N", "").replace("C", "")
        batch = "N" if "N" in self.axes else ""
        return Layout(batch + ("C" + rest if self.channels_last else rest + "C"))

    @property
    def spatial(self) -> tuple[int, ...]:
        """The indices of the spatial axes, in their order."""
        return tuple(i for i, letter in enumerate(self.axes) if letter not in "NC")

    @property
    def channel(self) -> int:
        """The index of the channels."""
        return self.axes.index("C")

    def reordered(self, shape: Sequence[_Item], target: Layout) -> tuple[_Item, ...]:
        """A shape of this layout in the order of another that has the same axes."""
        return tuple(shape[self.axes.index(letter)] for letter in target.axes)


_SPATIAL_LETTERS = {0: "", 1: "T", 2: "HW", 3: "DHW"}


def layout_of(spatial_rank: int, *, channels_last: bool = False, batched: bool = True) -> Layout:
    """The layout of images with so many spatial axes (0 to 3).

    >>> layout_of(2), layout_of(3, channels_last=True, batched=False)
    (Layout(axes='NCHW'), Layout(axes='DHWC'))
    """
    letters = _SPATIAL_LETTERS[spatial_rank]
    axes = letters + "C" if channels_last else "C" + letters
    return Layout(("N" if batched else "") + axes)


CHANNELS_FIRST = layout_of(2)
CHANNELS_LAST = layout_of(2, channels_last=True)
