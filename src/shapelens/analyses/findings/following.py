"""The linear layer that takes what a reshape gives, made for as many features as then come."""

from __future__ import annotations

from shapelens.analyses.findings.mending import Change, with_shapes
from shapelens.analyses.findings.telling import Case, number
from shapelens.dims import Dim, shape_text
from shapelens.operators import Gemm, Linear, MatrixProduct

__all__ = ["fitted_behind"]


def fitted_behind(case: Case, features: Dim) -> tuple[str, Change] | None:
    """The linear layer behind a reshape for other features: in words, and as an edit; None where it fits, or is none.

    Args:
        case: the reshape.
        features: how many features of a sample it gives, once it is mended.
    """
    layer = _linear_behind(case)
    if layer is None or not isinstance(features, int):
        return None
    name, weight = layer
    shape = case.evaluation.network.weights[weight].shape
    given = case.step.output.dims[-1]
    place = shape.index(given) if given in shape else -1
    if place < 0 or shape[place] == features:
        return None
    wanted = tuple([features if axis == place else dim for axis, dim in enumerate(shape)])
    change = with_shapes({weight: wanted})
    if case.is_file:
        return f"{weight} {shape_text(wanted)}", change
    return f"{name} as nn.Linear({features}, {number(wanted[1 - place])})", change


def _linear_behind(case: Case) -> tuple[str, str] | None:
    """The linear layer that takes the rows, past what keeps their shape, and its weight."""
    value = case.step.node.outputs[0]
    network = case.evaluation.network
    while True:
        takers = network.consumers.get(value, ())
        if len(takers) != 1:
            return None
        taker = takers[0]
        if isinstance(taker.operator, (Linear, Gemm, MatrixProduct)):
            weight = taker.inputs[1]
            is_held = weight in network.weights and len(network.weights[weight or ""].shape) == 2
            return (taker.name, weight) if weight is not None and is_held else None
        if not taker.operator.keeps_shape:
            return None
        value = taker.outputs[0]
