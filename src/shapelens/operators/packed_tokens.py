"""Tokens without their padding: the samples of a batch one after another, and attention that knows where each ends.

    >>> from shapelens.operators import PackTokens, Tensor
    >>> [tensor.shape for tensor in PackTokens("k").evaluate(Tensor((2, 128, 768)), Tensor((2,))).outputs]
    [(k, 768), (2, 128), (3,), (1,)]

How many tokens there are is told by data, and so is how many see each other.

Source: the operators `RemovePadding`, `RestorePadding` and `PackedAttention` of the domain `com.microsoft`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, equal
from shapelens.operators.arguments import given, optional, refused
from shapelens.operators.counting import counted
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["PackTokens", "PackedSelfAttention", "UnpackTokens"]


def _rank_broken(tensor: Tensor, *wanted: int) -> Requirement | None:
    if tensor.rank in wanted:
        return None
    return Requirement("rank", False, {"gets": tensor.dims, "wants": wanted}, spoils=None)


@dataclass(frozen=True)
class PackTokens(Operator):
    """The tokens of all samples in a row, without those that are padding.

    Inputs: `batch × tokens × features`, and how many tokens each sample has. Outputs: the tokens, where each of them
    and each padding stood, where each sample begins and ends, and how long the longest is.

    Args:
        count: the symbol that counts the tokens, or its name.
    """

    word: ClassVar[str] = "remove padding"

    count: Any = ""

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tokens = given(inputs)
        broken = _rank_broken(tokens, 3)
        if broken is not None:
            return refused(broken, *[tokens] * 4)
        batch, length, features = tokens.dims
        numbers = [(batch, length), (batch + 1,), (1,)]
        kept = tokens.shaped((counted(self.count, batch * length), features))
        return Outcome((kept, *[Tensor(shape, "int32") for shape in numbers]))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which token it is, data decide."""
        return identity(0, [(2, 1)])


@dataclass(frozen=True)
class UnpackTokens(Operator):
    """Tokens in a row put back into samples, padding between.

    Inputs: `tokens × features`, and for each place of `batch × tokens` where it comes from.
    """

    word: ClassVar[str] = "restore padding"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tokens, places = given(inputs), given(inputs, 1)
        broken = _rank_broken(tokens, 2) or _rank_broken(places, 2)
        if broken is not None:
            return refused(broken, tokens)
        return Outcome((tokens.shaped((*places.dims, tokens.dims[1])),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which token it is, data decide."""
        return identity(0, [(1, 2)])


@dataclass(frozen=True)
class PackedSelfAttention(Operator):
    """Attention among the tokens of each sample, all samples in a row.

    Inputs: the tokens and a weight that makes queries, keys and values of them; or, without a weight, queries, keys and
    values, which may be packed into one `tokens × heads × 3 × width`. Then the bias of all three.

    Args:
        heads: how many heads.
        sizes: with a weight, the features of queries, keys and values; a third of the weight each if not given.
        is_projected: whether there is a weight.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "value", "bias")
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    heads: int = 1
    sizes: tuple[Dim, ...] = ()
    is_projected: bool = True

    @property
    def learned(self) -> frozenset[str]:  # type: ignore[override]
        """Its bias, and its weight where it has one."""
        return frozenset({"weight", "bias"} if self.is_projected else {"bias"})

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tokens, weight = given(inputs), optional(inputs, 1)
        if self.is_projected:
            return self._projected(tokens, given(inputs, 1))
        value = optional(inputs, 2)
        if weight is None or value is None:
            broken = _rank_broken(tokens, 4)
            if broken is not None:
                return refused(broken, tokens)
            count, heads, _, width = tokens.dims
            return Outcome((tokens.shaped((count, heads * width)),))
        broken = _rank_broken(tokens, 2) or _rank_broken(value, 2)
        return (
            refused(broken, tokens) if broken else Outcome((tokens.shaped((tokens.dims[0], value.dims[1])),))
        )

    def _projected(self, tokens: Tensor, weight: Tensor) -> Outcome:
        broken = _rank_broken(tokens, 2) or _rank_broken(weight, 2)
        if broken is not None or len(self.sizes) not in {0, 3}:
            return refused(broken or Requirement("settings", False, {}, spoils=None), tokens)
        facts = {"gets": tokens.dims[1], "wants": weight.dims[0], "weight": weight.dims}
        fits = Requirement("features", equal(tokens.dims[1], weight.dims[0]), facts)
        values = self.sizes[2] if self.sizes else weight.dims[1] // 3
        return Outcome((tokens.shaped((tokens.dims[0], values)),), (fits,))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """How many tokens see each other is told by data."""
        return Unknown("how long each sample is is told by data")

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token may see all others."""
        return ()
