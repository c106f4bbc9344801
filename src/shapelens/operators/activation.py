"""Operators that keep the shape: activations, with and without a learned slope, dropout, clipping.

>>> from shapelens.operators import ParametricActivation, Tensor
>>> ParametricActivation(channel_axis=1).evaluate(Tensor((1, 64, 56, 56)), Tensor((64,))).broken
()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.contents import FUNCTIONS, function_of
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, same_cells
from shapelens.operators.spans import NOT_FOLLOWED, Span, clipped
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["Activation", "Clip", "Dropout", "ParametricActivation", "followed_shape"]

# Functions of one element by their names without underscores, by what their derivatives are computed from.
_KEEPS_NOTHING = frozenset(
    "ceil deg2rad fix floor frac neg negative positive rad2deg rescale round sign trunc truncate".split()
)
_KEEPS_INPUT = frozenset(
    """
    abs absolute acos acosh angle arccos arcsin arctan asin asinh atan atanh celu cos cosh digamma elu erf erfc erfinv
    gelu hardshrink hardsigmoid hardswish hardtanh i0 leakyrelu lgamma log log10 log1p log2 logit mish nantonum relu6
    selu silu sin sinc sinh softplus softshrink square swish threshold thresholdedrelu
    """.split()
)
_KEEPS_OUTPUT = frozenset(
    "exp exp2 expit expm1 exponential reciprocal relu rsqrt sigmoid sqrt squareroot tan tanh".split()
)
_KEEPS_INPUT_AND_MORE = frozenset(["logsigmoid", "rrelu", "softsign"])
"""Functions that keep their input, and as many numbers again that they computed or drew on the way."""

_KEEPS_STEP = frozenset(["tanhshrink"])
"""Functions that keep neither, but as many numbers that they computed on the way."""


@dataclass(frozen=True)
class Activation(Operator):
    """A function of each element by itself: the shape stays, and there is nothing to learn.

    Args:
        function: its name in a table: `relu`, `sigmoid`, `dropout`, … (those in `contents.FUNCTIONS` are
            computed for sizes).
        dtype: the type of the output, where it is not the input's.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"
    lies_like_input: ClassVar[bool] = True

    function: str = "relu"
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        contents = None
        if tensor.contents is not None and self.function in FUNCTIONS:
            function = function_of(self.function, tensor.dtype)
            contents = tuple([function(element) for element in tensor.contents])
        span = None
        if tensor.span is not None and self.function == "negative":
            span = Span(-tensor.span.most, -tensor.span.least, tensor.span.is_reached)
        return Outcome((Tensor(tensor.shape, self.dtype or tensor.dtype, contents, span=span),))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """A plus sign gives what it is given."""
        return (run.lies(),) if self.function == "positive" else ()

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input or the output, whichever the derivative is computed from."""
        name = self.function.replace("_", "")
        step = run.tensor().shaped(run.tensor().shape)
        if name in _KEEPS_NOTHING:
            return Kept()
        if name in _KEEPS_INPUT:
            return Kept((0,))
        if name in _KEEPS_OUTPUT:
            return Kept(outputs=(0,))
        if name in _KEEPS_INPUT_AND_MORE:
            return Kept((0,), others=(step,))
        return Kept(others=(step,)) if name in _KEEPS_STEP else super().kept_for_backward(run)


@dataclass(frozen=True)
class Dropout(Operator):
    """Sets elements to zero at random while a network learns; passes everything on when it is used.

    Args:
        share: the share of the elements that is set to zero; None where it is not told, and then there is one.
        apart: the axes along which cells are dropped one by one, and not together; None for all of them.
        with_mask: whether a second output tells which elements were kept.
        mask_dtype: the type of that output, where it is not the input's.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"
    word: ClassVar[str] = "dropout"
    lies_like_input: ClassVar[bool] = True

    with_mask: bool = False
    mask_dtype: str | None = "bool"
    share: float | None = None
    apart: tuple[int, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        mask = (tensor.shaped(tensor.shape, self.mask_dtype),) if self.with_mask else ()
        return Outcome((tensor.shaped(tensor.shape), *mask))

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """What is passed on unchanged is no tensor of its own."""
        return () if run.is_training and self.share != 0 else (run.lies(),)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The mask: a number for each cell that is dropped by itself."""
        tensor = run.tensor()
        if self.share == 0:
            return Kept()
        if self.share == 1:
            return Kept(others=(tensor.shaped(()),))
        apart = tuple(range(tensor.rank)) if self.apart is None else self.apart
        return Kept(others=(tensor.shaped(tuple([tensor.dims[axis] for axis in apart])),))


@dataclass(frozen=True)
class Clip(Operator):
    """Elements held between a least and a largest value: `min(max(x, low), high)`.

    The bounds are settings, or inputs of one element each.

    Args:
        low: the least value, if it is known beforehand.
        high: the largest value, if it is known beforehand.
        called: what it is called in a table: `clip`, `relu6`.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "low", "high")
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"
    lies_like_input: ClassVar[bool] = True

    low: Dim | float | None = None
    high: Dim | float | None = None
    called: str = "clip"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        bounds = ((self.low, optional(inputs, 1), "maximum"), (self.high, optional(inputs, 2), "minimum"))
        requirements = [
            Requirement("clip_bound", equal(bound.elements, 1), {"gets": bound.shape})
            for _, bound, _ in bounds
            if bound is not None
        ]
        contents = tensor.contents
        for setting, bound, name in bounds:
            if contents is None or (setting is None and bound is None):
                continue
            limit = (setting,) if bound is None else bound.contents
            known = limit is not None and len(limit) == 1
            contents = _held(contents, limit[0], name, tensor.dtype) if limit is not None and known else None
        span = tensor.span
        if span is not None:
            is_told = all(bound is None for _, bound, _ in bounds)
            span = clipped(span, self.low, self.high) if is_told else NOT_FOLLOWED
        return Outcome((Tensor(tensor.shape, tensor.dtype, contents, span=span),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called

    def kept_for_backward(self, run: Run) -> Kept:
        """The input, and bounds that are tensors: where it lies between them the gradient goes through."""
        return Kept((0, 1, 2))


def _held(contents: tuple[Any, ...], limit: Any, name: str, dtype: str) -> tuple[Any, ...]:
    """Each element, or the limit where that is the larger or the smaller of the two."""
    function = function_of(name, dtype)
    return tuple([function(element, limit) for element in contents])


@dataclass(frozen=True)
class ParametricActivation(Operator):
    """An activation with a slope that is learned: `slope · x` where x is negative.

    Args:
        function: its name in a table.
        channel_axis: the axis that a slope of several elements stands for; None where the slope broadcasts to
            the input, trailing axes aligned.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "slope")
    learned: ClassVar[frozenset[str]] = frozenset({"slope"})
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"
    lies_like_input: ClassVar[bool] = True

    function: str = "prelu"
    channel_axis: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, slope = given(inputs), given(inputs, 1)
        output = tensor.shaped(tensor.shape)
        for known in (tensor, slope):
            if isinstance(known.shape, Unknown):
                return Outcome((output,), (Requirement("slope", known.shape, {"role": "slope"}),))
        return Outcome((output,), self._requirements(tensor.dims, slope))

    def _requirements(self, shape: Shape, slope: Tensor) -> tuple[Requirement, ...]:
        facts = {"role": "slope", "gets": slope.shape, "wants": shape}
        if self.channel_axis is not None:
            # A vector has no axis of channels: it is one.
            channels = shape[self.channel_axis] if len(shape) > self.channel_axis else 1
            fits = any_of(equal(slope.elements, channels), equal(slope.elements, 1))
            return (Requirement("slope", fits, {**facts, "channels": channels}),)
        if slope.rank > len(shape):
            return (Requirement("slope", False, facts),)
        pairs = zip(slope.dims, shape[len(shape) - slope.rank :], strict=True)
        return tuple(
            [Requirement("slope", any_of(equal(own, 1), equal(own, dim)), facts) for own, dim in pairs]
        )

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return same_cells([given(inputs).shape], outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")

    def kept_for_backward(self, run: Run) -> Kept:
        """The input and the slope."""
        return Kept((0, 1))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        slope = given(before, 1)
        old, new = given(before).shape, given(after).shape
        if isinstance(old, Unknown) or isinstance(new, Unknown) or len(old) != len(new):
            return Follow(self)
        axis = self.channel_axis
        if axis is None:
            followed = followed_shape(slope.dims, old, new)
        else:
            matched = axis < len(old) and slope.rank == 1
            followed = (
                followed_shape(slope.dims, old[axis : axis + 1], new[axis : axis + 1]) if matched else None
            )
        return Follow(self) if followed is None else Follow(self, {1: followed})


def followed_shape(weight: Shape, old: Shape, new: Shape) -> Shape | None:
    """A weight that met a shape, made to meet another: each dim that matched follows. None if nothing changes.

    >>> followed_shape((64, 1, 1), (2, 64, 8, 8), (2, 32, 8, 8))
    (32, 1, 1)
    """
    offset = len(old) - len(weight)
    changed: dict[int, Dim] = {}
    for place, dim in enumerate(weight):
        axis = place + offset
        if axis < 0 or not isinstance(dim, int) or dim == 1:
            continue
        if old[axis] == dim and isinstance(new[axis], int) and new[axis] != dim:
            changed[place] = new[axis]
    return tuple([changed.get(place, dim) for place, dim in enumerate(weight)]) if changed else None
