"""The window of a layer that was read and evaluated, and the rule by which sizes follow from it."""

from __future__ import annotations

from collections.abc import Callable

from shapelens.dims import Dim
from shapelens.network import Step
from shapelens.operators import Convolution, Pool, TransposedConvolution
from shapelens.operators.windows import Sliding

__all__ = ["rule_of", "slidings_of_step"]


def slidings_of_step(step: Step) -> tuple[Sliding, ...]:
    """How the window of a layer slides along each spatial axis."""
    operator = step.node.operator
    if isinstance(operator, Pool):
        return operator.slidings()
    weight = step.inputs[1]
    assert isinstance(operator, Convolution) and weight is not None
    return operator.slidings(operator.kernel_of(weight))


def rule_of(step: Step, place: int) -> Callable[[Dim], Dim]:
    """What comes out along one spatial axis, by what goes in."""
    operator, sliding = step.node.operator, slidings_of_step(step)[place]
    if isinstance(operator, TransposedConvolution):
        return lambda size: operator.size_out(size, sliding, place)
    if isinstance(operator, Pool):
        return lambda size: operator.count(size, sliding)
    return sliding.count
