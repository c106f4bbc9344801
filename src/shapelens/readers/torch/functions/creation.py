"""Tensors made to measure: of one value, of random numbers, ranges, and what Python's numbers are made into."""

from __future__ import annotations

import math
from typing import Any

from shapelens.dims import Dim, Expression, Unknown, at_least, maximum, minimum
from shapelens.operators import (
    Cast,
    ComplexToPairs,
    Constant,
    Elementwise,
    Fill,
    FillLike,
    Overwrite,
    PairsToComplex,
    Range,
    Sample,
)
from shapelens.operators.contents import MAXIMUM_CONTENTS, as_dtype, is_float
from shapelens.readers.torch.functions import Call, integers, translates
from shapelens.readers.torch.functions.ratios import in_whole_numbers
from shapelens.readers.torch.functions.symbols import held
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import Value

_UNREAD = Unknown("places are computed from sizes in a way that is not followed")

_VALUES = {"zeros": 0, "zero": 0, "ones": 1, "new_zeros": 0, "new_ones": 1, "zeros_like": 0, "ones_like": 1}
"""What the elements are that some functions make."""


def _filled(
    call: Call, shape: tuple[Dim, ...], value: Any, default: str = "float32", ends: tuple[Dim, ...] = ()
) -> Value:
    dtype = call.dtype or default
    return call.one(Fill(shape, _element(value, dtype), dtype, call.function.replace("_", " "), ends))


def _element(value: Any, dtype: str) -> Any:
    """A number as an element of a type; None where it is not known."""
    if value is None or isinstance(value, (Value, TracedFloat, complex)):
        return None
    element = as_dtype(value, dtype)
    return None if isinstance(element, Unknown) else element


# of one value, or random ----------------------------------------------------------------------------------


@translates("zeros ones empty rand randn")
def measured(call: Call, *size: Any, **named: Any) -> Value:
    return _filled(call, integers(size or (named["size"],)), _VALUES.get(call.function))


@translates("new_zeros new_ones new_empty new")
def new_measured(call: Call, input: Value, *size: Any, **named: Any) -> Value | None:
    """In the type of another tensor; what it holds is not used."""
    if call.function == "new" and any(not _is_size(item) for item in size):
        return None
    shape = integers(size or (named.get("size", ()),))
    return _filled(call, shape, _VALUES.get(call.function), input.tensor.dtype)


def _is_size(item: Any) -> bool:
    return not isinstance(item, (list, tuple, Value, float))


@translates("full")
def full(call: Call, size: Any, fill_value: Any, **_: Any) -> Value:
    return _filled(call, integers((size,)), fill_value)


@translates("new_full")
def new_full(call: Call, input: Value, size: Any, fill_value: Any, **_: Any) -> Value:
    return _filled(call, integers((size,)), fill_value, input.tensor.dtype)


@translates("empty_strided empty_permuted")
def laid_out(call: Call, size: Any, *_: Any, **__: Any) -> Value:
    return _filled(call, integers((size,)), None)


@translates("new_empty_strided")
def new_laid_out(call: Call, input: Value, size: Any, *_: Any, **__: Any) -> Value:
    return _filled(call, integers((size,)), None, input.tensor.dtype)


@translates("randint")
def randint(call: Call, *given: Any, size: Any = None, **_: Any) -> Value:
    """The bounds stand before the size."""
    shape = (
        next(item for item in reversed(given) if isinstance(item, (list, tuple))) if size is None else size
    )
    return _filled(call, tuple(shape), None, "int64")


@translates("randperm")
def randperm(call: Call, n: Dim, **_: Any) -> Value:
    return _filled(call, (n,), None, "int64", (0, n - 1))


@translates("eye")
def eye(call: Call, n: Dim, m: Dim | None = None, **_: Any) -> Value:
    return _filled(call, (n, n if m is None else m), None)


@translates(
    "hann_window hamming_window blackman_window bartlett_window kaiser_window scipy_signal_windows_hann"
)
def window(call: Call, window_length: Dim, *_: Any, **__: Any) -> Value:
    return _filled(call, (window_length,), None)


@translates(
    "zeros_like ones_like empty_like rand_like randn_like randint_like zero bernoulli poisson uniform exponential "
    "geometric log_normal cauchy random full_like fill"
)
def like(call: Call, input: Value, value: Any = None, *_: Any, **named: Any) -> Value:
    if call.function in {"full_like", "fill"}:
        value = named.get("fill_value", named.get("value", value))
    else:
        value = _VALUES.get(call.function)
    dtype = call.dtype or input.tensor.dtype
    own = None if dtype == input.tensor.dtype else dtype
    called = call.function.replace("_", " ")
    return call.one(FillLike(_element(value, dtype), dtype=own, called=called), input)


@translates("normal")
def normal(call: Call, mean: Any = 0.0, std: Any = 1.0, size: Any = None, **_: Any) -> Value:
    """Of a size, or of the shape that the means and deviations have together."""
    given = [value for value in (mean, std) if isinstance(value, Value)]
    if not given:
        return _filled(call, integers((size,)), None)
    if len(given) == 1:
        return call.one(FillLike(called="normal"), given[0])
    return call.one(Elementwise("normal"), *given)


@translates("binomial")
def binomial(call: Call, count: Value, prob: Value, *_: Any, **__: Any) -> Value:
    return call.one(Elementwise("binomial"), count, prob)


@translates("multinomial")
def multinomial(call: Call, input: Value, num_samples: Dim, replacement: bool = False, **_: Any) -> Value:
    return call.one(Sample(num_samples, repeats=bool(replacement)), input)


@translates("copy")
def copy(call: Call, input: Value, src: Value, *_: Any, **__: Any) -> Value:
    return call.one(Overwrite((), called="copy"), input, src)


