"""AlexNet: five convolutions and three linear layers, which won ImageNet in 2012.

As published it has two groups: one half of the filters on each of two graphics cards. The second, fourth
and fifth convolutions see only the half on their own card; the third sees both.

    3×227×227    conv1: (227 - 11)/4 + 1 = 55, without a rest. 224, as the text says, would leave 53.25
    96×55×55     norm1, pool1: windows of 3 that overlap, 2 apart
    96×27×27     conv2, padded by 2, in two groups: 256 filters of 48×5×5; norm2, pool2
    256×13×13    conv3, conv4, conv5, padded by 1: 384, 384 and 256 filters; pool5
    256×6×6      flatten: 9216 features
    4096, 4096, 1000

torchvision's is the one tower of 2014: fewer filters, each of which sees all channels; padding 2 makes 224
fit.

Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks",
2012; Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
"""

from __future__ import annotations

from shapelens.readers.layering import LayerBuilder

__all__ = ["alexnet", "alexnet_original"]


def alexnet(net: LayerBuilder) -> None:
    """One tower, torchvision's."""
    with net.scope("features"):
        net.convolution(64, 11, stride=4, padding=2)
        net.relu()
        net.pool("max", 3, stride=2)
        net.convolution(192, 5, padding=2)
        net.relu()
        net.pool("max", 3, stride=2)
        for filters in (384, 256, 256):
            net.convolution(filters, 3, padding=1)
            net.relu()
        net.pool("max", 3, stride=2)
    net.adaptive_pool(6, name="avgpool")
    net.flatten()
    with net.scope("classifier"):
        for _ in range(2):
            net.dropout()
            net.linear(4096)
            net.relu()
        net.linear(1000)


def alexnet_original(net: LayerBuilder) -> None:
    """Two groups; layers named as Caffe's `bvlc_alexnet` names them."""
    net.convolution(96, 11, stride=4, name="conv1")
    net.relu("relu1")
    net.local_response_norm(name="norm1")
    net.pool("max", 3, stride=2, name="pool1")
    net.convolution(256, 5, padding=2, groups=2, name="conv2")
    net.relu("relu2")
    net.local_response_norm(name="norm2")
    net.pool("max", 3, stride=2, name="pool2")
    net.convolution(384, 3, padding=1, name="conv3")
    net.relu("relu3")
    net.convolution(384, 3, padding=1, groups=2, name="conv4")
    net.relu("relu4")
    net.convolution(256, 3, padding=1, groups=2, name="conv5")
    net.relu("relu5")
    net.pool("max", 3, stride=2, name="pool5")
    net.flatten()
    for layer in (6, 7):
        net.linear(4096, name=f"fc{layer}")
        net.relu(f"relu{layer}")
        net.dropout(f"drop{layer}")
    net.linear(1000, name="fc8")
