"""Where in the author's own code an operator is called."""

from __future__ import annotations

import os
import sys
from types import FrameType

import torch

__all__ = ["ENTRY", "is_author_file", "is_own_file", "place_of", "user_frame"]

ENTRY = "run_forward_of_model"
"""The function that calls the model: whoever called that is no part of it."""

_INSIDE = (
    os.path.dirname(os.path.abspath(torch.__file__ or "")) + os.sep,
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep,
)
"""The folders of PyTorch and of shapelens itself."""

_TYPED = ("<stdin>", "<python-input", "<ipython-input", "<doctest", "<string>")
_is_author: dict[str, bool] = {}


def user_frame(depth: int = 2) -> FrameType | None:
    """The innermost frame inside the trace that is neither PyTorch's nor ours."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and frame.f_code.co_name != ENTRY:
        if is_author_file(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def is_author_file(file: str) -> bool:
    """Whether code in a file is the author's: neither PyTorch's nor ours, and no made-up file of Python's."""
    known = _is_author.get(file)
    if known is None:
        known = _is_author[file] = file.startswith(_TYPED) or not file.startswith(("<", *_INSIDE))
    return known


def is_own_file(file: str) -> bool:
    """Whether code in a file is ours."""
    return file.startswith(_INSIDE[1])


def place_of(frame: FrameType | None) -> str:
    """A frame's file and line: `vgg.py:66`."""
    return "" if frame is None else f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
