"""ResNet: blocks that add what they compute to what came in, so that hundreds of layers can be learned.

    3×224×224
    64×112×112    conv1: 7×7, stride 2
    64×56×56      maxpool
                            basic blocks        bottlenecks
    56×56         layer1     64 channels         256
    28×28         layer2    128                  512
    14×14         layer3    256                 1024
    7×7           layer4    512                 2048
    1×1           avgpool: any input size will do
    1000          fc

A basic block is two 3×3 convolutions. A bottleneck narrows to a quarter by 1×1, convolves 3×3 there, and
widens by 1×1 again. What came in is added as it is, or through a 1×1 convolution of its own where the shape
changes.

torchvision's bottleneck has its stride in the 3×3 convolution, where every cell of its input is seen; the
paper's has it in the first 1×1. So resnet50 costs 4.089 GMAC here, and 3.858 in the paper.

Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2015, table 1.
"""

from __future__ import annotations

from collections.abc import Callable

from shapelens.readers.layering import LayerBuilder

__all__ = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]

Block = Callable[[LayerBuilder, int, int], None]
"""Adds a block to a network, of so many channels (inside), with this stride."""


def resnet18(net: LayerBuilder) -> None:
    """1 + 2·8 + 1 layers that learn."""
    _resnet(net, _basic_block, (2, 2, 2, 2))


def resnet34(net: LayerBuilder) -> None:
    """1 + 2·16 + 1."""
    _resnet(net, _basic_block, (3, 4, 6, 3))


def resnet50(net: LayerBuilder) -> None:
    """1 + 3·16 + 1."""
    _resnet(net, _bottleneck, (3, 4, 6, 3))


def resnet101(net: LayerBuilder) -> None:
    """1 + 3·33 + 1."""
    _resnet(net, _bottleneck, (3, 4, 23, 3))


def resnet152(net: LayerBuilder) -> None:
    """1 + 3·50 + 1."""
    _resnet(net, _bottleneck, (3, 8, 36, 3))


def _resnet(net: LayerBuilder, block: Block, depths: tuple[int, ...]) -> None:
    _convolution(net, "1", 64, 7, stride=2)
    net.relu("relu")
    net.pool("max", 3, stride=2, padding=1, name="maxpool")
    for stage, depth in enumerate(depths):
        with net.scope(f"layer{stage + 1}"):
            for place in range(depth):
                block(net, 64 * 2**stage, 2 if stage > 0 and place == 0 else 1)
    net.adaptive_pool(1, name="avgpool")
    net.flatten()
    net.linear(1000, name="fc")


def _basic_block(net: LayerBuilder, channels: int, stride: int) -> None:
    with net.scope(module="BasicBlock"):
        came_in = net.here
        _convolution(net, "1", channels, 3, stride=stride)
        net.relu("relu")
        _convolution(net, "2", channels, 3)
        _add_skip(net, came_in, channels, stride)


def _bottleneck(net: LayerBuilder, channels: int, stride: int) -> None:
    with net.scope(module="Bottleneck"):
        came_in = net.here
        _convolution(net, "1", channels, 1)
        net.relu("relu")
        _convolution(net, "2", channels, 3, stride=stride)
        net.relu("relu")
        _convolution(net, "3", 4 * channels, 1)
        _add_skip(net, came_in, 4 * channels, stride)


def _convolution(net: LayerBuilder, number: str, filters: int, kernel: int, *, stride: int = 1) -> None:
    """A padded convolution without a bias, which its norm has: `conv1`, `bn1`."""
    net.convolution(filters, kernel, stride=stride, padding=kernel // 2, bias=False, name=f"conv{number}")
    net.batch_norm(name=f"bn{number}")


def _add_skip(net: LayerBuilder, came_in: str, channels: int, stride: int) -> None:
    """Add what came in, projected where its shape is another, and rectify the sum."""
    computed, skip = net.here, came_in
    if stride != 1 or net.channels(came_in) != channels:
        net.here = came_in
        with net.scope("downsample"):
            net.convolution(channels, 1, stride=stride, bias=False)
            skip = net.batch_norm()
    net.here = computed
    net.sum(skip)
    net.relu("relu")
