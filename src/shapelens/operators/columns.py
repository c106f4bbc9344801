"""Images unrolled into columns, and columns folded back: what a convolution is as a matrix product.

Every position of a window becomes a column that holds the window's cells of all channels:

    >>> from shapelens.operators import ImageToColumns, Tensor
    >>> ImageToColumns((3, 3), padding=((1, 1), (1, 1))).evaluate(Tensor((2, 16, 28, 28))).outputs[0].shape
    (2, 144, 784)

Source: the documentation of `torch.nn.Unfold`, `torch.nn.Fold` and ONNX' Col2Im.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, all_of, at_least, equal, product
from shapelens.operators.arguments import given, optional, required
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, Span, identity
from shapelens.operators.windows import (
    Sliding,
    extent_words,
    image_axes,
    misfit,
    no_image,
    open_settings,
    pad_words,
    per_axis,
    rank_requirement,
    setting_words,
    slidings_of,
    some_channels,
)
from shapelens.records import dataclass

__all__ = ["ColumnsToImage", "ImageToColumns"]

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ImageToColumns(Operator):
    """Unfold: `N × C·|kernel| × positions`, where `positions` is the product of the windows along each axis.

    Args:
        kernel: the window's extent.
        stride: how far windows are apart.
        padding: cells before and after each spatial axis.
        dilation: how far the cells of a window are apart.
    """

    family: ClassVar[str] = "reshape"

    kernel: tuple[int, ...] = (3, 3)
    stride: tuple[int, ...] | int = 1
    padding: Pairs = ()
    dilation: tuple[int, ...] | int = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        rank = len(self.kernel)
        broken = _misfit(image, rank, self)
        if broken is not None:
            return no_image(image, broken)
        axes = image_axes(image.rank, rank)
        slidings = _slidings(self.kernel, self)
        sizes = [image.dims[axis] for axis in axes.spatial]
        counts = [sliding.count(size) for sliding, size in zip(slidings, sizes, strict=True)]
        requirements = [
            Requirement("window", wanted.truth, wanted.facts, spoils=(-1,))
            for wanted in (s.requirement(n, a) for s, n, a in zip(slidings, sizes, axes.spatial, strict=True))
        ]
        requirements += [*some_channels(image, axes), *open_settings(**_limits(self.kernel, self))]
        channels = image.dims[axes.channel] * product(self.kernel)
        leading = () if axes.batch is None else (image.dims[axes.batch],)
        return Outcome((image.shaped((*leading, channels, product(counts))),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Columns go through the positions of all axes in turn, the last axis fastest."""
        image = given(inputs)
        axes = image_axes(image.rank, len(self.kernel))
        last = outputs[0].rank - 1
        slidings = _slidings(self.kernel, self)
        counts = [s.count(image.dims[a]) for s, a in zip(slidings, axes.spatial, strict=True)]
        links = [] if axes.batch is None else list(identity(0, [(0, 0)]))
        for place, (axis, sliding) in enumerate(zip(axes.spatial, slidings, strict=True)):
            spans = _column_spans(sliding, counts[place], product(counts[place + 1 :]))
            period, advance = (len(spans), 0) if spans is not None else (1, 1)
            links.append(Link(0, axis, last, period, advance, spans, merged=True))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        rank = len(self.kernel)
        stride = setting_words("stride", per_axis(self.stride, rank), 1)
        dilation = setting_words("dilation", per_axis(self.dilation, rank), 1)
        return f"unfold {extent_words(self.kernel)}{stride}{pad_words(self.padding)}{dilation}"


