"""Pooling to a size: one cell for the whole image, or as many as are asked for.

    >>> from shapelens.operators import AdaptivePool, GlobalPool, Tensor
    >>> GlobalPool("average").evaluate(Tensor((1, 512, 15, 20))).outputs[0].shape
    (1, 512, 1, 1)
    >>> AdaptivePool("average", (7, 7)).evaluate(Tensor((1, 512, 15, 20))).outputs[0].shape
    (1, 512, 7, 7)

Source: the documentation of `torch.nn.AdaptiveAvgPool2d`; the windows were tried on PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import gcd
from typing import ClassVar

from shapelens.dims import Dim, Truth, Unknown, all_of, any_of, at_least, decide, equal
from shapelens.operators.arguments import given
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.pooling import KIND_WORDS, kept_links, max_kept, with_indices
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, identity
from shapelens.operators.windows import (
    ImageAxes,
    extent_words,
    image_axes,
    no_image,
    rank_requirement,
    some_channels,
)
from shapelens.records import dataclass

__all__ = ["AdaptivePool", "GlobalPool"]


@dataclass(frozen=True)
class GlobalPool(Operator):
    """One value for each channel: the window is the whole image.

    Args:
        kind: `max`, `average` or `lp`.
        spatial_rank: the number of spatial axes; None for all but a batch and channels.
        keep_axes: whether the axes stay, with size 1.
        channels_last: whether the channels stand last.
        batched: whether there must be an axis for a batch.
    """

    family: ClassVar[str] = "pool"

    kind: str = "average"
    spatial_rank: int | None = None
    keep_axes: bool = True
    channels_last: bool = False
    batched: bool = False

    def axes(self, image: Tensor) -> ImageAxes:
        """Which axis of its input is which."""
        rank = image.rank - 2 if self.spatial_rank is None else self.spatial_rank
        return image_axes(image.rank, rank, channels_last=self.channels_last)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        broken = self._rank_requirement(image)
        if broken.truth is False:
            return no_image(image, broken)
        axes = self.axes(image)
        requirements = [*some_channels(image, axes), *[_some_cells(image, axis) for axis in axes.spatial]]
        sizes: list[Shape] = [(dim,) for dim in image.dims]
        for axis in axes.spatial:
            sizes[axis] = (1,) if self.keep_axes else ()
        return Outcome((image.shaped(tuple([dim for dims in sizes for dim in dims])),), tuple(requirements))

    def _rank_requirement(self, image: Tensor) -> Requirement:
        if self.spatial_rank is not None:
            return rank_requirement(image, self.spatial_rank, batched=self.batched)
        return Requirement("rank", image.rank >= 3, {"gets": image.dims, "wants": (3, 4, 5)}, spoils=None)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The spatial axes are seen whole."""
        image = given(inputs)
        spatial = self.axes(image).spatial
        kept = [axis for axis in range(image.rank) if axis not in spatial]
        return identity(0, [(axis, axis if self.keep_axes else place) for place, axis in enumerate(kept)])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """A mean keeps nothing; the largest values, their input and their places."""
        if self.kind == "average":
            return Kept()
        return max_kept(run) if self.kind == "max" else super().kept_for_backward(run)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"global {KIND_WORDS[self.kind]}"


@dataclass(frozen=True)
class AdaptivePool(Operator):
    """Pooling to a size that is asked for: the windows follow from it, and may differ by a cell.

    Window `i` of `out` takes the cells from `floor(i·in / out)` to `ceil((i + 1)·in / out)`. To one cell an average
    is PyTorch's plain mean, which takes an image of no cells too.

    Args:
        kind: `max` or `average`.
        output_size: the size of each spatial axis; None keeps the input's.
        channels_last: whether the channels stand last.
        with_indices: whether a second output tells where each value came from.
        batched: whether there must be an axis for a batch.
    """

    family: ClassVar[str] = "pool"

    kind: str = "average"
    output_size: tuple[Dim | None, ...] = (1, 1)
    channels_last: bool = False
    with_indices: bool = False
    batched: bool = False

    def axes(self, image: Tensor) -> ImageAxes:
        """Which axis of its input is which."""
        return image_axes(image.rank, len(self.output_size), channels_last=self.channels_last)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        outputs = 2 if self.with_indices else 1
        broken = rank_requirement(image, len(self.output_size), batched=self.batched)
        if broken.truth is False:
            return no_image(image, broken, outputs)
        axes = self.axes(image)
        sizes = zip(axes.spatial, self.output_size, strict=True)
        asked = {axis: size for axis, size in sizes if size is not None}
        out = [asked.get(axis, dim) for axis, dim in enumerate(image.dims)]
        is_mean: Truth = False
        if self.kind == "average":
            is_mean = all_of(*[equal(out[axis], 1) for axis in axes.spatial])
        requirements: list[Requirement] = []
        for axis in axes.spatial:
            some = _some_cells(image, axis)
            requirements.append(replace(some, truth=any_of(is_mean, some.truth)))
            if axis in asked:
                facts = {"axis": axis, "size": image.dims[axis], "out": out[axis]}
                requirements.append(Requirement("pool_size", at_least(out[axis], 0), facts, spoils=(axis,)))
        return Outcome(with_indices(image.shaped(tuple(out)), outputs), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """An axis pooled to one cell is seen whole."""
        image = given(inputs)
        axes = self.axes(image)
        links = list(kept_links(axes))
        for axis, asked in zip(axes.spatial, self.output_size, strict=True):
            if asked is None:
                links.append(Link(0, axis, axis))
            elif not isinstance(asked, int) or asked > 1:
                links.append(_adaptive(axis, image.dims[axis], asked))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept:
        """The input, unless it is the mean of it all; of a max pooling the places of the largest values too."""
        if self.kind == "max":
            return max_kept(run)
        image = run.tensor()
        sizes = [run.outputs[0].dims[axis] for axis in self.axes(image).spatial]
        return Kept() if all(decide(equal(size, 1)) for size in sizes) else Kept((0,))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        asked = ["same" if size is None else size for size in self.output_size]
        return f"{KIND_WORDS[self.kind]} to {extent_words(asked)}"


def _some_cells(image: Tensor, axis: int) -> Requirement:
    """That there is something to pool: nothing has no largest value, and its mean is no number."""
    size = image.dims[axis]
    return Requirement("window", at_least(size, 1), {"axis": axis, "size": size}, spoils=(axis,))


def _adaptive(axis: int, size: Dim, out: Dim) -> Link:
    """The windows that divide `size` cells among `out`: they repeat where the two share a divisor."""
    if not isinstance(size, int) or not isinstance(out, int):
        return Link(0, axis, axis, spans=None)
    shared = gcd(size, out)
    period, advance = out // shared, size // shared
    if period > MAXIMUM_PERIOD:
        return Link(0, axis, axis, spans=None)
    spans = tuple([(cell * size // out, -(-(cell + 1) * size // out) - 1) for cell in range(period)])
    return Link(0, axis, axis, period, advance, spans)
