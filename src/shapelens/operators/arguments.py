"""What an operator is told: by a setting, or by the contents of one of its inputs.

The same number comes as an attribute in one version of a format and as a tensor in the next. A tensor whose
elements are not known tells how many there are, and no more:

    >>> from shapelens.operators.operator import Tensor
    >>> told((2, 3), None, "the new shape")
    (2, 3)
    >>> told(None, Tensor((2,), "int64"), "the new shape")
    (Unknown('the new shape is computed from data'), Unknown('the new shape is computed from data'))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim, Expression, UndecidedError, Unknown
from shapelens.operators.operator import Outcome, Requirement, Tensor

__all__ = [
    "AXIS",
    "fixed_axes",
    "fixed_axis",
    "given",
    "is_size",
    "optional",
    "refused",
    "required",
    "told",
    "told_number",
]

AXIS = "axis"
"""The kind of the requirement that an axis exists."""

MAXIMUM_ARGUMENTS = 64
"""No operator is told more numbers than this by one input; more are data."""


def given(inputs: Sequence[Tensor | None], position: int = 0) -> Tensor:
    """An input that is never left out."""
    tensor = inputs[position]
    assert tensor is not None
    return tensor


def optional(inputs: Sequence[Tensor | None], position: int) -> Tensor | None:
    """An input that may be left out."""
    return inputs[position] if position < len(inputs) else None


def told(setting: Sequence[Dim] | None, tensor: Tensor | None, what: str) -> tuple[Dim, ...] | Unknown | None:
    """A list of numbers: the tensor's elements if there is one, else the setting.

    Args:
        setting: the numbers, if they are known beforehand.
        tensor: the input that carries them, if there is one.
        what: what they are, for the reason when they are not known.

    Returns:
        The numbers, each of which may be unknown; `Unknown` if not even their count is known; None if there
        is neither a setting nor a tensor.
    """
    if tensor is None:
        return None if setting is None else tuple(setting)
    if tensor.contents is not None:
        return tuple([_number(element) for element in tensor.contents])
    count = tensor.elements
    if isinstance(count, Unknown):
        return count
    reason = Unknown(f"{what} is computed from data")
    return (reason,) * count if isinstance(count, int) and count <= MAXIMUM_ARGUMENTS else reason


def required(setting: Sequence[Dim] | None, tensor: Tensor | None, what: str) -> tuple[Dim, ...] | Unknown:
    """The same where there must be one or the other."""
    numbers = told(setting, tensor, what)
    return Unknown(f"{what} is not given") if numbers is None else numbers


def told_number(setting: Dim | None, tensor: Tensor | None, what: str) -> Dim | None:
    """One number: the tensor's only element if there is a tensor, else the setting."""
    numbers = told(None if setting is None else (setting,), tensor, what)
    if numbers is None or isinstance(numbers, Unknown):
        return numbers
    return numbers[0] if len(numbers) == 1 else Unknown(f"{what} is no single number")


def is_size(element: Any) -> bool:
    """Whether an element is a whole number, in any reading, and no float or condition."""
    return isinstance(element, (int, Expression, Unknown)) or hasattr(element, "extremum")


def _number(element: Any) -> Dim:
    if isinstance(element, bool) or (isinstance(element, float) and element.is_integer()):
        return int(element)
    return element if is_size(element) else Unknown("it is computed from what is no size")


def fixed_axes(
    axes: Sequence[Dim] | Unknown, rank: int, *, may_repeat: bool = False
) -> tuple[tuple[int, ...], Requirement | None]:
    """Axes counted from the front, and the requirement that they break if they do not exist or come twice.

        >>> fixed_axes((-1, 0), 4)
        ((3, 0), None)

    Args:
        axes: the axes, negative ones counted from the end.
        rank: how many axes there are.
        may_repeat: whether an axis may come twice: onnxruntime drops and reduces it once.

    Raises:
        UndecidedError: an axis is not known beforehand.
    """
    if isinstance(axes, Unknown):
        raise UndecidedError(axes.reason)
    counted: list[int] = []
    for axis in axes:
        if isinstance(axis, Unknown):
            raise UndecidedError(axis.reason)
        if not isinstance(axis, int):
            raise UndecidedError("which axis it is depends on the size")
        counted.append(axis + rank if axis < 0 else axis)
    repeats = not may_repeat and len(set(counted)) < len(counted)
    if all(0 <= axis < rank for axis in counted) and not repeats:
        return tuple(counted), None
    return tuple(counted), Requirement(AXIS, False, {"axes": tuple(axes), "rank": rank}, spoils=None)


def fixed_axis(axis: Dim, rank: int) -> tuple[int, Requirement | None]:
    """One axis counted from the front, and the requirement that it breaks if it does not exist."""
    (counted,), broken = fixed_axes((axis,), rank)
    return counted, broken


def refused(broken: Requirement, *tensors: Tensor) -> Outcome:
    """What comes out where not even the structure of the result can be told: tensors of unknown shape."""
    nothing = Unknown(f"the {broken.kind} does not fit")
    return Outcome(tuple([tensor.shaped(nothing) for tensor in tensors]), (broken,))
