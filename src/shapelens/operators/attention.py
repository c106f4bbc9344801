"""Attention: every token looks at every other, and takes from each as much as they have to do with each other.

`out = softmax(query · keyᵀ) · value`: two matrix products, and for the layer one linear map before for each of
the three and one after.

    >>> from shapelens.operators import ScaledDotProductAttention, Tensor
    >>> query, key = Tensor((1, 8, 197, 64)), Tensor((1, 8, 50, 64))
    >>> ScaledDotProductAttention().evaluate(query, key, key).outputs[0].shape
    (1, 8, 197, 64)

Source: Vaswani et al., "Attention Is All You Need", 2017; Ainslie et al., "GQA", 2023 for grouped heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Truth, Unknown, any_of, equal, product
from shapelens.operators.arguments import given, optional
from shapelens.operators.attended import Layer, kept_by_attention, kept_by_layer
from shapelens.operators.backward import Kept, Run
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.records import dataclass

__all__ = ["MultiHeadAttention", "ScaledDotProductAttention", "divides", "mask_requirements"]


@dataclass(frozen=True)
class ScaledDotProductAttention(Operator):
    """Attention without weights, over tensors `…× heads × tokens × width`.

    Args:
        grouped: whether several heads of the query may share one of the key's and the value's.
        dropout: the share of what is compared that is dropped while a network learns.
    """

    roles: ClassVar[tuple[str, ...]] = ("query", "key", "value", "mask")
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    grouped: bool = False
    dropout: float = 0.0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        least = 3 if self.grouped else 2
        if min(query.rank, key.rank, value.rank) < least:
            facts = {"gets": query.dims, "wants": f"at least {least}"}
            nothing = Unknown("attention takes tokens, and features of each")
            return Outcome((query.shaped(nothing),), (Requirement("rank", False, facts, spoils=None),))
        leading = [tensor.dims[:-2] for tensor in self._spread(query, key, value)]
        batch, broken = broadcast(leading)
        requirements = [*_same_features(query, key), *_same_tokens(key, value, -2), *broken]
        if self.grouped:
            requirements += [_shared_heads(query.dims[-3], t.dims[-3]) for t in (key, value)]
        mask = optional(inputs, 3)
        # A mask is added to the scores, which know nothing of the values yet.
        scored, _ = broadcast(leading[:2])
        requirements += mask_requirements(mask, (*scored, query.dims[-2], key.dims[-2]))
        return Outcome((query.shaped((*batch, query.dims[-2], value.dims[-1])),), tuple(requirements))

    def _spread(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The three with as many heads each."""
        if not self.grouped:
            return query, key, value
        heads = query.dims[-3]
        spread = [t.shaped((*t.dims[:-3], heads, *t.dims[-2:])) for t in (key, value)]
        return query, spread[0], spread[1]

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every pair of tokens takes the width of a key to compare, and the width of a value to take."""
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        pairs = product(outputs[0].dims[:-1]) * key.dims[-2]
        return pairs * (query.dims[-1] + value.dims[-1])

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all keys and values, of its own batch and head."""
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        batch = outputs[0].dims[:-2]
        if not self.grouped:
            shapes = [tensor.dims[:-2] for tensor in (query, key, value)]
            links = same_cells(shapes, batch)
        else:
            links = same_cells([query.dims[:-2]], batch)
        return links + identity(0, [(query.rank - 2, len(batch))])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """Query, key, value and output where all is done at once; else what each step keeps."""
        return kept_by_attention(run, shares=self.grouped, drops=self.dropout > 0)


