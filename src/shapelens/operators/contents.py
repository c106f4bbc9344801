"""Integers that a network computes with: what `shape[2] // 2` or a chain of Shape, Gather and Mul yields.

The elements of such a tensor are dims; in a tensor of floats they are floats, dims that stand for whole
numbers, and `Real` where a size was multiplied or divided. A function of elements gives what the runtime
computes in the tensor's type, or an unknown:

    >>> from shapelens.dims import symbol
    >>> function_of("divide", "int64")(-7, 2), function_of("divide", "float32")(-7.0, 2.0)
    (-3, -3.5)
    >>> function_of("divide", "int64")(symbol("H"), 2)
    floor(H/2)
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

from shapelens.dims import (
    Condition,
    Dim,
    Unknown,
    all_of,
    any_of,
    at_least,
    different,
    negate,
    product,
    select,
)
from shapelens.operators.functions import (
    FAILS,
    GIVES_TRUTH,
    ON_DIMS,
    ON_NUMBERS,
    ON_TRUTHS,
    OUT_OF_RANGE,
    Function,
)
from shapelens.operators.reals import NOT_FOLLOWED, REAL_FUNCTIONS, Real, choose_real

__all__ = [
    "FUNCTIONS",
    "MAXIMUM_CONTENTS",
    "Real",
    "as_dtype",
    "broadcast_contents",
    "function_of",
    "is_float",
    "strides_of",
]

MAXIMUM_CONTENTS = 4096
"""Contents are followed for tensors of at most so many elements: they are sizes, not data."""

Element = Any
"""A `Dim`, a float, a bool or other truth, or a `Real`."""

_PRECISIONS = {"float32": "single", "float64": "double"}
_STRUCT_FORMATS = {"float32": "<f", "float16": "<e"}


def is_float(dtype: str) -> bool:
    """Whether elements of this type are floating-point numbers."""
    return dtype.startswith(("float", "bfloat", "double"))


def _is_number(element: Element) -> bool:
    return isinstance(element, (int, float))


def _is_truth(element: Element) -> bool:
    """Whether an element is a truth value that a size decides."""
    return isinstance(element, Condition) or hasattr(element, "opposite")


# types --------------------------------------------------------------------------------------------------


def _bits_of(dtype: str) -> int:
    """How many bits an integer of this type has."""
    digits = dtype.lstrip("uint")
    return int(digits) if digits.isdigit() else 64


def _fitted(number: int | float, dtype: str) -> Element:
    """A plain number as its type holds it, floats rounded to their precision; unknown where it does not."""
    if dtype == "bool":
        return bool(number)
    if not is_float(dtype):
        bits = _bits_of(dtype)
        low, high = (0, 2**bits) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        return int(number) if low <= number < high else Unknown(OUT_OF_RANGE)
    number = float(number)
    if dtype == "float64" or not math.isfinite(number):
        return number
    layout = _STRUCT_FORMATS.get(dtype)
    if layout is None and dtype != "bfloat16":
        return Unknown(NOT_FOLLOWED)
    try:
        if layout is None:
            return _as_bfloat16(number)
        return float(struct.unpack(layout, struct.pack(layout, number))[0])
    except OverflowError:
        return Unknown(OUT_OF_RANGE)


def _as_bfloat16(number: float) -> float:
    """The nearest bfloat16, ties to even: the upper half of a float32."""
    (bits,) = struct.unpack("<I", struct.pack("<f", number))
    upper = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return float(struct.unpack("<f", struct.pack("<I", upper << 16 & 0xFFFFFFFF))[0])


def as_dtype(element: Element, dtype: str) -> Element:
    """An element cast to another type: to an integer it is cut off, to a float rounded to the precision."""
    if isinstance(element, Unknown):
        return element
    if _is_number(element):
        return _number_as(element, dtype)
    if _is_truth(element):
        return element if dtype == "bool" else select(element, 1, 0)
    if dtype == "bool":
        return different(element.size if isinstance(element, Real) else element, 0)
    if is_float(dtype):
        precision = _PRECISIONS.get(dtype)
        if precision is None or (isinstance(element, Real) and precision != element.precision):
            return Unknown(NOT_FOLLOWED)
        return element
    if not dtype.startswith(("int", "uint")):
        return Unknown(f"a size as {dtype}")
    whole = element.rounded("truncate") if isinstance(element, Real) else element
    return whole if _bits_of(dtype) >= 32 else Unknown(f"a size in the {_bits_of(dtype)} bits of {dtype}")


def _number_as(number: int | float, dtype: str) -> Element:
    if dtype == "bool" or is_float(dtype):
        return _fitted(number, dtype)
    if not dtype.startswith(("int", "uint")):
        return Unknown(f"a number as {dtype}")
    if isinstance(number, float):
        return _fitted(math.trunc(number), dtype) if math.isfinite(number) else Unknown(OUT_OF_RANGE)
    # An integer that is too large loses its upper bits.
    bits = _bits_of(dtype)
    kept = int(number) & (2**bits - 1)
    return kept if dtype.startswith("u") or kept < 2 ** (bits - 1) else kept - 2**bits


# broadcasting -------------------------------------------------------------------------------------------


def broadcast_contents(
    function: Function,
    shapes: Sequence[Sequence[Dim]],
    contents: Sequence[Sequence[Element]],
    shape: Sequence[Dim],
) -> tuple[Element, ...] | None:
    """A function applied element by element, with broadcasting; None where it would be too many elements."""
    if not all(isinstance(dim, int) for dim in shape) or product(shape) > MAXIMUM_CONTENTS:
        return None
    if not all(_spreads(own, len(c), shape) for own, c in zip(shapes, contents, strict=True)):
        return None
    if 0 in shape:
        return ()
    if all(len(c) == 1 for c in contents) and product(shape) == 1:
        return (function(*[c[0] for c in contents]),)
    indices = [_broadcast_indices(own, shape) for own in shapes]
    places = zip(*indices, strict=True)
    return tuple([function(*[c[i] for c, i in zip(contents, at, strict=True)]) for at in places])


def _spreads(own: Sequence[Dim], count: int, shape: Sequence[Dim]) -> bool:
    """Whether contents are as many as their shape says, and their shape becomes the other by broadcasting."""
    if len(own) > len(shape) or not all(isinstance(dim, int) for dim in own) or product(own) != count:
        return False
    return all(dim in {1, size} for dim, size in zip(reversed(own), reversed(shape), strict=False))


def _broadcast_indices(own: Sequence[int], shape: Sequence[int]) -> list[int]:
    """For each element of the broadcast shape, which element of the own shape stands there."""
    padded = [1] * (len(shape) - len(own)) + list(own)
    indices = [0]
    for size, own_size, stride in zip(shape, padded, strides_of(padded), strict=True):
        step = stride if own_size != 1 else 0
        indices = [index + step * place for index in indices for place in range(size)]
    return indices


def strides_of(shape: Sequence[int]) -> list[int]:
    """How many elements a step along each axis is, row-major."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return strides


