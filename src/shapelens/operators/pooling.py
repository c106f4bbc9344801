"""Pooling: windows that give their largest value, their mean or their norm, channel by channel.

    >>> from shapelens.operators import Pool, Tensor
    >>> Pool("max", (3, 3), 2, ceil_mode=True).evaluate(Tensor((1, 64, 112, 112))).outputs[0].shape
    (1, 64, 56, 56)

Global and adaptive pooling, which fix the output's size instead of the window's, have a file of their own; so have
pooling over regions of interest, and unpooling.

Source: the documentation of `torch.nn.MaxPool2d` and of ONNX' MaxPool; the limits of padding were tried on PyTorch
and onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, at_least, at_most, maximum, product
from shapelens.operators.arguments import given
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.operators.spans import Span
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
    some_channels,
)
from shapelens.records import dataclass

__all__ = ["KIND_WORDS", "Pool", "kept_links", "max_kept", "with_indices"]

KIND_WORDS = {"max": "max pool", "average": "avg pool", "lp": "lp pool"}


@dataclass(frozen=True)
class Pool(Operator):
    """Pooling with a sliding window.

    Args:
        kind: `max`, `average` or `lp`.
        kernel: the window's extent, for each spatial axis.
        stride: how far windows are apart (one number stands for all axes); the window's own extent if not given.
        padding: cells before and after each spatial axis, or `same`, `same_lower`, `valid`.
        dilation: how far the cells of a window are apart.
        ceil_mode: whether the last window may reach past the end.
        channels_last: whether the channels stand last.
        with_indices: whether a second output tells where each value came from.
        half_padding: whether PyTorch's limits hold: at most half a kernel of padding, and a mean or norm over three
            axes only of images not smaller than the kernel. Else it is less than a kernel (onnxruntime).
        batched: whether there must be an axis for a batch.
        count_include_pad: whether a mean counts the zeros of the padding; None where the source does not tell.
        divisor: what a mean divides by, in the place of the number of its cells.
        norm: the power of a norm.
        norm_of_mean: whether a norm is made of the mean of the powers, times the kernel's cells, and powers keep
            their sign (PyTorch). Else it is the root of the sum of the absolute values' powers (ONNX).
        cut_less: how `same` treats cells that a stride larger than the window leaves over; as `Sliding` has it.
    """

    family: ClassVar[str] = "pool"

    kind: str = "max"
    kernel: tuple[int, ...] = (2, 2)
    stride: tuple[int, ...] | int | None = None
    padding: Padding = ()
    dilation: tuple[int, ...] | int = 1
    ceil_mode: bool = False
    channels_last: bool = False
    with_indices: bool = False
    half_padding: bool = False
    batched: bool = False
    count_include_pad: bool | None = True
    divisor: int | None = None
    norm: float = 2
    norm_of_mean: bool = False
    cut_less: int | Unknown | None = None

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride of each spatial axis."""
        return self.kernel if self.stride is None else per_axis(self.stride, len(self.kernel))

    def axes(self, image: Tensor) -> ImageAxes:
        """Which axis of its input is which."""
        return image_axes(image.rank, len(self.kernel), channels_last=self.channels_last)

    def slidings(self) -> tuple[Sliding, ...]:
        """How the window slides, for each spatial axis."""
        return slidings_of(
            self.kernel,
            self.strides,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            cut_less=self.cut_less,
        )

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        outputs = 2 if self.with_indices else 1
        broken = self.structure(image)
        if broken is not None:
            return no_image(image, broken, outputs)
        axes = self.axes(image)
        out = list(image.dims)
        requirements = [*some_channels(image, axes), *open_settings(**self._limits())]
        for axis, sliding in zip(axes.spatial, self.slidings(), strict=True):
            out[axis] = self.count(image.dims[axis], sliding)
            requirements.append(self._window_requirement(image.dims[axis], sliding, axis, out[axis]))
            if not isinstance(sliding.padding, str):
                requirements.append(self._padding_requirement(sliding.kernel, sliding.padding, axis))
        # ONNX counts the cells of all maps together.
        cells = product([image.dims[axis] for axis in axes.spatial]) if self.half_padding else None
        return Outcome(with_indices(image.shaped(tuple(out)), outputs, cells), tuple(requirements))

    def count(self, size: Dim, sliding: Sliding) -> Dim:
        """The size that comes out along one axis."""
        if sliding.is_same and sliding.dilation != 1 and sliding.kernel != 1:
            return Unknown("ONNX and onnxruntime do not agree on `same` for dilated windows")
        return sliding.count(size)

    def structure(self, image: Tensor) -> Requirement | None:
        """What the axes of the image, or the settings, break; then there is no output to tell."""
        rank = len(self.kernel)
        ranks = rank_requirement(image, rank, batched=self.batched)
        if ranks.truth is False:
            return ranks
        return misfit(rank, **self._limits())

    def _limits(self) -> dict[str, dict[str, object]]:
        """The settings that are at least 1, and those that are at least 0."""
        positive: dict[str, object] = {
            "kernel": self.kernel,
            "stride": self.strides,
            "dilation": self.dilation,
        }
        return {"positive": positive, "other": {"padding": self.padding}}

    def _window_requirement(self, size: Dim, sliding: Sliding, axis: int, out: Dim) -> Requirement:
        """That a window fits into the image and its padding; for some of PyTorch's pools, into the image alone."""
        wanted = sliding.requirement(size, axis, out=out)
        if self.half_padding and self.kind != "max" and len(self.kernel) == 3:
            alone = {**wanted.facts, "before": 0, "after": 0}
            return replace(wanted, truth=at_least(size, sliding.extent), facts=alone)
        return wanted

    def _padding_requirement(self, kernel: Dim, sides: tuple[Dim, Dim], axis: int) -> Requirement:
        """That there is not so much padding that a window could lie in it."""
        most = kernel // 2 if self.half_padding else kernel - 1
        padding = maximum(*sides)
        facts = {"padding": padding, "most": most, "kernel": kernel, "axis": axis}
        return Requirement("pool_padding", at_most(padding, most), facts)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        image = given(inputs)
        axes = self.axes(image)
        links = list(kept_links(axes))
        for axis, sliding in zip(axes.spatial, self.slidings(), strict=True):
            before, _ = sliding.sides(image.dims[axis])
            links.append(window(0, axis, axis, sliding.extent, sliding.stride, before))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input, and of a max pooling where each value came from; of a norm, its powers and its roots."""
        if self.kind == "max":
            return max_kept(run)
        if self.kind == "average":
            return Kept((0,))
        image, pooled = run.tensor(), run.outputs[0]
        return Kept((0,), others=(image.shaped(image.shape), *(pooled.shaped(pooled.shape),) * 4))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        stride = "" if self.strides == self.kernel else setting_words("stride", self.strides, 0)
        dilation = setting_words("dilation", per_axis(self.dilation, len(self.kernel)), 1)
        ceil = ", ceil" if self.ceil_mode else ""
        slides = f"{stride}{pad_words(self.padding)}{dilation}{ceil}"
        return f"{KIND_WORDS[self.kind]} {extent_words(self.kernel)}{slides}"

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        rank = len(self.kernel)
        attributes: dict[str, Any] = {
            "kind": self.kind,
            "kernel": list(self.kernel),
            "stride": list(self.strides),
            "padding": padding_attribute(self.padding, rank, self.sides(inputs[0])),
            "dilation": list(per_axis(self.dilation, rank)),
            "ceil_mode": self.ceil_mode,
        }
        if self.kind == "average":
            attributes["count_include_pad"] = self.count_include_pad
            if self.divisor is not None:
                attributes["divisor_override"] = self.divisor
        if self.kind == "lp":
            attributes["norm"] = self.norm
        return attributes

    def sides(self, image: Tensor | None) -> tuple[tuple[Dim, Dim], ...]:
        """Cells before and after each spatial axis; nothing where the image does not tell."""
        if image is None or isinstance(image.shape, Unknown) or self.structure(image) is not None:
            return ()
        slid = zip(self.slidings(), self.axes(image).spatial, strict=True)
        return tuple([sliding.sides(image.dims[axis]) for sliding, axis in slid])


# what all pools share ----------------------------------------------------------------------------------


def with_indices(pooled: Tensor, outputs: int, cells: Dim | None = None) -> tuple[Tensor, ...]:
    """The values and, if there are two outputs, where each of them came from: one of so many cells of its map."""
    span = None if cells is None else Span(0, cells - 1, is_reached=False)
    places = Tensor(pooled.shape, "int64", span=span)
    return (pooled, places)[:outputs]


def max_kept(run: Run) -> Kept:
    """What a max pooling keeps: its input and the places of the largest values, given out or not."""
    if len(run.outputs) > 1:
        return Kept((0,), (1,))
    return Kept((0,), others=(run.outputs[0].shaped(run.outputs[0].shape, "int64"),))


def kept_links(axes: ImageAxes) -> tuple[Link, ...]:
    """The batch and the channels, each of which sees itself alone."""
    kept = [axis for axis in (axes.batch, axes.channel) if axis is not None]
    return identity(0, [(axis, axis) for axis in kept])
