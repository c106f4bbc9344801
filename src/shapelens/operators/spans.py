"""Between which numbers the elements of a tensor lie that is computed of sizes alone: `arange(H)` has 0 to H - 1.

Its elements are too many, or as many as a size that is not known, to be followed one by one. What is asked of them is
whether they stand inside of an axis, and for that the least and the largest are enough.

    >>> from shapelens.dims import symbol
    >>> from shapelens.operators import Range
    >>> Range(0, symbol("H"), 2).evaluate().outputs[0].span
    Span(least=0, most=2*ceil(H/2) - 2, is_reached=True)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shapelens.dims import (
    Dim,
    Expression,
    Truth,
    Unknown,
    all_of,
    any_of,
    at_least,
    at_most,
    decide,
    equal,
    maximum,
    minimum,
)
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.operators.operator import Tensor

__all__ = ["NOT_FOLLOWED", "Span", "clipped", "combined", "inside", "of_some", "span_of", "together"]

MAXIMUM_COMPARED = 16
"""Of so few sizes is the largest looked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the largest element.

    Args:
        least: no element is smaller.
        most: no element is larger.
        is_reached: whether both are elements, where there are any.
    """

    least: Dim
    most: Dim
    is_reached: bool = True


_LOST = Unknown("places are computed from sizes in a way that is not followed")

NOT_FOLLOWED = Span(_LOST, _LOST, is_reached=False)
"""Of what is computed from sizes in other ways than those that are followed here."""


def span_of(tensor: Tensor) -> Span | None:
    """Between which numbers its elements lie; None where they are data, or the network holds them unread."""
    if tensor.span is not None or not tensor.contents:
        return tensor.span
    if all(type(element) is int for element in tensor.contents):
        return Span(min(tensor.contents), max(tensor.contents))
    are_sizes = all(isinstance(element, (int, Expression)) for element in tensor.contents)
    if are_sizes and len(tensor.contents) <= MAXIMUM_COMPARED:
        return Span(minimum(*tensor.contents), maximum(*tensor.contents))
    return NOT_FOLLOWED


def of_some(span: Span) -> Span:
    """Of some of the elements."""
    return replace(span, is_reached=False)


def together(tensors: Sequence[Tensor]) -> Span | None:
    """Of the elements of several tensors; None where those of one are data."""
    spans = [span_of(tensor) for tensor in tensors]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    # An empty range has ends that are no elements.
    are_some = all(at_least(tensor.elements, 1) is True for tensor in tensors)
    is_reached = are_some and all(span.is_reached for span in known)
    return Span(minimum(*[span.least for span in known]), maximum(*[span.most for span in known]), is_reached)


# arithmetic ---------------------------------------------------------------------------------------------


def combined(function: str, tensors: Sequence[Tensor]) -> Span | None:
    """Of a function of elements of several tensors; None where those of one are data.

    The ends are reached where every element of one tensor meets every element of the other.
    """
    spans = [span_of(tensor) for tensor in tensors]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    rule = _RULES.get(function)
    if rule is None or len(known) != 2:
        return NOT_FOLLOWED
    first, second = known
    found = rule(first, second)
    is_reached = found.is_reached and first.is_reached and second.is_reached and _are_apart(tensors)
    return replace(found, is_reached=is_reached)


def clipped(span: Span, low: Any, high: Any) -> Span:
    """Of the elements held between two bounds, None for no bound."""
    for bound, ends in ((low, maximum), (high, minimum)):
        if isinstance(bound, float):
            return NOT_FOLLOWED
        if bound is not None:
            span = Span(ends(span.least, bound), ends(span.most, bound), span.is_reached)
    return span


def _are_apart(tensors: Sequence[Tensor]) -> bool:
    """Whether no axis is one of two tensors at once: each has size 1 where the other has more."""
    rank = max(tensor.rank for tensor in tensors)
    shapes = [(1,) * (rank - tensor.rank) + tensor.dims for tensor in tensors]
    return all(
        sum([not (isinstance(dim, int) and dim == 1) for dim in dims]) < 2
        for dims in zip(*shapes, strict=True)
    )


def _sum(first: Span, second: Span) -> Span:
    return Span(first.least + second.least, first.most + second.most)


def _difference(first: Span, second: Span) -> Span:
    return Span(first.least - second.most, first.most - second.least)


def _product(first: Span, second: Span) -> Span:
    """Of what is nowhere negative, or by a number."""
    for one, other in ((first, second), (second, first)):
        if isinstance(one.least, int) and one.least == one.most:
            times = one.least
            ends = (other.least * times, other.most * times)
            return Span(*(ends if times >= 0 else ends[::-1]))
    if at_least(first.least, 0) is True and at_least(second.least, 0) is True:
        return Span(first.least * second.least, first.most * second.most)
    return NOT_FOLLOWED


def _quotient(first: Span, second: Span) -> Span:
    """By one number or size above 0."""
    if second.least != second.most or at_least(second.least, 1) is not True:
        return NOT_FOLLOWED
    return Span(first.least // second.least, first.most // second.least)


def _remainder(first: Span, second: Span) -> Span:
    """By one number or size above 0: it may be anything below."""
    if second.least != second.most or at_least(second.least, 1) is not True:
        return NOT_FOLLOWED
    return Span(0, second.least - 1, is_reached=False)


def _larger(first: Span, second: Span) -> Span:
    return Span(maximum(first.least, second.least), maximum(first.most, second.most))


def _smaller(first: Span, second: Span) -> Span:
    return Span(minimum(first.least, second.least), minimum(first.most, second.most))


_RULES = {
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
    "floor_divide": _quotient,
    "modulo": _remainder,
    "maximum": _larger,
    "minimum": _smaller,
}


# standing inside ----------------------------------------------------------------------------------------


def inside(indices: Tensor, size: Dim, *, from_end: bool = False) -> Truth:
    """Whether every index stands inside of an axis; true where the indices are data.

    Args:
        indices: the indices.
        size: the size of the axis.
        from_end: whether negative ones count from its end.
    """
    span = indices.span
    if span is None:
        return True
    if isinstance(span.least, Unknown) or isinstance(span.most, Unknown):
        return span.least if isinstance(span.least, Unknown) else span.most
    first = at_least(span.least + size, 0) if from_end else at_least(span.least, 0)
    truth = any_of(equal(indices.elements, 0), all_of(first, at_most(span.most, size - 1)))
    if span.is_reached or (isinstance(truth, (bool, Unknown)) and truth is not False):
        return truth
    # What is known is only that no place lies further out.
    return True if decide(truth) else Unknown("whether all places stand inside of an axis is not known")
