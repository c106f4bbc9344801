"""What attention keeps for the backward pass.

Computed all at once, it keeps query, key, value and output, and one number for each token: the logarithm of what its
comparisons add up to. Computed step by step it keeps every comparison, `tokens × keys` of them for each head.

Source: `torch.nn.functional.scaled_dot_product_attention` and `multi_head_attention_forward`, tried on the CPU.
"""

from __future__ import annotations

from shapelens.dims import Dim, Unknown, product
from shapelens.operators.arguments import optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Tensor
from shapelens.operators.products import copy_unless_viewed
from shapelens.records import dataclass

__all__ = ["Layer", "kept_by_attention", "kept_by_layer"]

_HALF = frozenset({"float16", "bfloat16"})
_MAPS = (7, 8, 9)
"""The positions of the weights of query, key and value, where each has its own."""


def kept_by_attention(run: Run, *, shares: bool, drops: bool) -> Kept | Unknown:
    """What attention without weights keeps.

    Args:
        run: its run; the inputs are query, key, value and mask.
        shares: whether several heads of the query may share one of the key's.
        drops: whether it drops some of the comparisons.
    """
    query, key, value = (run.tensor(place) for place in range(3))
    mask = optional(run.inputs, 3)
    if not drops and _is_at_once(run, shares=shares):
        others = [_sums(query, query.dims[:-1])]
        if mask is not None and mask.dtype == "bool":
            others.append(mask.shaped(mask.dims, query.dtype))
        return Kept((0, 1, 2) if len(others) > 1 else (0, 1, 2, 3), (0,), tuple(others))
    batches = {query.dims[:-2], key.dims[:-2], value.dims[:-2]}
    if len(batches) > 1:
        return Unknown("what an attention keeps that shares keys among samples or heads is not known")
    compared = query.shaped((*query.dims[:-1], key.dims[-2]))
    is_compared = run.wants(0) or run.wants(1) or run.wants(3)
    others = [query] * run.wants(1) + [key] * run.wants(0) + [compared] * (3 if drops else 1)
    if not is_compared:
        return Kept(others=tuple(others))
    stacked = (product(value.dims[:-2]), *value.dims[-2:])
    copied = copy_unless_viewed(value, run.lies(2), stacked) if value.rank > 2 else None
    return Kept((2,) if copied is None else (), others=(*others, *([copied] if copied else [])))


def _is_at_once(run: Run, *, shares: bool) -> bool:
    """Whether PyTorch computes it without keeping the comparisons."""
    query, key, value = (run.tensor(place) for place in range(3))
    if not query.rank == key.rank == value.rank == 4:
        return False
    mask = optional(run.inputs, 3)
    return (
        query.dims[0] == key.dims[0]
        and key.dims[:2] == value.dims[:2]
        and (shares or query.dims[1] == key.dims[1])
        and query.dims[3] == key.dims[3] == value.dims[3]
        and all(run.lies(place)[-1] == 1 for place in range(3))
        and (mask is None or (mask.rank in {2, 4} and not run.wants(3)))
    )


def _sums(query: Tensor, shape: tuple[Dim, ...]) -> Tensor:
    """The logarithm of a sum for each token and head; half precision is widened."""
    return query.shaped(shape, "float32" if query.dtype in _HALF else query.dtype)


@dataclass(frozen=True, slots=True)
class Layer:
    """One run of an attention with maps, as far as what it keeps.

    Args:
        heads: into how many parts the width is split.
        width: how wide a token is after its map.
        samples: how many samples there are.
        tokens: how many tokens ask.
        keys: how many are asked.
        added: how many keys the layer adds to them.
        batch_first: whether tensors are `batch × tokens × features`.
        by_steps: whether the comparisons are a step of their own, for their weights are given out.
        gives_each: whether those are given out as they are, and not as a mean over the heads.
        drops: whether some of the comparisons are dropped.
    """

    heads: int
    width: Dim
    samples: Dim
    tokens: Dim
    keys: Dim
    added: int
    batch_first: bool
    by_steps: bool
    gives_each: bool
    drops: bool


