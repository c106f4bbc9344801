"""What a trace writes down: operators, weights, module calls and questions, made into a network at the end.

While a model runs, nothing has its final name: whether an operator stands for a whole module is known only when
the module's call is over. So everything refers to values, and names are given last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from shapelens.dims import Condition, Dim, Expression, Path, Truth, Unknown, following
from shapelens.network import Guard, Input, ModuleCall, Network, Node, Origin, Weight
from shapelens.network.binding import is_open
from shapelens.operators import Operator, Outcome, Requirement, Tensor, apply
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.readers.torch.changing import Change

__all__ = ["Called", "DataNeededError", "Made", "Recording", "Value"]

MOST_ALIKE = 500
"""So often may one line read data that are not there."""


class DataNeededError(RuntimeError):
    """The model needs the values of a tensor, and there are none."""


class Value:
    """What is known of one tensor.

    Args:
        tensor: its shape as dims, its type, and its contents where they carry sizes.
        made: the operator that gave it; None for an input or a weight.
        name: what it is called; operators' values get theirs at the end.
    """

    __slots__ = ("made", "name", "tensor")

    def __init__(self, tensor: Tensor, made: Made | None = None, name: str = "") -> None:
        self.tensor = tensor
        self.made = made
        self.name = name


@dataclass(slots=True, eq=False)
class Called:
    """One call of a module, under way or over.

    Args:
        path: where the module stands in the model: `layer1.0.conv2`.
        module: its class.
        is_leaf: whether it has no modules inside.
        is_direct: whether no call was seen, only that its parameters are used: its `forward` was called.
        first: how many operators were recorded before it.
    """

    path: str
    module: str
    is_leaf: bool
    first: int
    inputs: tuple[Value, ...] = ()
    outputs: tuple[tuple[str, Value], ...] = ()
    last: int = 0
    is_direct: bool = False


@dataclass(slots=True, eq=False)
class Made:
    """One operator, as it was called, and whether the author's code may catch what it raises."""

    operator: Operator
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    function: str
    called: Called
    where: str
    path: str = ""
    outcome: Outcome | None = None
    may_be_caught: bool = False

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What must hold for it to work, as far as its rule was asked."""
        return () if self.outcome is None else self.outcome.requirements

    @property
    def may_refuse(self) -> bool:
        """Whether it refuses some sizes."""
        return any(requirement.truth is not True for requirement in self.requirements)

    def is_broken(self, path: Path) -> bool:
        """Whether one of its requirements does not hold at the example's size."""
        for requirement in self.requirements:
            truth = requirement.truth
            if truth is False or (isinstance(truth, Condition) and not path.holds(truth)):
                return True
        return False


