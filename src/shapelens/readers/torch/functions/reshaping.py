"""Other shapes of the same elements, and axes in another order."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Dim
from shapelens.operators import Cast, Expand, Flatten, Reduce, Reshape, Squeeze, Tile, Transpose, Unsqueeze
from shapelens.operators.dtypes import ELEMENT_BITS
from shapelens.readers.torch.functions import Call, axis_of, integers, translates
from shapelens.readers.torch.recording import Value


@translates("view reshape _unsafe_view _reshape_alias")
def reshape(call: Call, input: Value, *shape: Any, **named: Any) -> Value | None:
    given = integers(shape or (named.get("shape", named.get("size", named.get("dtype"))),))
    dtype = str(given[0]) if len(given) == 1 else ""
    if dtype.startswith("torch."):
        return _bits_as(call, input, dtype.removeprefix("torch."))
    return call.one(Reshape(given), input)


def _bits_as(call: Call, input: Value, dtype: str) -> Value | None:
    """The same bits as another type, where an element of it is as long."""
    if ELEMENT_BITS.get(dtype) != ELEMENT_BITS.get(input.tensor.dtype, 0):
        return None
    return call.one(Cast(dtype, bitwise=True), input)


@translates("view_as reshape_as")
def reshape_as(call: Call, input: Value, other: Value) -> Value:
    return call.one(Reshape(other.tensor.dims), input)


@translates("flatten ravel")
def flatten(call: Call, input: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    return call.one(Flatten(start_dim, end_dim), input)


@translates("unflatten")
def unflatten(call: Call, input: Value, dim: int, sizes: Any) -> Value:
    axis, dims = axis_of(dim, input), input.tensor.dims
    return call.one(Reshape((*dims[:axis], *tuple(sizes), *dims[axis + 1 :])), input)


@translates("squeeze")
def squeeze(call: Call, input: Value, *dim: Any, **named: Any) -> Value:
    axes = integers(dim) if dim else (named["dim"],) if "dim" in named else None
    squeezed = call.one(Squeeze(axes, keeps_larger=True), input)
    call.recording.hold_decisions(call.where)  # how many axes are left is Python's to count from here on
    return squeezed


@translates("unsqueeze")
def unsqueeze(call: Call, input: Value, dim: int) -> Value:
    return call.one(Unsqueeze((dim,)), input)


@translates("atleast_1d atleast_2d atleast_3d")
def at_least(call: Call, *tensors: Any) -> Any:
    """Axes put in until there are enough: in front, and for three of them one behind."""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    raised = [with_axes(call, tensor, int(call.function[-2])) for tensor in given]
    return raised if len(tensors) > 1 or given is tensors[0] else raised[0]


def with_axes(call: Call, value: Value, least: int) -> Value:
    """A value with so many axes at least, as `atleast_3d` puts them in."""
    rank = value.tensor.rank
    axes = {(0, 1): (0,), (0, 2): (0, 1), (1, 2): (0,), (0, 3): (0, 1, 2), (1, 3): (0, 2), (2, 3): (2,)}
    put_in = axes.get((rank, least))
    return value if put_in is None else call.one(Unsqueeze(put_in), value)


@translates("permute")
def permute(call: Call, input: Value, *dims: Any, **named: Any) -> Value:
    order = integers(dims or (named["dims"],))
    return call.one(Transpose(tuple([axis_of(axis, input) for axis in order])), input)


@translates("transpose swapaxes swapdims")
def transpose(call: Call, input: Value, dim0: int, dim1: int) -> Value:
    order = list(range(input.tensor.rank))
    first, second = axis_of(dim0, input), axis_of(dim1, input)
    if order:
        order[first], order[second] = order[second], order[first]
    return call.one(Transpose(tuple(order)), input)


@translates("t T mT H mH adjoint numpy_T")
def turned(call: Call, input: Value) -> Value:
    rank = input.tensor.rank
    if rank < 2:
        return input
    if call.function == "T":
        return call.one(Transpose(tuple(reversed(range(rank)))), input)
    return transpose(call, input, -2, -1)


@translates("movedim moveaxis")
def movedim(call: Call, input: Value, source: Any, destination: Any) -> Value:
    sources = [axis_of(a, input) for a in ([source] if isinstance(source, int) else source)]
    targets = [axis_of(a, input) for a in ([destination] if isinstance(destination, int) else destination)]
    rest = iter([axis for axis in range(input.tensor.rank) if axis not in sources])
    order = [
        sources[targets.index(place)] if place in targets else next(rest)
        for place in range(input.tensor.rank)
    ]
    return call.one(Transpose(tuple(order)), input)


@translates("expand broadcast_to")
def expand(call: Call, input: Value, *shape: Any, **named: Any) -> Value:
    given: tuple[Dim, ...] = integers(shape or (named.get("size", named.get("shape")),))
    return call.one(Expand(_kept(given, input)), input)


def _kept(shape: tuple[Dim, ...], input: Value) -> tuple[Dim, ...]:
    """The shape with each -1 replaced by the size that stays."""
    ahead = len(shape) - input.tensor.rank
    dims = input.tensor.dims
    return tuple(
        [
            dims[i - ahead] if isinstance(dim, int) and dim == -1 and i >= ahead else dim
            for i, dim in enumerate(shape)
        ]
    )


@translates("expand_as")
def expand_as(call: Call, input: Value, other: Value) -> Value:
    return call.one(Expand(other.tensor.dims), input)


@translates("repeat tile")
def repeat(call: Call, input: Value, *repeats: Any, **named: Any) -> Value:
    given = integers(repeats or (named.get("repeats", named.get("dims")),))
    if call.function == "tile" and len(given) < input.tensor.rank:
        given = (1,) * (input.tensor.rank - len(given)) + given
    return call.one(Tile(given, new_axes=True), input)


@translates("sum_to_size")
def sum_to_size(call: Call, input: Value, *size: Any, **named: Any) -> Value:
    """The sum over axes that the size has not, or has 1 of."""
    given = integers(size or (named["size"],))
    ahead = input.tensor.rank - len(given)
    value = call.one(Reduce("sum", tuple(range(ahead)), keeps_axes=False), input) if ahead else input
    ones = tuple([axis for axis, dim in enumerate(given) if isinstance(dim, int) and dim == 1])
    return call.one(Reduce("sum", ones, empty_keeps_all=True), value)
