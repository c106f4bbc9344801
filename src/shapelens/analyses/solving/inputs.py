"""Which sizes give the same output: found by halving in the layer's own arithmetic, as no larger input gives less."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from shapelens.analyses.solving.sliding import rule_of, slidings_of_step
from shapelens.dims import Dim
from shapelens.dims.text import MAXIMUM_SIZE
from shapelens.network import Step
from shapelens.operators import Tensor
from shapelens.operators.windows import image_axes

__all__ = ["inputs_of_step", "sizes_giving"]


def inputs_of_step(step: Step, wanted: Sequence[int]) -> tuple[range, ...]:
    """The sizes that a layer turns into these, along each spatial axis; empty where there are none.

    Args:
        step: the layer, evaluated at a size.
        wanted: what is to come out along each spatial axis.
    """
    found = [sizes_giving(rule_of(step, place), size) for place, size in enumerate(wanted)]
    return tuple([_fitting(step, place, sizes) for place, sizes in enumerate(found)])


def sizes_giving(rule: Callable[[int], Dim], wanted: int) -> range:
    """The sizes that give a size by a rule alone; where there are none, an empty range stands where they would be.

    >>> from shapelens.operators.windows import Sliding
    >>> sizes_giving(Sliding(3, stride=2, padding=(1, 1)).count, 112)
    range(223, 225)
    """

    def out(size: int) -> int:
        found = rule(size)
        return found if isinstance(found, int) else 0

    sizes = range(1, MAXIMUM_SIZE + 1)
    first = bisect_left(sizes, wanted, key=out)
    return sizes[first : bisect_left(sizes, wanted + 1, lo=first, key=out)]


def _fitting(step: Step, place: int, sizes: range) -> range:
    """Of sizes, those with which nothing is broken: from one of them on."""
    return sizes[bisect_left(sizes, True, key=lambda size: not _is_broken(step, place, size)) :]


def _is_broken(step: Step, place: int, size: int) -> bool:
    """Whether a size breaks a requirement that is told of its axis."""
    image = step.inputs[0]
    assert image is not None
    is_last = bool(getattr(step.node.operator, "channels_last", False))
    axis = image_axes(image.rank, len(slidings_of_step(step)), channels_last=is_last).spatial[place]
    other = Tensor((*image.dims[:axis], size, *image.dims[axis + 1 :]), image.dtype)
    outcome = step.node.operator.evaluate(other, *step.inputs[1:])
    return any(r.truth is False and r.facts.get("axis") in {axis, None} for r in outcome.requirements)