@dataclass(slots=True)
class Recording:
    """A trace under way.

    Args:
        path: the example, and what rules decided by it.
        change: what is changed in it, where something is.
        held: the weights in an object that is no tensor, by the object's identity.
        given: what each function of PyTorch gave, by its name, in order.
        measured: the values whose sizes the author's code was given, by their identity.
    """

    path: Path
    change: Change | None = None
    held: dict[int, tuple[Value | None, ...]] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    weights: dict[str, Weight] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    assumptions: dict[str, int] = field(default_factory=dict)
    refusals: list[tuple[Made, str]] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    given: list[tuple[str, tuple[Tensor, ...]]] = field(default_factory=list)
    measured: dict[int, Value] = field(default_factory=dict)
    _asked: set[Condition] = field(default_factory=set)
    _held_decisions: int = 0
    _sizes: dict[Expression, int] = field(default_factory=dict)

    def add(
        self,
        operator: Operator,
        inputs: Sequence[Value | None],
        outputs: int,
        *,
        function: str,
        called: Called,
        where: str,
    ) -> Made:
        """Write down one operator and what its rule says."""
        if is_open(operator):
            self.hold_decisions(where)
        taken = list(inputs)
        while taken and taken[-1] is None:
            taken.pop()
        if self.change is not None:
            operator = self.change.applied(self, operator, taken)
        with following(self.path):
            outcome = apply(operator, [None if v is None else v.tensor for v in taken], outputs, called.path)
        values = tuple([Value(tensor) for tensor in outcome.outputs[:outputs]])
        made = Made(operator, tuple(taken), values, function, called, where, called.path, outcome)
        for value in values:
            value.made = made
        self.made.append(made)
        return made

    @property
    def is_changed(self) -> bool:
        """Whether what is recorded from here on may differ from what PyTorch would do."""
        return self.change is not None and self.change.has_begun(len(self.made) - 1)

    def size_of(self, dim: Dim) -> int:
        """A dim at the example's size; 1 where it is not known."""
        if isinstance(dim, int):
            return dim
        if not isinstance(dim, Expression):
            return 1
        size = self._sizes.get(dim)
        if size is None:
            size = self._sizes[dim] = self.path.size(dim)
        return size

    def ask(self, truth: Truth, answer: bool, where: str) -> None:
        """Keep the answer to a question about sizes, where another size could answer otherwise."""
        if isinstance(truth, Unknown):
            place = f"{where}: " if where else ""
            self.assume(
                f"{place}a question about a size that is not known ({truth.reason}) is answered {answer}"
            )
        if not isinstance(truth, Condition):
            return
        self.hold_decisions(where)
        kept = truth if answer else truth.negated()
        if kept not in self._asked:
            self._asked.add(kept)
            self.guards.append(Guard(kept, len(self.made), where))

    def hold_decisions(self, where: str) -> None:
        """Keep what rules decided on the way to sizes that Python computes with from here on.

        A rule decides anew at another size; a formula that stands in an operator's settings does not.
        """
        decided, self._held_decisions = self._held_decisions, len(self.path.conditions)
        for condition in self.path.conditions[decided:]:
            self.ask(condition, True, where)

    def unused_weight_name(self, path: str, name: str) -> str:
        """A name for a weight inside of a module, numbered from the second of that name on."""
        name = plain = f"{path}.{name}" if path else name
        times = 1
        while name in self.weights:
            times += 1
            name = f"{plain}:{times}"
        return name

    def assume(self, text: str) -> None:
        """Keep what was assumed.

        Raises:
            DataNeededError: the same thing is assumed without end: only data end the author's loop.
        """
        times = self.assumptions[text] = self.assumptions.get(text, 0) + 1
        if times > MOST_ALIKE:
            raise DataNeededError(f"a loop ends only when the data say so: {text}")

    # the end ------------------------------------------------------------------------------------------

    def network(
        self,
        origin: Origin,
        inputs: Sequence[Input],
        outputs: Sequence[tuple[str, Value]],
        modules: dict[str, str],
        facts: dict[str, str],
    ) -> Network:
        """The network, with every name given."""
        names = self._names({declared.name for declared in inputs})
        for made, name in zip(self.made, names, strict=True):
            for place, value in enumerate(made.outputs):
                value.name = f"{name}.{place}" if place else name
        nodes = [
            Node(
                name,
                made.operator,
                tuple([None if v is None else v.name for v in made.inputs]),
                tuple([v.name for v in made.outputs]),
                made.function,
                made.called.module,
                made.path,
                made.where,
            )
            for made, name in zip(self.made, names, strict=True)
        ]
        refused = {made.outputs[0].name: words for made, words in self.refusals if made.outputs}
        return Network(
            origin,
            self._with_counts(inputs),
            tuple([value.name for _, value in outputs]),
            tuple(nodes),
            dict(self.weights),
            modules,
            facts,
            guards=tuple(self.guards),
            calls=tuple([_finished(call) for call in self.calls]),
            assumptions=tuple(self.assumptions),
            refusals=refused,
            measured=frozenset([value.name for value in self.measured.values() if value.name]),
            caught=frozenset(
                [name for made, name in zip(self.made, names, strict=True) if made.may_be_caught]
            ),
        )

    def _with_counts(self, inputs: Sequence[Input]) -> tuple[Input, ...]:
        """The inputs, the first of which also tells what counts were taken to be that only the data decide."""
        declared = {name for each in inputs for name in each.example}
        counts = {name: size for name, size in self.path.example.items() if name not in declared}
        if not counts or not inputs:
            return tuple(inputs)
        return (replace(inputs[0], example={**inputs[0].example, **counts}), *inputs[1:])

    def _names(self, taken: Iterable[str]) -> list[str]:
        """The name of each operator: its module's path where it gives what the module gives, else its function's.

        A name that comes again is numbered from the second on: `relu`, `relu:2`.
        """
        whole: set[int] = set()
        for call in self.calls:
            if call.is_leaf and len(call.outputs) >= 1:
                made = call.outputs[0][1].made
                if made is not None and made.called is call and made.outputs[0] is call.outputs[0][1]:
                    whole.add(id(made))
        # Where the forward ended inside of a layer, what it had called by then is the layer.
        unfinished = self.calls[-1] if self.calls and not self.calls[-1].outputs else None
        inside = [made for made in self.made if made.called is unfinished]
        if unfinished is not None and unfinished.is_leaf and len(inside) == 1 and inside[0] is self.made[-1]:
            whole.add(id(inside[0]))
        used: set[str] = set(taken) | set(self.weights)
        times: Counter[str] = Counter()
        names: list[str] = []
        for made in self.made:
            path = made.called.path
            is_module = id(made) in whole or made.called.is_direct
            own = path if is_module and path else f"{path}.{made.function}" if path else made.function
            name, times[own] = own, times[own] + 1
            if times[own] > 1:
                name = f"{own}:{times[own]}"
            while name in used:
                times[own] += 1
                name = f"{own}:{times[own]}"
            used.add(name)
            names.append(name)
        return names


def _finished(call: Called) -> ModuleCall:
    return ModuleCall(
        call.path,
        call.module,
        tuple([value.name for value in call.inputs]),
        tuple([(label, value.name) for label, value in call.outputs]),
        call.first,
        call.last,
    )
