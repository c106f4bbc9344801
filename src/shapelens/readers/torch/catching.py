"""Whether the author's own code may catch what PyTorch raises: `try: … except RuntimeError: …`.

Where it does, a size that an operator refuses is not refused by the model: it goes another way there.
"""

from __future__ import annotations

import dis
from types import CodeType, FrameType

from shapelens.readers.torch.places import ENTRY, is_author_file
from shapelens.records import dataclass

__all__ = ["may_be_caught"]

_HANDLER = "PUSH_EXC_INFO"
"""The instruction that a handler begins with; what only puts the stack in order again begins otherwise."""

_LEAVES_BLOCK = "WITH_EXCEPT_START"
"""The instruction behind it where the handler is that of a `with` block, whose manager is told."""

_SUPPRESSES = "suppress"
"""A manager that is called so may keep the exception to itself."""


@dataclass(frozen=True, slots=True)
class _Handled:
    """A stretch of code in which exceptions go to a handler.

    Args:
        start: where it begins.
        end: where it ends.
        handler: where the handler begins.
        catches: whether the handler may end an exception; else it is raised again from there.
    """

    start: int
    end: int
    handler: int
    catches: bool


_known: dict[CodeType, tuple[_Handled, ...]] = {}


def may_be_caught(frame: FrameType | None) -> bool:
    """Whether an exception that is raised in a frame may be caught on its way out of the model.

    Args:
        frame: the innermost frame of the author's; that of the call of the model ends the search.
    """
    while frame is not None and frame.f_code.co_name != ENTRY:
        code = frame.f_code
        if code.co_exceptiontable and is_author_file(code.co_filename) and _catches_at(code, frame.f_lasti):
            return True
        frame = frame.f_back
    return False


def _catches_at(code: CodeType, place: int) -> bool:
    """Whether what is raised at a place of the code may be caught in it: blocks stand in blocks."""
    met: set[int] = set()
    while place not in met:
        met.add(place)
        handled = next((each for each in _handled(code) if each.start <= place < each.end), None)
        if handled is None:
            return False
        if handled.catches:
            return True
        place = handled.handler
    return False


def _handled(code: CodeType) -> tuple[_Handled, ...]:
    """The stretches of a code in which exceptions are handled."""
    known = _known.get(code)
    if known is None:
        bytecode = dis.Bytecode(code)
        instructions = list(bytecode)
        at = {instruction.offset: place for place, instruction in enumerate(instructions)}
        suppresses = any(_SUPPRESSES in name for name in code.co_names)
        # Without what tells where handlers are, they may be anywhere.
        entries = getattr(bytecode, "exception_entries", None)
        known = (
            (_Handled(0, len(code.co_code), 0, catches=True),)
            if entries is None
            else tuple(
                [
                    _Handled(e.start, e.end, e.target, _catches(instructions[at[e.target] :][:2], suppresses))
                    for e in entries
                ]
            )
        )
        _known[code] = known
    return known


def _catches(handler: list[dis.Instruction], suppresses: bool) -> bool:
    """Whether a handler, by the instructions that it begins with, may end an exception."""
    names = [instruction.opname for instruction in handler]
    return names[0] == _HANDLER and (suppresses or names[1:] != [_LEAVES_BLOCK])
