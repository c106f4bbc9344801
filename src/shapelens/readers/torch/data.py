"""What a model reads of its tensors while there is no data: an answer is assumed, and said."""

from __future__ import annotations

import linecache
from types import FrameType
from typing import Any

from shapelens.readers.torch.places import place_of
from shapelens.readers.torch.recording import DataNeededError

__all__ = ["CONCRETE", "assumed"]

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


def assumed(name: str, tensor: Any, frame: FrameType | None) -> tuple[Any, str]:
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
