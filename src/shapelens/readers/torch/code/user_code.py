"""The user's own code, run beside ours: what it prints, its random numbers, and what it raises.

What it prints goes to standard error, so that it never stands in the middle of a table or of JSON.
"""

from __future__ import annotations

import linecache
import os
import random
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from traceback import walk_tb

import torch

from shapelens import errors
from shapelens.errors import SourceError, UserCodeError
from shapelens.readers.onnx.visible import visible

__all__ = [
    "RAISED_RULE",
    "exception_text",
    "frames_outside",
    "running_user_code",
    "shown_path",
    "user_code_error",
    "user_place",
]

RAISED_RULE = "the code that is named is imported and called, as Python does it, and must raise nothing"

LONGEST_MESSAGE = 200
"""A line of an exception's message is shown up to this length."""

MOST_LINES = 4
"""So many lines of it are shown."""

LONGEST_LINE = 88
"""A line of code is shown up to this length."""

_FROZEN = "<frozen "


# running it -----------------------------------------------------------------------------------------------


@contextmanager
def running_user_code() -> Iterator[None]:
    """Send what the code inside prints to standard error, and give random numbers back as they were."""
    with _random_states_kept(), _output_to_stderr():
        yield


@contextmanager
def _random_states_kept() -> Iterator[None]:
    state = random.getstate()
    numbers = sys.modules.get("numpy.random")
    numpy_state = numbers.get_state() if numbers is not None else None
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    with torch.random.fork_rng(devices=list(devices)):
        try:
            yield
        finally:
            random.setstate(state)
            if numbers is not None:
                numbers.set_state(numpy_state)


@contextmanager
def _output_to_stderr() -> Iterator[None]:
    """Redirect Python's output, and that of whatever writes past Python: compilers and other programs."""
    _flush()
    saved = None
    with suppress(OSError):
        saved = os.dup(1)
    try:
        if saved is not None:
            with suppress(OSError):
                os.dup2(2, 1)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _flush()
        if saved is not None:
            os.dup2(saved, 1)
            os.close(saved)


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()  # type: ignore[union-attr]


# what it raises -------------------------------------------------------------------------------------------


def user_code_error(error: BaseException, summary: str, fallback: str, fix: str) -> SourceError:
    """An exception of the user's code as the one error that is shown.

    Args:
        error: the exception.
        summary: what was going on: `net.py:Net raised ValueError while it was built`.
        fallback: where it happened, if none of its frames says so.
        fix: what to do.
    """
    return UserCodeError(
        summary, at=user_place(error) or fallback, have=exception_text(error), rule=RAISED_RULE, fix=fix
    )


def exception_text(error: BaseException) -> str:
    """An exception's class and message, as Python prints them and no longer than can be taken in."""
    name = type(error).__qualname__
    try:
        message = (error.msg or "") if isinstance(error, SyntaxError) else str(error)
    except Exception:
        message = ""
    lines = [visible(line.rstrip(), LONGEST_MESSAGE) for line in message.splitlines() if line.strip()]
    if not lines:
        return name
    cut = ["…"] if len(lines) > MOST_LINES else []
    return "\n".join([f"{name}: {lines[0]}", *lines[1:MOST_LINES], *cut])


def user_place(error: BaseException) -> str:
    """Where in the user's own code an exception comes from, and the line that stands there.

    It is the innermost frame that is neither a package's nor Python's own; if there is none, a package's.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return _place(error.filename, error.lineno, "", error.text or "")
    found = frames_outside(error)
    if not found:
        return ""
    file, line, function = max(enumerate(found), key=lambda each: (-_strangeness(each[1][0]), each[0]))[1]
    return _place(file, line, function, linecache.getline(file, line))


def frames_outside(error: BaseException) -> list[tuple[str, int, str]]:
    """File, line and function of every frame of an exception that is neither ours nor the import's, inner ones last."""
    linecache.checkcache()
    ours = _folder(errors)
    found = [
        (frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walk_tb(error.__traceback__)
    ]
    return [each for each in found if not each[0].startswith((_FROZEN, ours)) and not _is_importlib(each[0])]


def _place(file: str, line: int, function: str, code: str) -> str:
    inside = f", in {function}" if function and function != "<module>" else ""
    shown = visible(" ".join(code.split()), LONGEST_LINE)
    return f"{shown_path(file)}:{line}{inside}" + (f"\n{shown}" if shown else "")


def shown_path(file: str) -> str:
    """A file's path from the current folder on, or from the folder of packages on, if it is in there."""
    _, is_installed, inside = file.rpartition(f"{os.sep}site-packages{os.sep}")
    if is_installed:
        return visible(inside)
    with suppress(OSError, ValueError):
        relative = os.path.relpath(file)
        if not relative.startswith(os.pardir):
            return visible(relative)
    return visible(file, 200)


def _folder(package: object) -> str:
    return os.path.dirname(os.path.abspath(getattr(package, "__file__", None) or "")) + os.sep


def _is_importlib(file: str) -> bool:
    return file.startswith(os.path.join(sysconfig.get_paths()["stdlib"], "importlib") + os.sep)


@cache
def _strangeness(file: str) -> int:
    """How little of the user's own a file is: 0 their own, 1 a package's, 2 PyTorch's or Python's."""
    paths = sysconfig.get_paths()
    if file.startswith(_folder(torch)):
        return 2
    if file.startswith((paths["purelib"], paths["platlib"])) or f"{os.sep}site-packages{os.sep}" in file:
        return 1
    return 2 if file.startswith(paths["stdlib"] + os.sep) else 0
