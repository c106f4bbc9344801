"""A network at a shape: every operator's rule applied in order, past whatever does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property

from shapelens.dims import Condition, Dim, Expression, Path, Unknown, following
from shapelens.dims.path import WalkedPath
from shapelens.network.applied import Applications, Applied
from shapelens.network.binding import bound, size_left, sizes_fed, tensor_fed, way_left
from shapelens.network.graph import Network, Node
from shapelens.operators import Requirement, Shape, Tensor
from shapelens.records import dataclass

__all__ = ["Evaluation", "Step", "evaluate_edited", "evaluate_network"]


@dataclass(frozen=True, slots=True)
class Step:
    """One node, with what went in, what came out, and what had to hold.

    Args:
        node: the node.
        applied: its operator, applied; one for all steps that are alike.
        decided: how many conditions the path had once the node was evaluated.
    """

    node: Node
    applied: Applied
    decided: int = 0

    @property
    def inputs(self) -> tuple[Tensor | None, ...]:
        """What went in."""
        return self.applied.inputs

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """What came out."""
        return self.applied.outputs

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What had to hold."""
        return self.applied.requirements

    @property
    def broken(self) -> tuple[Requirement, ...]:
        """The requirements that are known not to hold."""
        return self.applied.broken

    @property
    def output(self) -> Tensor:
        """The first output."""
        return self.applied.output


@dataclass(frozen=True)
class Evaluation:
    """A network at a shape.

    Args:
        network: the network.
        shapes: the shapes that were fed in, by input name.
        steps: one for each node, in order.
        values: every tensor by name: inputs, weights and outputs of nodes.
        path: the example that decided, and what it decided.
        ending: why what comes out is not known although every node is: the author's code would end another way.
    """

    network: Network
    shapes: Mapping[str, Shape]
    steps: tuple[Step, ...]
    values: Mapping[str, Tensor]
    path: Path = field(default_factory=Path)
    ending: Unknown | None = None

    @cached_property
    def by_node(self) -> dict[str, Step]:
        """The steps by the name of their node."""
        return {step.node.name: step for step in self.steps}

    @property
    def outputs(self) -> tuple[tuple[str, Tensor], ...]:
        """The network's outputs, with their names."""
        if self.ending is not None:
            return tuple((name, Tensor(self.ending, "unknown")) for name in self.network.outputs)
        nothing = Tensor(Unknown("nothing in the network gives it"), "unknown")
        return tuple((name, self.values.get(name, nothing)) for name in self.network.outputs)

    @cached_property
    def broken(self) -> tuple[tuple[Step, Requirement], ...]:
        """Every requirement that does not hold, in the order of the network."""
        return tuple((step, requirement) for step in self.steps for requirement in step.broken)

    @property
    def walked(self) -> WalkedPath:
        """The path, for whoever asks again what was decided on it."""
        return WalkedPath(self.path.example, list(self.conditions))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What must hold of the symbols for the formulas to be right: decisions of the path and requirements."""
        found = dict.fromkeys(self.path.conditions)
        for step in self.steps:
            for requirement in step.requirements:
                if isinstance(requirement.truth, Condition):
                    found[requirement.truth] = None
        return tuple(found)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the symbols in the shapes fed in, in the order of their axes."""
        names: dict[str, None] = {}
        for shape in self.shapes.values():
            for dim in shape:
                if isinstance(dim, Expression):
                    names.update(dict.fromkeys(s.name for s in dim.symbols()))
        return tuple(names)


def evaluate_network(network: Network, shapes: Mapping[str, Shape], path: Path | None = None) -> Evaluation:
    """Apply every rule in order.

    Args:
        network: the network.
        shapes: the shape of each input, by name; the batch included. Dims of any reading.
        path: the example by which symbols decide; sizes without an example take their least value.

    Returns:
        Every shape in the network. What does not fit is in the steps' requirements, and what cannot be known
        after it is unknown, with the reason.
    """
    return _evaluated(network, shapes, path or Path(), dict(network.held))


