"""Whether a size is looked up: in a set, or as the key of a dictionary.

What is found by a size hangs on its value, and Python asks no more of it than its hash. A function that keeps its
results (`functools.lru_cache`) asks for the hash too, and gives what it would have given without.
"""

from __future__ import annotations

import dis
from types import FrameType

from shapelens.readers.torch.places import is_author_file

__all__ = ["is_looked_up"]

_LOOKS_UP = frozenset(["BINARY_OP", "BINARY_SUBSCR", "CONTAINS_OP", "DELETE_SUBSCR"])
"""The instructions that look a key up; the first of them from Python 3.14 on."""

_METHODS = frozenset(["__contains__", "__getitem__", "get", "pop", "setdefault"])
"""The methods that do."""


def is_looked_up(frame: FrameType) -> bool:
    """Whether the author's code looks something up, in the frame in which a hash is asked for."""
    code = frame.f_code
    if not is_author_file(code.co_filename) or frame.f_lasti < 0:
        return False
    instruction = dis.opname[code.co_code[frame.f_lasti]]
    if instruction in _LOOKS_UP:
        return True
    return "CALL" in instruction and not _METHODS.isdisjoint(code.co_names)
