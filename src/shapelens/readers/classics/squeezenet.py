"""SqueezeNet: AlexNet's accuracy with a fiftieth of its parameters.

A fire module squeezes its input to a few channels by 1×1, and expands them by 1×1 and by 3×3 side by side;
so few channels ever meet a 3×3. There is no linear layer: the last convolution makes one map for each
class, and the mean of a map is the score.

      3×224×224
     96×109×109   a conv 7×7, stride 2
    128×54×54     a pool, three fires
    256×27×27     a pool, four fires
    512×13×13     a pool, a fire
    1000×13×13    a conv 1×1: one map for each class
    1000          averaged

Version 1.1 begins with 64 filters of 3×3, and pools earlier.

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model
size", 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.readers.layering import LayerBuilder

__all__ = ["squeezenet", "squeezenet1_1"]

POOL = 0
"""Stands for a pool between fires, which are told by the channels that they squeeze to."""


def squeezenet(net: LayerBuilder) -> None:
    """Version 1.0, the paper's."""
    _squeezenet(net, 96, 7, (POOL, 16, 16, 32, POOL, 32, 48, 48, 64, POOL, 64))


def squeezenet1_1(net: LayerBuilder) -> None:
    """Version 1.1, the authors'."""
    _squeezenet(net, 64, 3, (POOL, 16, 16, POOL, 32, 32, POOL, 48, 48, 64, 64))


def _squeezenet(net: LayerBuilder, filters: int, kernel: int, stages: Sequence[int]) -> None:
    with net.scope("features"):
        net.convolution(filters, kernel, stride=2)
        net.relu()
        for squeezed in stages:
            if squeezed == POOL:
                net.pool("max", 3, stride=2, ceil_mode=True)
            else:
                _fire(net, squeezed)
    with net.scope("classifier"):
        net.dropout()
        net.convolution(1000, 1)
        net.relu()
        net.adaptive_pool(1)
    net.flatten()


def _fire(net: LayerBuilder, squeezed: int) -> None:
    """Eight times as many channels as it squeezes to: half of them by 1×1, half by 3×3."""
    with net.scope(module="Fire"):
        net.convolution(squeezed, 1, name="squeeze")
        narrow = net.relu("squeeze_activation")
        net.convolution(4 * squeezed, 1, name="expand1x1")
        ones = net.relu("expand1x1_activation")
        net.here = narrow
        net.convolution(4 * squeezed, 3, padding=1, name="expand3x3")
        threes = net.relu("expand3x3_activation")
        net.concatenate([ones, threes])
