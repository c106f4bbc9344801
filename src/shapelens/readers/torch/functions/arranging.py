"""Elements in another order, on diagonals and triangles, repeated, and combined with each other."""

from __future__ import annotations

from typing import Any

from shapelens.operators import (
    BlockDiagonal,
    BroadcastTogether,
    CartesianProduct,
    Combinations,
    Diagonal,
    DiagonalMatrix,
    Flatten,
    Flip,
    MeshGrid,
    Roll,
    Triangle,
)
from shapelens.readers.torch.functions import Call, integers, translates
from shapelens.readers.torch.functions.reshaping import transpose
from shapelens.readers.torch.recording import Value


@translates("flip fliplr flipud")
def flip(call: Call, input: Value, *dims: Any, **named: Any) -> Value:
    if call.function != "flip":
        return call.one(Flip((1 if call.function == "fliplr" else 0,)), input)
    return call.one(Flip(integers(dims or (_all(named["dims"]),))), input)


def _all(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


@translates("roll")
def roll(call: Call, input: Value, shifts: Any, dims: Any = None) -> Value:
    axes = None if dims is None or dims in ((), []) else _all(dims)
    return call.one(Roll(_all(shifts), axes), input)


@translates("rot90")
def rot90(call: Call, input: Value, k: int = 1, dims: Any = (0, 1)) -> Value:
    """A quarter of a turn is a flip and two axes changed, half a turn two flips."""
    first, second = dims
    turns = k % 4
    if turns == 2:
        return call.one(Flip((first, second)), input)
    if turns == 0:
        return input
    return transpose(call, call.one(Flip((second if turns == 1 else first,)), input), first, second)


@translates("tril triu")
def triangle(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    return call.one(Triangle(upper=call.function == "triu"), input)


@translates("diagonal diagonal_copy")
def diagonal(call: Call, input: Value, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Value:
    return call.one(Diagonal(offset, (dim1, dim2)), input)


@translates("linalg_diagonal")
def matrix_diagonal(call: Call, input: Value, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Value:
    return call.one(Diagonal(offset, (dim1, dim2)), input)


@translates("diag")
def diag(call: Call, input: Value, diagonal: int = 0) -> Value:
    """A matrix of a vector, and a vector of a matrix."""
    return call.one(DiagonalMatrix(diagonal) if input.tensor.rank == 1 else Diagonal(diagonal), input)


@translates("diag_embed")
def diag_embed(call: Call, input: Value, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Value:
    return call.one(DiagonalMatrix(offset, (dim1, dim2)), input)


@translates("diagflat")
def diagflat(call: Call, input: Value, offset: int = 0) -> Value:
    return call.one(DiagonalMatrix(offset), call.one(Flatten(0, -1), input))


@translates("block_diag")
def block_diag(call: Call, *tensors: Value) -> Value:
    return call.one(BlockDiagonal(), *tensors)


@translates("meshgrid")
def meshgrid(call: Call, *tensors: Any, indexing: str | None = None) -> Any:
    vectors = _values(tensors)
    return call.add(MeshGrid(indexing or "ij"), *vectors, outputs=len(vectors))


@translates("broadcast_tensors")
def broadcast_tensors(call: Call, *tensors: Any) -> Any:
    values = _values(tensors)
    return call.add(BroadcastTogether(), *values, outputs=len(values))


@translates("cartesian_prod")
def cartesian_prod(call: Call, *tensors: Any) -> Value:
    return call.one(CartesianProduct(), *_values(tensors))


@translates("combinations")
def combinations(call: Call, input: Value, r: int = 2, with_replacement: bool = False) -> Value:
    return call.one(Combinations(r, with_replacement), input)


def _values(tensors: Any) -> tuple[Value, ...]:
    """Tensors given one by one, or as one list."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        return tuple(tensors[0])
    return tuple(tensors)
