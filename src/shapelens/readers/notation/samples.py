"""What a layer says of its input: how many axes one sample has, how many channels, which sizes are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from shapelens.dims.layout import Layout
from shapelens.records import dataclass

__all__ = ["Sample", "image", "sequence", "vector"]

_SPATIAL = {0: "", 1: "T", 2: "HW", 3: "DHW"}

_CHANNELS_EXAMPLE = 64


@dataclass(frozen=True, slots=True)
class Sample:
    """What a layer says of one sample of its input.

    Args:
        dims: its sizes; a text is the symbol of a size that the layer leaves open.
        channel: the place of the channels, or of the features.
        axes: the letters of its axes, where they are an image's or a sequence's.
        dtype: the type of its elements.
        is_certain: whether it can have no other number of axes; else this is one of several.
        is_batched: whether a batch stands before it.
        example: sizes to show symbols with, other than the usual.
        is_declared: whether the text itself declares it, by an input; layers tell no more than which axis is which.
    """

    dims: tuple[int | str, ...]
    channel: int = 0
    axes: str = ""
    dtype: str = "float32"
    is_certain: bool = True
    is_batched: bool = True
    example: Mapping[str, int] = field(default_factory=dict)
    is_declared: bool = False

    @property
    def channels(self) -> int | str:
        """Its channels, or its features."""
        return self.dims[self.channel]

    @property
    def layout(self) -> Layout | None:
        """The layout of its tensor, the batch included; None where its axes are not an image's or a sequence's."""
        return Layout(("N" if self.is_batched else "") + self.axes) if self.axes else None

    def deep(self, channels: int | str) -> Sample:
        """The same with so many channels."""
        dims = tuple([channels if i == self.channel else dim for i, dim in enumerate(self.dims)])
        return replace(self, dims=dims)


def image(
    spatial_rank: int, channels: int | str = "C", *, channels_last: bool = False, is_certain: bool = True
) -> Sample:
    """An image, or what is like one along another number of axes.

    >>> image(2, 3).dims, image(1, channels_last=True).dims
    ((3, 'H', 'W'), ('T', 'C'))
    """
    sizes = _SPATIAL[spatial_rank]
    example = {} if isinstance(channels, int) else {channels: _CHANNELS_EXAMPLE}
    if channels_last:
        return Sample((*sizes, channels), len(sizes), sizes + "C", is_certain=is_certain, example=example)
    return Sample((channels, *sizes), 0, "C" + sizes, is_certain=is_certain, example=example)


def vector(features: int | str) -> Sample:
    """A vector; layers that take one take more axes before it too."""
    example = {} if isinstance(features, int) else {features: _CHANNELS_EXAMPLE}
    return Sample((features,), is_certain=False, example=example)


def sequence(features: int | str, *, is_batched: bool = True) -> Sample:
    """A sequence of vectors."""
    example = {} if isinstance(features, int) else {features: _CHANNELS_EXAMPLE}
    return Sample(("T", features), 1, "TC", is_batched=is_batched, example=example)