@dataclass(frozen=True)
class MultiHeadAttention(Operator):
    """Attention as a layer: query, key and value are mapped, split into heads, compared, and mapped back.

    Tensors are `tokens × batch × features`, or without a batch `tokens × features`. The three maps have one
    weight together (3·width × width), or one each where keys and values have another width.

    Args:
        heads: into how many parts the width is split.
        batch_first: whether tensors are `batch × tokens × features`.
        with_weights: whether a second output tells how much each token takes from each.
        average_weights: whether it is the mean over the heads.
        zero_token: whether a key and value of zeros are added to the tokens.
        dropout: the share of what is compared that is dropped while a network learns.
    """

    roles: ClassVar[tuple[str, ...]] = (
        *("query", "key", "value", "in_weight", "in_bias", "out_weight", "out_bias"),
        *("query_weight", "key_weight", "value_weight", "extra_key", "extra_value", "padding_mask", "mask"),
    )
    learned: ClassVar[frozenset[str]] = frozenset(roles[3:12])
    family: ClassVar[str] = "attention"

    heads: int = 1
    batch_first: bool = False
    with_weights: bool = False
    average_weights: bool = True
    zero_token: bool = False
    dropout: float = 0.0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        if query.rank not in {2, 3} or not query.rank == key.rank == value.rank:
            facts = {"gets": query.dims, "key": key.dims, "value": value.dims, "wants": (2, 3)}
            nothing = Unknown("attention takes tokens with features, in batches or not")
            count = 2 if self.with_weights else 1
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((query.shaped(nothing),) * count, (broken,))
        tokens, batch = self._axes(query)
        width = given(inputs, 5).dims[1]
        requirements = [
            Requirement("heads", divides(self.heads, width), {"width": width, "heads": self.heads}),
            *self._feature_requirements(inputs),
            *_same_tokens(key, value, tokens),
        ]
        if batch is not None:
            requirements += [_same_batch(query, tensor, batch) for tensor in (key, value)]
        out = query.shaped((*query.dims[:-1], given(inputs, 5).dims[0]))
        samples = () if batch is None else (query.dims[batch],)
        pairs = (query.dims[tokens], self._seen(inputs))
        requirements += _layer_mask_requirements(optional(inputs, 13), samples, self.heads, pairs)
        if not self.with_weights:
            return Outcome((out,), tuple(requirements))
        heads = () if self.average_weights else (self.heads,)
        return Outcome((out, query.shaped((*samples, *heads, *pairs))), tuple(requirements))

    def _axes(self, query: Tensor) -> tuple[int, int | None]:
        """The axis of the tokens and that of the batch, if there is one."""
        if query.rank == 2:
            return 0, None
        return (1, 0) if self.batch_first else (0, 1)

    def _seen(self, inputs: Sequence[Tensor | None]) -> Dim:
        """How many tokens each token looks at: those of the key, and those that the layer adds."""
        key = given(inputs, 1)
        added = (optional(inputs, 10) is not None) + self.zero_token
        return key.dims[self._axes(key)[0]] + added

    def _feature_requirements(self, inputs: Sequence[Tensor | None]) -> list[Requirement]:
        """That each map takes as many features as come in."""
        together = optional(inputs, 3)
        found: list[Requirement] = []
        for place, role in enumerate(("query", "key", "value")):
            weight = together if together is not None else optional(inputs, 7 + place)
            if weight is None or weight.rank != 2:
                continue
            gets, wants = given(inputs, place).dims[-1], weight.dims[1]
            facts = {"gets": gets, "wants": wants, "weight": weight.dims, "role": role}
            found.append(Requirement("features", equal(gets, wants), facts))
        return found

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """The maps of query, key and value, the comparisons, the sums over values, and the map of the output."""
        query, key, out_weight = given(inputs), given(inputs, 1), given(inputs, 5)
        tokens, batch = self._axes(query)
        asking, asked = query.dims[tokens], key.dims[tokens]
        together = optional(inputs, 3)
        if together is not None:
            third = together.elements // 3
            maps = asking * third + asked * third * 2
        else:
            each = [given(inputs, 7 + place).elements for place in range(3)]
            maps = asking * each[0] + asked * (each[1] + each[2])
        attention = asking * self._seen(inputs) * out_weight.dims[1] * 2
        samples = 1 if batch is None else query.dims[batch]
        return (maps + attention + asking * out_weight.elements) * samples

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all others, of its own sample."""
        tokens, batch = self._axes(given(inputs))
        links = identity(0, [(tokens, tokens)])
        if batch is not None:
            links += tuple([Link(position, batch, batch) for position in range(3)])
        return links

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """What its maps keep, what goes into the comparison and comes out of it, and what the last map keeps."""
        tokens, batch = self._axes(run.tensor())
        query, key = run.tensor(), run.tensor(1)
        layer = Layer(
            self.heads,
            width=run.tensor(5).dims[1],
            samples=1 if batch is None else query.dims[batch],
            tokens=query.dims[tokens],
            keys=key.dims[tokens],
            added=(optional(run.inputs, 10) is not None) + self.zero_token,
            batch_first=self.batch_first,
            by_steps=self.with_weights,
            gives_each=not self.average_weights,
            drops=self.dropout > 0,
        )
        return kept_by_layer(run, layer)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"attention, {self.heads} heads" if self.heads > 1 else "attention"

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The layer becomes as wide as its query, if the heads allow it; keys and values keep maps of their own."""
        had, gets = given(before).dims[-1], given(after).dims[-1]
        out_weight = given(before, 5).dims
        shapes: dict[int, Shape] = {}
        if had != gets and had == out_weight[1] and isinstance(gets, int) and gets % self.heads == 0:
            for place in range(3, min(12, len(before))):
                weight = before[place]
                if weight is not None:
                    sizes = {had: gets, 3 * had: 3 * gets}
                    shapes[place] = tuple([sizes.get(dim, dim) for dim in weight.dims])
        for place in (1, 2):
            weight = optional(before, 7 + place)
            if weight is None:
                continue
            into, comes = given(before, place).dims[-1], given(after, place).dims[-1]
            rows = shapes.get(7 + place, weight.dims)[0]
            if into == weight.dims[1] and into != comes and isinstance(comes, int):
                shapes[7 + place] = (rows, comes)
        return Follow(self, shapes)


