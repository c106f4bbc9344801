"""Counting through the settings: alike on all axes where that does it, else for each axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from shapelens.analyses.solving.habits import order_of, rank_of
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import Axis, Setting
from shapelens.analyses.solving.solution import Solution
from shapelens.analyses.solving.trying import Trial
from shapelens.records import dataclass

__all__ = ["MOST_COMBINED", "Found", "first_of", "found"]

MOST_COMBINED = 1_000
"""So many settings that differ between axes are tried and told; of more, those that differ least."""

_MOST_USUAL = 300
"""So many of them are made of what networks use first along each axis."""

Each = tuple[Setting, ...]
"""A setting for each spatial axis."""


@dataclass(frozen=True, slots=True)
class Found:
    """The settings that do it, the usual ones first.

    Args:
        solutions: the layers.
        is_square: whether they are alike on all axes.
        is_whole: whether they are all that there are within bounds, and not those alone that differ least.
    """

    solutions: tuple[Solution, ...]
    is_square: bool = True
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Settings that do it by the arithmetic of each axis, in the order in which they are told."""

    each: list[Each]
    is_square: bool = True
    is_whole: bool = True


def found(question: Question) -> Found:
    """The settings within bounds that do what is asked.

    Raises:
        LayerTextError: the framework refuses whatever is tried.
    """
    trial = Trial(question)
    for candidates in _candidates(question, trial):
        solutions = tuple([Solution.of(question, each) for each in candidates.each if trial.does_it(each)])
        if solutions:
            return Found(solutions, candidates.is_square, candidates.is_whole)
    if trial.refusal is not None and not trial.was_read:
        raise trial.refusal
    return Found(())


def first_of(question: Question) -> Solution | None:
    """The first of them, where there are any."""
    trial = Trial(question)
    tried = (each for candidates in _candidates(question, trial) for each in candidates.each)
    first = next((each for each in tried if trial.does_it(each)), None)
    return None if first is None else Solution.of(question, first)


def _candidates(question: Question, trial: Trial) -> Iterator[_Candidates]:
    """Settings alike on all axes, where the same is given for all of them; then settings for each axis."""
    axes = question.axes
    fitting = {axis: _fitting(question, axis) for axis in dict.fromkeys(axes)}
    if len({axis.choices for axis in axes}) == 1:
        yield _Candidates(_in_order(question, _alike(axes, fitting)))
    if len(fitting) > 1:
        yield _combined(question, fitting, trial)


def _fitting(question: Question, axis: Axis) -> list[Setting]:
    """The settings of one axis with which the arithmetic gives what is wanted, or does not tell."""
    return [s for s, out in question.rules.each(axis.choices, axis.size) if out is None or out == axis.wanted]


def _in_order(question: Question, candidates: Iterator[Each] | set[Each]) -> list[Each]:
    return sorted(candidates, key=lambda each: order_of(question, each))


def _alike(axes: Sequence[Axis], fitting: dict[Axis, list[Setting]]) -> Iterator[Each]:
    """The settings that fit along every axis."""
    others = [set(fitting[axis]) for axis in axes[1:]]
    for setting in fitting[axes[0]]:
        if all(setting in own for own in others):
            yield (setting,) * len(axes)


def _combined(question: Question, fitting: dict[Axis, list[Setting]], trial: Trial) -> _Candidates:
    """A setting for each axis, those of which the same is asked alike."""
    places = [list(fitting).index(axis) for axis in question.axes]
    held = {
        axis: [s for s in own if trial.holds_along(question.axes.index(axis), s, axis.wanted)]
        for axis, own in fitting.items()
    }
    each_own = list(held.values())
    is_whole = prod(map(len, each_own)) <= MOST_COMBINED
    groups = [each_own] if is_whole else [*_least_unlike(question, each_own), _usual(question, held)]
    combined = {tuple([chosen[place] for place in places]) for group in groups for chosen in product(*group)}
    in_order = _in_order(question, combined)
    return _Candidates(in_order[:MOST_COMBINED], is_square=False, is_whole=is_whole)


def _least_unlike(question: Question, each_own: Sequence[list[Setting]]) -> list[list[list[Setting]]]:
    """The settings of each axis, those together that are alike in what can be alike; none where they are too many."""
    for alike in ({"kernel", "dilation"}, {"kernel", "dilation", "padding", "output_padding"}):
        groups = _grouped(each_own, sorted(alike & question.free))
        if sum(prod(map(len, group)) for group in groups) <= MOST_COMBINED:
            return groups
    return []


def _usual(question: Question, held: dict[Axis, list[Setting]]) -> list[list[Setting]]:
    """The settings of each axis that networks use first, as many as can be combined."""
    most = int(_MOST_USUAL ** (1 / len(held)))
    return [sorted(own, key=lambda s: rank_of(question.rules, s, axis))[:most] for axis, own in held.items()]


def _grouped(each_own: Sequence[list[Setting]], alike: Sequence[str]) -> list[list[list[Setting]]]:
    """The settings of each axis, those together that have the same kernel, dilation, …."""
    grouped: list[dict[tuple[object, ...], list[Setting]]] = []
    for own in each_own:
        groups: dict[tuple[object, ...], list[Setting]] = {}
        for setting in own:
            groups.setdefault(tuple([getattr(setting, name) for name in alike]), []).append(setting)
        grouped.append(groups)
    return [
        [groups[key] for groups in grouped] for key in grouped[0] if all(key in groups for groups in grouped)
    ]
