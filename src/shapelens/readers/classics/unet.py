"""U-Net: down by pools to see much, up again to say where, and at each height what was seen on the way down.

As published, no convolution is padded, so each loses two cells; what comes in by a skip is cropped to fit.
An image of 572×572 is, before, between and after the two convolutions of each height, so high:

    enc1     64 filters   572 570 568         dec1   392 390 388   568 cropped to 392, head: 2×388×388
    enc2    128           284 282 280         dec2   200 198 196   280         to 200
    enc3    256           140 138 136         dec3   104 102 100   136         to 104
    enc4    512            68  66  64         dec4    56  54  52    64         to  56
    middle 1024            32  30  28

Padded, it loses nothing, and gives an image as large as the one that came in. Both need every pool to meet
an even height: 572, 588, … the one (12 more than multiples of 16), multiples of 16 the other.

Source: Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation",
2015, figure 1.
"""

from __future__ import annotations

from shapelens.operators import Pad
from shapelens.readers.layering import LayerBuilder

__all__ = ["unet", "unet_padded"]

CHANNELS = (64, 128, 256, 512)
"""Of each height, from the top."""

CROPS = (88, 40, 16, 4)
"""What a skip loses on each side, from the top: (568 - 392)/2 = 88."""


def unet(net: LayerBuilder) -> None:
    """As published, with two classes."""
    _unet(net, padding=0)


def unet_padded(net: LayerBuilder) -> None:
    """The same with convolutions that keep the size."""
    _unet(net, padding=1)


def _unet(net: LayerBuilder, padding: int) -> None:
    skips: list[str] = []
    for height, channels in enumerate(CHANNELS, 1):
        _two_convolutions(net, f"enc{height}", channels, padding)
        skips.append(net.here)
        net.pool("max", 2, name=f"pool{height}")
    _two_convolutions(net, "middle", 2 * CHANNELS[-1], padding)
    for height in (4, 3, 2, 1):
        channels, skip = CHANNELS[height - 1], skips[height - 1]
        up = net.transposed_convolution(channels, 2, stride=2, name=f"up{height}")
        if not padding:
            skip = _cropped(net, skip, CROPS[height - 1], name=f"crop{height}")
        net.concatenate([skip, up], name=f"cat{height}")
        _two_convolutions(net, f"dec{height}", channels, padding)
    net.convolution(2, 1, name="head")


def _two_convolutions(net: LayerBuilder, name: str, channels: int, padding: int) -> None:
    with net.scope(name):
        for _ in range(2):
            net.convolution(channels, 3, padding=padding)
            net.relu()


def _cropped(net: LayerBuilder, skip: str, cells: int, name: str) -> str:
    """So many cells off each side: a padding that takes away."""
    return net.function(Pad(((-cells, -cells),) * 2, axes=(2, 3)), "pad", [skip], name=name)
