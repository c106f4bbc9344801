"""Where nothing does it: the nearest sizes that can be had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapelens.analyses.solving.habits import rank_of
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.searching import first_of
from shapelens.analyses.solving.setting import Setting
from shapelens.analyses.solving.solution import Solution
from shapelens.analyses.solving.trying import Trial
from shapelens.records import dataclass

__all__ = ["Gap", "gaps_of", "nearest_of"]

_MOST_TRIED = 1_000
"""So many settings are tried in search of the nearest sizes along one axis."""

Reached = tuple[int, int]
"""A size that can be had, and the stride with which."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A size that no setting within bounds gives.

    Args:
        places: the spatial axes along which it is asked for.
        size: what goes in.
        wanted: what is to come out.
        below: the largest smaller size that can be had, and by which stride; None where there is none.
        above: the smallest larger one.
        is_whole: whether the search for them came to its end.
    """

    places: tuple[int, ...]
    size: int
    wanted: int
    below: Reached | None
    above: Reached | None
    is_whole: bool = True


def gaps_of(question: Question) -> tuple[Gap, ...]:
    """The sizes that cannot be had, each axis by itself."""
    gaps: list[Gap] = []
    axes = question.axes
    for axis in dict.fromkeys(axes):
        places = tuple([place for place, other in enumerate(axes) if other == axis])
        reached = _Reached(question, places[0])
        if reached.first_of([axis.wanted]):
            continue
        below = reached.first_of(sorted([n for n in reached.settings if n < axis.wanted], reverse=True))
        above = reached.first_of(sorted([n for n in reached.settings if n > axis.wanted]))
        gaps.append(Gap(places, axis.size, axis.wanted, below, above, reached.left > 0))
    return tuple(gaps)


class _Reached:
    """What can be had along one axis by the arithmetic, and the settings that give it.

    Args:
        question: what is asked.
        place: which of the spatial axes.

    Attributes:
        settings: the settings, by the size that they give.
        left: how many of them may still be tried.
    """

    def __init__(self, question: Question, place: int) -> None:
        self.question = question
        self.place = place
        self.axis = question.axes[place]
        self.trial = Trial(question)
        self.left = _MOST_TRIED
        self.settings: dict[int, list[Setting]] = {}
        for setting, out in question.rules.each(self.axis.choices, self.axis.size):
            if out is not None and out > 0:
                self.settings.setdefault(out, []).append(setting)

    def first_of(self, sizes: Iterable[int]) -> Reached | None:
        """The first of some sizes that a whole layer gives along the axis."""
        for size in sizes:
            for setting in sorted(self.settings.get(size, ()), key=self._rank):
                self.left -= 1
                if self.left <= 0:
                    return None
                if self.trial.holds_along(self.place, setting, size):
                    return size, setting.stride
        return None

    def _rank(self, setting: Setting) -> tuple[Any, ...]:
        return rank_of(self.question.rules, setting, self.axis)


def nearest_of(question: Question, gaps: Iterable[Gap]) -> tuple[Solution, ...]:
    """The usual layers that give the nearest shapes, that with smaller sizes first."""
    known = list(gaps)
    solutions: list[Solution] = []
    for is_above in (False, True):
        wanted = list(question.wanted)
        for gap in known:
            reached = (gap.above or gap.below) if is_above else (gap.below or gap.above)
            for place in gap.places if reached is not None else ():
                assert reached is not None
                wanted[place] = reached[0]
        if tuple(wanted) == question.wanted or any(
            s.output == question.wanting(wanted).target for s in solutions
        ):
            continue
        first = first_of(question.wanting(wanted))
        solutions += [] if first is None else [first]
    return tuple(solutions)
