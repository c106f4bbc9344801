"""Functions that look along axes: sums, means, the largest, sorting, norms, distances."""

from __future__ import annotations

from math import isinf
from typing import Any

from shapelens.dims import Dim, equal
from shapelens.operators import (
    AlongAxis,
    Concatenate,
    Elementwise,
    Expand,
    Pairwise,
    Reduce,
    Slice,
    TopK,
    Unsqueeze,
)
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.elementwise import broadcasting
from shapelens.readers.torch.functions.symbols import holds
from shapelens.readers.torch.recording import Value

_KINDS = {
    "count_nonzero": "count",
    "frobenius_norm": "norm",
    "linalg_matrix_norm": "norm",
    "linalg_norm": "norm",
    "linalg_vector_norm": "norm",
    "nuclear_norm": "norm",
    "special_logsumexp": "logsumexp",
}
"""What the functions of PyTorch are called among reductions, where that is another word."""

_TYPES = {"all": "bool", "any": "bool", "argmax": "int64", "argmin": "int64", "count_nonzero": "int64"}

_NEED_ONE = frozenset("amax amin argmax argmin kthvalue max median min mode nanmedian quantile".split())
"""Of nothing they give nothing."""


def axes_of(dim: Any) -> tuple[int, ...] | None:
    """The axes that a function reduces; None for all of them, which an empty list asks for too."""
    if dim is None or isinstance(dim, int):
        return None if dim is None else (int(dim),)
    return tuple(dim) or None


def reduced(
    call: Call, kind: str, input: Value, dim: Any = None, keepdim: Any = False, least: Dim | None = None
) -> Value:
    """Axes reduced to one value each.

    Args:
        call: the call.
        kind: the kind of reduction.
        input: the tensor.
        dim: the axes; all if None.
        keepdim: whether they stay.
        least: how many places they have at least, where that is not as the kind has it.
    """
    dtype = _TYPES.get(call.function)
    least = 1 if least is None and kind in _NEED_ONE else least
    operator = Reduce(
        kind, axes_of(dim), keeps_axes=bool(keepdim), dtype=dtype, least=least, of_all=kind == "quantile"
    )
    return call.one(operator, input)


# to one value -------------------------------------------------------------------------------------------


@translates(
    "mean sum prod amax amin nanmean nansum all any logsumexp special_logsumexp argmax argmin count_nonzero "
    "linalg_matrix_rank linalg_cond"
)
def reduction(
    call: Call, input: Value, dim: Any = None, keepdim: bool = False, *_: Any, **__: Any
) -> Value | None:
    if call.function.startswith("linalg_"):
        dim, keepdim = (-2, -1), False
    return reduced(
        call, _KINDS.get(call.function, call.function.removeprefix("linalg_")), input, dim, keepdim
    )


