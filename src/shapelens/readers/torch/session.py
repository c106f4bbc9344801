"""A model that is at hand: traced when it is asked for, and traced again where a size may lead another way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from typing import Any

from shapelens.dims import Expression, condition_text, evaluate
from shapelens.dims.evaluation import evaluate_condition
from shapelens.errors import InputMismatchError
from shapelens.network import Network, Origin, Weight, evaluate_network
from shapelens.network.binding import sizes_fed
from shapelens.operators import Operator, Shape
from shapelens.readers.building import BATCH
from shapelens.readers.torch.confirming import confirmed, first_difference, foretells
from shapelens.readers.torch.inputs import Arguments, arguments_of
from shapelens.readers.torch.reader import CAUGHT, SIZES_READ, checked, probed, trace
from shapelens.readers.torch.recording import Recording
from shapelens.records import dataclass

__all__ = ["ModelAtHand", "may_differ", "way_is_left"]


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
        self,
        sample: Shape | None = None,
        batch: int | None = None,
        shapes: Mapping[str, Shape] | None = None,
        example: Mapping[str, int] | None = None,
    ) -> tuple[Network, Arguments]:
        """Its network, traced at the shapes that are given, and what it was called with.

        Args:
            sample: the shape of one sample.
            batch: the number of samples.
            shapes: whole shapes of inputs by name.
            example: at which sizes the symbols in these are traced; the usual ones if not given.

        Raises:
            UsageError: it is no module, or one that cannot be traced.
            InputMismatchError: it does not tell what goes in, or takes no such input.
        """
        model = checked(self.model)
        assumptions: list[str] = []
        if sample is None and not shapes and self.inputs is None:
            sample = self._guessed(model, assumptions)
        arguments = arguments_of(model, sample, batch, shapes or {}, self.dtypes or {}, self.inputs)
        arguments = arguments.with_example(example or {})
        origin = Origin("torch", self.name or type(model).__name__, typed=self.typed)
        network, recording = self._recorded(model, arguments.fixed, origin)
        may_count = SIZES_READ in network.facts and "stopped" not in network.facts
        if self._has_free_sizes(arguments.fixed):
            confirmed = self.confirmed(arguments, network, recording)
            # At other sizes and other numbers of samples alike it did what the formulas say.
            may_count = may_count and confirmed is not network
            network = confirmed
        if may_count and not self._holds_for_every_batch(model, arguments, network, recording):
            count = arguments.example[BATCH]
            assumptions.append(
                f"{count} samples go in: the model's own code counts them, and is known for so many"
            )
            arguments = arguments_of(model, sample, count, shapes or {}, self.dtypes or {}, self.inputs)
            arguments = arguments.with_example(example or {})
            network = self._traced(model, arguments.fixed, origin)
        return replace(network, assumptions=(*assumptions, *network.assumptions)), arguments

    def _ways_to_tell(self, model: Any) -> str:
        """How what goes in is told: the one sample, or each input by its name."""
        from shapelens.readers.torch.guessing import forward_names

        names = forward_names(model)
        if len(names) < 2:
            return "--input 3x224x224" if self.typed else "inspect(model, (3, 224, 224))"
        if self.typed:
            return (
                "\n".join(f"--shape {name}=2x3x224x224" for name in names)
                + "\nwith a type: --shape tokens=2x16:int64"
            )
        told = ", ".join(f'"{name}": (2, 3, 224, 224)' for name in names)
        return f"inspect(model, shapes={{{told}}})\ninspect(model, inputs=(…)), with examples as the model is called"

    @staticmethod
    def _has_free_sizes(arguments: Arguments) -> bool:
        """Whether formulas were asked for, and not only a batch left free."""
        dims = [
            dim
            for declared in arguments.inputs
            for dim in declared.shape or ()
            if isinstance(dim, Expression)
        ]
        return any(str(dim) != BATCH for dim in dims)

    def _holds_for_every_batch(
        self, model: Any, arguments: Arguments, network: Network, recording: Recording
    ) -> bool:
        """Whether a trace with another number of samples gives what the formulas in it say."""
        fixed = arguments.fixed
        names = {str(dim) for i in fixed.inputs for dim in i.shape or () if isinstance(dim, Expression)}
        if BATCH not in names:
            return True
        other = {BATCH: arguments.example[BATCH] + 1}
        if any(evaluate_condition(guard.condition, other) is False for guard in network.guards):
            return True  # its code asks for the number, and the answer is a condition
        shapes = {i.name: tuple([evaluate(dim, other) for dim in i.shape or ()]) for i in fixed.inputs}
        if not self.changes and self._looks_alike(model, fixed.at(shapes), recording, other):
            return True
        again = self._traced(model, fixed.at(shapes), network.origin)
        return first_difference(network, again, shapes) is None

    def _looks_alike(
        self, model: Any, arguments: Arguments, recording: Recording, sizes: Mapping[str, int]
    ) -> bool:
        """Whether PyTorch alone gives for every module what the formulas say: a fraction of a trace."""
        with self._beside():
            seen = probed(model, arguments, mode=self.mode)
        return seen is not None and foretells(recording, seen, sizes)

    def _beside(self) -> AbstractContextManager[Any]:
        """What code that is named in a command prints goes to standard error."""
        if not self.typed:
            return nullcontext()
        from shapelens.readers.torch.code.user_code import running_user_code

        return running_user_code()

    def retraced(self, arguments: Arguments, origin: Origin) -> tuple[Network, Recording]:
        """The network as its code goes for other arguments, what that catches included, and the trace of it."""
        return self._recorded(checked(self.model), arguments, origin, catches=True)

    def is_refused(self, arguments: Arguments) -> bool:
        """Whether PyTorch alone, or the model's own code, refuses other arguments; where in doubt, not."""
        if self.changes:
            return False
        with self._beside():
            return probed(checked(self.model), arguments, mode=self.mode) is None

    def is_foretold(self, recording: Recording, arguments: Arguments) -> bool:
        """Whether PyTorch gives for other arguments what a trace says of every module; where in doubt, not."""
        return not self.changes and self._looks_alike(
            checked(self.model), arguments, recording, arguments.example
        )

    def _traced(self, model: Any, arguments: Arguments, origin: Origin) -> Network:
        return self._recorded(model, arguments, origin)[0]

    def _recorded(
        self, model: Any, arguments: Arguments, origin: Origin, *, catches: bool = False
    ) -> tuple[Network, Recording]:
        """A trace, with whatever was changed; what code that is named in a command prints goes to standard error."""
        with self._beside():
            network, recording = trace(model, arguments, origin, mode=self.mode, catches=catches)
            return self._changed(model, arguments, network), recording

    def _changed(self, model: Any, arguments: Arguments, network: Network) -> Network:
        """The trace again, with what was changed."""
        if not self.changes:
            return network
        from shapelens.readers.torch.changing import Change

        places = {node.name: place for place, node in enumerate(network.nodes)}
        operators = {}
        for name, changed in self.changes.items():
            own = network.by_name.get(name)
            for node in network.nodes if own is not None else ():
                # A module that is called several times is changed in every call.
                if own is not None and (node.path, node.operator) == (own.path, own.operator):
                    operators[places[node.name]] = changed
        shapes = {
            i.name: tuple([evaluate(dim, arguments.example) for dim in i.shape or ()]) for i in network.inputs
        }
        change = Change(operators, self.weights, evaluate_network(network, shapes), self.follow)
        retraced, _ = trace(model, arguments, network.origin, mode=self.mode, change=change)
        return retraced

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
                fix=self._ways_to_tell(model),
            )
        shown = "×".join(map(str, guess.shape))
        assumptions.append(f"one sample is taken to be {shown}: {guess.because}")
        return guess.shape

    def again(
        self, arguments: Arguments, network: Network, shapes: Mapping[str, Shape]
    ) -> tuple[Network, Arguments]:
        """The network as it is at other sizes, traced anew, and what it was called with.

        Args:
            arguments: what the model was called with before.
            network: what came of it.
            shapes: the shape of each input, by name.
        """
        there = arguments.at(shapes)
        traced = self._traced(checked(self.model), there.fixed, network.origin)
        return replace(traced, assumptions=network.assumptions), there

    def symbolic(self, arguments: Arguments, network: Network) -> Network:
        """The network with a formula for every size that is free."""
        traced = self._traced(checked(self.model), arguments, network.origin)
        return replace(traced, assumptions=network.assumptions)

    def confirmed(
        self, arguments: Arguments, network: Network, recording: Recording | None = None
    ) -> Network:
        """A symbolic network as far as its formulas agree with traces at other sizes.

        Python lets a size slip out of the arithmetic where nobody can see it (`range(height)`, an index into a
        list). Where the code is given sizes, it is traced at a few others that the conditions admit; where these
        give other shapes than the formulas say, the sizes are held from there on.

        Args:
            arguments: what the model was called with.
            network: what came of it.
            recording: the trace that it was made from, if that is at hand.
        """
        model = checked(self.model)
        if SIZES_READ not in network.facts:
            return network
        return confirmed(
            network,
            arguments.example,
            lambda shapes: self._traced(model, arguments.at(shapes), network.origin),
            lambda shapes: recording is not None and self.is_foretold(recording, arguments.at(shapes)),
        )


def may_differ(network: Network) -> bool:
    """Whether the author's code was given sizes or catches what is raised, so that only traces tell what it does."""
    return SIZES_READ in network.facts or CAUGHT in network.facts or bool(network.caught)


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
