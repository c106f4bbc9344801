"""The layers that most networks are made of, each fitted to what the one before gives.

Weights take the depth of what comes in, as frameworks that build lazily do:

    >>> from shapelens.network import Origin
    >>> net = LayerBuilder(Origin("notation", "example"))
    >>> net.image((3, 224, 224))
    'input'
    >>> net.convolution(64, 7, stride=2, padding=3)
    '0'
    >>> net.tensor().shape
    (N, 64, 112, 112)

What branches goes back to a value and on from there:

    >>> trunk = net.here
    >>> left = net.convolution(32, 1, name="left")
    >>> net.here = trunk
    >>> right = net.convolution(32, 3, padding=1, name="right")
    >>> net.concatenate([left, right])
    'cat'
    >>> net.tensor().shape
    (N, 64, 112, 112)
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.operators import (
    Activation,
    AdaptivePool,
    BatchNormalization,
    Concatenate,
    Convolution,
    Dropout,
    Elementwise,
    Flatten,
    Linear,
    LocalResponseNormalization,
    Pool,
    Shape,
    TransposedConvolution,
)
from shapelens.readers.building import Builder, symmetric

__all__ = ["LayerBuilder"]

_BATCH_NORM_WORDS = {"scale": "weight", "mean": "running_mean", "variance": "running_var"}
"""What PyTorch calls the weights of a batch norm; the bias is called so."""


class LayerBuilder(Builder):
    """A network that grows by layers in PyTorch's words."""

    def convolution(
        self,
        filters: int,
        kernel: int | tuple[int, ...],
        *,
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] | str = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
        bias: bool = True,
        name: str | None = None,
    ) -> str:
        """A convolution over two axes, as deep as what comes in."""
        extent = (kernel, kernel) if isinstance(kernel, int) else kernel
        operator = Convolution(stride, symmetric(padding, 2), dilation, groups)
        weights: dict[str, Shape] = {"weight": (filters, self.channels() // groups, *extent)}
        if bias:
            weights["bias"] = (filters,)
        return self.add(operator, name=name, module="Conv2d", weights=weights)

    def transposed_convolution(
        self, filters: int, kernel: int, *, stride: int = 1, padding: int = 0, name: str | None = None
    ) -> str:
        """A transposed convolution over two axes, as deep as what comes in."""
        operator = TransposedConvolution(stride, symmetric(padding, 2))
        weights: dict[str, Shape] = {"weight": (self.channels(), filters, kernel, kernel), "bias": (filters,)}
        return self.add(operator, name=name, module="ConvTranspose2d", weights=weights)

    def linear(self, features: int, *, name: str | None = None, bias: bool = True) -> str:
        """A linear layer as wide as what comes in."""
        last = self.tensor().dims[-1]
        weights: dict[str, Shape] = {"weight": (features, last)}
        if bias:
            weights["bias"] = (features,)
        return self.add(Linear(), name=name, module="Linear", weights=weights)

    def batch_norm(self, *, name: str | None = None) -> str:
        """Batch normalisation over what comes in."""
        depth = (self.channels(),)
        weights = {"scale": depth, "bias": depth, "mean": depth, "variance": depth}
        operator = BatchNormalization(channels_last=self.channels_last)
        return self.add(operator, name=name, module="BatchNorm2d", weights=weights, called=_BATCH_NORM_WORDS)

    def local_response_norm(self, *, name: str | None = None) -> str:
        """Local response normalisation."""
        return self.add(LocalResponseNormalization(), name=name, module="LocalResponseNorm")

    def activation(self, function: str = "relu", *, module: str = "ReLU", name: str | None = None) -> str:
        """An activation, of the class that the source gives it."""
        return self.add(Activation(function), name=name, module=module)

    def relu(self, name: str | None = None) -> str:
        """A rectified linear unit."""
        return self.activation("relu", name=name)

    def dropout(self, name: str | None = None) -> str:
        """Dropout."""
        return self.add(Dropout(), name=name, module="Dropout")

    def pool(
        self,
        kind: str,
        kernel: int,
        *,
        stride: int | None = None,
        padding: int = 0,
        ceil_mode: bool = False,
        name: str | None = None,
    ) -> str:
        """Max or average pooling over two axes."""
        stride = kernel if stride is None else stride
        sides = symmetric(padding, 2)
        operator = Pool(kind, (kernel,) * 2, (stride,) * 2, sides, ceil_mode=ceil_mode, half_padding=True)
        return self.add(operator, name=name, module="MaxPool2d" if kind == "max" else "AvgPool2d")

    def adaptive_pool(self, size: int, *, name: str | None = None) -> str:
        """Average pooling to a size."""
        return self.add(AdaptivePool("average", (size, size)), name=name, module="AdaptiveAvgPool2d")

    def flatten(self, name: str = "flatten") -> str:
        """One vector for each sample."""
        return self.function(Flatten(1), "flatten", name=name)

    def sum(self, other: str, name: str = "add") -> str:
        """The sum of what it stands on and another value."""
        return self.function(Elementwise("add"), "add", [self.here, other], name=name)

    def concatenate(self, values: Sequence[str], name: str = "cat") -> str:
        """Values joined along the channels."""
        return self.function(Concatenate(1), "cat", values, name=name)
