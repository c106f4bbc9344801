"""DenseNet: each layer takes the maps of all layers before it in its block, and adds 32 of its own.

      3×224×224
     64×56×56     a conv 7×7 and a pool, each with stride 2
    256×56×56     denseblock1:  64 +  6·32, halved by transition1
    512×28×28     denseblock2: 128 + 12·32, halved
    1024×14×14    denseblock3: 256 + 24·32, halved
    1024×7×7      denseblock4: 512 + 16·32
    1000          averaged, classifier

A layer first narrows what it takes to 4·32 channels by 1×1, however deep that is, and then convolves 3×3.
Norm and ReLU stand before the convolutions.

Source: Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks", 2016, table 1
(DenseNet-BC).
"""

from __future__ import annotations

from shapelens.operators import Activation, AdaptivePool
from shapelens.readers.layering import LayerBuilder

__all__ = ["densenet121"]

GROWTH = 32
"""How many maps a layer adds."""


def densenet121(net: LayerBuilder) -> None:
    """1 + 2·(6 + 12 + 24 + 16) + 3 + 1 layers that learn, norms not counted."""
    with net.scope("features"):
        net.convolution(64, 7, stride=2, padding=3, bias=False, name="conv0")
        net.batch_norm(name="norm0")
        net.relu("relu0")
        net.pool("max", 3, stride=2, padding=1, name="pool0")
        maps = 64
        for number, depth in enumerate((6, 12, 24, 16), 1):
            if number > 1:
                maps //= 2
                with net.scope(f"transition{number - 1}", "_Transition"):
                    _transition(net, maps)
            with net.scope(f"denseblock{number}", "_DenseBlock"):
                _dense_block(net, depth)
            maps += depth * GROWTH
        net.batch_norm(name="norm5")
    net.function(Activation("relu"), "relu")
    net.function(AdaptivePool("average", (1, 1)), "adaptive_avg_pool2d")
    net.flatten()
    net.linear(1000, name="classifier")


def _dense_block(net: LayerBuilder, depth: int) -> None:
    maps = [net.here]
    for number in range(1, depth + 1):
        with net.scope(f"denselayer{number}", "_DenseLayer"):
            net.concatenate(maps)
            net.batch_norm(name="norm1")
            net.relu("relu1")
            net.convolution(4 * GROWTH, 1, bias=False, name="conv1")
            net.batch_norm(name="norm2")
            net.relu("relu2")
            maps.append(net.convolution(GROWTH, 3, padding=1, bias=False, name="conv2"))
    net.concatenate(maps)


def _transition(net: LayerBuilder, maps: int) -> None:
    """Half as many maps, half as high and half as wide."""
    net.batch_norm(name="norm")
    net.relu("relu")
    net.convolution(maps, 1, bias=False, name="conv")
    net.pool("average", 2, name="pool")
