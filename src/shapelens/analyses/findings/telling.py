"""From broken requirements to findings: each kind of requirement has one function that tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Dim, Expression, Unknown, dim_text, evaluate, shape_text
from shapelens.network import Evaluation, Step
from shapelens.operators import Requirement, Shape, Tensor
from shapelens.records import dataclass

__all__ = ["TELLERS", "Case", "number", "sample_text", "tells", "torch_list"]


@dataclass(frozen=True, slots=True)
class Case:
    """One broken requirement, in its place.

    Args:
        evaluation: the network.
        step: the node with what went in.
        requirement: what does not hold.
    """

    evaluation: Evaluation
    step: Step
    requirement: Requirement

    @property
    def facts(self) -> Mapping[str, Any]:
        """The numbers behind the requirement."""
        return self.requirement.facts

    @property
    def words(self) -> str:
        """The operator in words."""
        if any(t is not None and isinstance(t.shape, Unknown) for t in self.step.inputs):
            return self.step.node.operator.word or self.step.node.operator.name
        return self.step.node.operator.words(self.step.inputs, self.step.outputs)

    @property
    def words_without_shapes(self) -> str:
        """The operator in a word, for a message about shapes that do not fit it."""
        return self.step.node.module or self.step.node.source_operator or self.step.node.operator.name

    @property
    def at(self) -> str:
        """The layer, what it is, and the author's line."""
        node, network = self.step.node, self.evaluation.network
        if network.origin.kind == "notation" and len(network.nodes) == 1:
            fed = [t for t in self.step.inputs if t is not None and not t.is_held]
            return ", input ".join([network.name, *[sample_text(t.shape, self.evaluation) for t in fed[:1]]])
        called = node.module or node.source_operator or self.words
        where = f", {node.where}" if node.where else ""
        return f"{node.name} ({called}){where}"

    def finding(self, code: str, summary: str, have: str, rule: str, **more: Any) -> Finding:
        """A finding in this place."""
        node = self.step.node
        return Finding(code, summary, node.name, self.at, have, rule, where=node.where, **more)


Teller = Callable[[Case], Finding]

TELLERS: dict[str, Teller] = {}
"""Who tells each kind of requirement."""


def tells(*kinds: str) -> Callable[[Teller], Teller]:
    """Enter a function as the teller of these kinds of requirement."""

    def enter(teller: Teller) -> Teller:
        for kind in kinds:
            TELLERS[kind] = teller
        return teller

    return enter


def sample_text(shape: Shape | Unknown, evaluation: Evaluation) -> str:
    """The shape of one sample: without the batch, where that leads."""
    return shape_text(sample_of(Tensor(shape), batch_of(evaluation)))


def torch_list(shape: Shape, evaluation: Evaluation) -> str:
    """A shape as PyTorch prints it, for one sample: `[1, 3, 224, 224]`."""
    batch = batch_of(evaluation)
    names = {s.name: 1 for s in batch.symbols()} if isinstance(batch, Expression) else {}
    return f"[{', '.join(number(evaluate(dim, names)) for dim in shape)}]"


def number(dim: Dim) -> str:
    """A dim in a message."""
    return dim_text(dim, "·")