def kept_by_layer(run: Run, layer: Layer) -> Kept | Unknown:
    """What a layer of attention keeps: of its maps, of what is compared, and of its last map.

    Query, key and value that are one tensor are mapped together, and lie together afterwards.
    """
    together, in_bias = optional(run.inputs, 3) is not None, run.wants(4)
    maps = [run.wants(3) if together else run.wants(place) for place in _MAPS]
    wanted = [run.wants(place) or maps[place] or in_bias for place in range(3)]
    if any(wanted) and not all(wanted):
        return Unknown("what an attention keeps of which only some maps are learned is not known")
    has_mask = any(optional(run.inputs, place) is not None for place in (12, 13))
    if has_mask and not layer.by_steps:
        return Unknown("what an attention keeps of its masks is not known")
    query = run.tensor()
    mapped, parts = _mapped(run, together=together)
    kept = [place for place in mapped if maps[place]]
    copies = {place: _copied(run, place, layer) for place in kept}
    others = [copy for copy in copies.values() if copy is not None]
    if any(wanted):
        others += _compared(query, layer, parts)
    # What is put out is put in order first; where nothing is compared for a gradient, it is kept for the last map.
    if run.wants(5) or (any(wanted) and not layer.by_steps and not layer.drops):
        others.append(query.shaped((layer.tokens, layer.samples, layer.width)))
    inputs = tuple([place for place in kept if copies[place] is None])
    gives_out = any(wanted) and layer.by_steps and layer.gives_each
    return Kept(inputs, (1,) if gives_out else (), tuple(others))


def _mapped(run: Run, *, together: bool) -> tuple[tuple[int, ...], tuple[int, int, int]]:
    """Which inputs are mapped, and in which tensor query, key and value lie then.

    One image without a batch gets one first, and query, key and value are three tensors from then on.
    """
    query, key, value = run.names[:3]
    if not together or run.tensor().rank == 2 or key != value:
        return (0, 1, 2), (0, 1, 2)
    return ((0,), (0, 0, 0)) if query == key else ((0, 1), (0, 1, 1))


def _copied(run: Run, place: int, layer: Layer) -> Tensor | None:
    """The copy that a map makes of its input, whose tokens must come before the batch."""
    tensor, lies = run.tensor(place), run.lies(place)
    if not layer.batch_first or tensor.rank == 2:
        return None
    turned = tensor.shaped((tensor.dims[1], tensor.dims[0], tensor.dims[2]))
    return copy_unless_viewed(turned, (lies[1], lies[0], lies[2]), (product(turned.dims[:2]), turned.dims[2]))


def _compared(query: Tensor, layer: Layer, parts: tuple[int, int, int]) -> list[Tensor]:
    """Query, key and value after their maps, each tensor in which some of them lie once, and the comparisons."""
    tokens = query.shaped((layer.tokens, layer.samples, layer.width))
    keys = query.shaped((layer.keys, layer.samples, layer.width))
    seen = query.shaped((layer.keys + layer.added, layer.samples, layer.width))
    whole = [query.shaped((parts.count(part), *(keys if part else tokens).dims)) for part in parts]
    pairs = query.shaped((layer.samples, layer.heads, layer.tokens, seen.dims[0]))
    homes = dict(zip(parts, whole, strict=True))
    if layer.by_steps or layer.drops:
        # The query is scaled, and so becomes a tensor of its own; step by step in one function the key too.
        found = [tokens] if layer.by_steps else [tokens, seen]
        taken = parts[1:] if layer.by_steps else parts[2:]
        found += [seen] * len(taken) if layer.added else [homes[part] for part in dict.fromkeys(taken)]
        comparisons = (3 if layer.drops else 1) - (layer.by_steps and layer.gives_each)
        return found + [pairs] * comparisons
    sums = _sums(query, (layer.samples, layer.heads, layer.tokens))
    lying = [homes[parts[0]], seen, seen] if layer.added else [homes[part] for part in dict.fromkeys(parts)]
    return [*lying, sums]
