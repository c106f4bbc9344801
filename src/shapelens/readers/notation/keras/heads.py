"""Attention of several heads with the weights as Keras has them: a kernel for each map, with an axis for the heads.

    >>> from shapelens.operators import Tensor
    >>> tokens, into = Tensor((8, 10, 64)), Tensor((64, 4, 16))
    >>> weights = [into, None, into, None, into, None, None, None, Tensor((4, 16, 64))]
    >>> HeadsAttention().evaluate(tokens, tokens, tokens, *weights).outputs[0].shape
    (8, 10, 64)

Source: Vaswani et al., "Attention Is All You Need", 2017; Ainslie et al., "GQA", 2023, for shared heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal, product
from shapelens.operators import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.arguments import given, optional
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["HeadsAttention"]

_MAPS = ("query", "key", "value", "gate", "output")
_FIRST = 3
"""The position of the first weight."""

_INPUT_OF = {"query": 0, "key": 1, "value": 2, "gate": 0}
"""The position of what each map takes."""


@dataclass(frozen=True)
class HeadsAttention(Operator):
    """Query, key and value mapped to heads, compared, and mapped back.

    Tensors are `batch × … × features`. A map's kernel is features × heads × width; that of the output heads × width ×
    features, where several axes of features may come out.

    Args:
        axes: along which axes tokens look at each other; all between batch and features if not given.
    """

    roles: ClassVar[tuple[str, ...]] = (
        *("query", "key", "value"),
        *[f"{name}_{part}" for name in _MAPS for part in ("kernel", "bias")],
    )
    learned: ClassVar[frozenset[str]] = frozenset(roles[_FIRST:])
    family: ClassVar[str] = "attention"

    axes: tuple[int, ...] | None = None

    def kernel(self, inputs: Sequence[Tensor | None], name: str) -> Tensor | None:
        """The kernel of a map; None where there is no such map."""
        return optional(inputs, _FIRST + 2 * _MAPS.index(name))

    def _dims(self, inputs: Sequence[Tensor | None], name: str) -> Shape:
        kernel = self.kernel(inputs, name)
        return () if kernel is None else kernel.dims

    def attended(self, rank: int) -> tuple[int, ...]:
        """The axes along which tokens look at each other."""
        return tuple(range(1, rank - 1)) if self.axes is None else tuple([axis % rank for axis in self.axes])

    # the rule -----------------------------------------------------------------------------------------

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        if query.rank < 3 or not query.rank == key.rank == value.rank:
            facts = {"gets": query.dims, "key": key.dims, "value": value.dims, "wants": (3,)}
            nothing = Unknown("attention takes batches of tokens with features")
            return Outcome((query.shaped(nothing),), (Requirement("rank", False, facts, spoils=None),))
        requirements = [*self._features(inputs), *self._tokens(query, key, value)]
        shape = (*query.dims[:-1], *self._dims(inputs, "output")[2:])
        return Outcome((query.shaped(shape),), tuple(requirements))

    def _features(self, inputs: Sequence[Tensor | None]) -> list[Requirement]:
        """That each map takes as many features as come in."""
        found: list[Requirement] = []
        for role, position in _INPUT_OF.items():
            kernel = self._dims(inputs, role)
            if kernel:
                gets, wants = given(inputs, position).dims[-1], kernel[0]
                facts = {"gets": gets, "wants": wants, "weight": kernel, "role": role}
                found.append(Requirement("features", equal(gets, wants), facts))
        return found

    def _tokens(self, query: Tensor, key: Tensor, value: Tensor) -> list[Requirement]:
        """That there are as many values as keys, and as many of either as queries where tokens do not look."""
        found: list[Requirement] = []
        attended = self.attended(query.rank)
        for axis in range(query.rank - 1):
            if axis:
                pair = {"keys": key.dims[axis], "values": value.dims[axis], "axis": axis}
                found.append(Requirement("tokens", equal(key.dims[axis], value.dims[axis]), pair))
            if axis not in attended:
                for other in (key, value):
                    left, right = query.dims[axis], other.dims[axis]
                    facts = {"axis": axis, "left": left, "right": right, "shapes": (query.dims, other.dims)}
                    found.append(Requirement("broadcast", equal(left, right), facts, spoils=(axis,)))
        return [requirement for requirement in found if requirement.truth is not True]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The maps of every token, each pair of tokens compared, the values summed, and the map of the output."""
        query, key = given(inputs), given(inputs, 1)
        asking, asked = product(query.dims[:-1]), product(key.dims[:-1])
        count: Dim = 0
        for role, tokens in (
            ("query", asking),
            ("key", asked),
            ("value", asked),
            ("gate", asking),
            ("output", asking),
        ):
            kernel = self.kernel(inputs, role)
            if kernel is not None:
                count = count + tokens * kernel.elements
        looked_at = product([key.dims[axis] for axis in self.attended(query.rank)])
        heads, key_width = self._dims(inputs, "query")[1:]
        return count + asking * looked_at * heads * (key_width + self._dims(inputs, "value")[2])

    # views --------------------------------------------------------------------------------------------

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees itself, and of the keys and values all along the axes that are attended."""
        rank = given(inputs).rank
        attended = self.attended(rank)
        links = [Link(0, axis, axis) for axis in range(rank - 1)]
        links += [
            Link(place, axis, axis) for place in (1, 2) for axis in range(rank - 1) if axis not in attended
        ]
        return tuple(links)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        query, key = self._dims(inputs, "query"), self._dims(inputs, "key")
        shared = "" if query[1:2] == key[1:2] else f" over {key[1]}"
        return f"attention, {query[1]} heads{shared}"

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """Each map takes the features that come in; the last gives as many as the query has, where it did."""
        shapes: dict[int, Shape] = {}
        for role, position in _INPUT_OF.items():
            kernel = self._dims(before, role)
            had, gets = given(before, position).dims[-1], given(after, position).dims[-1]
            if kernel and kernel[0] == had != gets and isinstance(gets, int):
                shapes[_FIRST + 2 * _MAPS.index(role)] = (gets, *kernel[1:])
        had, gets = given(before).dims[-1], given(after).dims[-1]
        output, place = self._dims(before, "output"), _FIRST + 2 * _MAPS.index("output")
        if len(output) == 3 and output[2] == had != gets and isinstance(gets, int):
            shapes[place] = (*output[:2], gets)
            if optional(before, place + 1) is not None:
                shapes[place + 1] = (gets,)
        return Follow(self, shapes)
