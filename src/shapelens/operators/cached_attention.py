"""Attention that remembers: keys and values of earlier tokens come in beside those of the present ones.

    >>> from shapelens.operators import CachedAttention, Tensor
    >>> asks, knows = Tensor((2, 1, 512)), Tensor((2, 1, 128))
    >>> past = Tensor((2, 2, 30, 64))
    >>> layer = CachedAttention(query_heads=8, key_heads=2)
    >>> [t.shape for t in layer.evaluate(asks, knows, knows, None, past, past).outputs[:2]]
    [(2, 1, 512), (2, 2, 31, 64)]

Source: the operators `Attention`, `LinearAttention` and `RotaryEmbedding` of ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, any_of, at_most, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.attention import divides, mask_requirements
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["CachedAttention", "LinearAttention", "RotaryEmbedding"]


@dataclass(frozen=True, slots=True)
class _Heads:
    """A tensor of tokens as heads: `batch × heads × tokens × width`, whichever way it was given."""

    batch: Dim
    heads: Dim
    tokens: Dim
    width: Dim
    requirements: tuple[Requirement, ...] = ()


def _in_heads(tensor: Tensor, heads: int | None, role: str) -> _Heads:
    """Take apart `batch × heads × tokens × width`, or `batch × tokens × features` with so many heads."""
    if tensor.rank == 4:
        return _Heads(*tensor.dims)
    batch, tokens, features = tensor.dims
    count = heads or 1
    facts = {"width": features, "heads": count, "role": role}
    fits = Requirement("heads", divides(count, features), facts)
    return _Heads(batch, count, tokens, features // count, (fits,))


@dataclass(frozen=True)
class CachedAttention(Operator):
    """Attention over heads, with the keys and values of earlier tokens.

    Query, key and value are `batch × heads × tokens × width`, or `batch × tokens × features`; then the numbers of
    heads must be given. What comes out: the tokens, all keys, all values, and the comparisons.

    Args:
        query_heads: the heads of the query, where its features are not yet split.
        key_heads: the heads of key and value; several heads of the query share one.
    """

    roles: ClassVar[tuple[str, ...]] = (
        *("query", "key", "value", "mask", "past_key", "past_value", "lengths"),
    )
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "attention"

    query_heads: int | None = None
    key_heads: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        known = (self.query_heads or 0) > 0 and (self.key_heads or 0) > 0
        past_key, past_value = optional(inputs, 4), optional(inputs, 5)
        fits = query.rank in ({3, 4} if known else {4}) and query.rank == key.rank == value.rank
        if not fits or any(past is not None and past.rank != 4 for past in (past_key, past_value)):
            facts = {"gets": query.dims, "key": key.dims, "value": value.dims, "wants": (3, 4)}
            nothing = Unknown(
                "attention takes heads of tokens, or features and how many heads to make of them"
            )
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((query.shaped(nothing),) * 4, (broken,))
        asks, knows, tells = self._split(query, key, value)
        seen = knows.tokens if past_key is None else past_key.dims[2] + knows.tokens
        taken = tells.tokens if past_value is None else past_value.dims[2] + tells.tokens
        if query.rank == 4:
            shape: Shape = (asks.batch, asks.heads, asks.tokens, tells.width)
        else:
            shape = (asks.batch, asks.tokens, asks.heads * tells.width)
        requirements = [
            *(requirement for part in (asks, knows, tells) for requirement in part.requirements),
            *_requirements(asks, knows, tells),
            Requirement("tokens", equal(seen, taken), {"keys": seen, "values": taken, "axis": 2}),
            *_past_requirements(past_key, knows),
            *_past_requirements(past_value, tells),
            *_mask_requirements(optional(inputs, 3), (asks.batch, asks.heads, asks.tokens, seen)),
        ]
        outputs = (
            query.shaped(shape),
            key.shaped((knows.batch, knows.heads, seen, knows.width)),
            value.shaped((tells.batch, tells.heads, taken, tells.width)),
            query.shaped((asks.batch, asks.heads, asks.tokens, seen)),
        )
        return Outcome(outputs, tuple(requirements))

    def _split(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[_Heads, _Heads, _Heads]:
        return (
            _in_heads(query, self.query_heads, "query"),
            _in_heads(key, self.key_heads, "key"),
            _in_heads(value, self.key_heads, "value"),
        )

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every pair of tokens takes the width of a key to compare, and the width of a value to take."""
        asks, knows, tells = self._split(given(inputs), given(inputs, 1), given(inputs, 2))
        past = optional(inputs, 4)
        seen = knows.tokens if past is None else past.dims[2] + knows.tokens
        return asks.batch * asks.heads * asks.tokens * seen * (asks.width + tells.width)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A token sees all keys and values of its sample."""
        if given(inputs).rank == 3:
            return identity(0, [(0, 0), (1, 1)]) + identity(1, [(0, 0)]) + identity(2, [(0, 0)])
        return identity(0, [(0, 0), (1, 1), (2, 2)]) + identity(1, [(0, 0)]) + identity(2, [(0, 0)])


def _requirements(asks: _Heads, knows: _Heads, tells: _Heads) -> list[Requirement]:
    """Alike batches and widths; the heads of the keys divide those of the query."""
    width_facts = {"gets": knows.width, "wants": asks.width}
    head_facts = {"heads": asks.heads, "shared": knows.heads}
    found = [
        Requirement("features", equal(asks.width, knows.width), width_facts),
        Requirement("heads", divides(knows.heads, asks.heads), head_facts),
        Requirement("heads", equal(knows.heads, tells.heads), {"heads": knows.heads, "shared": tells.heads}),
    ]
    for other in (knows, tells):
        facts = {"left": asks.batch, "right": other.batch, "axis": 0}
        found.append(Requirement("broadcast", equal(asks.batch, other.batch), facts))
    return found


def _past_requirements(past: Tensor | None, present: _Heads) -> list[Requirement]:
    """What is remembered is like what comes, but for the number of tokens."""
    if past is None:
        return []
    wants = (present.batch, present.heads, past.dims[2], present.width)
    return _state_requirements(past, wants)


def _state_requirements(state: Tensor, wants: Shape) -> list[Requirement]:
    """A state has the shape that it was left with."""
    facts = {"gets": state.dims, "wants": wants}
    if state.rank != len(wants):
        return [Requirement("state", False, facts)]
    return [Requirement("state", equal(own, dim), facts) for own, dim in zip(state.dims, wants, strict=True)]


def _mask_requirements(mask: Tensor | None, pairs: Shape) -> tuple[Requirement, ...]:
    """A mask broadcasts to `… × tokens × keys`; for the last keys it may say nothing."""
    unlike = mask is None or isinstance(mask.shape, Unknown) or not 0 < mask.rank <= len(pairs)
    if mask is None or unlike:
        return mask_requirements(mask, pairs)
    own, keys = mask.dims[-1], pairs[-1]
    facts = {"gets": mask.dims, "wants": pairs}
    last = Requirement("mask", any_of(equal(own, 1), at_most(own, keys)), facts)
    rest = mask.shaped(mask.dims[:-1])
    return (*mask_requirements(rest, pairs[:-1]), last)


@dataclass(frozen=True)
class LinearAttention(Operator):
    """Attention as a recurrence: a state of `key width × value width` for each head, which each token changes.

    Tensors are `batch × tokens × features`. What comes out: the tokens and the last state.

    Args:
        query_heads: the heads of the query.
        key_heads: the heads of key, value and state; several heads of the query share one.
        corrects: whether a token is first compared with what the state says of it (the delta rule).
    """

    roles: ClassVar[tuple[str, ...]] = ("query", "key", "value", "past_state", "decay", "rate")
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "linear attention"

    query_heads: int = 1
    key_heads: int = 1
    corrects: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        query, key, value = given(inputs), given(inputs, 1), given(inputs, 2)
        if not query.rank == key.rank == value.rank == 3 or min(self.query_heads, self.key_heads) < 1:
            facts = {"gets": query.dims, "key": key.dims, "value": value.dims, "wants": 3}
            nothing = Unknown("linear attention takes samples of tokens with features")
            broken = Requirement("rank", False, facts, spoils=None)
            return Outcome((query.shaped(nothing),) * 2, (broken,))
        asks, knows, tells = self._split(query, key, value)
        state_facts = {"keys": knows.tokens, "values": tells.tokens, "axis": 1}
        requirements = [
            *(requirement for part in (asks, knows, tells) for requirement in part.requirements),
            *_requirements(asks, knows, tells),
            Requirement("tokens", equal(asks.tokens, knows.tokens), state_facts),
            Requirement("tokens", equal(knows.tokens, tells.tokens), state_facts),
        ]
        state = (knows.batch, knows.heads, knows.width, tells.width)
        past = optional(inputs, 3)
        if past is not None:
            requirements += _state_requirements(past, state)
        out = query.shaped((asks.batch, asks.tokens, asks.heads * tells.width))
        return Outcome((out, query.shaped(state, None if past is None else past.dtype)), tuple(requirements))

    def _split(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[_Heads, _Heads, _Heads]:
        return (
            _in_heads(query, self.query_heads, "query"),
            _in_heads(key, self.key_heads, "key"),
            _in_heads(value, self.key_heads, "value"),
        )

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """For each token the whole state is changed once, and read once by each head of the query."""
        asks, knows, tells = self._split(given(inputs), given(inputs, 1), given(inputs, 2))
        times = asks.heads + knows.heads * (2 if self.corrects else 1)
        return asks.batch * asks.tokens * knows.width * tells.width * times

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return tuple([Link(position, 0, 0) for position in range(3)])


@dataclass(frozen=True)
class RotaryEmbedding(Operator):
    """Features turned by an angle that tells a token's position: the shape stays.

    Args:
        heads: the heads of `batch × tokens × features`; not needed where the heads are an axis.
        rotated: how many features of each head are turned; 0 for all of them.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "cosine", "sine", "positions")
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "attention"
    word: ClassVar[str] = "rotary embedding"

    heads: int | None = None
    rotated: int = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        output = tensor.shaped(tensor.shape)
        if isinstance(tensor.shape, Unknown):
            return Outcome((output,))
        if tensor.rank not in ({3, 4} if self.heads else {4}):
            wrong = Requirement("rank", False, {"gets": tensor.dims, "wants": (3, 4)}, spoils=None)
            return Outcome((output,), (wrong,))
        parts = _in_heads(tensor, self.heads, "input")
        width = self.rotated or parts.width
        requirements = [*parts.requirements]
        for role, table in (("cosine", given(inputs, 1)), ("sine", given(inputs, 2))):
            if isinstance(table.shape, Unknown) or not table.shape:
                continue
            facts = {"role": role, "gets": table.dims[-1], "wants": width // 2}
            requirements.append(Requirement("features", equal(table.dims[-1] * 2, width), facts))
        return Outcome((output,), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Features are turned in pairs: along them more than one is seen."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])
