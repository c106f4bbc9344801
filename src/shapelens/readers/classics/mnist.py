"""The network of PyTorch's MNIST example: two convolutions, a pool, two linear layers.

     1×28×28
    32×26×26    conv1: 3×3, unpadded
    64×24×24    conv2
    64×12×12    a pool
    9216        flatten
    128, 10     fc1, fc2

Source: github.com/pytorch/examples, `mnist/main.py`.
"""

from __future__ import annotations

from shapelens.operators import Activation, AlongAxis, Pool
from shapelens.readers.layering import LayerBuilder

__all__ = ["mnist"]


def mnist(net: LayerBuilder) -> None:
    """Named as in its `forward`."""
    net.convolution(32, 3, name="conv1")
    net.function(Activation("relu"), "relu")
    net.convolution(64, 3, name="conv2")
    net.function(Activation("relu"), "relu")
    net.function(Pool("max", (2, 2), half_padding=True), "max_pool2d")
    net.dropout("dropout1")
    net.flatten()
    net.linear(128, name="fc1")
    net.function(Activation("relu"), "relu")
    net.dropout("dropout2")
    net.linear(10, name="fc2")
    net.function(AlongAxis("log_softmax"), "log_softmax")
