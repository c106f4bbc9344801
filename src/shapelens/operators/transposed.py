"""Transposed convolution: what strides make small grows again.

    >>> from shapelens.operators import Tensor, TransposedConvolution
    >>> layer = TransposedConvolution(stride=2, padding=((1, 1), (1, 1)), output_padding=1)
    >>> layer.evaluate(Tensor((1, 64, 14, 14)), Tensor((64, 32, 3, 3))).outputs[0].shape
    (1, 32, 28, 28)

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016; `output_shape` and the sides
of `same` are ONNX'.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, all_of, at_least, at_most, less_than, maximum, product
from shapelens.operators.backward import Kept, Run
from shapelens.operators.convolution import (
    Convolution,
    bias_requirement,
    group_requirements,
    image_weight_bias,
    weight_of,
)
from shapelens.operators.operator import Filters, Outcome, Requirement, Shape, Tensor, plain
from shapelens.operators.reach import Link, identity, transposed_window
from shapelens.operators.windows import (
    SAME,
    Sliding,
    misfit,
    no_image,
    open_settings,
    per_axis,
    setting_words,
)
from shapelens.records import dataclass

__all__ = ["TransposedConvolution"]


@dataclass(frozen=True)
class TransposedConvolution(Convolution):
    """A transposed convolution: each input cell stamps the filter, times its value; stamps that overlap add up.

    `out = (in - 1)·stride - before - after + dilation·(kernel - 1) + output_padding + 1`

    Its weight is in × out/groups × kernel: the other way round than a convolution's.

    Args:
        output_padding: cells added at the end, for each spatial axis: which of the inputs that share an output
            size comes back.
        output_size: the size that is asked for instead; the padding follows from it.
        same_cuts: whether `same` can only cut cells off (onnxruntime), and a kernel shorter than its stride gives
            less than `in · stride`.
    """

    output_padding: tuple[int, ...] | int = 0
    output_size: tuple[Dim, ...] | None = None
    same_cuts: bool = False
    family: ClassVar[str] = "upsampling"

    def weight_parts(self, weight: Tensor) -> tuple[Dim, Dim, Shape]:
        """Filters in all, channels that the weight takes (all groups together), and the kernel's extent."""
        shape = weight.dims
        if self.filters_last:  # Keras: kernel × out × in
            return shape[-2] * self.groups, shape[-1], shape[:-2]
        return shape[1] * self.groups, shape[0], shape[2:]

    def weight_shape(self, filters: Dim, channels: Dim, kernel: Shape) -> Shape:
        """The weight's shape from its parts: channels first, then the filters of one group."""
        own = filters // self.groups
        return (*kernel, own, channels) if self.filters_last else (channels, own, *kernel)

    def kernel_place(self, weight: Tensor, filter: int, channel: int) -> tuple[int | None, ...]:
        """Where in the weight a filter keeps its kernel for one channel of its group: all channels stand in it."""
        filters, channels, _ = self.weight_parts(weight)
        group, own = divmod(filter, filters // self.groups)
        kernel = (None,) * self.spatial_rank(weight)
        first = group * (channels // self.groups) + channel
        return (*kernel, own, first) if self.filters_last else (first, own, *kernel)

    def taken(self, weight: Tensor) -> Dim:
        """How many channels the weight takes, all groups together."""
        return self.weight_parts(weight)[1]

    def taken_by_each(self, channels: Dim) -> Dim:
        """The channels that stand in a weight's shape: those of all groups."""
        return channels

    def grown(self, size: Dim, sliding: Sliding, extra: int) -> Dim:
        """The size that comes out along one axis.

        >>> layer = TransposedConvolution(stride=2, padding=((1, 1),))
        >>> layer.grown(14, Sliding(3, 2, 1, (1, 1)), extra=1)
        28
        """
        if sliding.is_same:
            if self.same_cuts and isinstance(sliding.extent, int) and sliding.extent + extra < sliding.stride:
                return Unknown("ONNX and its runtimes do not agree on a kernel shorter than its stride")
            return size * sliding.stride
        before, after = sliding.sides(size)
        return (size - 1) * sliding.stride + (sliding.extent + extra - before - after)

    def structure(self, image: Tensor, weight: Tensor) -> Requirement | None:
        broken = super().structure(image, weight)
        if broken is not None:
            return broken
        return misfit(self.spatial_rank(weight), positive={}, other={"output size": self.output_size or ()})

    def limits(self, kernel: Shape) -> dict[str, dict[str, object]]:
        limits = super().limits(kernel)
        limits["other"]["output padding"] = self.output_padding
        return limits

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, weight, bias = image_weight_bias(inputs)
        broken = self.structure(image, weight)
        if broken is not None:
            return no_image(image, broken)
        axes = self.axes(image, weight)
        filters, channels, kernel = self.weight_parts(weight)
        requirements = [
            self.channel_requirement(image, weight),
            *group_requirements(channels, self.groups),
            *bias_requirement(bias, filters),
            *open_settings(**self.limits(kernel)),
        ]
        out = list(image.dims)
        out[axes.channel] = filters
        for place, (axis, sliding) in enumerate(zip(axes.spatial, self.slidings(kernel), strict=True)):
            out[axis] = self.size_out(image.dims[axis], sliding, place)
            requirements += self._size_requirements(image.dims[axis], out[axis], axis, place, sliding)
        return Outcome((image.shaped(tuple(out), self.dtype),), tuple(requirements))

    def size_out(self, size: Dim, sliding: Sliding, place: int) -> Dim:
        """The size of one spatial axis of the output: the one that is asked for, or the one that it grows to."""
        if self.output_size is not None:
            return self.output_size[place]
        return self.grown(size, sliding, self._extra(place))

    def _extra(self, place: int) -> int:
        """The output padding of one spatial axis."""
        return self.output_padding if isinstance(self.output_padding, int) else self.output_padding[place]

    def _size_requirements(
        self, size: Dim, out: Dim, axis: int, place: int, sliding: Sliding
    ) -> list[Requirement]:
        extra = self._extra(place)
        facts = {"axis": axis, "size": size, "out": out, "output_padding": extra}
        facts |= {"stride": sliding.stride, "dilation": sliding.dilation, "extent": sliding.extent}
        some = all_of(at_least(size, 1), at_least(out, 1))
        requirements = [Requirement("transposed_size", some, facts, spoils=(axis,))]
        if self.output_size is not None:
            # A larger size would be shared with an input that has a cell more.
            most = size * sliding.stride + (sliding.extent - 1)
            asked = Requirement("transposed_output_size", at_most(out, most), {**facts, "most": most})
            requirements.append(asked)
        # PyTorch and ONNX: output padding must be smaller than either the stride or the dilation.
        allowed = less_than(extra, maximum(sliding.stride, sliding.dilation))
        requirements.append(Requirement("output_padding", allowed, facts))
        return requirements

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every input cell takes one multiply-accumulate for each cell of each filter of its group."""
        image, weight, _ = image_weight_bias(inputs)
        if not self.kernel_of(weight):
            return Unknown("its weight has no kernel that is known")
        filters, _, kernel = self.weight_parts(weight)
        return image.elements * product(kernel) * (filters // max(self.groups, 1))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        image, weight, _ = image_weight_bias(inputs)
        axes = self.axes(image, weight)
        links = [] if axes.batch is None else list(identity(0, [(0, 0)]))
        slid = zip(
            axes.spatial, self.slidings(self.kernel_of(weight)), self.sides(image, weight), strict=True
        )
        for axis, sliding, (before, _) in slid:
            taps = (sliding.kernel, sliding.stride, sliding.dilation)
            links.append(transposed_window(0, axis, axis, *taps, before))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept:
        """The input and the weight: what its padding cuts off is of the output."""
        return Kept((0, 1))

    def sides(self, image: Tensor | None, weight: Tensor) -> tuple[tuple[Dim, Dim], ...]:
        """Cells cut off before and after each spatial axis; nothing where the image does not tell."""
        sides = super().sides(image, weight)
        if not sides or image is None or not (isinstance(self.padding, str) or self.output_size is not None):
            return sides
        slid = zip(self.axes(image, weight).spatial, self.slidings(self.kernel_of(weight)), strict=True)
        return tuple(
            [self._cut(image.dims[axis], sliding, place) for place, (axis, sliding) in enumerate(slid)]
        )

    def _cut(self, size: Dim, sliding: Sliding, place: int) -> tuple[Dim, Dim]:
        """Cells cut off what the stamps cover, the output padding included, for the size that comes out."""
        covered = (size - 1) * sliding.stride + (sliding.extent + self._extra(place))
        whole = maximum(covered - self.size_out(size, sliding, place), 0)
        half = whole // 2
        return (half, whole - half) if sliding.padding == SAME else (whole - half, half)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        weight = weight_of(inputs)
        extra = setting_words("output pad", per_axis(self.output_padding, len(self.kernel_of(weight))), 0)
        grouped = setting_words("groups", [self.groups], 1)
        return f"transposed{self.setting_words(weight)}{extra}{grouped}"

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        if not self.kernel_of(weight_of(inputs)):
            return None
        filters, channels, kernel = self.weight_parts(weight_of(inputs))
        own = channels // max(self.groups, 1)
        return Filters(filters, (*kernel, own) if self.channels_last else (own, *kernel), kernel)

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        attributes = super().attributes(inputs)
        attributes["output_padding"] = list(per_axis(self.output_padding, len(attributes["kernel"])))
        if self.output_size is not None:
            attributes["output_size"] = plain(self.output_size)
        return attributes
