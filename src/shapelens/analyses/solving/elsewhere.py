"""What would do it where no setting within bounds does: wider bounds, or the layer of the other direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.analyses.solving.arithmetic import CONVOLUTION, TRANSPOSED
from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import MOST_COUNTED, Bounds
from shapelens.analyses.solving.habits import is_usual
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.reach import Gap
from shapelens.analyses.solving.searching import first_of
from shapelens.analyses.solving.solution import Solution
from shapelens.errors import UsageError

__all__ = ["other_of", "wider_of"]

_WIDEST_KERNEL = 32
"""No larger kernel is proposed, unless one window is to see everything."""


def wider_of(question: Question) -> tuple[Bounds, Solution] | None:
    """The bounds a step wider within which something does it that networks have, or else anything: and the layer."""
    at_all: tuple[Bounds, Solution] | None = None
    for guess in _guesses(question):
        first = first_of(guess)
        bounds = None if first is None else _bounds_around(question, first)
        if first is None or bounds is None:
            continue
        if is_usual(question, first.each):
            return bounds, first
        at_all = at_all or (bounds, first)
    return at_all


def _bounds_around(question: Question, solution: Solution) -> Bounds | None:
    """The bounds within which a layer lies; None for the same bounds, or for more than can be counted through."""
    usual, free = question.bounds, question.free
    kernel = max([setting.kernel for setting in solution.each if "kernel" in free], default=1)
    stride = max([setting.stride for setting in solution.each if "stride" in free], default=1)
    bounds = replace(usual, kernel=max(usual.kernel, kernel), stride=max(usual.stride, stride))
    try:
        ask(question.layer.source.text, question.source, question.target, bounds)
    except UsageError:
        return None
    return None if bounds == usual else bounds


def _guesses(question: Question) -> list[Question]:
    """The question with strides that go from one size to the other at once, and with kernels over all that is left."""
    each = [
        _kernels_and_strides(question, *sizes) for sizes in zip(question.sizes, question.wanted, strict=True)
    ]
    over_everything, *at_once = zip(*each, strict=True)
    in_order = [over_everything, *at_once] if set(question.wanted) == {1} else [*at_once, over_everything]
    narrowed = [_narrowed(question, guess) for guess in in_order if all(kernel > 0 for kernel, _ in guess)]
    return [guess for guess in narrowed if max(choices.count for choices in guess.choices) <= MOST_COUNTED]


def _kernels_and_strides(question: Question, size: int, wanted: int) -> list[tuple[int, int]]:
    """Kernels and strides to try along one axis: one kernel over all that is left, then what is side by side."""
    large, small = (wanted, size) if question.rules.family == TRANSPOSED else (size, wanted)
    left = large - small + 1
    kernel = left if small == 1 or left <= _WIDEST_KERNEL else 0
    return [(kernel, 1), *[(stride, stride) for stride in (large // small, -(-large // small))]]


def _narrowed(question: Question, guess: Sequence[tuple[int, int]]) -> Question:
    """The question for one kernel and one stride along each axis, where they are free, and nothing dilated."""
    each = []
    for choices, (kernel, stride) in zip(question.choices, guess, strict=True):
        kernels = (kernel,) if "kernel" in choices.free else choices.kernels
        strides = (stride,) if "stride" in choices.free else choices.strides
        dilations = (1,) if "dilation" in choices.free else choices.dilations
        each.append(replace(choices, kernels=kernels, strides=strides, dilations=dilations))
    return replace(question, choices=tuple(each))


def other_of(question: Question, gaps: tuple[Gap, ...]) -> Solution | None:
    """Where sizes are to grow, the transposed convolution that does it; where they are to shrink, the convolution."""
    grows = all(gap.above is None and gap.wanted > gap.size for gap in gaps)
    shrinks = all(gap.below is None and gap.wanted < gap.size for gap in gaps)
    family, rank = question.rules.family, len(question.choices)
    if not gaps or not ((family == CONVOLUTION and grows) or (family == TRANSPOSED and shrinks)):
        return None
    up, down = f"ConvTranspose{rank}d", f"Conv{rank}d"
    if question.is_keras:
        up, down = f"Conv{rank}DTranspose", f"Conv{rank}D"
    name = up if grows else down
    return first_of(ask(f"{name}()", question.source, question.target, question.bounds))
