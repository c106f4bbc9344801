"""Graphs within operators: the branches of an `If`, and the bodies of loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Condition, Dim, Truth, Unknown, total
from shapelens.network import Node
from shapelens.operators import Operator, Outcome, Requirement, Tensor, apply
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["NOTHING", "OfGraphs", "Subgraph", "macs_of", "multiplies", "truth_of"]

NOTHING = Tensor(Unknown("nothing in the graph gives it"), "unknown")


@dataclass(frozen=True, slots=True)
class Subgraph:
    """What a branch or a body computes.

    Args:
        nodes: in an order in which they can be evaluated.
        outputs: the names of the values that it gives.
        inputs: the names of the values that it is given each time; a branch is given none.
        ranks: the rank that is declared of each of these, None where none is.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    ranks: tuple[int | None, ...] = ()

    @property
    def multiplies(self) -> bool:
        """Whether any of its operators has multiply-accumulates at all."""
        return any(multiplies(node.operator) for node in self.nodes)

    @property
    def learned(self) -> frozenset[str]:
        """The values that its operators learn, where the graph around it holds them."""
        made = {name: node for node in self.nodes for name in node.outputs}
        found: set[str] = set()
        for node in self.nodes:
            for role, value in zip(node.operator.roles, node.inputs, strict=False):
                if role not in node.operator.learned:
                    continue
                behind = value
                # A weight that is transposed or cast first is still the layer's.
                while behind in made and len(made[behind].inputs) == 1:
                    (behind,) = made[behind].inputs
                if behind is not None:
                    found.add(behind)
        return frozenset(found)

    def evaluate(self, around: Mapping[str, Tensor], given: Sequence[Tensor] = ()) -> tuple[Outcome, Dim]:
        """Its outputs, what must hold for them, and its multiply-accumulates.

        Args:
            around: the values of the graph around it that it takes.
            given: the values of its own inputs.
        """
        values = {**around, **dict(zip(self.inputs, given, strict=False))}
        requirements: list[Requirement] = []
        macs: list[Dim] = []
        for node in self.nodes:
            inputs = [None if name is None else values.get(name, NOTHING) for name in node.inputs]
            outcome = apply(node.operator, inputs, len(node.outputs), node.name)
            values.update(zip(node.outputs, outcome.outputs, strict=False))
            requirements += outcome.requirements
            macs.append(macs_of(node.operator, inputs, outcome.outputs))
        outputs = tuple([replace(values.get(name, NOTHING), is_held=False) for name in self.outputs])
        return Outcome(outputs, tuple(requirements)), total(macs)


class OfGraphs(Operator):
    """An operator that holds graphs: it takes the values around them first, and learns what they learn."""

    taken: tuple[str, ...]

    @property
    def graphs(self) -> tuple[Subgraph, ...]:
        """What it holds."""
        return tuple([value for value in vars(self).values() if isinstance(value, Subgraph)])

    @property
    def roles(self) -> tuple[str, ...]:  # type: ignore[override]
        """The values around by their names."""
        return self.taken

    @property
    def learned(self) -> frozenset[str]:  # type: ignore[override]
        """What its graphs learn."""
        return frozenset([name for graph in self.graphs for name in graph.learned])

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """What its graphs do is not followed: every axis may see any other."""
        shape = outputs[0].shape
        rank = 0 if isinstance(shape, Unknown) else len(shape)
        known = [(place, t.shape) for place, t in enumerate(inputs) if t is not None]
        return tuple(
            [
                Link(place, axis, out, spans=None)
                for place, taken in known
                if not isinstance(taken, Unknown)
                for axis in range(len(taken))
                for out in range(rank)
            ]
        )


def multiplies(operator: Operator) -> bool:
    """Whether an operator has multiply-accumulates at all; one that holds graphs has those of its graphs."""
    if isinstance(operator, OfGraphs):
        return any(graph.multiplies for graph in operator.graphs)
    return type(operator).macs is not Operator.macs


def macs_of(operator: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
    """The multiply-accumulates of an operator, unknown where a shape that it takes or gives is."""
    if not multiplies(operator):
        return 0
    shapes = [tensor.shape for tensor in (*inputs, *outputs) if tensor is not None]
    unknown = next((shape for shape in shapes if isinstance(shape, Unknown)), None)
    return operator.macs(inputs, outputs) if unknown is None else unknown


def truth_of(condition: Tensor | None) -> Truth:
    """Whether a condition holds, where sizes decide it."""
    contents = None if condition is None else condition.contents
    if contents is None or len(contents) != 1:
        return Unknown("the data decide it")
    truth: Truth = contents[0]
    if isinstance(truth, (int, float)):
        return bool(truth)
    is_truth = isinstance(truth, (Condition, Unknown)) or hasattr(truth, "decide")
    return truth if is_truth else Unknown("the condition is no truth")
