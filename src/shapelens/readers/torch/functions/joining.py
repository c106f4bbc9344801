"""Tensors put together, and parted.

How many parts there are may hang on a size; then the trace holds for sizes that give as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from shapelens.dims import Dim, at_most, ceil_divide, equal, more_than
from shapelens.operators import Cast, Concatenate, Slice, Split, Stack, Unbind, Unsqueeze
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.reshaping import with_axes
from shapelens.readers.torch.functions.symbols import holds
from shapelens.readers.torch.recording import Value


@translates("cat concat concatenate")
def concatenate(call: Call, tensors: Sequence[Value], dim: int = 0, **__: Any) -> Value:
    """Empty vectors are left out, as PyTorch does for old code."""
    kept = [v for v in tensors if v.tensor.shape != (0,)] or list(tensors)
    return call.one(Concatenate(axis_of(dim, kept[0])), *_of_one_type(call, kept))


def _of_one_type(call: Call, tensors: Sequence[Value]) -> list[Value]:
    """Tensors in the type that comes out, where they are not all of it."""
    dtype = call.dtype
    if dtype is None or all(value.tensor.dtype == tensors[0].tensor.dtype for value in tensors):
        return list(tensors)
    return [value if value.tensor.dtype == dtype else call.one(Cast(dtype), value) for value in tensors]


@translates("stack")
def stack(call: Call, tensors: Sequence[Value], dim: int = 0, **__: Any) -> Value:
    axis = dim if dim >= 0 else dim + tensors[0].tensor.rank + 1
    return call.one(Stack(axis), *_of_one_type(call, tensors))


@translates("hstack vstack row_stack dstack")
def stack_along(call: Call, tensors: Any, **__: Any) -> Value:
    """Side by side, below each other, behind each other; axes are put in where there are too few."""
    axis, least = {"hstack": (1, 1), "dstack": (2, 3)}.get(call.function, (0, 2))
    raised = [with_axes(call, tensor, least) for tensor in tensors]
    rank = raised[0].tensor.rank
    return call.one(Concatenate(0 if rank == 1 else axis), *_of_one_type(call, raised))


@translates("column_stack")
def stack_columns(call: Call, tensors: Any, **__: Any) -> Value:
    """Vectors become columns first."""
    raised = [call.one(Unsqueeze((1,)), with_axes(call, t, 1)) if t.tensor.rank < 2 else t for t in tensors]
    return call.one(Concatenate(1), *_of_one_type(call, raised))


# parted -------------------------------------------------------------------------------------------------


def _count(call: Call, whole: Dim, part: Dim) -> int:
    """How many parts there are in the trace; whatever gives another number of them goes another way."""
    count = max(len(call.results), 1)
    exact = isinstance(part, int) and part == 1
    bounds = (more_than(whole, part * (count - 1)), at_most(whole, part * count))
    for truth in (equal(whole, count),) if exact else bounds:
        if not isinstance(truth, bool):
            call.recording.ask(truth, True, call.where)
    return count


@translates("unbind unsafe_unbind")
def unbind(call: Call, input: Value, dim: int = 0) -> Any:
    axis = axis_of(dim, input)
    return call.add(Unbind(axis), input, outputs=_count(call, input.tensor.dims[axis], 1))


@translates("split split_with_sizes unsafe_split unsafe_split_with_sizes")
def split(call: Call, input: Value, split_size: Any = None, dim: int = 0, **named: Any) -> Any:
    given = named.get("split_size_or_sections", named.get("split_sizes", split_size))
    axis = axis_of(dim, input)
    if isinstance(given, (tuple, list)):
        return call.add(Split(axis, sizes=tuple(given)), input, outputs=len(given))
    count = _count(call, input.tensor.dims[axis], given)
    return call.add(Split(axis, size=given), input, outputs=count)


@translates("chunk unsafe_chunk")
def chunk(call: Call, input: Value, chunks: int, dim: int = 0) -> Any:
    """As many parts as asked for at most, each of `ceil(size / chunks)`; of nothing just as many."""
    axis = axis_of(dim, input)
    size = input.tensor.dims[axis]
    is_nothing = holds(call, equal(size, 0))
    count = chunks if is_nothing else _count(call, size, ceil_divide(size, chunks))
    return call.add(Split(axis, parts=chunks, sharing="chunk"), input, outputs=count)


@translates("tensor_split hsplit vsplit dsplit")
def split_at(call: Call, input: Value, indices_or_sections: Any = None, dim: int = 0, **named: Any) -> Any:
    """At places, or in parts of which the first may be longer by one."""
    given = named.get("indices", named.get("sections", indices_or_sections))
    axis = axis_of(_split_axis(call.function, input, dim), input)
    if isinstance(given, Value):
        given = None if given.tensor.contents is None else list(given.tensor.contents)
    if given is None:
        return None
    if isinstance(given, (tuple, list)):
        ends = [0, *given, None]
        return [call.one(Slice((start,), (end,), (axis,)), input) for start, end in pairwise(ends)]
    sharing = "balanced" if call.function == "tensor_split" else "equal"
    return call.add(Split(axis, parts=given, sharing=sharing), input, outputs=given)


def _split_axis(function: str, input: Value, dim: int) -> int:
    """Which axis a function parts: for a vector `hsplit` has but one."""
    axes = {"hsplit": 0 if input.tensor.rank == 1 else 1, "vsplit": 0, "dsplit": 2}
    return axes.get(function, dim)
