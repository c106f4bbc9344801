"""Functions whose results are as long as the data decide, and those that look elements up."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Dim
from shapelens.operators import (
    BinCount,
    BroadcastTogether,
    Index,
    LookUp,
    NonZero,
    OneHot,
    RepeatElements,
    Unbind,
    Unique,
    Unsqueeze,
)
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.symbols import new_count, true_cells
from shapelens.readers.torch.recording import Value


@translates("nonzero argwhere")
def nonzero(call: Call, input: Value, as_tuple: bool = False, **_: Any) -> Any:
    """The places of all elements that are not zero, as rows, or as one vector for each axis."""
    if as_tuple and input.tensor.rank == 0:
        input = call.one(Unsqueeze((0,)), input)
    places = call.one(NonZero(true_cells(call, input), rows_are_axes=False), input)
    return call.add(Unbind(1), places, outputs=input.tensor.rank) if as_tuple else places


@translates("nonzero_static")
def nonzero_static(call: Call, input: Value, *, size: Any, **_: Any) -> Value:
    return call.one(NonZero(size, rows_are_axes=False), input)


@translates("masked_select")
def masked_select(call: Call, input: Value, mask: Value) -> Value:
    if input.tensor.shape != mask.tensor.shape:
        input, mask = call.add(BroadcastTogether(), input, mask, outputs=2)
    if mask.tensor.rank == 0:
        input = call.one(Unsqueeze((0,)), input)
    return call.one(Index((0,), (true_cells(call, mask),)), input, mask)


@translates("unique")
def unique(
    call: Call,
    input: Value,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    axis = None if dim is None else axis_of(dim, input)
    size = input.tensor.elements if axis is None else input.tensor.dims[axis]
    count = new_count(call, size, is_gone_through=True)
    operator = Unique(count, axis, keeps_places=True)
    values, _, inverse, counts = call.add(operator, input, outputs=4)
    found = (values, *[inverse] * bool(return_inverse), *[counts] * bool(return_counts))
    return found if len(found) > 1 else values


@translates("unique_consecutive")
def unique_consecutive(
    call: Call,
    input: Value,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    return unique(call, input, True, return_inverse, return_counts, dim)


@translates("bincount")
def bincount(call: Call, input: Value, weights: Value | None = None, minlength: Dim = 0) -> Value:
    """Weights are added up in their own type where that is float32, else in float64."""
    least = minlength if isinstance(minlength, int) else 0
    dtype = "int64" if weights is None else "float32" if weights.tensor.dtype == "float32" else "float64"
    count = new_count(call, None, least) if input.tensor.contents is None else ""
    return call.one(BinCount(count, minlength, dtype), input, weights)


@translates("one_hot")
def one_hot(call: Call, input: Value, num_classes: Any = -1) -> Value:
    """As many classes as are asked for; without a number, as the data have."""
    asks_data = isinstance(num_classes, int) and num_classes < 0
    classes = new_count(call, None, 1) if asks_data else num_classes
    return call.one(OneHot(classes, is_checked=not asks_data), input)


@translates("repeat_interleave")
def repeat_interleave(
    call: Call, input: Value, repeats: Any = None, dim: int | None = None, output_size: Any = None
) -> Value:
    """Without repeats, the input tells how often each of its own places comes."""
    axis = None if dim is None else axis_of(dim, input)
    if repeats is None:
        repeats, axis = input, 0
    if not isinstance(repeats, Value):
        return call.one(RepeatElements(repeats, axis), input)
    is_open = output_size is None and repeats.tensor.contents is None
    count = new_count(call, None) if is_open else ""
    return call.one(RepeatElements(None, axis, output_size, count), input, repeats)


# looking up -----------------------------------------------------------------------------------------------


@translates("bucketize")
def bucketize(call: Call, input: Any, boundaries: Value, *, out_int32: bool = False, **_: Any) -> Value:
    operator = LookUp("bucketize", dtype="int32" if out_int32 else "int64")
    return call.one(operator, call.number(input, boundaries), boundaries)


@translates("searchsorted")
def searchsorted(
    call: Call, sorted_sequence: Value, values: Any = None, *, out_int32: bool = False, **named: Any
) -> Value:
    wanted = named.get("input", named.get("self")) if values is None else values
    by_rows = isinstance(wanted, Value)
    operator = LookUp("searchsorted", by_rows, "int32" if out_int32 else "int64")
    return call.one(operator, call.number(wanted, sorted_sequence), sorted_sequence)


@translates("isin")
def isin(call: Call, elements: Any, test_elements: Any, **_: Any) -> Value:
    like = elements if isinstance(elements, Value) else test_elements
    return call.one(
        LookUp("isin", dtype="bool"), call.number(elements, like), call.number(test_elements, like)
    )
