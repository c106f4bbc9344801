"""Which sizes go in, where the layer is whole and its output is given."""

from __future__ import annotations

from typing import Any

from shapelens.analyses.solving.arithmetic import POOL
from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.inputs import inputs_of_step, sizes_giving
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.reach import Gap
from shapelens.analyses.solving.searching import first_of
from shapelens.analyses.solving.setting import Setting
from shapelens.analyses.solving.sliding import rule_of
from shapelens.analyses.solving.solution import Solution
from shapelens.dims import Dim
from shapelens.network import Step, evaluate_network
from shapelens.readers.notation.reading import read_notation
from shapelens.records import dataclass

__all__ = ["GoingIn", "going_in"]


@dataclass(frozen=True, slots=True)
class GoingIn:
    """What can go in.

    Args:
        solution: the layer at the smallest of the sizes that give the output; None where no size does.
        gaps: the sizes that no size gives.
        completed: then, the layer with settings that were not given, which does it from one of the nearest sizes.
    """

    solution: Solution | None = None
    gaps: tuple[Gap, ...] = ()
    completed: tuple[Solution, ...] = ()


def going_in(question: Question) -> GoingIn:
    """The sizes that a whole layer turns into what is wanted."""
    each = tuple([_only(question, place) for place in range(len(question.choices))])
    network = read_notation(question.text(each), question.source)
    step = evaluate_network(network, {}).steps[0]
    ranges = inputs_of_step(step, question.wanted)
    asked = zip(ranges, question.sizes or ranges, strict=True)
    ranges = tuple([_within(sizes, given) for sizes, given in asked])
    if not all(ranges):
        gaps = _gaps_between(question, step, ranges)
        return GoingIn(gaps=gaps, completed=_completed(question, step, ranges, gaps))
    return GoingIn(Solution.of(question, each, _sample(question, step, [sizes[0] for sizes in ranges])))


def _only(question: Question, place: int) -> Setting:
    """The setting of an axis along which nothing is free."""
    choices = question.choices[place]
    kernel, stride, dilation = next(choices.windows())
    extra = (0,) if choices.output_paddings is None else choices.output_paddings
    return Setting(kernel, stride, choices.paddings[0], dilation, extra[0])


def _within(sizes: range, given: Any) -> range:
    """The sizes that are one that is given, where one is."""
    if not isinstance(given, int):
        return sizes
    return range(given, given + 1) if given in sizes else range(given, given)


def _sample(question: Question, step: Step, sizes: list[int]) -> tuple[Dim, ...]:
    """A sample of these sizes, with as many channels as the layer takes."""
    image = step.inputs[0]
    assert image is not None
    channels = image.dims[1 + question.layout.channel]
    if question.rules.family == POOL:
        channels = question.target[question.layout.channel]
    sample: list[Dim] = [channels] * len(question.layout.axes)
    for axis, size in zip(question.layout.spatial, sizes, strict=True):
        sample[axis] = size
    return tuple(sample)


def _gaps_between(question: Question, step: Step, ranges: tuple[range, ...]) -> tuple[Gap, ...]:
    """Sizes that nothing gives: what the sizes on both sides of where they would be give."""
    gaps: dict[tuple[Any, ...], Gap] = {}
    for place, (sizes, wanted) in enumerate(zip(ranges, question.wanted, strict=True)):
        if sizes:
            continue
        rule, given = rule_of(step, place), question.sizes[place] if question.sizes else None
        above = given if isinstance(given, int) else sizes_giving(rule, wanted).start
        near = (above,) if isinstance(given, int) else (above - 1, above)
        reached = [(rule(size), size) for size in near if size]
        below = next(((out, size) for out, size in reached if 0 < out < wanted), None)
        higher = next(((out, size) for out, size in reached if out > wanted), None)
        known = gaps.get((above, wanted, below, higher))
        places = (place,) if known is None else (*known.places, place)
        gaps[above, wanted, below, higher] = Gap(places, above, wanted, below, higher)
    return tuple(gaps.values())


def _completed(
    question: Question, step: Step, ranges: tuple[range, ...], gaps: tuple[Gap, ...]
) -> tuple[Solution, ...]:
    """The layer with settings that were not given, which does it from one of the nearest sizes."""
    for side in ("above", "below"):
        sizes = [sizes[0] if sizes else 0 for sizes in ranges]
        for gap in gaps:
            reached = getattr(gap, side)
            for place in gap.places if reached is not None else ():
                sizes[place] = reached[1]
        source = _sample(question, step, sizes)
        if all(isinstance(dim, int) and dim > 0 for dim in source):
            again = ask(question.layer.source.text, source, question.target, question.bounds)
            first = first_of(again)
            if first is not None:
                return (first,)
    return ()
