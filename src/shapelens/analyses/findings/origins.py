"""Where a tensor comes from, in words."""

from __future__ import annotations

from shapelens.analyses.findings.telling import Case, number
from shapelens.dims import Unknown
from shapelens.operators import Concatenate, Tensor

__all__ = ["before_flatten", "from_words"]


def from_words(case: Case, place: int = 0, axis: int | None = None) -> str:
    """Where what goes in comes from; the sum behind it if that is a concatenation along the axis that is told of.

    Args:
        case: what does not fit.
        place: which of its inputs.
        axis: the axis that is told of; what the requirement says of it if not given.
    """
    value = case.step.node.inputs[place]
    producer = case.evaluation.network.producers.get(value or "")
    if producer is None:
        return ""
    before = case.evaluation.by_node[producer.name]
    axis = case.facts.get("axis", 1) if axis is None else axis
    if isinstance(producer.operator, Concatenate) and isinstance(axis, int):
        shapes = [t.shape for t in before.inputs if t is not None and not isinstance(t.shape, Unknown)]
        ranks = {len(shape) for shape in shapes}
        if len(ranks) == 1 and (rank := ranks.pop()) and producer.operator.axis % rank == axis % rank:
            return f": {' + '.join([number(shape[axis]) for shape in shapes])} of {producer.name}"
    return f" from {producer.name}"


def before_flatten(case: Case) -> tuple[str, str, Tensor] | None:
    """What was flattened into the features, past layers that keep the shape: the node, its input, and the tensor."""
    value = case.step.node.inputs[0]
    while value is not None:
        node = case.evaluation.network.producers.get(value)
        if node is None:
            return None
        step = case.evaluation.by_node[node.name]
        taken, tensor = node.inputs[0], step.inputs[0]
        if node.operator.name in {"Flatten", "Reshape"}:
            return None if taken is None or tensor is None else (node.name, taken, tensor)
        if not node.operator.keeps_shape:
            return None
        value = taken
    return None