def evaluate_edited(
    network: Network, before: Evaluation, until: Callable[[Step], bool] | None = None
) -> Evaluation:
    """A network that was edited, at the shapes that it was evaluated at: what no edit touches is taken over.

    Args:
        network: the network with its edits.
        before: the evaluation of the network before them, or of one that shares nodes with it.
        until: ends the evaluation behind the first step of which it holds; what comes after is then not known.
    """
    weights = before.network.weights
    held = {
        name: before.values[name] if weight is weights.get(name) else weight.tensor
        for name, weight in network.weights.items()
    }
    # What is taken over hangs on what was decided on the way to it.
    path = Path(before.path.example, list(before.path.conditions))
    known = before if network.inputs == before.network.inputs else None
    return _evaluated(network, before.shapes, path, held, known, until)


def _evaluated(
    network: Network,
    shapes: Mapping[str, Shape],
    path: Path,
    values: dict[str, Tensor],
    known: Evaluation | None = None,
    until: Callable[[Step], bool] | None = None,
) -> Evaluation:
    sizes = sizes_fed(network, shapes)
    for declared in network.inputs:
        shape = shapes.get(declared.name, declared.shape)
        values[declared.name] = tensor_fed(declared, shape, sizes)
    steps: list[Step] = []
    with following(path):
        for step in _evaluate_nodes(network, values, sizes, size_left(network, shapes), path, known):
            steps.append(step)
            if until is not None and until(step):
                break
        last = [guard for guard in network.guards if guard.before >= len(network.nodes)]
        ending = next((left for guard in last if (left := way_left(guard, sizes)) is not None), None)
    if "stopped" in network.facts:
        ending = Unknown("the model's own forward does not get so far")
    return Evaluation(network, dict(shapes), tuple(steps), values, path, ending)


def _evaluate_nodes(
    network: Network,
    values: dict[str, Tensor],
    sizes: Mapping[str, Dim],
    left: Unknown | None,
    path: Path,
    known: Evaluation | None,
) -> Iterator[Step]:
    guards = list(reversed(network.guards))
    applications = Applications(network.alike)
    for place, unbound in enumerate(network.nodes):
        while guards and guards[-1].before <= place and left is None:
            left = way_left(guards.pop(), sizes)
        inputs = tuple([None if name is None else values.get(name, _ABSENT) for name in unbound.inputs])
        step = _taken_over(unbound, inputs, known) if known is not None and left is None else None
        if step is None:
            is_bound = not sizes or unbound.name not in network.open_nodes
            node = unbound if is_bound else replace(unbound, operator=bound(unbound.operator, sizes))
            if left is None:
                is_held = bool(node.outputs) and node.outputs[0] in network.constants
                applied = applications.applied(
                    node.operator, inputs, len(node.outputs), node.name, is_held=is_held
                )
            else:
                applied = Applied(node.operator, inputs, (Tensor(left, "unknown"),) * len(node.outputs), ())
            step = Step(node, applied, len(path.conditions))
        for name, tensor in zip(step.node.outputs, step.outputs, strict=False):
            if name:
                values[name] = tensor
        yield step


def _taken_over(node: Node, inputs: tuple[Tensor | None, ...], known: Evaluation) -> Step | None:
    """What came of a node before, where neither it nor what goes in is another one."""
    step, own = known.by_node.get(node.name), known.network.by_name.get(node.name)
    if step is None or (own is not node and own != node):
        return None
    for mine, theirs in zip(inputs, step.inputs, strict=True):
        if mine is not theirs and mine != theirs:
            return None
    for tensor in step.outputs:
        if isinstance(tensor.shape, Unknown):
            return None  # it may not have been known for a reason that is none here
    return step


_ABSENT = Tensor(Unknown("nothing in the network gives it"), "unknown")
