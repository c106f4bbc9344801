"""The order in which settings are told: those that networks use first, as data, each with its reason.

The first habit that a setting has counts. Among settings of one habit, and among those of none, those of a smaller
dilation go first, of these those that read the input to its end, then those of a smaller stride, output padding,
padding and kernel. A stride that changes nothing, as there is but one window, goes last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shapelens.analyses.solving.arithmetic import CONVOLUTION, POOL, TRANSPOSED, Rules
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import Axis, Setting
from shapelens.operators.windows import SAME, VALID, Sliding
from shapelens.records import dataclass

__all__ = ["HABITS", "Habit", "habit_of", "is_usual", "order_of", "rank_of", "usual_of"]


@dataclass(frozen=True, slots=True)
class Habit:
    """Settings that networks have.

    Args:
        name: what is done.
        reason: who does it, or why.
        holds: whether a setting, at a size that goes in, is one of them.
    """

    name: str
    reason: str
    holds: Callable[[Setting, int], bool]


def _pads_half(setting: Setting) -> bool:
    """Whether an odd window is padded so that its centre goes over every cell: by half of what it spans."""
    extent = Sliding(setting.kernel, dilation=setting.dilation).extent
    return setting.padding == SAME or (setting.padding == extent // 2 and extent % 2 == 1)


def _pads_nothing(setting: Setting) -> bool:
    return setting.padding in {0, VALID}


def _keeps_stamps(setting: Setting) -> bool:
    """Whether less is cut off than a stamp is wide."""
    return isinstance(setting.padding, str) or setting.padding < setting.kernel


def _is_plain(setting: Setting) -> bool:
    """Whether nothing is spread out, stepped over or added."""
    return setting.dilation == 1 and setting.stride <= setting.kernel and not setting.output_padding


def _centred(kernel: int, *strides: int) -> Callable[[Setting, int], bool]:
    """An odd kernel that pads half, with one of these strides."""
    return lambda s, size: s.kernel == kernel and s.stride in strides and _pads_half(s) and _is_plain(s)


def _is_patch(setting: Setting, size: int) -> bool:
    """Whether windows lie side by side and leave nothing over."""
    is_patch = setting.kernel == setting.stride > 1 and size % setting.stride == 0
    return is_patch and (_pads_nothing(setting) or setting.padding == SAME) and _is_plain(setting)


def _is_stamp(setting: Setting, size: int) -> bool:
    """Whether stamps lie side by side."""
    return _is_patch(setting, 0)


HABITS: dict[str, tuple[Habit, ...]] = {
    CONVOLUTION: (
        Habit("one window over everything", "in the place of a linear layer",
              lambda s, size: s.kernel == size and s.stride == 1 and _pads_nothing(s) and _is_plain(s)),
        Habit("kernel 3, padded", "VGG, ResNet and most since", _centred(3, 1, 2)),
        Habit("windows side by side", "the patches of ViT, Swin and ConvNeXt", _is_patch),
        Habit("kernel 1", "mixes channels; the shortcut of ResNet",
              lambda s, size: s.kernel == 1 and s.stride <= 2 and (_pads_nothing(s) or s.padding == SAME)),
        Habit("kernel 7, padded", "the first layer of ResNet", _centred(7, 1, 2, 4)),
        Habit("kernel 5, padded", "AlexNet, Inception, MobileNet v3", _centred(5, 1, 2)),
        Habit("kernel 4, stride 2, padded", "DCGAN, pix2pix",
              lambda s, size: (s.kernel, s.stride) == (4, 2) and s.padding in {1, SAME} and _is_plain(s)),
        Habit("no padding", "LeNet, the U-Net of 2015",
              lambda s, size: _pads_nothing(s) and _is_plain(s) and s.stride <= 4),
        Habit("kernel 3, dilated", "DeepLab",
              lambda s, size: s.kernel == 3 and s.dilation > 1 and _pads_half(s) and s.stride == 1),
        Habit("an odd window, centred", "padded by half of it",
              lambda s, size: _pads_half(s) and _is_plain(s)),
    ),
    POOL: (
        Habit("windows side by side", "VGG and most, by 2", _is_patch),
        Habit("kernel 3, padded", "ResNet, Inception", _centred(3, 1, 2)),
        Habit("kernel 3, stride 2", "AlexNet, Inception",
              lambda s, size: (s.kernel, s.stride) == (3, 2) and _pads_nothing(s) and _is_plain(s)),
        Habit("windows side by side, what is left over dropped", "VGG and most, at a size that is no multiple",
              lambda s, size: s.kernel == s.stride > 1 and _pads_nothing(s) and _is_plain(s)),
        Habit("an odd window, centred", "padded by half of it", lambda s, size: _pads_half(s) and _is_plain(s)),
        Habit("no padding", "every window lies in the image", lambda s, size: _pads_nothing(s) and _is_plain(s)),
    ),
    TRANSPOSED: (
        Habit("stamps side by side", "the way up of U-Net", _is_stamp),
        Habit("a kernel of twice the stride", "DCGAN, FCN: stamps overlap evenly",
              lambda s, size: s.kernel == 2 * s.stride > 2 and s.padding in {s.stride // 2, SAME} and _is_plain(s)),
        Habit("kernel 3, padded", "the way back of the usual conv",
              lambda s, size: s.kernel == 3 and s.padding in {1, SAME} and s.dilation == 1 and s.stride <= 2),
        Habit("stamps that overlap evenly", "the kernel is a multiple of the stride: no checkerboard",
              lambda s, size: s.kernel % s.stride == 0 and _keeps_stamps(s) and _is_plain(s)
              and (s.stride > 1 or _pads_half(s) or _pads_nothing(s))),
        Habit("an odd window, centred", "padded by half of it",
              lambda s, size: _pads_half(s) and s.dilation == 1 and s.stride <= s.kernel),
    ),
}  # fmt: skip
"""What networks do, by the family of the layer, the most usual first."""


def habit_of(family: str, setting: Setting, size: int) -> int:
    """The place of the first habit that a setting has; after all of them for none."""
    habits = HABITS[family]
    return next((place for place, habit in enumerate(habits) if habit.holds(setting, size)), len(habits))


def usual_of(question: Question, each: Sequence[Setting]) -> Habit | None:
    """The habit that settings have along every axis; None where networks have no such settings."""
    family = question.rules.family
    places = [habit_of(family, setting, size) for setting, size in zip(each, question.sizes, strict=True)]
    return HABITS[family][max(places)] if max(places) < len(HABITS[family]) else None


def is_usual(question: Question, each: Sequence[Setting]) -> bool:
    """Whether networks have such settings."""
    return usual_of(question, each) is not None


def rank_of(rules: Rules, setting: Setting, axis: Axis) -> tuple[Any, ...]:
    """What the settings of one axis are sorted by."""
    kernel, stride, padding, dilation, output_padding = setting
    family = rules.family
    usual_stride = kernel if family == POOL else 1
    has_one = axis.size == 1 if family == TRANSPOSED else axis.wanted == 1
    is_idle = has_one and stride != usual_stride
    # Numbers go before words, and what is left to the framework before what is told.
    cells = (0, padding, False) if isinstance(padding, int) else (1, 0, padding != VALID)
    numbers = (stride, output_padding or 0, output_padding is not None, cells, kernel)
    return is_idle, habit_of(family, setting, axis.size), dilation, _drops(rules, setting, axis.size), numbers


def _drops(rules: Rules, setting: Setting, size: int) -> bool:
    """Whether the last cells of the input are not read."""
    kernel, stride, padding, dilation, _ = setting
    if rules.family == TRANSPOSED or (isinstance(padding, str) and padding not in {SAME, VALID}):
        return False
    sides = padding if isinstance(padding, str) else (padding, padding)
    return Sliding(kernel, stride, dilation, sides, rules.ceil_mode).unread(size)[1] > 0


def order_of(question: Question, each: Sequence[Setting]) -> tuple[Any, ...]:
    """What the settings of a whole layer are sorted by: how much differs between axes, then the ranks of each axis."""
    unlike = [len({setting[place] for setting in each}) > 1 for place in range(len(Setting._fields))]
    kernel, _, padding, dilation, output_padding = unlike
    ranks = [rank_of(question.rules, s, axis) for s, axis in zip(each, question.axes, strict=True)]
    differing = 2 if kernel or dilation else 1 if padding or output_padding else 0
    spread = max(setting.dilation for setting in each) if differing else 1
    return (differing, spread, max(ranks)[:2], sum(rank[1] for rank in ranks), sum(unlike), ranks)
