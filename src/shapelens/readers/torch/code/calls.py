"""Which module's call an exception came out of, and what it was called with: read from the traceback alone."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import torch

from shapelens.readers.torch.places import is_author_file, place_of
from shapelens.records import dataclass

__all__ = ["FailedCall", "failed_call"]

_CALLS = frozenset(["_wrapped_call_impl", "_call_impl"])
_RAISED_BY_TORCH = frozenset([RuntimeError, ValueError, AssertionError, NotImplementedError])
"""The very types that PyTorch raises where shapes do not fit; a subclass is somebody's own, or says something else.

An `IndexError` says that there is no such axis or index, which is true of one tensor and needs no other.
"""

_RAISING = frozenset(["RAISE_VARARGS", "RERAISE"])


@dataclass(frozen=True, slots=True)
class FailedCall:
    """The outermost call of a module that an exception came out of.

    Args:
        module: the module.
        arguments: its positional arguments.
        named: its keyword arguments.
        where: the author's line inside, from which PyTorch was called: `net.py:13`; empty where there is none.
    """

    module: Any
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    where: str


def failed_call(error: BaseException, trace_back: TracebackType) -> FailedCall | None:
    """The call of a module that PyTorch ended; None where the author's code raised, or no module was called."""
    if type(error) not in _RAISED_BY_TORCH:
        return None
    frames = list(_frames(trace_back))
    innermost = frames[-1]
    if is_author_file(innermost.tb_frame.f_code.co_filename) and _raises(innermost):
        return None
    for place, each in enumerate(frames):
        frame = each.tb_frame
        module = frame.f_locals.get("self")
        if frame.f_code.co_name in _CALLS and isinstance(module, torch.nn.Module):
            given, named = frame.f_locals.get("args", ()), frame.f_locals.get("kwargs", {})
            inside = [f for f in frames[place:] if is_author_file(f.tb_frame.f_code.co_filename)]
            where = ""
            if inside:
                where = f"{place_of(inside[-1].tb_frame).rpartition(':')[0]}:{inside[-1].tb_lineno}"
            return FailedCall(module, tuple(given), dict(named), where)
    return None


def _frames(trace_back: TracebackType | None) -> Iterator[TracebackType]:
    while trace_back is not None:
        yield trace_back
        trace_back = trace_back.tb_next


def _raises(trace_back: TracebackType) -> bool:
    """Whether the code of a frame raised by itself, and did not call what raised."""
    code, last = trace_back.tb_frame.f_code, trace_back.tb_lasti
    return any(
        instruction.offset == last and instruction.opname in _RAISING
        for instruction in dis.get_instructions(code)
    )