# what must hold -----------------------------------------------------------------------------------------


def _same_features(query: Tensor, key: Tensor) -> list[Requirement]:
    facts = {"gets": key.dims[-1], "wants": query.dims[-1], "query": query.dims, "key": key.dims}
    return [Requirement("features", equal(key.dims[-1], query.dims[-1]), facts)]


def _same_tokens(key: Tensor, value: Tensor, axis: int) -> list[Requirement]:
    """As many values as keys."""
    facts = {"keys": key.dims[axis], "values": value.dims[axis], "axis": axis}
    return [Requirement("tokens", equal(key.dims[axis], value.dims[axis]), facts)]


def _same_batch(query: Tensor, other: Tensor, axis: int) -> Requirement:
    facts = {"axis": axis, "left": query.dims[axis], "right": other.dims[axis]}
    facts["shapes"] = (query.dims, other.dims)
    return Requirement("broadcast", equal(query.dims[axis], other.dims[axis]), facts, spoils=(axis,))


def _shared_heads(heads: Dim, shared: Dim) -> Requirement:
    """The heads of keys and values divide those of the query."""
    return Requirement("heads", divides(shared, heads), {"heads": heads, "shared": shared})


def divides(divisor: Dim, number: Dim) -> Truth:
    """Whether a number is a multiple of another. Nothing is one of 0."""
    if isinstance(divisor, int) and divisor < 1:
        return False
    return equal(number % divisor, 0)


def mask_requirements(mask: Tensor | None, pairs: Shape) -> tuple[Requirement, ...]:
    """That a mask broadcasts to `… × tokens × keys`."""
    if mask is None:
        return ()
    if isinstance(mask.shape, Unknown):
        return (Requirement("mask", mask.shape, {"wants": pairs}),)
    facts = {"gets": mask.dims, "wants": pairs}
    if mask.rank > len(pairs):
        return (Requirement("mask", False, facts),)
    aligned = zip(mask.dims, pairs[len(pairs) - mask.rank :], strict=True)
    return tuple([Requirement("mask", any_of(equal(own, 1), equal(own, dim)), facts) for own, dim in aligned])


def _layer_mask_requirements(
    mask: Tensor | None, samples: Shape, heads: int, pairs: Shape
) -> tuple[Requirement, ...]:
    """A layer takes a mask for all samples, or one for each sample and head."""
    if mask is None:
        return ()
    if isinstance(mask.shape, Unknown):
        return (Requirement("mask", mask.shape, {"wants": pairs}),)
    wants = pairs if mask.rank == 2 else (product(samples) * heads, *pairs)
    facts = {"gets": mask.dims, "wants": wants}
    if mask.rank not in {2, 3}:
        return (Requirement("mask", False, facts),)
    return tuple(
        [Requirement("mask", equal(own, dim), facts) for own, dim in zip(mask.dims, wants, strict=True)]
    )
