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
from shapelens.operators.arguments import fixed_axis, given, optional, refused
from shapelens.operators.elementwise import broadcast
from shapelens.operators.linear import bias_requirements
from shapelens.operators.matrix import MatrixProduct
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = [
    "EmbeddingSum",
    "PackedGather",
    "PackedProduct",
    "ProjectedAttention",
    "SkipGroupNormalization",
    "SkipNormalization",
    "TransposedProduct",
]

_USED = Unknown("how many earlier tokens there are is told by data")
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


@dataclass(frozen=True)
class SkipGroupNormalization(SkipNormalization):
    """The same for an image, in groups of channels: the image and the sum, which may be of one number a channel.

    Args:
        channels_last: whether the channels stand last.
    """

    channels_last: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, skip = given(inputs), given(inputs, 1)
        if not image.rank:
            return refused(Requirement("rank", False, {"gets": (), "wants": (4,)}, spoils=None), image, image)
        channels = image.dims[-1 if self.channels_last else 1]
        own = skip.dims
        if skip.rank == 2 and not isinstance(image.shape, Unknown):
            ones = (1,) * (image.rank - 2)
            own = (own[0], *ones, own[1]) if self.channels_last else (*own, *ones)
        shape, requirements = broadcast([image.dims, own])
        fits = [
            Requirement(
                "features",
                equal(weight.dims[-1], channels),
                {"gets": channels, "wants": weight.dims[-1], "weight": weight.dims},
            )
            for weight in inputs[2:]
            if weight is not None and not isinstance(weight.shape, Unknown) and weight.rank == 1
        ]
        return Outcome((image.shaped(image.shape), image.shaped(shape)), (*requirements, *fits))


def _facts(weight: Tensor, tensor: Tensor) -> dict[str, object]:
    return {"gets": tensor.dims[-1], "wants": weight.dims[-1], "weight": weight.dims}


@dataclass(frozen=True)
class EmbeddingSum(Operator):
    """The rows of words, positions and segments, added and normalised: batch × tokens × features.

    Inputs: the words' numbers, the segments' numbers, and the tables of words, positions and segments, scale and shift.
    Outputs: the rows, how many words each sample has, and the sum before the norm.

    Args:
        dtype: the type of the rows, where it is not that of the tables.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "segments", "words", "positions", "kinds", "scale", "shift")
    learned: ClassVar[frozenset[str]] = frozenset({"words", "positions", "kinds", "scale", "shift"})
    word: ClassVar[str] = "embeddings and norm"

    dtype: str | None = None

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
        rows = words.shaped((*numbers.dims, words.dims[-1]), self.dtype)
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

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "scales", "zero_points", "places", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "linear"

    features: Dim = 1
    outputs: Dim = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if not tensor.rank:
            return refused(Requirement("rank", False, {"gets": (), "wants": (1, 2)}, spoils=None), tensor)
        facts = {"gets": tensor.dims[-1], "wants": self.features, "weight": (self.outputs, self.features)}
        fits = Requirement("features", equal(tensor.dims[-1], self.features), facts)
        shape = (*tensor.dims[:-1], self.outputs)
        return Outcome((tensor.shaped(shape),), (fits, *bias_requirements(optional(inputs, 5), shape)))

    def parameters_of(self, role: str, tensor: Tensor) -> Dim:
        """A weight for each feature in and out; they lie in fewer bytes, padded to whole blocks."""
        return self.features * self.outputs if role == "weight" else tensor.elements

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output takes one multiply-accumulate for each feature."""
        return outputs[0].elements * self.features

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"packed linear {self.features} → {self.outputs}"


