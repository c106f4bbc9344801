"""Biases for how far apart two tokens are: a table of distances, looked up for each pair.

    >>> from shapelens.operators import RelativePositions, Tensor
    >>> length = Tensor((), "int64", (128,))
    >>> RelativePositions().evaluate(Tensor((32, 12)), length, length).outputs[0].shape
    (1, 12, 128, 128)

Source: the operators `RelativePositionBias` and `GatedRelativePositionBias` of the domain `com.microsoft`; Raffel et
al., "Exploring the Limits of Transfer Learning", 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, equal
from shapelens.operators.arguments import given, optional, refused, told_number
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["GatedPositions", "RelativePositions"]


@dataclass(frozen=True)
class RelativePositions(Operator):
    """A table of `distances × heads`, looked up for every pair of a query and a key: `1 × heads × queries × keys`.

    Inputs: the table, and the numbers of queries and of keys.
    """

    roles: ClassVar[tuple[str, ...]] = ("table", "queries", "keys")
    learned: ClassVar[frozenset[str]] = frozenset({"table"})
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "position bias"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        table = given(inputs)
        if table.rank != 2:
            return refused(
                Requirement("rank", False, {"gets": table.dims, "wants": (2,)}, spoils=None), table
            )
        sizes: list[Dim] = []
        for place, what in ((1, "how many queries there are"), (2, "how many keys there are")):
            size = told_number(None, given(inputs, place), what)
            assert size is not None  # the tensor is there
            sizes.append(size)
        return Outcome((table.shaped((1, table.dims[1], *sizes)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(1, 1)])


@dataclass(frozen=True)
class GatedPositions(Operator):
    """Such biases, weighed by each query: `batch × heads × queries × keys`.

    Inputs: the queries (`batch × tokens × features`), their bias, the biases for all, the weight and bias that gates
    are made with, and a factor for each head; of queries in a row, where each stood in `batch × tokens`.

    Args:
        heads: how many heads.
    """

    roles: ClassVar[tuple[str, ...]] = (
        *("input", "query_bias", "positions", "weight", "bias", "factor", "places"),
    )
    learned: ClassVar[frozenset[str]] = frozenset({"query_bias", "weight", "bias", "factor"})
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "gated position bias"

    heads: int = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, positions, weight = given(inputs), given(inputs, 2), given(inputs, 3)
        places = optional(inputs, 6)
        batched = query if places is None else places
        fits = positions.rank == 4 and weight.rank == 2 and batched.rank == (3 if places is None else 2)
        if not fits:
            facts = {"gets": query.dims, "wants": (3,), "positions": positions.dims}
            return refused(Requirement("rank", False, facts, spoils=None), query)
        features = query.dims[-1]
        told = {"gets": features, "wants": weight.dims[0] * self.heads, "weight": weight.dims}
        alike = {"gets": positions.dims[1], "wants": self.heads}
        requirements = (
            Requirement("features", equal(features, weight.dims[0] * self.heads), told),
            Requirement("heads", equal(positions.dims[1], self.heads), alike),
        )
        return Outcome((query.shaped((batched.dims[0], self.heads, *positions.dims[2:])),), requirements)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The gates: for each query and head the weight once."""
        weight = given(inputs, 3)
        return outputs[0].dims[0] * self.heads * outputs[0].dims[2] * weight.elements

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        if optional(inputs, 6) is not None:
            return ()
        return identity(0, [(0, 0), (1, 2)])
