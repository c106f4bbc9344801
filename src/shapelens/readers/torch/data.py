"""What a model reads of the values of its tensors.

Of a constant it is given the real value, of sizes numbers that remember their formula; where there are no data, an
answer is assumed, and said.
"""

from __future__ import annotations

import linecache
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

import torch

from shapelens.dims import Expression, Unknown
from shapelens.readers.torch.holding import Holder
from shapelens.readers.torch.measuring import Measures
from shapelens.readers.torch.places import place_of, user_frame
from shapelens.readers.torch.recording import DataNeededError, Recording
from shapelens.readers.torch.refusing import Refusals
from shapelens.readers.torch.sizes import TracedInt, traced
from shapelens.readers.torch.structures import mapped, tensors_in

__all__ = ["CONCRETE", "Data"]

CONCRETE: dict[str, Any] = {
    "item": 1,
    "tolist": None,
    "numpy": None,
    "__array__": None,
    "__bool__": False,
    "is_nonzero": False,
    "__int__": 1,
    "__float__": 1.0,
    "__index__": 1,
    "__complex__": 1.0,
    "__contains__": False,
    "equal": True,
    "allclose": True,
    "__format__": "",
    "__repr__": "",
}
"""The functions that read data, and what they are taken to give. None: there is no answer that would do."""


class Data:
    """Gives the author's code the values of tensors.

    Args:
        recording: what is assumed is written into it.
        holder: what is known of every tensor.
        measures: the witness of what is asked of sizes that are read.
        refusals: keeps what is raised for want of data.
    """

    def __init__(self, recording: Recording, holder: Holder, measures: Measures, refusals: Refusals) -> None:
        self._recording = recording
        self._holder = holder
        self._measures = measures
        self._refusals = refusals

    def read(self, name: str, function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """What the model reads of a tensor: its real value for a constant, else what is assumed.

        Args:
            name: one of the functions that read data.
            function: the function.
            args: its arguments by position.
            named: its arguments by name.
        """
        tensors = tensors_in((args, named))
        if tensors and not any(map(self._holder.flows, tensors)):
            # An array of NumPy's shares the memory that it is made of.
            own = mapped(_copied, args) if name in {"numpy", "__array__"} else args
            return function(*own, **named)
        if args and isinstance(args[0], torch.Tensor):
            found = self._sizes_read(name, args[0])
            if found is not None:
                return found
        try:
            answer, sentence = _assumed(name, args[0] if args else None, user_frame(3))
            self._recording.assume(sentence)
        except DataNeededError as needed:
            self._refusals.blind.append(needed)
            raise
        if type(answer) is int and name == "item":
            # A size that is made of it is not known either.
            return TracedInt(answer, Unknown("the data decide it"), self._measures)
        return answer

    def _sizes_read(self, name: str, tensor: torch.Tensor) -> Any:
        """What is read of a tensor that holds sizes; None where its elements are not known."""
        contents = self._holder.value_of(tensor).tensor.contents
        if contents is None or name not in {"item", "tolist", "__int__", "__index__", "__bool__"}:
            return None
        numbers = [self._number(element) for element in contents]
        if any(number is None for number in numbers):
            return None
        self._recording.hold_decisions(place_of(user_frame(4)))
        if name == "tolist":
            return _nested(numbers, tensor.shape)
        if len(numbers) != 1:
            return None
        if name in {"__int__", "__index__"}:
            return int(numbers[0])  # Python takes nothing else than its own, so the size is held
        return bool(numbers[0]) if name == "__bool__" else numbers[0]

    def _number(self, element: Any) -> Any:
        if isinstance(element, Expression):
            return traced(self._recording.size_of(element), element, self._measures)
        return element if isinstance(element, (int, float)) else None


def _copied(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, torch.Tensor) else leaf


def _nested(numbers: list[Any], shape: Sequence[int]) -> Any:
    """Numbers in row-major order, as lists of lists of a shape."""
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return numbers
    step = len(numbers) // shape[0] if shape[0] else 0
    return [_nested(numbers[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _assumed(name: str, tensor: Any, frame: FrameType | None) -> tuple[Any, str]:
    """An answer for a model that reads data, and the sentence that says so.

    Args:
        name: the function that reads.
        tensor: what it reads.
        frame: where the author's code is.

    Raises:
        DataNeededError: "the model reads the values of a tensor".
    """
    answer = CONCRETE[name]
    line = (
        ""
        if frame is None
        else linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip().removesuffix(":")
    )
    place = place_of(frame)
    if name in {"__format__", "__repr__"}:
        return "<a tensor without data>", f"{place}: a tensor is written as text"
    if answer is None:
        raise DataNeededError(
            f"{name}() reads the values of a tensor, and there are none without running the model"
        )
    if name == "item" and tensor is not None and str(tensor.dtype) == "torch.bool":
        answer = False
    if answer is False and "assert" in line:
        answer = True  # what the author takes for granted
    return answer, f"{place}: a tensor's value is read and taken to be {answer!r}" + (
        f": {line}" if line else ""
    )