# which function it is -----------------------------------------------------------------------------------


def function_of(name: str, dtype: str) -> Function:
    """A function of elements as runtimes compute it in a type; what it cannot tell is unknown.

    Args:
        name: one of `FUNCTIONS`.
        dtype: the type of the operands.
    """
    if name == "where":
        return _where
    on_numbers = ON_NUMBERS[name]

    def function(*elements: Element) -> Element:
        unknown = next((e for e in elements if isinstance(e, Unknown)), None)
        if unknown is not None:
            return unknown
        if not is_float(dtype) and any(isinstance(e, float) for e in elements):
            return Unknown(FAILS)  # the types of the operands are not the same
        try:
            if all(_is_number(e) for e in elements):
                return _of_numbers(name, on_numbers, dtype, elements)
            return _of_sizes(name, dtype, elements)
        except (AttributeError, ZeroDivisionError, OverflowError, TypeError, ValueError):
            return Unknown(FAILS)

    return function


def _of_numbers(name: str, function: Function, dtype: str, elements: Sequence[Element]) -> Element:
    if any(isinstance(e, float) and math.isnan(e) for e in elements):
        return Unknown(FAILS)
    result = function(*elements)
    if isinstance(result, Unknown) or name in GIVES_TRUTH:
        return result
    return _fitted(result, dtype)


def _of_sizes(name: str, dtype: str, elements: Sequence[Element]) -> Element:
    if dtype == "bool":
        table = ON_TRUTHS
    elif is_float(dtype):
        precision = _PRECISIONS.get(dtype)
        real = REAL_FUNCTIONS.get(name)
        return Unknown(NOT_FOLLOWED) if precision is None or real is None else real(precision, *elements)
    else:
        table = ON_DIMS
    function = table.get(name)
    if function is None:
        return Unknown(NOT_FOLLOWED)
    result = function(*elements)
    if dtype == "bool" or name in GIVES_TRUTH or isinstance(result, Unknown):
        return result
    # A size fits into 32 bits, but nothing is said of fewer; and what is unsigned wraps around below 0.
    if _bits_of(dtype) < 32 or (dtype.startswith("u") and at_least(result, 0) is not True):
        return Unknown(OUT_OF_RANGE)
    return result


def _where(condition: Element, when_true: Element, when_false: Element) -> Element:
    if isinstance(condition, Unknown):
        return when_true if when_true is when_false else condition
    if _is_number(condition):
        return when_true if condition else when_false
    for element in (when_true, when_false):
        if isinstance(element, Unknown):
            return element
    if any(isinstance(e, bool) or _is_truth(e) for e in (when_true, when_false)):
        return any_of(all_of(condition, when_true), all_of(negate(condition), when_false))
    if any(isinstance(e, (Real, float)) for e in (when_true, when_false)):
        return choose_real("single", condition, when_true, when_false)
    return select(condition, when_true, when_false)


def _of_any_type(name: str) -> Function:
    """The function in the type that the elements show: floats and `Real` are of single precision."""

    def function(*elements: Element) -> Element:
        if any(isinstance(e, bool) or _is_truth(e) for e in elements) and name in ON_TRUTHS:
            return function_of(name, "bool")(*elements)
        in_float = any(isinstance(e, (float, Real)) for e in elements)
        in_float = in_float or name in {"true_divide", "reciprocal"}
        return function_of(name, "float32" if in_float else "int64")(*elements)

    return function


FUNCTIONS: dict[str, Function] = {name: _of_any_type(name) for name in sorted(ON_NUMBERS)} | {"where": _where}
"""The functions whose results are followed when sizes go through them, in the type of their elements."""
