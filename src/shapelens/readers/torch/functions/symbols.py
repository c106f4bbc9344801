"""Counts that only the data decide: a symbol for each, of which the trace supposes that it is as large as may be."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Condition, Dim, Expression, Truth, equal, symbol
from shapelens.readers.torch.functions import Call
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import Value

__all__ = ["held", "holds", "new_count", "true_cells"]

_LETTER = "k"

_FREE = 8
"""A count that nothing bounds is supposed to be this; one of 1 would stretch to anything."""


def new_count(call: Call, most: Dim, least: int = 0, *, is_gone_through: bool = False) -> Expression:
    """A symbol for a count.

    Args:
        call: the call whose outcome is counted.
        most: no count is larger; None where nothing bounds it.
        least: no count is smaller.
        is_gone_through: whether code goes through what is counted one by one, so that it is supposed to be few.
    """
    path = call.recording.path
    numbers = iter(range(2, len(path.example) + 3))
    name = _LETTER
    while name in path.example:
        name = f"{_LETTER}{next(numbers)}"
    bounded = path.size(most) if isinstance(most, Expression) else most
    size = bounded if isinstance(bounded, int) else _FREE
    if is_gone_through:
        size = min(size, _FREE)
    path.example = {**path.example, name: max(size, least)}
    return symbol(name, least, most if isinstance(most, int) and most > least else None)


def true_cells(call: Call, mask: Value) -> Any:
    """What counts the cells of a mask that are not zero: nothing where its contents are known."""
    return new_count(call, mask.tensor.elements) if mask.tensor.contents is None else ""


def holds(call: Call, truth: Truth) -> bool:
    """Whether something holds in the trace, which is then known for the sizes alone where it does or does not.

    What is not known does not.
    """
    if not isinstance(truth, Condition):
        return truth is True
    answer = call.recording.path.holds(truth)
    call.recording.ask(truth, answer, call.where)
    return answer


def held(call: Call, number: Any) -> Any:
    """A number that is no arithmetic on sizes any more: the sizes behind it are held from here on."""
    if isinstance(number, TracedFloat):
        return number.pinned()
    if isinstance(number, Expression):
        size = call.recording.path.size(number)
        truth = equal(number, size)
        if not isinstance(truth, bool):
            call.recording.ask(truth, True, call.where)
        return size
    return number
