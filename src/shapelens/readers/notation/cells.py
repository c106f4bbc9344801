"""One step of a recurrent layer: a cell that is given one vector for each sample, and gives one.

>>> from shapelens.operators import Tensor
>>> LSTMCell().evaluate(Tensor((8, 10)), Tensor((80, 10)), Tensor((80, 20))).outputs[1].shape
(8, 20)

Source: the documentation of `torch.nn.RNNCell`, `torch.nn.GRUCell` and `torch.nn.LSTMCell`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal
from shapelens.operators import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.arguments import given, optional
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


@dataclass(frozen=True)
class _Cell(Operator):
    """What the cells share: a weight for what comes in, and one for what was remembered."""

    roles: ClassVar[tuple[str, ...]] = (
        *("input", "input_weight", "recurrent_weight", "input_bias", "recurrent_bias"),
        *("hidden", "cell"),
    )
    learned: ClassVar[frozenset[str]] = frozenset(roles[1:5])
    family: ClassVar[str] = "recurrent"
    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if tensor.rank not in {1, 2}:
            facts = {"gets": tensor.dims, "wants": (1, 2)}
            nothing = Unknown("a recurrent cell takes the features of one step")
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((tensor.shaped(nothing),) * self.states, (broken,))
        rows, wants = given(inputs, 1).dims
        _, hidden = given(inputs, 2).dims
        state = (*tensor.dims[:-1], hidden)
        gets = tensor.dims[-1]
        misfit = {"gets": gets, "wants": wants, "weight": (rows, wants), "layer": 0}
        requirements = [Requirement("features", equal(gets, wants), misfit)]
        for place in (5, 6):
            requirements += _state_requirements(optional(inputs, place), state)
        return Outcome((tensor.shaped(state),) * self.states, tuple(requirements))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every weight is used once for each sample."""
        tensor, used = given(inputs), given(inputs, 1).elements + given(inputs, 2).elements
        return used if tensor.rank == 1 else used * tensor.dims[0]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The features are seen whole; a sample sees itself alone."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"{self.name.removesuffix('Cell').lower()} cell"

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The input weight follows the features that come in."""
        had, gets = given(before).dims[-1], given(after).dims[-1]
        rows, into = given(before, 1).dims
        if had == gets or into != had or not isinstance(gets, int):
            return Follow(self)
        return Follow(self, {1: (rows, gets)})


def _state_requirements(state: Tensor | None, wants: Shape) -> list[Requirement]:
    """A state that is given has the shape of the one that comes out."""
    if state is None or isinstance(state.shape, Unknown):
        return []
    facts = {"gets": state.dims, "wants": wants}
    if state.rank != len(wants):
        return [Requirement("state", False, facts)]
    return [Requirement("state", equal(own, dim), facts) for own, dim in zip(state.dims, wants, strict=True)]


@dataclass(frozen=True)
class RNNCell(_Cell):
    """`h = tanh(W·x + R·h)`."""


@dataclass(frozen=True)
class GRUCell(_Cell):
    """A gated recurrent unit's step."""

    gates: ClassVar[int] = 3


@dataclass(frozen=True)
class LSTMCell(_Cell):
    """A long short-term memory's step: what it puts out, and what it remembers beside."""

    gates: ClassVar[int] = 4
    states: ClassVar[int] = 2
