"""What if, for a model at hand: its forward is traced again with one layer changed, and weights that follow.

The author's own arithmetic reads the sizes that the changed layer leads to; so the code itself has to run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Dim, Unknown
from shapelens.network import Evaluation, Weight
from shapelens.operators import Operator, Tensor
from shapelens.readers.torch.recording import Recording, Value
from shapelens.records import dataclass

__all__ = ["Change"]


@dataclass(frozen=True)
class Change:
    """What is changed in a trace.

    Args:
        operators: the operators that are changed, by their place in the order of the trace.
        weights: weights of other shapes, by name.
        before: the network as it was, at the example's size.
        follow: whether weights are made to fit what comes in.
    """

    operators: Mapping[int, Operator]
    weights: Mapping[str, Weight]
    before: Evaluation
    follow: bool = True

    def has_begun(self, place: int) -> bool:
        """Whether the operator at a place may be another one than without the change."""
        return place >= min(self.operators)

    def applied(self, recording: Recording, operator: Operator, inputs: Sequence[Value | None]) -> Operator:
        """The operator as it is changed, or as it follows; the weights that it takes are changed with it."""
        place = len(recording.made)
        operator = self.operators.get(place, operator)
        for value in inputs:
            changed = None if value is None else self.weights.get(value.name)
            if value is not None and changed is not None:
                _reshape(recording, value, changed.shape)
        steps = self.before.steps
        if not self.follow or not self.has_begun(place) or place >= len(steps):
            return operator
        old = steps[place]
        if type(old.node.operator) is not type(operator):
            return operator
        fitted = operator.follow(old.inputs, [_at_example(recording, value) for value in inputs])
        for position, shape in fitted.shapes.items():
            value = inputs[position] if position < len(inputs) else None
            if value is not None and value.name in recording.weights:
                _reshape(recording, value, shape)
        return fitted.operator


def _reshape(recording: Recording, value: Value, shape: tuple[Dim, ...]) -> None:
    weight = replace(recording.weights[value.name], shape=shape, contents=None)
    recording.weights[value.name] = weight
    value.tensor = weight.tensor


def _at_example(recording: Recording, value: Value | None) -> Tensor | None:
    """A value's tensor with its sizes at the example."""
    if value is None:
        return None
    tensor = value.tensor
    if isinstance(tensor.shape, Unknown):
        return tensor
    sizes = [dim if isinstance(dim, (int, Unknown)) else recording.path.size(dim) for dim in tensor.shape]
    return replace(tensor, shape=tuple(sizes))
