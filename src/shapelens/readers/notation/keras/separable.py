"""Keras' convolutions of each channel by itself, and those that a pointwise one follows.

>>> from shapelens.operators import Tensor
>>> layer = DepthwiseConvolution(groups=16, channels_last=True, filters_last=True)
>>> layer.evaluate(Tensor((1, 32, 32, 16)), Tensor((3, 3, 16, 2))).outputs[0].shape
(1, 30, 30, 32)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapelens.dims import Dim
from shapelens.operators import Convolution, Follow, Shape, Tensor
from shapelens.operators.arguments import given, optional
from shapelens.operators.operator import plain
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.convolution import CALLED, channels_of
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import activate, image_taken, is_channels_last, window_padding
from shapelens.readers.notation.placing import Place
from shapelens.records import dataclass

_DEPTHWISE = (
    "kernel_size, strides=1, padding='valid', depth_multiplier=1, data_format=None, dilation_rate=1, "
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros', "
    "depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, "
    "bias_constraint=None"
)
_SEPARABLE = (
    "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, depth_multiplier=1, "
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', "
    "pointwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None, "
    "pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, "
    "pointwise_constraint=None, bias_constraint=None"
)


@dataclass(frozen=True)
class DepthwiseConvolution(Convolution):
    """Each channel by itself, with several filters each: its weight is kernel × channels × filters of each.

    There are as many groups as channels; 1 stands where their number is open.
    """

    @property
    def name(self) -> str:
        """A convolution in groups, where their number is known."""
        return "Convolution" if self.groups > 1 else type(self).__name__

    def weight_parts(self, weight: Tensor) -> tuple[Dim, Dim, Shape]:
        *kernel, channels, multiplier = weight.dims
        return channels * multiplier, 1, tuple(kernel)

    def kernel_place(self, weight: Tensor, filter: int, channel: int) -> tuple[int | None, ...]:
        return (*(None,) * self.spatial_rank(weight), *divmod(filter, weight.dims[-1]))

    def taken(self, weight: Tensor) -> Dim:
        return weight.dims[-2]

    def is_depthwise(self, weight: Tensor) -> bool:
        return bool(self.kernel_of(weight))

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {**super().attributes(inputs), "groups": plain(given(inputs, 1).dims[-2])}

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """There are as many channels as come in, and each keeps its filters."""
        axis = -1 if self.channels_last else 1
        had, gets = given(before).dims[axis], given(after).dims[axis]
        *kernel, channels, multiplier = given(before, 1).dims
        if had != channels or had == gets or not isinstance(gets, int):
            return Follow(self)
        shapes: dict[int, Shape] = {1: (*kernel, gets, multiplier)}
        if optional(before, 2) is not None:
            shapes[2] = (gets * multiplier,)
        return Follow(replace(self, groups=gets), shapes)


def _depthwise(arguments: Arguments, channels: Dim) -> DepthwiseConvolution:
    rank = arguments.rank
    groups = channels if isinstance(channels, int) else 1
    return DepthwiseConvolution(
        arguments.integers("strides", rank),
        window_padding(arguments),
        arguments.integers("dilation_rate", rank),
        groups,
        channels_last=is_channels_last(arguments),
        filters_last=True,
        batched=True,
    )


def _depthwise_weight(arguments: Arguments, place: Place) -> Shape:
    kernel = arguments.integers("kernel_size", arguments.rank)
    return (*kernel, place.size(channels_of(arguments)), arguments.integer("depth_multiplier"))


@layer("DepthwiseConv1D", "DepthwiseConv2D", signature=_DEPTHWISE, takes=image_taken)
def depthwise_convolution(arguments: Arguments, place: Place) -> None:
    weight = _depthwise_weight(arguments, place)
    weights: dict[str, Shape] = {"weight": weight}
    if arguments.flag("use_bias"):
        weights["bias"] = (weight[-2] * weight[-1],)
    place.add(_depthwise(arguments, weight[-2]), weights, called=CALLED)
    activate(arguments, place)


@layer(
    "SeparableConv1D",
    "SeparableConv2D",
    signature=_SEPARABLE,
    takes=image_taken,
    alias="SeparableConvolution",
)
def separable_convolution(arguments: Arguments, place: Place) -> None:
    """Each channel by itself, and then a convolution of one cell; the bias is the latter's."""
    filters, weight = arguments.integer("filters"), _depthwise_weight(arguments, place)
    place.add(_depthwise(arguments, weight[-2]), {"weight": weight}, called={"weight": "depthwise_kernel"})
    weights: dict[str, Shape] = {"weight": (*(1,) * arguments.rank, weight[-2] * weight[-1], filters)}
    if arguments.flag("use_bias"):
        weights["bias"] = (filters,)
    pointwise = Convolution(channels_last=is_channels_last(arguments), filters_last=True, batched=True)
    place.then(pointwise, "pointwise", weights, called={"weight": "pointwise_kernel"})
    activate(arguments, place)
