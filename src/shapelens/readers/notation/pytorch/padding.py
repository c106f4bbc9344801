"""PyTorch's padding layers, over one to three axes."""

from __future__ import annotations

from shapelens.operators import Pad
from shapelens.operators.padding import CIRCULAR, CONSTANT, REFLECT, REPLICATE
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, image

_MODES = {
    "Zero": CONSTANT,
    "Constant": CONSTANT,
    "Reflection": REFLECT,
    "Replication": REPLICATE,
    "Circular": CIRCULAR,
}
_ANY = -(2**31)
"""A negative padding cuts off."""


def _mode(arguments: Arguments) -> str:
    return _MODES[arguments.name.partition("Pad")[0]]


def _takes(arguments: Arguments) -> Sample:
    return image(arguments.rank, is_certain=_mode(arguments) != CONSTANT)


@layer("ZeroPad1d", "ZeroPad2d", "ZeroPad3d", signature="padding", takes=_takes, keeps=CHANNELS)
@layer(
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    signature="padding, value",
    takes=_takes,
    keeps=CHANNELS,
)
@layer(
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", signature="padding", takes=_takes, keeps=CHANNELS
)
@layer(
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    signature="padding",
    takes=_takes,
    keeps=CHANNELS,
)
@layer("CircularPad1d", "CircularPad2d", "CircularPad3d", signature="padding", takes=_takes, keeps=CHANNELS)
def pad(arguments: Arguments, place: Place) -> None:
    """Cells around an image: the last axis' before and after come first."""
    rank, mode = arguments.rank, _mode(arguments)
    sides = arguments.integers("padding", 2 * rank, _ANY)
    pairs = tuple(zip(sides[::2], sides[1::2], strict=True))
    ranks = () if mode == CONSTANT else (rank + 1, rank + 2)
    place.add(Pad(pairs[::-1], tuple(range(-rank, 0)), mode, ranks=ranks))
