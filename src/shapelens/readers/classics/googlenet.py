"""GoogLeNet, Inception v1: four branches side by side, joined along the channels; 22 layers, few parameters.

A module looks at its input at several scales at once. A 1×1 convolution before each larger one makes it
narrow, so that the larger one is cheap.

      3×224×224
     64×112×112   conv1: 7×7, stride 2
     64×56×56     maxpool1
    192×56×56     conv2, conv3
    192×28×28     maxpool2
    480×28×28     inception3a, 3b
    832×14×14     maxpool3, inception4a … 4e
    1024×7×7      maxpool4, inception5a, 5b
    1000          avgpool, fc

torchvision's has batch norm, which the paper has not, and in the third branch a 3×3 where the paper has a
5×5.

Source: Szegedy et al., "Going deeper with convolutions", 2014, table 1.
"""

from __future__ import annotations

from shapelens.operators import Activation
from shapelens.readers.layering import LayerBuilder

__all__ = ["basic_convolution", "googlenet"]

#          1×1  reduce 3×3  reduce 5×5  pool    how many filters, as in table 1
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def googlenet(net: LayerBuilder) -> None:
    """Without its two auxiliary heads, which help training alone."""
    basic_convolution(net, 64, 7, stride=2, padding=3, name="conv1")
    net.pool("max", 3, stride=2, ceil_mode=True, name="maxpool1")
    basic_convolution(net, 64, 1, name="conv2")
    basic_convolution(net, 192, 3, padding=1, name="conv3")
    net.pool("max", 3, stride=2, ceil_mode=True, name="maxpool2")
    for name, filters in MODULES.items():
        if name == "4a":
            net.pool("max", 3, stride=2, ceil_mode=True, name="maxpool3")
        if name == "5a":
            net.pool("max", 2, stride=2, ceil_mode=True, name="maxpool4")
        with net.scope(f"inception{name}", "Inception"):
            _inception(net, *filters)
    net.adaptive_pool(1, name="avgpool")
    net.flatten()
    net.dropout("dropout")
    net.linear(1000, name="fc")


def _inception(
    net: LayerBuilder, ones: int, reduce3: int, threes: int, reduce5: int, fives: int, pooled: int
) -> None:
    came_in = net.here
    branch1 = basic_convolution(net, ones, 1, name="branch1")

    net.here = came_in
    with net.scope("branch2"):
        basic_convolution(net, reduce3, 1)
        branch2 = basic_convolution(net, threes, 3, padding=1)

    net.here = came_in
    with net.scope("branch3"):
        basic_convolution(net, reduce5, 1)
        branch3 = basic_convolution(net, fives, 3, padding=1)

    net.here = came_in
    with net.scope("branch4"):
        net.pool("max", 3, stride=1, padding=1, ceil_mode=True)
        branch4 = basic_convolution(net, pooled, 1)

    net.concatenate([branch1, branch2, branch3, branch4])


def basic_convolution(
    net: LayerBuilder,
    filters: int,
    kernel: int | tuple[int, int],
    *,
    stride: int = 1,
    padding: int | tuple[int, int] = 0,
    name: str | None = None,
) -> str:
    """A `BasicConv2d` of torchvision: a convolution, its norm, and a ReLU that is a function."""
    with net.scope(name, "BasicConv2d"):
        net.convolution(filters, kernel, stride=stride, padding=padding, bias=False, name="conv")
        net.batch_norm(name="bn")
        return net.function(Activation("relu"), "relu")