@dataclass(frozen=True)
class PackedGather(Operator):
    """Rows of a table whose numbers are quantised, as numbers again; in bytes several lie in one.

    Inputs: the table, which rows, and the scales, whose type the rows take.

    Args:
        axis: along which axis rows are taken.
        bits: of a number; a table of bytes has as many in each, along its last axis, as it has room for.
    """

    roles: ClassVar[tuple[str, ...]] = ("weight", "indices", "scales")
    learned: ClassVar[frozenset[str]] = frozenset({"weight"})
    family: ClassVar[str] = "reshape"
    word: ClassVar[str] = "packed gather"

    axis: int = 0
    bits: int = 4

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        table, indices, scales = given(inputs), given(inputs, 1), given(inputs, 2)
        axis, broken = fixed_axis(self.axis, table.rank)
        if broken is not None:
            return refused(broken, table)
        own = (*table.dims[:-1], table.dims[-1] * self._numbers_in_each(table))
        return Outcome((table.shaped((*own[:axis], *indices.dims, *own[axis + 1 :]), scales.dtype),))

    def _numbers_in_each(self, table: Tensor) -> int:
        return 8 // self.bits if table.dtype == "uint8" else 1

    def parameters_of(self, role: str, tensor: Tensor) -> Dim:
        return tensor.elements * self._numbers_in_each(tensor)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which row it is, data decide."""
        axis, _ = fixed_axis(self.axis, given(inputs).rank)
        return identity(1, [(own, axis + own) for own in range(given(inputs, 1).rank)])


@dataclass(frozen=True)
class TransposedProduct(MatrixProduct):
    """A product of matrices whose last two axes are swapped first.

    Args:
        swaps_left: whether those of the left operand are.
        swaps_right: whether those of the right one are.
        turns_left: whether, before that, the first axis of the left operand moves in front of its last.
        turns_right: likewise of the right one.
    """

    swaps_left: bool = False
    swaps_right: bool = False
    turns_left: bool = False
    turns_right: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return super().evaluate(*self._swapped(inputs))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        return super().macs(self._swapped(inputs), outputs)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Those of the product, with the axes where they were before."""
        ranks = [given(inputs).rank, given(inputs, 1).rank]
        links = super().links(self._swapped(inputs), outputs)
        return tuple(
            [
                replace(link, input_axis=self._order(link.input, ranks[link.input])[link.input_axis])
                for link in links
            ]
        )

    def _order(self, position: int, rank: int) -> list[int]:
        """Where each axis of an operand stands before it is turned and swapped."""
        order = [*range(rank)]
        turns, swaps = [(self.turns_left, self.swaps_left), (self.turns_right, self.swaps_right)][position]
        if turns and rank > 1:
            order = [*order[1:-1], order[0], order[-1]]
        if swaps and rank > 1:
            order[-2:] = order[:-3:-1]
        return order

    def _swapped(self, inputs: Sequence[Tensor | None]) -> list[Tensor | None]:
        found = list(inputs)
        for place, tensor in enumerate(inputs[:2]):
            if tensor is not None and not isinstance(tensor.shape, Unknown):
                shape = tuple([tensor.dims[axis] for axis in self._order(place, tensor.rank)])
                found[place] = replace(tensor, shape=shape, contents=None)
        return found


@dataclass(frozen=True)
class ProjectedAttention(Operator):
    """Self-attention with its projections: tokens times one weight for queries, keys and values together.

    Inputs: the tokens (batch × tokens × features), the weight (features × all three), the bias, a mask, and keys and
    values of earlier tokens (2 × batch × heads × tokens × width). Outputs: the tokens, and all keys and values.

    Args:
        heads: how many heads.
        sizes: the features of queries, keys and values; a third of the weight each if not given.
        dtype: the type of the outputs, where it is not that of the tokens.
        shares_buffer: whether earlier and present keys and values lie in one buffer, which stays as large as it is.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "bias", "mask", "past")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    heads: int = 1
    sizes: tuple[Dim, ...] = ()
    dtype: str | None = None
    shares_buffer: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tokens, weight, past = given(inputs), given(inputs, 1), optional(inputs, 4)
        if tokens.rank != 3 or weight.rank != 2 or self.heads < 1 or len(self.sizes) not in {0, 3}:
            facts = {"gets": tokens.dims, "weight": weight.dims, "wants": (3,)}
            return refused(Requirement("rank", False, facts, spoils=None), tokens, tokens)
        batch, length, features = tokens.dims
        _, _, values = self._sizes(weight)
        seen = self._seen(length, past)
        told = {"gets": features, "wants": weight.dims[0], "weight": weight.dims}
        widths = {"width": values, "heads": self.heads, "role": "value"}
        requirements = (
            Requirement("features", equal(features, weight.dims[0]), told),
            Requirement("heads", equal(values % self.heads, 0), widths),
        )
        # Keys and values lie in one tensor, which is made for the values.
        present = tokens.shaped((2, batch, self.heads, seen, values // self.heads), self.dtype)
        return Outcome((tokens.shaped((batch, length, values), self.dtype), present), requirements)

    def _seen(self, length: Dim, past: Tensor | None) -> Dim:
        """How many tokens the present keys are of, or how many the buffer has room for."""
        if past is None:
            return length
        if past.rank != 5:
            return Unknown("its past has not five axes")
        return past.dims[3] if self.shares_buffer else past.dims[3] + length

    def _sizes(self, weight: Tensor) -> tuple[Dim, ...]:
        return self.sizes or (weight.dims[1] // 3,) * 3

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The projection, and for every pair of tokens the width of a key to compare and of a value to take."""
        tokens, weight = given(inputs), given(inputs, 1)
        batch, length, features = tokens.dims
        _, keys, values = self._sizes(weight)
        if self.shares_buffer:
            return _USED
        seen = self._seen(length, optional(inputs, 4))
        return batch * length * (features * weight.dims[1] + seen * (keys + values))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all tokens of its sample."""
        return identity(0, [(0, 0)])
