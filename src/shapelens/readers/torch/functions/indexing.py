"""Indexing: parts taken out of tensors by their places, and parts written over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim
from shapelens.operators import (
    Diagonal,
    Elementwise,
    Flatten,
    Gather,
    GatherElements,
    MaskedScatter,
    Narrow,
    Operator,
    Overwrite,
    Reshape,
    Scatter,
    Slice,
    Strided,
    Unsqueeze,
)
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.selection import Step, selection_of, taken_out
from shapelens.readers.torch.recording import Value

# taking out -----------------------------------------------------------------------------------------------


@translates("__getitem__")
def getitem(call: Call, input: Value, index: Any) -> Value:
    return taken_out(call, input, selection_of(call, input, index))


@translates("select select_copy")
def select(call: Call, input: Value, dim: int, index: Any) -> Value:
    axis = axis_of(dim, input)
    return (
        call.one(Gather(axis), input, index)
        if isinstance(index, Value)
        else call.one(Gather(axis, index), input)
    )


@translates("narrow narrow_copy")
def narrow(call: Call, input: Value, dim: int, start: Any, length: Dim) -> Value:
    if isinstance(start, Value):
        return call.one(Narrow(axis_of(dim, input), None, length), input, start)
    return call.one(Narrow(axis_of(dim, input), start, length), input)


@translates("slice_copy")
def slice_of(
    call: Call, input: Value, dim: int = 0, start: Dim | None = None, end: Dim | None = None, step: Dim = 1
) -> Value:
    return call.one(Slice((start,), (end,), (axis_of(dim, input),), (step,)), input)


@translates("index_select index_select_copy")
def index_select(call: Call, input: Value, dim: int, index: Value) -> Value:
    """An index without axes is one with one, and so is the tensor."""
    if input.tensor.rank == 0:
        return input
    return call.one(Gather(axis_of(dim, input)), input, _listed(call, index))


def _listed(call: Call, index: Value) -> Value:
    """Indices along one axis."""
    return call.one(Unsqueeze((0,)), index) if index.tensor.rank == 0 else index


@translates("gather")
def gather(call: Call, input: Value, dim: int, index: Value, **_: Any) -> Value:
    return call.one(GatherElements(axis_of(dim, input)), input, index)


@translates("take_along_dim")
def take_along(call: Call, input: Value, indices: Value, dim: int | None = None) -> Value:
    if dim is not None:
        return call.one(GatherElements(axis_of(dim, input), broadcasts=True), input, indices)
    flat = [call.one(Flatten(0, -1), value) for value in (input, indices)]
    return call.one(GatherElements(0), *flat)


@translates("take")
def take(call: Call, input: Value, index: Value) -> Value:
    """Places among all elements, one after another."""
    return call.one(Gather(0), call.one(Flatten(0, -1), input), index)


@translates("unravel_index")
def unravel_index(call: Call, indices: Value, shape: Any) -> tuple[Value, ...]:
    count = 1 if isinstance(shape, int) else len(shape)
    return tuple([call.one(Elementwise("unravel_index", "int64"), indices) for _ in range(count)])


# writing over ---------------------------------------------------------------------------------------------


def _written(
    call: Call,
    input: Value,
    steps: Sequence[Step],
    values: Any,
    *,
    exact: bool = False,
    called: str = "write",
) -> Value:
    """A part of a tensor written over, by a tensor or a number."""
    operators = tuple([step for step, _ in steps])
    indices = [index for _, others in steps for index in others]
    written = values if isinstance(values, Value) else None
    return call.one(Overwrite(operators, exact, called), input, written, *indices)


@translates("__setitem__")
def setitem(call: Call, input: Value, index: Any, value: Any) -> Value:
    return _written(call, input, selection_of(call, input, index), value)


@translates("index_put _index_put_impl _unsafe_index_put")
def index_put(call: Call, input: Value, indices: Any, values: Any, *_: Any, **__: Any) -> Value:
    """Axes without an index are taken whole."""
    parts = tuple([slice(None) if part is None else part for part in indices])
    return _written(call, input, selection_of(call, input, parts), values)


@translates("index_add index_copy index_fill index_reduce")
def index_write(
    call: Call, input: Value, dim: int, index: Value, source: Any, *_: Any, **named: Any
) -> Value:
    is_exact = call.function != "index_fill"
    step: Step = (Gather(axis_of(dim, input)), (_listed(call, index),))
    steps = [step] if input.tensor.rank else []
    called = call.function.replace("_", " ")
    if is_exact and isinstance(source, Value) and source.tensor.rank < input.tensor.rank:
        source = call.one(Unsqueeze((0,)), source)  # of a vector one number
    return _written(call, input, steps, source, exact=is_exact and bool(steps), called=called)


@translates("select_scatter")
def select_scatter(call: Call, input: Value, src: Value, dim: int, index: Dim) -> Value:
    return _written(call, input, [(Gather(axis_of(dim, input), index), ())], src, exact=True)


@translates("slice_scatter")
def slice_scatter(
    call: Call,
    input: Value,
    src: Value,
    dim: int = 0,
    start: Dim | None = None,
    end: Dim | None = None,
    step: Dim = 1,
) -> Value:
    operator: Operator = Slice((start,), (end,), (axis_of(dim, input),), (step,))
    return _written(call, input, [(operator, ())], src, exact=True)


@translates("diagonal_scatter")
def diagonal_scatter(
    call: Call, input: Value, src: Value, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Value:
    return _written(call, input, [(Diagonal(offset, (dim1, dim2)), ())], src, exact=True)


@translates("as_strided_scatter")
def strided_scatter(
    call: Call, input: Value, src: Value, size: Any, stride: Any, *_: Any, **__: Any
) -> Value:
    return _written(call, input, [(Strided(tuple(size), tuple(stride)), ())], src, exact=True)


@translates("fill_diagonal")
def fill_diagonal(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    steps: list[Step] = [(Diagonal(), ())] if input.tensor.rank == 2 else []
    return _written(call, input, steps, None, called="fill diagonal")


@translates("put")
def put(call: Call, input: Value, index: Value, source: Value, *_: Any, **__: Any) -> Value:
    """Places among all elements, one after another; there are as many sources."""
    steps: list[Step] = [(Flatten(0, -1), ()), (Gather(0), (index,))]
    return _written(call, input, steps, call.one(Reshape(index.tensor.dims), source), exact=True)


@translates("scatter scatter_add scatter_reduce")
def scatter(call: Call, input: Value, dim: int, index: Value, src: Any = None, *_: Any, **__: Any) -> Value:
    operator = Scatter(axis_of(dim, input), more_updates=True)
    return call.one(operator, input, index, src if isinstance(src, Value) else None)


@translates("masked_scatter")
def masked_scatter(call: Call, input: Value, mask: Value, source: Value) -> Value:
    return call.one(MaskedScatter(), input, mask, source)
