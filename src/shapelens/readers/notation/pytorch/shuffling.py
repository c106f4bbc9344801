"""PyTorch's layers that trade channels for space, and deal channels out anew."""

from __future__ import annotations

from shapelens.operators import ChannelShuffle, DepthToSpace, SpaceToDepth
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample

_CHANNELS, _SIZE = 64, 224


def _image(channels: int, size: int) -> Sample:
    """An image whose example sizes are multiples of what divides them."""
    example = {"C": -(-_CHANNELS // channels) * channels}
    example |= dict.fromkeys(("H", "W"), -(-_SIZE // size) * size)
    return Sample(("C", "H", "W"), axes="CHW", is_certain=False, example=example)


@layer(
    "PixelShuffle",
    signature="upscale_factor",
    takes=lambda arguments: _image(arguments.integer("upscale_factor") ** 2, 1),
)
def pixel_shuffle(arguments: Arguments, place: Place) -> None:
    """Channels made into space."""
    place.add(DepthToSpace(arguments.integer("upscale_factor")))


@layer(
    "PixelUnshuffle",
    signature="downscale_factor",
    takes=lambda arguments: _image(1, arguments.integer("downscale_factor")),
)
def pixel_unshuffle(arguments: Arguments, place: Place) -> None:
    """Space made into channels."""
    place.add(SpaceToDepth(arguments.integer("downscale_factor")))


@layer(
    "ChannelShuffle",
    signature="groups",
    takes=lambda arguments: _image(arguments.integer("groups"), 1),
    keeps=SHAPE,
)
def channel_shuffle(arguments: Arguments, place: Place) -> None:
    """The channels of all groups, one from each in turn."""
    place.add(ChannelShuffle(arguments.integer("groups")))
