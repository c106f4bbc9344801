"""What runtimes fuse in transformers: sums with norms, embeddings with norms, products of transposed or packed weights.

>>> from shapelens.operators import PackedProduct, SkipNormalization, Tensor
>>> tokens = Tensor((1, 128, 768))
>>> [tensor.shape for tensor in SkipNormalization().evaluate(tokens, tokens, Tensor((768,))).outputs][:1]
[(1, 128, 768)]
>>> PackedProduct(768, 3072).evaluate(tokens).outputs[0].shape
(1, 128, 3072)

Source: the operators of the domain `com.microsoft` of onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal
from shapelens.operators.arguments import given, optional, refused
from shapelens.operators.cached_attention import CachedAttention
from shapelens.operators.elementwise import broadcast
from shapelens.operators.matrix import MatrixProduct
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = [
    "EmbeddingSum",
    "FusedAttention",
    "GroupedAttention",
    "PackedProduct",
    "ProjectedAttention",
    "SkipNormalization",
    "TransposedProduct",
]

_NOT_GIVEN = Unknown("only a runtime that trains gives it")


@dataclass(frozen=True)
class SkipNormalization(Operator):
    """The sum of two tensors and a bias, normalised along its last axis; the sum itself is the last output."""

    roles: ClassVar[tuple[str, ...]] = ("input", "skip", "scale", "shift", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"scale", "shift", "bias"})
    word: ClassVar[str] = "add and norm"
    family: ClassVar[str] = "sum"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, skip = given(inputs), given(inputs, 1)
        shape, requirements = broadcast([tensor.dims, skip.dims])
        features = [
            Requirement("features", equal(weight.dims[-1], tensor.dims[-1]), _facts(weight, tensor))
            for weight in inputs[2:]
            if weight is not None
            and not isinstance(weight.shape, Unknown)
            and weight.rank == 1
            and tensor.rank
        ]
        nothing = tensor.shaped(_NOT_GIVEN, "float32")
        outputs = (tensor.shaped(tensor.shape), nothing, nothing, tensor.shaped(shape))
        return Outcome(outputs, (*requirements, *features))


def _facts(weight: Tensor, tensor: Tensor) -> dict[str, object]:
    return {"gets": tensor.dims[-1], "wants": weight.dims[-1], "weight": weight.dims}


@dataclass(frozen=True)
class EmbeddingSum(Operator):
    """The rows of words, positions and segments, added and normalised: batch × tokens × features.

    Inputs: the words' numbers, the segments' numbers, and the tables of words, positions and segments, scale and shift.
    Outputs: the rows, how many words each sample has, and the sum before the norm.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "segments", "words", "positions", "kinds", "scale", "shift")
    learned: ClassVar[frozenset[str]] = frozenset({"words", "positions", "kinds", "scale", "shift"})
    word: ClassVar[str] = "embeddings and norm"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        numbers, words = given(inputs), given(inputs, 2)
        if numbers.rank != 2 or words.rank != 2:
            facts = {"gets": numbers.dims, "words": words.dims, "wants": (2,)}
            return refused(Requirement("rank", False, facts, spoils=None), words, numbers, words)
        tables = [("words", words), *[(self.roles[p], optional(inputs, p)) for p in (3, 4, 5, 6)]]
        requirements = tuple(
            [
                Requirement("features", equal(table.dims[-1], words.dims[-1]), _facts(table, words))
                for _, table in tables[1:]
                if table is not None and not isinstance(table.shape, Unknown) and table.rank
            ]
        )
        rows = words.shaped((*numbers.dims, words.dims[-1]))
        return Outcome((rows, Tensor((numbers.dims[0],), "int32"), rows), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(0, 0), (1, 1)])


@dataclass(frozen=True)
class PackedProduct(Operator):
    """A linear layer whose weight is packed into blocks of few bits: its file holds bytes, and not its numbers.

    Args:
        features: how many come in.
        outputs: how many come out.
    """

    family: ClassVar[str] = "linear"

    features: Dim = 1
    outputs: Dim = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if not tensor.rank:
            return refused(Requirement("rank", False, {"gets": (), "wants": (1, 2)}, spoils=None), tensor)
        facts = {"gets": tensor.dims[-1], "wants": self.features, "weight": (self.outputs, self.features)}
        fits = Requirement("features", equal(tensor.dims[-1], self.features), facts)
        return Outcome((tensor.shaped((*tensor.dims[:-1], self.outputs)),), (fits,))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output takes one multiply-accumulate for each feature."""
        return outputs[0].elements * self.features

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"packed linear {self.features} → {self.outputs}"


@dataclass(frozen=True)
class TransposedProduct(MatrixProduct):
    """A product of matrices whose last two axes are swapped first.

    Args:
        swaps_left: whether those of the left operand are.
        swaps_right: whether those of the right one are.
    """

    swaps_left: bool = False
    swaps_right: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return super().evaluate(*self._swapped(inputs))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        return super().macs(self._swapped(inputs), outputs)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Those of the product, with the axes where they were before."""
        ranks = [given(inputs).rank, given(inputs, 1).rank]
        swaps = (self.swaps_left, self.swaps_right)
        links = super().links(self._swapped(inputs), outputs)
        return tuple([_moved(link, ranks[link.input]) if swaps[link.input] else link for link in links])

    def _swapped(self, inputs: Sequence[Tensor | None]) -> list[Tensor | None]:
        swaps = (self.swaps_left, self.swaps_right)
        pairs = zip(inputs, (*swaps, *[False] * len(inputs)), strict=False)
        return [_turned(tensor) if swap and tensor is not None else tensor for tensor, swap in pairs]