@translates("max min")
def extreme(call: Call, input: Value, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Of everything, along an axis with the places, or of two tensors element by element."""
    if isinstance(dim, Value) or other is not None:
        return broadcasting(call, f"{call.function}imum", input, dim if other is None else other)
    if dim is None:
        return reduced(call, call.function, input)
    return _with_places(call, call.function, input, dim, keepdim)


def _with_places(
    call: Call, kind: str, input: Value, dim: int, keepdim: Any, least: Dim = 1
) -> tuple[Value, ...]:
    operator = Reduce(kind, (dim,), keeps_axes=bool(keepdim), with_indices=True, least=least)
    return call.add(operator, input, outputs=2)


@translates("aminmax")
def extremes(call: Call, input: Value, *, dim: int | None = None, keepdim: bool = False) -> Any:
    return [reduced(call, kind, input, dim, keepdim) for kind in ("amin", "amax")]


@translates("median nanmedian")
def median(call: Call, input: Value, dim: int | None = None, keepdim: bool = False) -> Any:
    if dim is None:
        return reduced(call, call.function, input, least=0)
    return _with_places(call, call.function, input, dim, keepdim)


@translates("mode")
def mode(call: Call, input: Value, dim: int = -1, keepdim: bool = False) -> Any:
    return _with_places(call, "mode", input, dim, keepdim)


@translates("kthvalue")
def kth_value(call: Call, input: Value, k: Any, dim: int = -1, keepdim: bool = False) -> Any:
    return _with_places(call, "kthvalue", input, dim, keepdim, k)


@translates("quantile nanquantile")
def quantile(
    call: Call, input: Value, q: Any, dim: int | None = None, keepdim: bool = False, *_: Any, **__: Any
) -> Value:
    """One for each that is asked for, along an axis in front where they come as a list."""
    one = reduced(call, "quantile", input, dim, keepdim)
    if not isinstance(q, Value) or q.tensor.rank == 0:
        return one
    raised = call.one(Unsqueeze((0,)), one)
    return call.one(Expand((q.tensor.dims[0], *one.tensor.dims)), raised)


@translates("std var std_mean var_mean")
def spread(
    call: Call, input: Value, dim: Any = None, unbiased: Any = True, keepdim: Any = False, *_: Any, **__: Any
) -> Any:
    """`std(input, False)` is of everything: a truth in the place of the axis says how it is divided."""
    axes = None if isinstance(dim, bool) else dim
    kinds = call.function.split("_")
    found = [reduced(call, kind, input, axes, keepdim) for kind in kinds]
    return found if len(kinds) > 1 else found[0]


@translates("norm frobenius_norm")
def norm(
    call: Call, input: Value, p: Any = "fro", dim: Any = None, keepdim: Any = False, *_: Any, **__: Any
) -> Value:
    if call.function == "frobenius_norm":
        p, dim, keepdim = "fro", p if p != "fro" else dim, dim if p != "fro" and dim is not None else keepdim
    return reduced(call, "norm", input, dim, keepdim, _least_of_norm(p))


def _least_of_norm(order: Any) -> int | None:
    """A largest or smallest magnitude is one of some; a sum may be of none."""
    is_extreme = isinstance(order, (int, float)) and (isinf(order) or order < 0)
    return 1 if is_extreme else None


@translates("linalg_norm linalg_vector_norm")
def linear_norm(
    call: Call, input: Value, ord: Any = None, dim: Any = None, keepdim: Any = False, *_: Any, **__: Any
) -> Value:
    is_matrix = call.function == "linalg_norm" and (
        len(axes_of(dim) or ()) == 2 or (dim is None and input.tensor.rank == 2)
    )
    return reduced(call, "norm", input, dim, keepdim, None if is_matrix else _least_of_norm(ord))


@translates("linalg_matrix_norm nuclear_norm")
def matrix_norm(
    call: Call, input: Value, ord: Any = "fro", dim: Any = (-2, -1), keepdim: Any = False, *_: Any, **__: Any
) -> Value:
    return reduced(call, "norm", input, dim, keepdim)


@translates("norm_except_dim")
def norm_except(call: Call, v: Value, pow: int = 2, dim: int = 0) -> Value:
    """The norm over all axes but one, which all stay; of everything where the axis is -1."""
    rank = v.tensor.rank
    others = tuple([axis for axis in range(rank) if axis != dim])
    if dim == -1:
        return reduced(call, "norm", v)
    return call.one(Reduce("norm", others, empty_keeps_all=True), v)


@translates("trace")
def trace(call: Call, input: Value) -> Value:
    return call.one(Reduce("trace", (0, 1), keeps_axes=False), input)


@translates("histc")
def histogram(call: Call, input: Value, bins: int = 100, *_: Any, **__: Any) -> Value:
    """How many elements fall into each bin."""
    return call.one(Expand((bins,)), reduced(call, "histogram", input))


@translates("trapezoid trapz")
def trapezoid(call: Call, y: Value, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Value:
    """The area under a line; the places of its points broadcast with it."""
    if not isinstance(x, Value) or x.tensor.rank == 1:
        return reduced(call, "trapezoid", y, dim)
    return reduced(call, "trapezoid", broadcasting(call, "multiply", y, x), dim)


# along an axis ------------------------------------------------------------------------------------------


@translates("cumsum cumprod logcumsumexp")
def running(call: Call, input: Value, dim: int, *_: Any, **__: Any) -> Value:
    return call.one(AlongAxis(call.function, dim), input)


@translates("cummax cummin")
def running_extreme(call: Call, input: Value, dim: int) -> Any:
    return call.add(AlongAxis(call.function, dim, with_indices=True), input, outputs=2)


@translates("sort")
def sort(call: Call, input: Value, dim: Any = -1, *_: Any, **named: Any) -> Any:
    """`sort(stable, dim)` has the axis second where the first is a truth."""
    axis = _[0] if isinstance(dim, bool) and _ else -1 if isinstance(dim, bool) else dim
    return call.add(AlongAxis("sort", axis, with_indices=True), input, outputs=2)


@translates("argsort")
def order(call: Call, input: Value, dim: Any = -1, *more: Any, **__: Any) -> Value:
    axis = more[0] if isinstance(dim, bool) and more else -1 if isinstance(dim, bool) else dim
    return call.one(AlongAxis("argsort", axis, dtype="int64"), input)


@translates("msort")
def sort_rows(call: Call, input: Value) -> Value:
    return call.one(AlongAxis("sort", 0), input)


@translates("topk")
def largest(call: Call, input: Value, k: Any, dim: int = -1, *_: Any, **__: Any) -> Any:
    return call.add(TopK(k, dim), input, outputs=2)


@translates("renorm")
def renorm(call: Call, input: Value, p: Any, dim: int, maxnorm: Any) -> Value:
    """Each slice of an axis is scaled as a whole."""
    others = tuple([axis for axis in range(input.tensor.rank) if axis != axis_of(dim, input)])
    lengths = call.one(Reduce("norm", others, empty_keeps_all=True), input)
    return call.one(Elementwise("renorm"), input, lengths)


@translates("diff")
def difference(
    call: Call,
    input: Value,
    n: int = 1,
    dim: int = -1,
    prepend: Value | None = None,
    append: Value | None = None,
) -> Value:
    """Neighbours subtracted, n times."""
    axis = axis_of(dim, input)
    parts = [part for part in (prepend, input, append) if part is not None]
    found = call.one(Concatenate(axis), *parts) if len(parts) > 1 else input
    for _ in range(n):
        later = call.one(Slice((1,), (None,), (axis,)), found)
        earlier = call.one(Slice((0,), (-1,), (axis,)), found)
        found = call.one(Elementwise("subtract"), later, earlier)
    return found


@translates("gradient")
def slopes(call: Call, input: Value, *, dim: Any = None, **__: Any) -> Any:
    """Along each axis, from a cell's neighbours."""
    axes = range(input.tensor.rank) if dim is None else (dim,) if isinstance(dim, int) else dim
    return [call.one(AlongAxis("gradient", axis), input) for axis in axes]


@translates("cumulative_trapezoid")
def running_area(call: Call, y: Value, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Value:
    """The area up to each point but the first."""
    heights = y if not isinstance(x, Value) or x.tensor.rank == 1 else broadcasting(call, "multiply", y, x)
    steps = call.one(Slice((1,), (None,), (axis_of(dim, heights),)), heights)
    return call.one(AlongAxis("cumulative trapezoid", axis_of(dim, heights)), steps)


# of two tensors -----------------------------------------------------------------------------------------


@translates("cosine_similarity")
def cosine_similarity(call: Call, x1: Value, x2: Value, dim: int = 1, eps: float = 1e-8) -> Value:
    return reduced(call, "cosine similarity", broadcasting(call, "multiply", x1, x2), dim)


@translates("pairwise_distance")
def distance(
    call: Call, x1: Value, x2: Value, p: Any = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Value:
    return reduced(call, "norm", broadcasting(call, "subtract", x1, x2), -1, keepdim)


@translates("dist")
def whole_distance(call: Call, input: Value, other: Value, p: Any = 2) -> Value:
    return reduced(call, "norm", broadcasting(call, "subtract", input, other))


@translates("cdist")
def distances(call: Call, x1: Value, x2: Value, *_: Any, **__: Any) -> Value:
    return call.one(Pairwise("...im,...jm->...ij", "distance"), x1, x2)


@translates("cov corrcoef")
def covariance(call: Call, input: Value, **__: Any) -> Value:
    """Of each pair of rows; one row has one variance."""
    rows = equal(input.tensor.dims[0], 1) if input.tensor.rank else True
    if input.tensor.rank < 2 or holds(call, rows):
        return reduced(call, "var", input)
    name = "covariance" if call.function == "cov" else "correlation"
    return call.one(Pairwise("im,jm->ij", name), input, input)
