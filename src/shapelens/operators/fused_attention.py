"""Attention as runtimes fuse it: query, key and value in one tensor, their bias, and buffers of earlier tokens.

    >>> from shapelens.operators import FusedAttention, Tensor
    >>> FusedAttention(8, 8).evaluate(Tensor((2, 128, 8, 3, 64))).outputs[0].shape
    (2, 128, 512)

Source: the operators `MultiHeadAttention`, `DecoderMaskedMultiHeadAttention`, `GroupQueryAttention` and
`SparseAttention` of the domain `com.microsoft` of onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal, maximum
from shapelens.operators.arguments import given, optional, refused, told_number
from shapelens.operators.cached_attention import CachedAttention
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["FusedAttention", "GroupedAttention"]

_USED = Unknown("how many earlier tokens there are is told by data")


@dataclass(frozen=True)
class FusedAttention(CachedAttention):
    """Attention whose query, or key and value, may be packed into one tensor, or split into heads already.

    Inputs: query, key, value, a mask, and the keys and values of earlier tokens, as those of `CachedAttention`, and a
    bias of query, key and value.

    Args:
        shares_buffer: whether earlier and present tokens lie in one buffer, which stays as large as it is.
    """

    roles: ClassVar[tuple[str, ...]] = (*CachedAttention.roles, "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"bias"})

    shares_buffer: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        unpacked = _unpacked(inputs)
        if unpacked is None:
            query = given(inputs)
            broken = Requirement("rank", False, {"gets": query.dims, "wants": (3, 5)}, spoils=None)
            return refused(broken, *[query] * 4)
        if not self.shares_buffer:
            return super().evaluate(*unpacked)
        outcome = super().evaluate(*unpacked[:4])
        buffers = [optional(inputs, place) for place in (4, 5)]
        kept = [
            tensor if buffer is None else tensor.shaped(buffer.shape)
            for tensor, buffer in zip(outcome.outputs[1:3], buffers, strict=True)
        ]
        pairs = outcome.outputs[3].shaped(_USED)
        return replace(outcome, outputs=(outcome.outputs[0], *kept, pairs))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        unpacked = _unpacked(inputs)
        return _USED if self.shares_buffer or unpacked is None else super().macs(unpacked, outputs)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all keys and values of its sample."""
        is_packed = optional(inputs, 1) is None or optional(inputs, 2) is None
        return identity(0, [(0, 0)]) if is_packed else super().links(inputs, outputs)


def _unpacked(inputs: Sequence[Tensor | None]) -> list[Tensor | None] | None:
    """Query, key and value as `batch × tokens × features` each; None where something is left out that is not packed."""
    query, key, value = given(inputs), optional(inputs, 1), optional(inputs, 2)
    others = list(inputs[3:])
    if isinstance(query.shape, Unknown) and key is None:
        return [query, query, query, *others]
    if key is None and query.rank == 5:
        batch, tokens, heads, _, width = query.dims
        return [query.shaped((batch, tokens, heads * width))] * 3 + others
    if key is None and query.rank == 3:
        batch, tokens, features = query.dims
        return [query.shaped((batch, tokens, features // 3))] * 3 + others
    if key is not None and value is None and not isinstance(key.shape, Unknown) and key.rank == 5:
        batch, tokens, heads, _, width = key.dims
        return [query] + [key.shaped((batch, tokens, heads * width))] * 2 + others
    if key is None or value is None:
        return None
    is_split = not isinstance(query.shape, Unknown) and query.rank == 3
    return [query, *[_joined(tensor) if is_split else tensor for tensor in (key, value)], *others]


def _joined(tensor: Tensor) -> Tensor:
    """Heads of tokens as tokens of features; what is that already as it is."""
    if isinstance(tensor.shape, Unknown) or tensor.rank != 4:
        return tensor
    batch, heads, tokens, width = tensor.shape
    return tensor.shaped((batch, tokens, heads * width))


@dataclass(frozen=True)
class GroupedAttention(Operator):
    """Attention of which several heads of the query share a key, and earlier tokens lie in a buffer.

    Inputs: query, key and value, which may come packed into one tensor; the buffers of earlier keys and values; and
    how many tokens there are in all. Outputs: the tokens; both buffers, which grow where they are too small for all;
    and the comparisons.

    Args:
        query_heads: the heads of the query.
        key_heads: the heads of key and value.
    """

    roles: ClassVar[tuple[str, ...]] = ("query", "key", "value", "past_key", "past_value", "total")
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    query_heads: int = 1
    key_heads: int = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), optional(inputs, 1), optional(inputs, 2)
        if query.rank != 3 or min(self.query_heads, self.key_heads) < 1:
            broken = Requirement("rank", False, {"gets": query.dims, "wants": (3,)}, spoils=None)
            return refused(broken, *[query] * 4)
        batch, tokens, features = query.dims
        requirements: tuple[Requirement, ...]
        if key is None or value is None:
            parts = self.query_heads + 2 * self.key_heads
            width = features // parts
            facts = {"width": features, "heads": parts, "role": "query"}
            requirements = (Requirement("heads", equal(features % parts, 0), facts),)
        else:
            width = features // self.query_heads
            requirements = (
                FusedAttention(self.query_heads, self.key_heads).evaluate(query, key, value).requirements
            )
        out = query.shaped((batch, tokens, self.query_heads * width))
        present = [
            query.shaped((batch, self.key_heads, self._room(inputs, place), width)) for place in (3, 4)
        ]
        pairs = query.shaped((batch, self.query_heads, tokens, self._total(inputs)))
        return Outcome((out, *present, pairs), requirements)

    def _total(self, inputs: Sequence[Tensor | None]) -> Dim:
        total = told_number(None, optional(inputs, 5), "how many tokens there are in all")
        return _USED if total is None else total

    def _room(self, inputs: Sequence[Tensor | None], place: int) -> Dim:
        """How many tokens a buffer has room for: as before, or more where that is too few."""
        past, total = optional(inputs, place), self._total(inputs)
        if past is None:
            return total
        return maximum(past.dims[2], total) if past.rank == 4 else Unknown("its past has not four axes")

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every pair of tokens takes the width of a head to compare, and once more to take."""
        batch, tokens, features = outputs[0].dims
        return batch * tokens * features * self._total(inputs) * 2

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all tokens of its sample."""
        return identity(0, [(0, 0)])
