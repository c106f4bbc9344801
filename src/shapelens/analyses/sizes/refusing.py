"""Which layer refuses a size, and why, in one line: `cat4 joins 87 and 86`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Dim, Path, Unknown, shape_text
from shapelens.network import Evaluation, Network, Step, evaluate_network
from shapelens.operators import Convolution, Pool, Requirement, Shape, Tensor, TransposedConvolution
from shapelens.records import dataclass

__all__ = ["Refusal", "refusal_at"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a size does not fit.

    Args:
        layer: the layer that refuses it; empty where the author's own code does.
        reason: why, as a clause.
        operator: the layer in words: `max pool 2×2`.
    """

    layer: str
    reason: str
    operator: str = ""

    def __str__(self) -> str:
        called = f"{self.layer} ({self.operator})" if self.operator else self.layer or "the model's own code"
        return f"{called} {self.reason}"

    @property
    def short(self) -> str:
        """The same for a column of a table."""
        return f"{self.layer}: {self.reason}" if self.layer else self.reason


def refusal_at(network: Network, shapes: Mapping[str, Shape]) -> Refusal | None:
    """What refuses the shapes that are fed; None where nothing does.

    Args:
        network: the network, as its code goes at these shapes as far as it goes.
        shapes: the shape of each input, with a size for each axis.
    """
    evaluation = evaluate_network(network, shapes, Path())
    for step in evaluation.steps:
        for requirement in step.requirements:
            if requirement.truth is False:
                return Refusal(step.node.name, _reason(evaluation, step, requirement), _words(step))
    return None


def _words(step: Step) -> str:
    if any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs):
        return step.node.source_operator or step.node.operator.name
    words = step.applied.words
    called = step.node.name.rpartition(".")[2]
    return "" if called.startswith(words.split()[0]) else words.split(", ")[0]


def _reason(evaluation: Evaluation, step: Step, requirement: Requirement) -> str:
    teller = _TELLERS.get(requirement.kind)
    told = teller(evaluation, step, requirement.facts) if teller is not None else ""
    return told or _fed(evaluation, step)


def _fed(evaluation: Evaluation, step: Step) -> str:
    """What is always true: it does not take what goes in."""
    fed = step.applied.flowing
    shapes = [_sample(evaluation, tensor) for tensor in fed[:2]]
    return f"does not take {' and '.join(shapes)}" if shapes else "cannot be made"


def _sample(evaluation: Evaluation, tensor: Tensor) -> str:
    return shape_text(sample_of(tensor, batch_of(evaluation)))


def _window(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    image = step.inputs[0]
    operator = step.node.operator
    if image is None or isinstance(image.shape, Unknown):
        return ""
    layout = evaluation.network.layout
    spatial = image.dims[2:] if layout is None or not layout.channels_last else image.dims[1:-1]
    shown = shape_text(spatial) if spatial else _sample(evaluation, image)
    if isinstance(operator, Pool):
        return f"shrinks {shown} to nothing"
    if isinstance(operator, TransposedConvolution):
        return f"makes nothing of {shown}"
    if isinstance(operator, Convolution):
        padded = " with its padding" if facts.get("before") or facts.get("after") else ""
        return f"finds no window in {shown}{padded}"
    return f"makes nothing of {shown}"


def _gets_and_wants(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    gets, wants = facts.get("gets"), facts.get("wants")
    if isinstance(gets, int) and isinstance(wants, int) and gets != wants:
        return f"wants {wants:,} and gets {gets:,}"
    return ""


def _elements(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    held, wants = facts.get("elements"), facts.get("wants")
    if not isinstance(held, int) or not isinstance(wants, int):
        return ""
    return (
        f"parts {held:,} elements by {wants:,}"
        if "inferred" in facts
        else f"wants {wants:,} and gets {held:,}"
    )


def _unlike(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    """The first size in which what goes in differs."""
    shapes = [t.dims for t in step.inputs if t is not None and not isinstance(t.shape, Unknown)]
    axis = facts.get("axis")
    for shape in shapes[1:]:
        for own, other in _differing(shapes[0], shape, axis if isinstance(axis, int) else None):
            return f"joins {own} and {other}"
    return ""


def _differing(one: Shape, other: Shape, axis: int | None) -> list[tuple[Dim, Dim]]:
    if axis is not None and len(one) == len(other) and -len(one) <= axis < len(one):
        return [(one[axis], other[axis])] if one[axis] != other[axis] else []
    pairs = list(zip(reversed(one), reversed(other), strict=False))
    return [(a, b) for a, b in reversed(pairs) if a not in (b, 1) and b != 1]


def _reflected(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    size, before, after = facts.get("size"), facts.get("before"), facts.get("after")
    if not all(isinstance(number, int) for number in (size, before, after)):
        return ""
    return f"pads {size} by {max(before or 0, after or 0)}"


def _divided(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    size, divisor = facts.get("size"), facts.get("divisor")
    if isinstance(size, int) and isinstance(divisor, int):
        return f"parts {size} into blocks of {divisor}"
    return ""


def _one_value(evaluation: Evaluation, step: Step, facts: Mapping[str, Any]) -> str:
    return "has one value only to normalise"


_Teller = Callable[[Evaluation, Step, Mapping[str, Any]], str]

_TELLERS: dict[str, _Teller] = {
    "window": _window,
    "transposed_size": _window,
    "pool_size": _window,
    "features": _gets_and_wants,
    "channels": _gets_and_wants,
    "contraction": _gets_and_wants,
    "norm": _gets_and_wants,
    "reshape": _elements,
    "concatenation": _unlike,
    "stack": _unlike,
    "broadcast": _unlike,
    "same_shape": _unlike,
    "mask": _unlike,
    "pad_limit": _reflected,
    "block": _divided,
    "one_value": _one_value,
}