@dataclass(frozen=True)
class ColumnsToImage(Operator):
    """Fold: columns put back where their windows were; cells that several windows share add up.

    `N × C/|kernel| × image`; there must be as many columns as windows fit into the image.

    Args:
        image: the image's spatial size; a second input may carry it instead.
        kernel: the window's extent; a third input may carry it instead.
        stride: how far windows are apart.
        padding: cells before and after each spatial axis.
        dilation: how far the cells of a window are apart.
        batched: whether there must be an axis for a batch.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "image", "kernel")
    family: ClassVar[str] = "reshape"

    image: tuple[Dim, ...] | None = None
    kernel: tuple[int, ...] | None = None
    stride: tuple[int, ...] | int = 1
    padding: Pairs = ()
    dilation: tuple[int, ...] | int = 1
    batched: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        columns = given(inputs)
        ranks = (3,) if self.batched else (2, 3)
        if columns.rank not in ranks:
            facts = {"gets": columns.dims, "wants": ranks}
            return no_image(columns, Requirement("rank", False, facts, spoils=None))
        sizes = required(self.image, optional(inputs, 1), "the size of the image")
        kernel = required(self.kernel, optional(inputs, 2), "the size of the blocks")
        if isinstance(sizes, Unknown):
            return Outcome((columns.shaped(sizes),))
        if isinstance(kernel, Unknown):
            kernel = (kernel,) * len(sizes)
        limits = _limits(kernel, self)
        limits["positive"]["image"] = sizes
        broken = misfit(len(sizes), **limits)
        if broken is None and len(kernel) != len(sizes):
            wrong = {"setting": "kernel", "value": kernel, "axes": len(sizes), "least": 1}
            broken = Requirement("settings", False, wrong, spoils=None)
        if broken is not None:
            return no_image(columns, broken)
        cells = product(kernel)
        leading = columns.dims[:-2]
        out = columns.shaped((*leading, columns.dims[-2] // cells, *sizes))
        requirements = [*open_settings(**limits), *self._requirements(columns, kernel, sizes, cells)]
        return Outcome((out,), tuple(requirements))

    def _requirements(self, columns: Tensor, kernel: Shape, sizes: Shape, cells: Dim) -> list[Requirement]:
        rows, count = columns.dims[-2:]
        slidings = _slidings(kernel, self)
        axis = columns.rank - 2
        positions = product([sliding.count(size) for sliding, size in zip(slidings, sizes, strict=True)])
        return [
            Requirement(
                "block",
                all_of(equal(rows % cells, 0), at_least(rows, 1)),
                {"axis": axis, "size": rows, "divisor": cells, "what": "rows"},
                spoils=(axis,),
            ),
            *[s.requirement(n, axis + 1 + i) for i, (s, n) in enumerate(zip(slidings, sizes, strict=True))],
            Requirement(
                "columns",
                equal(count, positions),
                {"gets": count, "wants": positions, "image": sizes, "kernel": kernel},
            ),
        ]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Columns lie one after another: a cell's are not neighbours, so their axis is seen whole."""
        return identity(0, [(0, 0)]) if given(inputs).rank == 3 else ()

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return "fold" if self.kernel is None else f"fold {extent_words(self.kernel)}"


def _slidings(kernel: Shape, fold: ImageToColumns | ColumnsToImage) -> tuple[Sliding, ...]:
    """How the window slides, for each spatial axis."""
    return slidings_of(kernel, fold.stride, fold.padding, fold.dilation)


def _misfit(image: Tensor, rank: int, fold: ImageToColumns) -> Requirement | None:
    """What the image's rank or the settings break; then there is no output to tell."""
    ranks = rank_requirement(image, rank)
    if ranks.truth is False:
        return ranks
    return misfit(rank, **_limits(fold.kernel, fold))


def _limits(kernel: Shape, fold: ImageToColumns | ColumnsToImage) -> dict[str, dict[str, object]]:
    """The settings that are at least 1, and those that are at least 0."""
    positive: dict[str, object] = {"kernel": kernel, "stride": fold.stride, "dilation": fold.dilation}
    return {"positive": positive, "other": {"padding": fold.padding}}


def _column_spans(sliding: Sliding, count: Dim, inner: Dim) -> tuple[Span, ...] | None:
    """What each column sees of one axis, whose window moves on after every `inner` columns."""
    before, _ = sliding.sides(0)
    extent, stride = sliding.extent, sliding.stride
    known = all(isinstance(number, int) for number in (count, inner, before, extent, stride))
    if not known or not 0 < count * inner <= MAXIMUM_PERIOD:
        return None
    starts = [column // inner * stride - before for column in range(count * inner)]
    return tuple([(start, start + extent - 1) for start in starts])
