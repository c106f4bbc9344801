"""The arithmetic of windows that slide: what convolution and pooling share.

`out = floor((in + before + after - dilation·(kernel - 1) - 1) / stride) + 1`

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016; the SAME paddings are
TensorFlow's and ONNX'; what they cut off was tried on onnxruntime; the last-window clause of `ceil_mode` is
PyTorch's and, since opset 22, ONNX'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapelens.dims import Dim, Unknown, at_least, ceil_divide, maximum, minimum, select
from shapelens.operators.operator import Outcome, Requirement, Tensor
from shapelens.records import dataclass

__all__ = [
    "SAME",
    "SAME_LOWER",
    "VALID",
    "ImageAxes",
    "Padding",
    "Sliding",
    "extent_words",
    "image_axes",
    "misfit",
    "no_image",
    "open_settings",
    "pad_words",
    "padding_attribute",
    "per_axis",
    "rank_requirement",
    "setting_words",
    "slidings_of",
    "some_channels",
    "uniform",
    "unusable",
]

SAME = "same"
SAME_LOWER = "same_lower"
VALID = "valid"

Padding = str | tuple[tuple[int, int], ...]
"""Cells before and after each spatial axis, or `same` (the odd one after), `same_lower` (before), `valid`."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """How a window slides along one axis.

    Args:
        kernel: how many cells a window takes.
        stride: how far the next window is.
        dilation: how far the cells of one window are apart.
        padding: cells before and after, or `same`, `same_lower`, `valid`.
        ceil_mode: whether the last window may reach past the end. It must start inside the input or its left
            padding, or it is dropped.
        cut_less: where the stride is larger than the window, `same` may leave cells over. They are cut off at both
            ends, as if they were a padding below zero, but for so many (ONNX); None where none is cut off, and
            the first window stands on the first cell (TensorFlow); unknown where runtimes do not agree.
    """

    kernel: Dim
    stride: Dim = 1
    dilation: int = 1
    padding: str | tuple[int, int] = (0, 0)
    ceil_mode: bool = False
    cut_less: int | Unknown | None = None

    @property
    def is_same(self) -> bool:
        """Whether the padding follows from the size."""
        return self.padding in {SAME, SAME_LOWER}

    @property
    def extent(self) -> Dim:
        """How many cells a window spans, the gaps of dilation included: `dilation · (kernel - 1) + 1`."""
        return (self.kernel - 1) * self.dilation + 1

    def sides(self, size: Dim) -> tuple[Dim, Dim]:
        """The padding before and after, at this size; below zero where cells are cut off.

        >>> Sliding(3, stride=2, padding="same").sides(224)
        (0, 1)
        >>> Sliding(1, stride=5, padding="same", cut_less=0).sides(10)
        (-2, -2)
        """
        if not isinstance(self.padding, str):
            return self.padding
        if self.padding == VALID:
            return 0, 0
        wanted = (ceil_divide(size, self.stride) - 1) * self.stride + self.extent - size
        whole = maximum(wanted, 0)
        half = whole // 2
        before, after = (half, whole - half) if self.padding == SAME else (whole - half, half)
        if self.cut_less is None or (isinstance(self.extent, int) and self.extent >= self.stride):
            return before, after
        if isinstance(self.cut_less, Unknown):
            fits = at_least(wanted, 0)
            return select(fits, before, self.cut_less), select(fits, after, self.cut_less)
        cut = maximum(-wanted - self.cut_less, 0)
        before = before - (cut if self.padding == SAME else maximum(cut - 1, 0)) // 2
        return before, wanted - before

    def count(self, size: Dim) -> Dim:
        """How many windows there are: the size of the output.

        >>> Sliding(3, stride=2, padding=(1, 1)).count(224)
        112
        >>> Sliding(1, stride=2, ceil_mode=True).count(32)
        16
        """
        if self.is_same:
            return ceil_divide(size, self.stride)
        before, after = self.sides(size)
        if self.ceil_mode:
            return ceil_divide(size + before + minimum(after - self.extent + self.stride, 0), self.stride)
        # The + 1 behind the floor is a stride before it: one addition less for vectors of sizes.
        return (size + (before + after - self.extent + self.stride)) // self.stride

    def places(self, position: int) -> range:
        """Where the cells of one window stand along the padded axis, whose first cell is 0. For integers.

        >>> list(Sliding(3, stride=2, dilation=2).places(1))
        [2, 4, 6]
        """
        start = position * self.stride
        return range(start, start + self.extent, self.dilation)

    @property
    def least(self) -> Dim:
        """The smallest size that a window fits into; of nothing but padding there are no windows.

        >>> Sliding(3, padding=(1, 1)).least, Sliding(7, stride=2, padding=(3, 3), ceil_mode=True).least
        (1, 1)
        """
        if self.is_same:
            return 1
        before, after = self.sides(0)
        missing = self.extent - after
        if self.ceil_mode:
            missing = maximum(missing - self.stride, 0) + 1
        return maximum(missing - before, 1)

    def unread(self, size: int) -> tuple[int, int]:
        """How many cells at the end of the padded axis no window reaches: (of the padding, of the input).

        For integers. Cells between the windows of a stride larger than the kernel are not counted here.
        """
        before, after = self.sides(size)
        used = (self.count(size) - 1) * self.stride + self.extent
        left_over = max(size + before + after - used, 0)
        return max(min(left_over, after), 0), max(left_over - after, 0)

    def requirement(self, size: Dim, axis: int, **facts: object) -> Requirement:
        """That at least one window fits."""
        before, after = self.sides(size)
        known = {
            "axis": axis,
            "size": size,
            "before": before,
            "after": after,
        }
        known |= {
            "kernel": self.kernel,
            "extent": self.extent,
            "dilation": self.dilation,
            "stride": self.stride,
        }
        return Requirement("window", at_least(size, self.least), {**known, **facts}, spoils=(axis,))


def slidings_of(
    kernel: Sequence[Dim],
    stride: Sequence[int] | int,
    padding: Padding,
    dilation: Sequence[int] | int,
    *,
    ceil_mode: bool = False,
    cut_less: int | Unknown | None = None,
) -> tuple[Sliding, ...]:
    """How a window slides along each of its axes, by settings that fit.

    >>> slidings_of((3, 5), 2, (), 1)[1].count(224)
    110
    """
    axes = len(kernel)
    sides: Sequence[str | tuple[int, int]] = padding or ((0, 0),) * axes
    if isinstance(padding, str):
        sides = (padding,) * axes
    settings = zip(kernel, per_axis(stride, axes), per_axis(dilation, axes), sides, strict=True)
    return tuple([Sliding(k, s, d, p, ceil_mode, cut_less) for k, s, d, p in settings])


# where the axes are -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImageAxes:
    """Which axis of an image is which.

    Args:
        batch: the axis of the batch, or None for one image.
        channel: the axis of the channels.
        spatial: the axes that windows slide along.
    """

    batch: int | None
    channel: int
    spatial: tuple[int, ...]


def image_axes(rank: int, spatial_rank: int, *, channels_last: bool = False) -> ImageAxes:
    """Which axis is which, in as many axes as `rank_requirement` allows; any number of them may be spatial.

    >>> image_axes(4, 2, channels_last=True)
    ImageAxes(batch=0, channel=3, spatial=(1, 2))
    """
    first = rank - 1 - spatial_rank
    batch = 0 if first == 1 else None
    if channels_last:
        return ImageAxes(batch, rank - 1, tuple(range(first, rank - 1)))
    return ImageAxes(batch, first, tuple(range(first + 1, rank)))


def rank_requirement(image: Tensor, spatial_rank: int, *, batched: bool = False) -> Requirement:
    """A batch of images or, unless it must be a batch, one image."""
    wants = (spatial_rank + 2,) if batched else (spatial_rank + 1, spatial_rank + 2)
    facts = {"gets": image.dims, "wants": wants, "spatial_rank": spatial_rank}
    return Requirement("rank", image.rank in wants, facts, spoils=None)


def some_channels(image: Tensor, axes: ImageAxes) -> list[Requirement]:
    """That there are channels at all: pools and columns are not made of none."""
    some = at_least(image.dims[axes.channel], 1)
    facts = {"axis": axes.channel, "channels": image.dims[axes.channel]}
    return [] if some is True else [Requirement("no_channels", some, facts)]


def no_image(image: Tensor, broken: Requirement, outputs: int = 1) -> Outcome:
    """What comes out where the axes or the settings do not fit: nothing that has a shape."""
    reason = "its axes do not fit" if broken.kind == "rank" else f"its {broken.kind} do not fit"
    return Outcome((image.shaped(Unknown(reason)),) * outputs, (broken,))


# settings -----------------------------------------------------------------------------------------------


def per_axis(setting: Dim | Sequence[Dim], axes: int) -> tuple[Dim, ...]:
    """A setting for each axis, from one for all or from one for each."""
    return tuple(setting) if isinstance(setting, (tuple, list)) else (setting,) * axes


def unusable(axes: int, name: str, setting: object, least: int) -> Requirement | None:
    """The requirement that a setting breaks: one number (or one pair) for each axis, none below the least.

    >>> unusable(2, "stride", (2, 0), 1).facts
    {'setting': 'stride', 'value': (2, 0), 'axes': 2, 'least': 1}
    >>> unusable(2, "padding", ((1, 1), (0, 0)), 0)
    """
    if isinstance(setting, str) or setting == () or (type(setting) is int and setting >= least):
        return None
    given = setting if isinstance(setting, (tuple, list)) else (setting,) * axes
    if len(given) == axes and not any(isinstance(n, int) and n < least for n in _numbers(setting)):
        return None
    facts = {"setting": name, "value": setting, "axes": axes, "least": least}
    return Requirement("settings", False, facts, spoils=None)


def misfit(axes: int, *, positive: Mapping[str, object], other: Mapping[str, object]) -> Requirement | None:
    """The first requirement that settings break: those that must be at least 1, and those at least 0."""
    for least, settings in ((1, positive), (0, other)):
        for name, setting in settings.items():
            broken = unusable(axes, name, setting, least)
            if broken is not None:
                return broken
    return None


def open_settings(*, positive: Mapping[str, object], other: Mapping[str, object]) -> list[Requirement]:
    """That settings which hang on sizes are at least 1, or 0, as a kernel of a third of the height is from 3 on.

    >>> from shapelens.dims import symbol
    >>> third = symbol("H") // 3
    >>> open_settings(positive={"kernel": (third, 1)}, other={"padding": ((0, 1), (2, 2))})[0].truth
    floor(H/3) ≥ 1
    """
    found: list[Requirement] = []
    for least, settings in ((1, positive), (0, other)):
        for name, setting in settings.items():
            values = () if type(setting) is int else _numbers(setting)
            for value in [value for value in values if not isinstance(value, int)]:
                truth = at_least(value, least)
                if truth is not True:
                    facts = {"setting": name, "value": value, "axes": len(values), "least": least}
                    found.append(Requirement("settings", truth, facts, spoils=None))
    return found


def _numbers(setting: object) -> list[Any]:
    """The numbers of a setting: of one for all axes, of one for each, or of pairs; none of a word."""
    if isinstance(setting, (tuple, list)):
        return [number for part in setting for number in _numbers(part)]
    return [] if isinstance(setting, str) else [setting]


# words --------------------------------------------------------------------------------------------------


def extent_words(kernel: Sequence[Dim]) -> str:
    """`3×3`; in one dimension `3`."""
    return "×".join([str(extent) for extent in kernel])


def uniform(values: Sequence[Dim]) -> bool:
    """Whether all of them are the same."""
    return all(value == values[0] for value in values[1:])


def setting_words(name: str, values: Sequence[Dim], default: int) -> str:
    """`, stride 2`, or `, stride 2×1` where axes differ; nothing for the default."""
    if all(value == default for value in values):
        return ""
    return f", {name} " + (f"{values[0]}" if uniform(values) else "×".join(str(v) for v in values))


def pad_words(padding: Padding) -> str:
    """`, pad 1`; `, pad 2,3` where the sides differ; `, pad 1×0` where the axes do; `, same`."""
    if isinstance(padding, str):
        return "" if padding == VALID else f", {padding.replace('_', ' ')}"
    if all(side == 0 for pair in padding for side in pair):
        return ""
    each = [str(before) if before == after else f"{before},{after}" for before, after in padding]
    return ", pad " + (each[0] if uniform(each) else "×".join(each))


def padding_attribute(padding: Padding, axes: int, sides: Sequence[tuple[Dim, Dim]]) -> Any:
    """Cells before and after each axis, for JSON; the word, where they follow from sizes that are not known.

        >>> padding_attribute("same", 2, [(0, 1), (1, 1)]), padding_attribute("same", 2, [])
        ([[0, 1], [1, 1]], 'same')

    Args:
        padding: the setting.
        axes: the number of spatial axes.
        sides: what it comes to at the sizes that go in; nothing where they are not known.
    """
    if isinstance(padding, str) and padding != VALID:
        known = sides and all(isinstance(side, int) for pair in sides for side in pair)
        return [list(pair) for pair in sides] if known else padding
    explicit = () if isinstance(padding, str) else padding
    return [list(pair) for pair in explicit or ((0, 0),) * axes]
