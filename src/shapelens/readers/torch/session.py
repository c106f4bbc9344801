"""A model that is at hand: traced when it is asked for, and traced again where a size leads another way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shapelens.dims import Unknown, condition_text, equal, evaluate, symbol
from shapelens.dims.evaluation import evaluate_condition
from shapelens.errors import InputMismatchError
from shapelens.network import Guard, Network, Origin, Weight, evaluate_network
from shapelens.network.binding import sizes_fed
from shapelens.operators import Operator, Shape, Tensor
from shapelens.readers.building import BATCH
from shapelens.readers.torch.inputs import Arguments, arguments_of
from shapelens.readers.torch.reader import checked, trace

__all__ = ["ModelAtHand", "way_is_left"]

_OTHER_SIZES = (32, 64, 96, 128, 160, 224, 256, 320, 31, 33, 1, 2, 3, 8, 14, 16)
"""How far another size may lie, at which the formulas are compared with a second trace."""


@dataclass(frozen=True)
class ModelAtHand:
    """A PyTorch model, and how it is asked.

    Args:
        model: the module.
        name: what it is shown as; its class if empty.
        typed: how it is named in a command.
        mode: `train`, `eval`, or `same` as it is.
        inputs: examples as the model is called with, where there are any.
        dtypes: the types of inputs by name.
        changes: the operators that were changed, by layer.
        weights: the weights that were, by name.
        follow: whether other weights follow.
    """

    model: Any
    name: str = ""
    typed: str = ""
    mode: str = "same"
    inputs: Any = None
    dtypes: Mapping[str, str] | None = None
    changes: Mapping[str, Operator] = field(default_factory=dict)
    weights: Mapping[str, Weight] = field(default_factory=dict)
    follow: bool = True

    def network(
        self, sample: Shape | None = None, batch: int | None = None, shapes: Mapping[str, Shape] | None = None
    ) -> tuple[Network, Arguments]:
        """Its network, traced at the shapes that are given, and what it was called with.

        Raises:
            UsageError: it is no module, or one that cannot be traced.
            InputMismatchError: it does not tell what goes in, or takes no such input.
        """
        model = checked(self.model)
        assumptions: list[str] = []
        if sample is None and not shapes and self.inputs is None:
            sample = self._guessed(model, assumptions)
        arguments = arguments_of(model, sample, batch, shapes or {}, self.dtypes or {}, self.inputs)
        origin = Origin("torch", self.name or type(model).__name__, typed=self.typed)
        network = self._traced(model, arguments.fixed, origin)
        return replace(network, assumptions=(*assumptions, *network.assumptions)), arguments

    def _traced(self, model: Any, arguments: Arguments, origin: Origin) -> Network:
        """A trace, with whatever was changed; what code that is named in a command prints goes to standard error."""
        if not self.typed:
            return self._changed(model, arguments, trace(model, arguments, origin, mode=self.mode))
        from shapelens.readers.torch.code.user_code import running_user_code

        with running_user_code():
            return self._changed(model, arguments, trace(model, arguments, origin, mode=self.mode))

    def _changed(self, model: Any, arguments: Arguments, network: Network) -> Network:
        """The trace again, with what was changed."""
        if not self.changes:
            return network
        from shapelens.readers.torch.changing import Change

        places = {node.name: place for place, node in enumerate(network.nodes)}
        operators = {places[name]: changed for name, changed in self.changes.items() if name in places}
        shapes = {
            i.name: tuple([evaluate(dim, arguments.example) for dim in i.shape or ()]) for i in network.inputs
        }
        change = Change(operators, self.weights, evaluate_network(network, shapes), self.follow)
        return trace(model, arguments, network.origin, mode=self.mode, change=change)

    def edited(
        self, arguments: Arguments, network: Network, edited: Network, layer: str
    ) -> tuple[ModelAtHand, Network]:
        """The model with a layer changed, and its network.

        Args:
            arguments: what the model was called with.
            network: what came of it.
            edited: the same with the layer changed, and nothing else.
            layer: its name.
        """
        changes = {**self.changes, layer: edited.by_name[layer].operator}
        others = {n: w for n, w in edited.weights.items() if w != network.weights[n]}
        changed = replace(self, changes=changes, weights={**self.weights, **others})
        again = changed._traced(checked(self.model), arguments, network.origin)
        return changed, replace(again, assumptions=network.assumptions)

    def _guessed(self, model: Any, assumptions: list[str]) -> Shape:
        from shapelens.readers.torch.guessing import guess_inputs, why_no_guess

        guess = guess_inputs(model)
        if guess is None:
            raise InputMismatchError(
                "the model does not tell what goes in",
                at=self.typed or type(model).__name__,
                have=why_no_guess(model),
                rule="the shape of one sample, or of each input by name",
                fix="--input 3x224x224\n--shape NAME=2x3x224x224"
                if self.typed
                else "inspect(model, (3, 224, 224))",
            )
        shown = "×".join(map(str, guess.shape))
        assumptions.append(f"one sample is taken to be {shown}: {guess.because}")
        return guess.shape

    def again(self, arguments: Arguments, network: Network, shapes: Mapping[str, Shape]) -> Network:
        """The network as it is at other sizes, traced anew.

        Args:
            arguments: what the model was called with before.
            network: what came of it.
            shapes: the shape of each input, by name.
        """
        traced = self._traced(checked(self.model), arguments.at(shapes), network.origin)
        return replace(traced, assumptions=network.assumptions)

    def confirmed(self, arguments: Arguments, network: Network) -> Network:
        """The network with formulas for every size, as far as they agree with another trace at other sizes.

        Python lets a size slip out of the arithmetic where nobody can see it (`range(height)`, an index into a
        list). Where a second trace, at sizes that the conditions admit, gives other shapes than the formulas
        say, the sizes are held from there on.
        """
        traced = self._traced(checked(self.model), arguments, network.origin)
        network = replace(traced, assumptions=network.assumptions)
        sizes = _other_sizes(network, arguments.example)
        if not sizes:
            return network
        shapes = {i.name: tuple([evaluate(dim, sizes) for dim in i.shape or ()]) for i in network.inputs}
        said = evaluate_network(network, shapes).steps
        seen = evaluate_network(self.again(arguments, network, shapes), shapes).steps
        for place, (mine, theirs) in enumerate(zip(said, seen, strict=False)):
            is_same = mine.node.source_operator == theirs.node.source_operator
            if not is_same or not _agree(mine.outputs, theirs.outputs):
                return _held_from(network, place, arguments.example)
        if len(said) != len(seen):
            return _held_from(network, min(len(said), len(seen)), arguments.example)
        return network


def way_is_left(network: Network, shapes: Mapping[str, Shape]) -> str:
    """Why the formulas of a trace do not hold for some shapes; empty where they do, or where that is not known."""
    sizes = sizes_fed(network, shapes)
    if network.refusals or "stopped" in network.facts:
        return "the trace did not get through"
    for declared in network.inputs:
        for own, fed in zip(declared.shape or (), shapes.get(declared.name, ()), strict=False):
            if isinstance(own, int) and own != fed:
                return f"{declared.name} has {fed} where it had {own}"
        if len(declared.shape or ()) != len(shapes.get(declared.name, ())):
            return f"{declared.name} has another rank"
    for guard in network.guards:
        if evaluate_condition(guard.condition, sizes) is False:
            return f"{guard.where}: {condition_text(guard.condition, '·')} does not hold"
    return ""


def _other_sizes(network: Network, example: Mapping[str, int]) -> dict[str, int]:
    """Another size for every symbol that is free, so that all conditions of the trace still hold."""
    names = list(example)
    sizes = dict(example)
    for name in names:
        for step in _OTHER_SIZES:
            tried = {**sizes, name: example[name] + step}
            if all(evaluate_condition(guard.condition, tried) is True for guard in network.guards):
                sizes = tried
                break
    if sizes == dict(example):
        # Sizes that hang together: all of one number of steps further.
        for step in _OTHER_SIZES:
            tried = {name: size if name == BATCH else size + step for name, size in example.items()}
            if all(evaluate_condition(guard.condition, tried) is True for guard in network.guards):
                return tried
        return {}
    return sizes


def _agree(mine: Sequence[Tensor], theirs: Sequence[Tensor]) -> bool:
    """Whether no dim that both know differs."""
    for one, other in zip(mine, theirs, strict=False):
        if isinstance(one.shape, Unknown) or isinstance(other.shape, Unknown):
            continue
        if len(one.shape) != len(other.shape):
            return False
        for a, b in zip(one.shape, other.shape, strict=True):
            if isinstance(a, int) and isinstance(b, int) and a != b:
                return False
    return True


def _held_from(network: Network, place: int, example: Mapping[str, int]) -> Network:
    """The network with every size held, from one node on, to what it was traced with."""
    where = network.nodes[place].where if place < len(network.nodes) else ""
    held = [Guard(equal(symbol(name), size), place, where) for name, size in example.items()]
    guards = sorted([*network.guards, *held], key=lambda guard: guard.before)
    return replace(network, guards=tuple(guards))