def _turned(tensor: Tensor) -> Tensor:
    if isinstance(tensor.shape, Unknown) or tensor.rank < 2:
        return tensor
    *leading, rows, columns = tensor.dims
    return replace(tensor, shape=(*leading, columns, rows), contents=None)


def _moved(link: Link, rank: int) -> Link:
    last = {rank - 1: rank - 2, rank - 2: rank - 1}
    return replace(link, input_axis=last.get(link.input_axis, link.input_axis)) if rank > 1 else link


@dataclass(frozen=True)
class ProjectedAttention(Operator):
    """Self-attention with its projections: tokens times one weight for queries, keys and values together.

    Inputs: the tokens (batch × tokens × features), the weight (features × all three), the bias, a mask, and keys and
    values of earlier tokens (2 × batch × heads × tokens × width). Outputs: the tokens, and all keys and values.

    Args:
        heads: how many heads.
        sizes: the features of queries, keys and values; a third of the weight each if not given.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "bias", "mask", "past")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    heads: int = 1
    sizes: tuple[Dim, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tokens, weight, past = given(inputs), given(inputs, 1), optional(inputs, 4)
        if tokens.rank != 3 or weight.rank != 2 or self.heads < 1 or len(self.sizes) not in {0, 3}:
            facts = {"gets": tokens.dims, "weight": weight.dims, "wants": (3,)}
            return refused(Requirement("rank", False, facts, spoils=None), tokens, tokens)
        batch, length, features = tokens.dims
        _, keys, values = self._sizes(weight)
        seen = length if past is None else past.dims[3] + length if past.rank == 5 else Unknown("its past")
        told = {"gets": features, "wants": weight.dims[0], "weight": weight.dims}
        widths = {"width": values, "heads": self.heads, "role": "value"}
        requirements = (
            Requirement("features", equal(features, weight.dims[0]), told),
            Requirement("heads", equal(values % self.heads, 0), widths),
        )
        present = tokens.shaped((2, batch, self.heads, seen, keys // self.heads))
        return Outcome((tokens.shaped((batch, length, values)), present), requirements)

    def _sizes(self, weight: Tensor) -> tuple[Dim, ...]:
        return self.sizes or (weight.dims[1] // 3,) * 3

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The projection, and for every pair of tokens the width of a key to compare and of a value to take."""
        tokens, weight = given(inputs), given(inputs, 1)
        batch, length, features = tokens.dims
        _, keys, values = self._sizes(weight)
        seen = outputs[1].dims[3] if len(outputs) > 1 else self.evaluate(*inputs).outputs[1].dims[3]
        return batch * length * (features * weight.dims[1] + seen * (keys + values))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all tokens of its sample."""
        return identity(0, [(0, 0)])


@dataclass(frozen=True)
class FusedAttention(CachedAttention):
    """Attention whose keys and values may be split into heads already, though its query is not."""

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return super().evaluate(*_joined_heads(inputs))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        return super().macs(_joined_heads(inputs), outputs)


def _joined_heads(inputs: Sequence[Tensor | None]) -> list[Tensor | None]:
    """Keys and values as `batch × tokens × features`, where the query is so."""
    found = list(inputs)
    query = given(inputs)
    if isinstance(query.shape, Unknown) or query.rank != 3:
        return found
    for place in (1, 2):
        tensor = given(inputs, place)
        if not isinstance(tensor.shape, Unknown) and tensor.rank == 4:
            batch, heads, tokens, width = tensor.shape
            found[place] = tensor.shaped((batch, tokens, heads * width))
    return found


@dataclass(frozen=True)
class GroupedAttention(FusedAttention):
    """Attention of which several heads of the query share a key, and earlier tokens lie in a buffer.

    How much of the buffer is used is told by data, and so is what comes out of it: the tokens alone are known. Query,
    key and value may come packed into one tensor, the first input.
    """

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        if optional(inputs, 1) is not None:
            outcome = super().evaluate(*inputs[:3])
            return replace(outcome, outputs=outcome.outputs[:1])
        packed, query, key = given(inputs), self.query_heads or 0, self.key_heads or 0
        if packed.rank != 3 or query < 1 or key < 1:
            return refused(
                Requirement("rank", False, {"gets": packed.dims, "wants": (3,)}, spoils=None), packed
            )
        batch, tokens, features = packed.dims
        facts = {"width": features, "heads": query + 2 * key, "role": "query"}
        fits = Requirement("heads", equal(features % (query + 2 * key), 0), facts)
        width = features // (query + 2 * key)
        return Outcome((packed.shaped((batch, tokens, query * width)),), (fits,))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        return Unknown("how many earlier tokens there are is told by data")

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all tokens of its sample."""
        return identity(0, [(0, 0)])
