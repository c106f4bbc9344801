"""VGG: nothing but 3×3 convolutions, twice as many filters after each pool, and three linear layers.

Two 3×3 convolutions, one after the other, see 5×5 and three see 7×7, with fewer parameters than one such
layer and a nonlinearity after each.

      3×224×224
     64×224×224   features: 1 or 2 convolutions, then a pool
    128×112×112             1 or 2
    256×56×56               2, 3 or 4
    512×28×28               2, 3 or 4
    512×14×14               2, 3 or 4
    512×7×7       avgpool: what other input sizes give is averaged to this
    25088         flatten
    4096, 4096, 1000   classifier: 124 of 138 million parameters

Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014,
table 1: configurations A, B, D and E; torchvision's form.
"""

from __future__ import annotations

from shapelens.readers.layering import LayerBuilder

__all__ = ["vgg11", "vgg13", "vgg16", "vgg19"]

FILTERS = (64, 128, 256, 512, 512)
"""In each convolution of each stage."""


def vgg11(net: LayerBuilder) -> None:
    """Configuration A."""
    _vgg(net, (1, 1, 2, 2, 2))


def vgg13(net: LayerBuilder) -> None:
    """Configuration B."""
    _vgg(net, (2, 2, 2, 2, 2))


def vgg16(net: LayerBuilder) -> None:
    """Configuration D."""
    _vgg(net, (2, 2, 3, 3, 3))


def vgg19(net: LayerBuilder) -> None:
    """Configuration E."""
    _vgg(net, (2, 2, 4, 4, 4))


def _vgg(net: LayerBuilder, depths: tuple[int, ...]) -> None:
    with net.scope("features"):
        for filters, depth in zip(FILTERS, depths, strict=True):
            for _ in range(depth):
                net.convolution(filters, 3, padding=1)
                net.relu()
            net.pool("max", 2)
    net.adaptive_pool(7, name="avgpool")
    net.flatten()
    with net.scope("classifier"):
        for _ in range(2):
            net.linear(4096)
            net.relu()
            net.dropout()
        net.linear(1000)
