"""Where sizes become data and data becomes sizes: shapes read off, ranges counted.

>>> from shapelens.dims import symbol
>>> from shapelens.operators import Range, ShapeOf, Tensor
>>> ShapeOf(start=2).evaluate(Tensor((1, 3, symbol("H"), symbol("W")))).outputs[0].contents
(H, W)
>>> Range(0, 10, 3).evaluate().outputs[0].contents
(0, 3, 6, 9)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, UndecidedError, Unknown, at_least, at_most, ceil_divide, decide, maximum
from shapelens.dims.arithmetic import single
from shapelens.operators.arguments import given, is_size, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.contents import MAXIMUM_CONTENTS
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link
from shapelens.operators.reals import Real
from shapelens.operators.spans import NOT_FOLLOWED, Span
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Constant", "Identity", "Range", "ShapeOf", "Size"]


@dataclass(frozen=True)
class Identity(Operator):
    """What goes in comes out."""

    keeps_shape: ClassVar[bool] = True
    keeps_elements: ClassVar[bool] = True
    word: ClassVar[str] = "identity"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        return Outcome((replace(tensor, is_held=False),))

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        return (run.lies(),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class Constant(Operator):
    """A tensor that stands in the network itself.

    Args:
        shape: its shape.
        dtype: the type of its elements.
        contents: its elements, where they are few numbers.
    """

    roles: ClassVar[tuple[str, ...]] = ()
    word: ClassVar[str] = "constant"

    shape: Shape = ()
    dtype: str = "float32"
    contents: tuple[Any, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return Outcome((Tensor(self.shape, self.dtype, self.contents),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class ShapeOf(Operator):
    """The sizes of a tensor, or some of them, as a tensor.

    Args:
        start: the first axis; negative from the end, clamped to the axes that there are.
        end: the axis before which it stops; None for all that are left.
    """

    word: ClassVar[str] = "shape"

    start: int = 0
    end: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            return Outcome((Tensor((tensor.shape,), "int64"),))
        # Python's own slices clamp as ONNX asks for, and give nothing where the end is not after the start.
        sizes = tensor.shape[self.start : self.end]
        return Outcome((Tensor((len(sizes),), "int64", sizes),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class Size(Operator):
    """How many elements a tensor has, as a tensor."""

    word: ClassVar[str] = "size"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        return Outcome((Tensor((), "int64", (given(inputs).elements,)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class Range(Operator):
    """Numbers at equal distances: `count = max(ceil((limit - start) / step), 0)`.

    Inputs: start, limit and step, where they are computed.

    Args:
        start: the first number.
        limit: the number before which it stops.
        step: how far the next number is; negative for backwards.
        dtype: the type of the numbers, where no input has one.
        divisor: of which fractions all three are a number: `0, 0.5, 1, …` are so many halves.
    """

    roles: ClassVar[tuple[str, ...]] = ("start", "limit", "step")
    word: ClassVar[str] = "range"

    start: Any = None
    limit: Any = None
    step: Any = None
    dtype: str = "int64"
    divisor: int = 1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        settings = (self.start, self.limit, self.step)
        names = ("where the range starts", "where the range ends", "the step of the range")
        tensors = [optional(inputs, place) for place in range(3)]
        dtype = next((tensor.dtype for tensor in tensors if tensor is not None), self.dtype)
        start, limit, step = map(_number, settings, tensors, names)
        count = _count(start, limit, step, dtype)
        facts = {"start": start, "limit": limit, "step": step}
        requirement = Requirement("range", count is not None, facts, spoils=None)
        contents = None if count is None or self.divisor != 1 else _range_contents(start, step, count)
        span = None if contents is not None else self._span(start, step, count)
        out = Tensor((0 if count is None else count,), dtype, contents, span=span)
        return Outcome((out,), (requirement,))

    def _span(self, start: Any, step: Any, count: Dim | None) -> Span:
        """From the first number to the last, whichever is the larger."""
        if self.divisor != 1 or count is None or not (is_size(start) and is_size(step)):
            return NOT_FOLLOWED
        last = start + step * (count - 1)
        return Span(start, last) if decide(at_least(step, 1)) else Span(last, start)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


def _number(setting: Any, tensor: Tensor | None, what: str) -> Any:
    """A number, floats included: the only element of the input, or the setting.

    Raises:
        UndecidedError: it is not known.
    """
    contents = (
        (setting,) if tensor is None and setting is not None else None if tensor is None else tensor.contents
    )
    if contents is None or len(contents) != 1:
        raise UndecidedError(f"{what} is computed from data")
    if isinstance(contents[0], Unknown):
        raise UndecidedError(contents[0].reason)
    return contents[0]


def _count(start: Any, limit: Any, step: Any, dtype: str) -> Dim | None:
    """How many numbers there are, or None for a step of 0.

    Raises:
        UndecidedError: floats are computed from sizes, or their rounding decides.
    """
    if all(isinstance(number, (int, float)) for number in (start, limit, step)):
        return _counted(start, limit, step, dtype) if step else None
    if dtype in {"float32", "float64"}:
        start, limit, step = map(_whole, (start, limit, step))
    if not all(is_size(number) for number in (start, limit, step)):
        raise UndecidedError("the range is computed in floating point")
    if decide(at_least(step, 1)):
        return maximum(ceil_divide(limit - start, step), 0)
    return maximum(ceil_divide(start - limit, -step), 0) if decide(at_most(step, -1)) else None


def _whole(number: Any) -> Any:
    """A whole number in floating point as an integer: a size that was cast, or `1.0`."""
    if isinstance(number, Real) and number.factor == 1.0 and number.divisor == 1:
        return number.size
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _counted(start: float, limit: float, step: float, dtype: str) -> int:
    """How many numbers there are.

        >>> _counted(1.0, 5.0, 1.5, "float32"), _counted(10, 6, -3, "int64")
        (3, 2)

    Raises:
        UndecidedError: a rounding decides, and runtimes round differently: onnxruntime and PyTorch divide in
            double precision, ONNX' own definition in single.
    """
    if not all(math.isfinite(number) for number in (start, limit, step)):
        raise UndecidedError("the range has an end that is no number")
    distance = limit - start
    if isinstance(distance, int) and isinstance(step, int):
        return max(-(-distance // step), 0)
    if dtype != "float64":
        distance = single(distance)
    small = all(number == int(number) and abs(number) <= 256 for number in (start, limit, step))
    in_double, in_single = math.ceil(distance / step), math.ceil(single(single(distance) / single(step)))
    if in_double != in_single or (dtype in {"float16", "bfloat16"} and not small):
        raise UndecidedError("how a runtime rounds decides how many numbers the range has")
    return max(in_double, 0)


def _range_contents(start: Any, step: Any, count: Dim) -> tuple[Any, ...] | None:
    if not isinstance(count, int) or count > MAXIMUM_CONTENTS:
        return None
    if isinstance(start, float) or isinstance(step, float):
        return None
    return tuple([start + step * place for place in range(count)])
