"""Convolution, in any number of dimensions, grouped and dilated.

A filter is as deep as its input: it has one kernel for each input channel (of its group). Their products are
**summed**, and one bias is added. So there are as many feature maps as filters.

    >>> from shapelens.operators import Convolution, Tensor
    >>> image, weight = Tensor((1, 3, 224, 224)), Tensor((64, 3, 3, 3))
    >>> Convolution(padding=((1, 1), (1, 1))).evaluate(image, weight).outputs[0].shape
    (1, 64, 224, 224)

Integer and quantised convolutions are the same operator: their scales and zero points change values, not shapes.
Transposed and deformable convolutions have files of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, decide, different, equal, maximum, minimum, product
from shapelens.operators.arguments import optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Filters, Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.padding import mode_requirement
from shapelens.operators.reach import Link, identity, window
from shapelens.operators.windows import (
    ImageAxes,
    Padding,
    Sliding,
    extent_words,
    image_axes,
    misfit,
    no_image,
    open_settings,
    pad_words,
    padding_attribute,
    per_axis,
    rank_requirement,
    setting_words,
    slidings_of,
)
from shapelens.records import dataclass

__all__ = ["Convolution", "bias_requirement", "group_requirements", "image_weight_bias", "weight_of"]


@dataclass(frozen=True)
class Convolution(Operator):
    """A convolution: `out[f] = bias[f] + Σ_channels Σ_kernel weight[f, c, k] · in[c, out·stride + k·dilation - pad]`.

    Args:
        stride: how far windows are apart, for each spatial axis (one number stands for all).
        padding: cells before and after each spatial axis, or `same`, `same_lower`, `valid`.
        dilation: how far the cells of a window are apart.
        groups: the input channels are divided into so many groups; a filter sees one of them.
        channels_last: whether the channels stand last in the input.
        filters_last: whether the weight is kernel × channels × filters (Keras) and not filters × channels × kernel.
        padding_mode: what stands in the padding: `zeros`, `reflect`, `replicate`, `circular`.
        dtype: the type of the output, where it is not the input's.
        batched: whether there must be an axis for a batch.
        cut_less: how `same` treats cells that a stride larger than the kernel leaves over; as `Sliding` has it.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "convolution"

    stride: tuple[int, ...] | int = 1
    padding: Padding = ()
    dilation: tuple[int, ...] | int = 1
    groups: Dim = 1
    channels_last: bool = False
    filters_last: bool = False
    padding_mode: str = "zeros"
    dtype: str | None = None
    batched: bool = False
    cut_less: int | Unknown | None = None

    # how the axes lie ---------------------------------------------------------------------------------

    def spatial_rank(self, weight: Tensor) -> int:
        """How many spatial axes it slides over."""
        return weight.rank - 2

    def axes(self, image: Tensor, weight: Tensor) -> ImageAxes:
        """Which axis of its input is which."""
        return image_axes(image.rank, self.spatial_rank(weight), channels_last=self.channels_last)

    def weight_parts(self, weight: Tensor) -> tuple[Dim, Dim, Shape]:
        """Number of filters, channels in each, and the kernel's extent."""
        shape = weight.dims
        return (shape[-1], shape[-2], shape[:-2]) if self.filters_last else (shape[0], shape[1], shape[2:])

    def weight_shape(self, filters: Dim, channels: Dim, kernel: Shape) -> Shape:
        """The weight's shape from its parts."""
        return (*kernel, channels, filters) if self.filters_last else (filters, channels, *kernel)

    def kernel_place(self, weight: Tensor, filter: int, channel: int) -> tuple[int | None, ...]:
        """Where in the weight a filter keeps its kernel for one channel of its group; None along the kernel itself.

        >>> Convolution(filters_last=True).kernel_place(Tensor((3, 3, 16, 64)), filter=5, channel=2)
        (None, None, 2, 5)
        """
        kernel = (None,) * self.spatial_rank(weight)
        return (*kernel, channel, filter) if self.filters_last else (filter, channel, *kernel)

    def taken(self, weight: Tensor) -> Dim:
        """How many channels the weight takes, all groups together."""
        return self.weight_parts(weight)[1] * self.groups

    def taken_by_each(self, channels: Dim) -> Dim:
        """The channels that stand in a weight's shape, for so many that come in."""
        return channels // self.groups

    def slidings(self, kernel: Shape) -> tuple[Sliding, ...]:
        """How the window slides, for each spatial axis."""
        return slidings_of(kernel, self.stride, self.padding, self.dilation, cut_less=self.cut_less)

    def sides(self, image: Tensor | None, weight: Tensor) -> tuple[tuple[Dim, Dim], ...]:
        """Cells before and after each spatial axis; nothing where the image or the weight does not tell."""
        if image is None or not self._fits((image, weight)):
            return ()
        slid = zip(self.slidings(self.kernel_of(weight)), self.axes(image, weight).spatial, strict=True)
        return tuple([sliding.sides(image.dims[axis]) for sliding, axis in slid])

    # the rule -----------------------------------------------------------------------------------------

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, weight, bias = image_weight_bias(inputs)
        broken = self.structure(image, weight)
        if broken is not None:
            return no_image(image, broken)
        axes = self.axes(image, weight)
        filters, _, kernel = self.weight_parts(weight)
        requirements = [
            self.channel_requirement(image, weight),
            *group_requirements(filters, self.groups),
            *bias_requirement(bias, filters),
            *open_settings(**self.limits(kernel)),
        ]
        out = list(image.dims)
        out[axes.channel] = filters
        for axis, sliding in zip(axes.spatial, self.slidings(kernel), strict=True):
            size = image.dims[axis]
            out[axis] = sliding.count(size)
            requirements.append(sliding.requirement(size, axis))
            if self.padding_mode != "zeros":
                requirements.append(mode_requirement(self.padding_mode, size, sliding.sides(size), axis))
        return Outcome((image.shaped(tuple(out), self.dtype),), tuple(requirements))

    def structure(self, image: Tensor, weight: Tensor) -> Requirement | None:
        """What the axes of the image and the weight, or the settings, break; then there is no output to tell."""
        if weight.rank < 3:
            return Requirement("weight_rank", False, {"gets": weight.dims, "wants": 3}, spoils=None)
        rank = self.spatial_rank(weight)
        ranks = rank_requirement(image, rank, batched=self.batched)
        if ranks.truth is False:
            return ranks
        filters, channels, kernel = self.weight_parts(weight)
        counts = {"groups": (self.groups,), "filters": (filters,), "channels": (channels,)}
        return misfit(1, positive=counts, other={}) or misfit(rank, **self.limits(kernel))

    def limits(self, kernel: Shape) -> dict[str, dict[str, object]]:
        """The settings that are at least 1, and those that are at least 0."""
        positive: dict[str, object] = {"kernel": kernel, "stride": self.stride, "dilation": self.dilation}
        return {"positive": positive, "other": {"padding": self.padding}}

    def channel_requirement(self, image: Tensor, weight: Tensor) -> Requirement:
        """That as many channels come in as the weight takes."""
        axis, wanted = self.axes(image, weight).channel, self.taken(weight)
        facts = {"gets": image.dims[axis], "wants": wanted, "groups": self.groups}
        facts |= {"weight": weight.dims, "axis": axis}
        return Requirement("channels", equal(image.dims[axis], wanted), facts)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output cell takes one multiply-accumulate for each cell of its filter."""
        weight = weight_of(inputs)
        if not self.kernel_of(weight):
            return Unknown("its weight has no kernel that is known")
        _, channels, kernel = self.weight_parts(weight)
        return outputs[0].elements * product(kernel) * channels

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        image, weight, _ = image_weight_bias(inputs)
        axes = self.axes(image, weight)
        links = [] if axes.batch is None else list(identity(0, [(0, 0)]))
        for axis, sliding in zip(axes.spatial, self.slidings(self.kernel_of(weight)), strict=True):
            before, _ = sliding.sides(image.dims[axis])
            links.append(window(0, axis, axis, sliding.extent, sliding.stride, before))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input, or what it was made by padding where the convolution's own padding is another; and the weight."""
        image, weight = run.tensor(), run.tensor(1)
        sides, padded = self.sides(image, weight), list(image.dims)
        spatial = self.axes(image, weight).spatial if sides else ()
        for axis, (before, after) in zip(spatial, sides, strict=True):
            # PyTorch's own convolution pads both sides alike; for an odd one `same` pads before it.
            odd = maximum(before, after) - minimum(before, after)
            padded[axis] = padded[axis] + (odd if self.padding_mode == "zeros" else before + after)
        if self.padding_mode != "zeros":
            borders = (0,) if self.padding_mode in {"reflect", "replicate"} else ()
            return Kept((*borders, 1), others=(image.shaped(tuple(padded)),))
        if any(decide(different(before, after)) for before, after in sides):
            return Kept((1,), others=(image.shaped(tuple(padded)),))
        return Kept((0, 1))

    # words --------------------------------------------------------------------------------------------

    def is_depthwise(self, weight: Tensor) -> bool:
        """Whether each filter sees one channel alone, of several."""
        is_grouped = isinstance(self.groups, int) and self.groups > 1
        return bool(is_grouped and self.kernel_of(weight) and self.taken(weight) == self.groups)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        weight = weight_of(inputs)
        name = "depthwise" if self.is_depthwise(weight) else "conv"
        grouped = setting_words("groups", [self.groups], 1) if name == "conv" else ""
        mode = "" if self.padding_mode == "zeros" else f" ({self.padding_mode})"
        return f"{name}{self.setting_words(weight)}{mode}{grouped}"

    def setting_words(self, weight: Tensor) -> str:
        """The kernel, and how it slides: ` 3×3, stride 2, pad 1`."""
        kernel = self.kernel_of(weight)
        if not kernel:
            return ""
        rank = len(kernel)
        stride = setting_words("stride", per_axis(self.stride, rank), 1)
        dilation = setting_words("dilation", per_axis(self.dilation, rank), 1)
        return f" {extent_words(kernel)}{stride}{pad_words(self.padding)}{dilation}"

    def kernel_of(self, weight: Tensor) -> Shape:
        """The kernel's extent; nothing where the weight's rank is unknown, or that of no filters."""
        return () if isinstance(weight.shape, Unknown) or weight.rank < 3 else self.weight_parts(weight)[2]

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        if not self.kernel_of(weight_of(inputs)):
            return None
        filters, channels, kernel = self.weight_parts(weight_of(inputs))
        return Filters(filters, (*kernel, channels) if self.channels_last else (channels, *kernel), kernel)

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        image, weight = inputs[0], weight_of(inputs)
        kernel = self.kernel_of(weight)
        rank = len(kernel)
        attributes: dict[str, Any] = {
            "kernel": list(kernel),
            "stride": list(per_axis(self.stride, rank)),
            "padding": padding_attribute(self.padding, rank, self.sides(image, weight)),
            "dilation": list(per_axis(self.dilation, rank)),
            "groups": self.groups,
        }
        if self.padding_mode != "zeros":
            attributes["padding_mode"] = self.padding_mode
        return attributes

    # edits --------------------------------------------------------------------------------------------

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The channels follow what comes in, the groups of a depthwise one too, and the bias the filters."""
        if not self._fits(before) or not self._fits(after):
            return Follow(self)
        had, gets = self._channels_in(before), self._channels_in(after)
        weight, edited = weight_of(before), weight_of(after)
        filters, _, kernel = self.weight_parts(edited)
        operator, shapes = self, {}
        if had != gets and isinstance(gets, int) and had == self.taken(weight) == self.taken(edited):
            if self.is_depthwise(edited) and filters % had == 0:
                operator, filters = replace(self, groups=gets), filters // had * gets
            if gets % operator.groups == 0:
                shapes[1] = operator.weight_shape(filters, operator.taken_by_each(gets), kernel)
        place, had_filters = self.roles.index("bias"), self.weight_parts(weight)[0]
        bias = optional(before, place)
        if bias is not None and bias.shape == (had_filters,) and filters != had_filters:
            shapes[place] = (filters,)
        return Follow(operator, shapes)

    def _fits(self, inputs: Sequence[Tensor | None]) -> bool:
        """Whether the axes of the image and the weight are known and fit."""
        image, weight, _ = image_weight_bias(inputs)
        known = not isinstance(image.shape, Unknown) and not isinstance(weight.shape, Unknown)
        return known and self.structure(image, weight) is None

    def _channels_in(self, inputs: Sequence[Tensor | None]) -> Dim:
        image, weight, _ = image_weight_bias(inputs)
        return image.dims[self.axes(image, weight).channel]


# what all convolutions share ----------------------------------------------------------------------------


def weight_of(inputs: Sequence[Tensor | None]) -> Tensor:
    """The weight."""
    weight = inputs[1]
    assert weight is not None
    return weight


def image_weight_bias(inputs: Sequence[Tensor | None]) -> tuple[Tensor, Tensor, Tensor | None]:
    """The image, the weight, and the bias if there is one."""
    image, weight = inputs[0], inputs[1]
    assert image is not None and weight is not None
    return image, weight, inputs[2] if len(inputs) > 2 else None


def group_requirements(channels: Dim, groups: int) -> list[Requirement]:
    """The groups divide the filters (and, for a transposed convolution, the channels)."""
    if groups == 1:
        return []
    return [Requirement("groups", equal(channels % groups, 0), {"groups": groups, "channels": channels})]


def bias_requirement(bias: Tensor | None, filters: Dim) -> list[Requirement]:
    """There is one bias for each filter."""
    if bias is None or isinstance(bias.shape, Unknown):
        return []
    if bias.rank != 1:
        return [Requirement("bias", False, {"gets": bias.dims, "wants": filters})]
    return [Requirement("bias", equal(bias.dims[0], filters), {"gets": bias.dims[0], "wants": filters})]
