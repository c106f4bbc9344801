"""Parameters and multiply-accumulates: per layer and in all.

One MAC is one multiply-add of a convolution, a linear map, a matrix product, an attention or a recurrent cell.
Biases, norms and elementwise work count none. Counts are per sample. A weight that several layers share counts
once, at the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from shapelens.analyses.samples import batch_of, per_sample
from shapelens.dims import Dim, Unknown, following, total
from shapelens.errors import DimensionError
from shapelens.network import Answers, Applied, Evaluation, Step
from shapelens.operators import Operator
from shapelens.records import dataclass

__all__ = ["Costs", "costs_of"]


@dataclass(frozen=True)
class Costs:
    """The costs of an evaluated network.

    Args:
        parameters: the parameters of each node, by its name; shared ones at the first that takes them.
        macs: the multiply-accumulates of each node for one sample, by its name.
        unused: the parameters that the source has and no node takes, by name.
    """

    parameters: Mapping[str, Dim]
    macs: Mapping[str, Dim]
    unused: Mapping[str, Dim] = field(default_factory=dict)

    @cached_property
    def total_parameters(self) -> Dim:
        """All parameters, those that nothing takes included."""
        return total([*self.parameters.values(), *self.unused.values()])

    @cached_property
    def total_macs(self) -> Dim:
        """All multiply-accumulates of one sample."""
        return total(self.macs.values())


def costs_of(evaluation: Evaluation) -> Costs:
    """Count parameters and multiply-accumulates.

    >>> from shapelens.readers.classics import read_classic
    >>> from shapelens.network import evaluate_network
    >>> costs = costs_of(evaluate_network(read_classic("vgg16"), {}))
    >>> costs.total_parameters, costs.total_macs
    (138357544, 15470264320)
    """
    batch = batch_of(evaluation)
    seen: set[str] = set()
    parameters: dict[str, Dim] = {}
    macs: dict[str, Dim] = {}
    macs_of = Answers(lambda applied: per_sample(_macs(applied), batch))
    with following(evaluation.walked):
        for step in evaluation.steps:
            parameters[step.node.name] = _parameters(evaluation, step, seen)
            macs[step.node.name] = macs_of(step.applied)
    weights = evaluation.network.weights.values()
    unused = {w.name: w.tensor.elements for w in weights if w.is_parameter and w.name not in seen}
    return Costs(parameters, macs, unused)


def _parameters(evaluation: Evaluation, step: Step, seen: set[str]) -> Dim:
    network = evaluation.network
    count: Dim = 0
    own = [("", weight.name) for weight in network.weights_of(step.node) if weight.is_parameter]
    for role, weight in (*network.learned_by(step.node), *own):
        if weight in network.learned and weight not in seen:
            seen.add(weight)
            count = count + step.node.operator.parameters_of(role, evaluation.values[weight])
    return count


def _macs(applied: Applied) -> Dim:
    operator = applied.operator
    for tensor in (*applied.inputs, *applied.outputs):
        if tensor is not None and isinstance(tensor.shape, Unknown):
            return 0 if operator.keeps_shape or _is_free(operator) else tensor.shape
    try:
        return operator.macs(applied.inputs, applied.outputs)
    except DimensionError:
        return Unknown("the size decides it")


def _is_free(operator: Operator) -> bool:
    """Whether it never multiplies."""
    return type(operator).macs is Operator.macs
