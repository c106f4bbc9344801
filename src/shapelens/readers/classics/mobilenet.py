"""MobileNet: a convolution taken apart: a depthwise 3×3, map by map, and a 1×1 that mixes the maps.

From c to f channels a 3×3 costs 9·c·f multiplications a cell; taken apart 9·c + c·f, about eight times fewer.

      3×224×224
     32×112×112    a whole 3×3, stride 2
    64 … 1024×7×7  version 1: thirteen pairs of depthwise and 1×1
    16 … 320×7×7   version 2: seventeen blocks, then 1280 by 1×1
    1000           averaged, classified

A block of version 2 widens six times by 1×1, convolves depthwise there, and narrows by a 1×1 without ReLU,
which would lose what is narrow; where the shape stays, what came in is added.

Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications",
2017, table 1; Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2.
"""

from __future__ import annotations

from shapelens.dims import Dim
from shapelens.operators import AdaptivePool
from shapelens.readers.layering import LayerBuilder

__all__ = ["mobilenet_v1", "mobilenet_v2"]


def mobilenet_v1(net: LayerBuilder) -> None:
    """The 1.0 MobileNet-224. torchvision has none; the names are ours."""
    net.convolution(32, 3, stride=2, padding=1, bias=False, name="conv1")
    net.batch_norm(name="bn1")
    net.relu("relu1")
    #       filters of the 1×1, stride of the depthwise
    pairs = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    with net.scope("blocks"):
        for filters, stride in pairs:
            with net.scope(module="DepthwiseSeparable"):
                _depthwise(net, stride, name="depthwise")
                net.batch_norm(name="bn1")
                net.relu("relu1")
                net.convolution(filters, 1, bias=False, name="pointwise")
                net.batch_norm(name="bn2")
                net.relu("relu2")
    net.adaptive_pool(1, name="avgpool")
    net.flatten()
    net.linear(1000, name="fc")


def mobilenet_v2(net: LayerBuilder) -> None:
    """The version of torchvision, at width 1.0."""
    #         widened, filters, blocks, stride of the first
    stages = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    with net.scope("features"):
        _convolution(net, 32, 3, stride=2)
        for widened, filters, blocks, stride in stages:
            for place in range(blocks):
                with net.scope(module="InvertedResidual"):
                    _inverted_residual(net, widened, filters, stride if place == 0 else 1)
        _convolution(net, 1280, 1)
    net.function(AdaptivePool("average", (1, 1)), "adaptive_avg_pool2d")
    net.flatten()
    with net.scope("classifier"):
        net.dropout()
        net.linear(1000)


def _inverted_residual(net: LayerBuilder, widened: int, filters: int, stride: int) -> None:
    came_in, channels = net.here, net.channels()
    with net.scope("conv"):
        if widened > 1:
            _convolution(net, widened * channels, 1)
        with net.scope(module="Conv2dNormActivation"):
            _depthwise(net, stride)
            net.batch_norm()
            net.activation("relu6", module="ReLU6")
        net.convolution(filters, 1, bias=False)
        net.batch_norm()
    if stride == 1 and channels == filters:
        net.sum(came_in)


def _convolution(net: LayerBuilder, filters: Dim, kernel: int, *, stride: int = 1) -> None:
    with net.scope(module="Conv2dNormActivation"):
        net.convolution(filters, kernel, stride=stride, padding=kernel // 2, bias=False)
        net.batch_norm()
        net.activation("relu6", module="ReLU6")


def _depthwise(net: LayerBuilder, stride: int, name: str | None = None) -> None:
    channels = net.channels()
    net.convolution(channels, 3, stride=stride, padding=1, groups=channels, bias=False, name=name)