# ranges ---------------------------------------------------------------------------------------------------


@translates("arange")
def arange(call: Call, *given: Any, **named: Any) -> Value:
    """From the start, 0 if it is not told, by steps of 1 if none are told."""
    told = list(given) + [named[name] for name in ("start", "end", "step") if name in named]
    start, end, step = (0, told[0], 1) if len(told) == 1 else (*told, 1)[:3]
    return _range(call, start, end, step)


@translates("range")
def inclusive_range(call: Call, start: Any, end: Any, step: Any = 1, **_: Any) -> Value:
    """The end is counted too."""
    start, end, step = (held(call, number) for number in (start, end, step))
    return _filled(call, (math.floor((end - start) / step) + 1,), None, ends=(_UNREAD, _UNREAD))


def _range(call: Call, start: Any, end: Any, step: Any) -> Value:
    dtype = call.dtype or "int64"
    if not is_float(dtype):
        start, end, step = (
            number if _is_plain_size(number) else math.trunc(number) for number in (start, end, step)
        )
    whole = in_whole_numbers(start, end, step)
    if whole is not None:
        return call.one(Range(*whole[:3], dtype, whole[3]))
    start, end, step = (held(call, number) for number in (start, end, step))
    count = max(math.ceil((end - start) / step), 0)
    return _filled(call, (count,), None, "int64", (_UNREAD, _UNREAD))


def _is_plain_size(number: Any) -> bool:
    return not isinstance(number, float)


@translates("linspace logspace")
def linspace(call: Call, start: Any, end: Any, steps: Dim, *_: Any, **__: Any) -> Value:
    """Both ends are there, where there are two steps."""
    are_sizes = all(isinstance(end, (int, Expression)) for end in (start, end))
    is_even = call.function == "linspace" and are_sizes and at_least(steps, 2) is True
    ends = (minimum(start, end), maximum(start, end)) if is_even else (_UNREAD, _UNREAD)
    return _filled(call, (steps,), None, ends=ends)


@translates("tril_indices")
def lower_indices(call: Call, row: Dim, col: Dim, offset: int = 0, **_: Any) -> Value:
    return _filled(call, (2, _lower_cells(row, col, offset)), None, "int64", (_UNREAD, _UNREAD))


@translates("triu_indices")
def upper_indices(call: Call, row: Dim, col: Dim, offset: int = 0, **_: Any) -> Value:
    cells = row * col - _lower_cells(row, col, offset - 1)
    return _filled(call, (2, cells), None, "int64", (_UNREAD, _UNREAD))


def _lower_cells(rows: Dim, columns: Dim, offset: int) -> Dim:
    """How many cells lie on and below a diagonal: the first row has one more than the offset, each next one more."""
    return _stairs(rows + offset, columns) - _stairs(offset, columns)


def _stairs(steps: Dim, width: Dim) -> Dim:
    """1 + 2 + 3 + … as far as the width, and the width from there on."""
    rising = maximum(minimum(steps, width), 0)
    return rising * (rising + 1) // 2 + maximum(steps - width, 0) * width


# from Python's numbers ------------------------------------------------------------------------------------


@translates("tensor as_tensor asarray scalar_tensor")
def tensor_of(call: Call, data: Any, *_: Any, **__: Any) -> Value | None:
    """Numbers keep what they are, so that a tensor of sizes carries sizes."""
    if isinstance(data, Value):
        dtype = call.dtype or data.tensor.dtype
        return data if dtype == data.tensor.dtype else call.one(Cast(dtype), data)
    shape, elements = _unfolded(data)
    dtype = call.dtype or _type_of(elements)
    contents = tuple([_content(element, dtype) for element in elements])
    known = len(contents) <= MAXIMUM_CONTENTS and not dtype.startswith("complex")
    return call.one(Constant(shape, dtype, contents if known else None))


@translates("new_tensor")
def new_tensor(call: Call, input: Value, data: Any, *_: Any, **__: Any) -> Value | None:
    return tensor_of(call, data)


def _unfolded(data: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of lists in lists, and what stands in them, one after another."""
    shape: list[int] = []
    elements = [data]
    while elements and (isinstance(elements[0], (list, tuple, range)) or _is_array(elements[0])):
        rows = [each.tolist() if _is_array(each) else list(each) for each in elements]
        shape.append(len(rows[0]))
        elements = [item for row in rows for item in row]
    return tuple(shape), elements


def _is_array(data: Any) -> bool:
    """Whether this is an array of NumPy's."""
    return hasattr(data, "tolist") and bool(getattr(data, "shape", ()))


def _type_of(elements: list[Any]) -> str:
    """The type that PyTorch takes for numbers, where it has not told."""
    values = [element.tensor.dtype for element in elements if isinstance(element, Value)]
    if values:
        return str(values[0])
    return "float32" if any(isinstance(element, float) for element in elements) else "int64"


def _content(element: Any, dtype: str) -> Any:
    if isinstance(element, TracedFloat):
        return Unknown("a number that is computed from sizes in floating point")
    if isinstance(element, Value):
        held_by = element.tensor.contents
        return held_by[0] if held_by else Unknown("a number that is computed from data")
    element = element.item() if hasattr(element, "item") else element
    return as_dtype(element, dtype)


# complex numbers ------------------------------------------------------------------------------------------


@translates("complex polar")
def complex_of(call: Call, first: Any, second: Any, *_: Any, **__: Any) -> Value:
    return call.one(Elementwise(call.function, call.dtype or "complex64"), first, second)


@translates("view_as_real view_as_real_copy")
def as_real(call: Call, input: Value) -> Value:
    return call.one(ComplexToPairs(), input)


@translates("view_as_complex view_as_complex_copy")
def as_complex(call: Call, input: Value) -> Value:
    return call.one(PairsToComplex(), input)
