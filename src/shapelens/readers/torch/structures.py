"""Tensors inside of what a model takes and gives: lists, tuples, dictionaries, dataclasses, each in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

__all__ = ["leaves", "mapped"]


def leaves(structure: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in a structure, each with its place in it: `0`, `out`, `features.1`.

    >>> list(leaves({"out": 1, "aux": [2, 3]}))
    [('out', 1), ('aux.0', 2), ('aux.1', 3)]
    """
    if type(structure) in _PLAIN:
        yield label, structure
    elif isinstance(structure, Mapping):
        for key, item in structure.items():
            yield from leaves(item, f"{label}.{key}" if label else str(key))
    elif isinstance(structure, (tuple, list)):
        for place, item in enumerate(structure):
            yield from leaves(item, f"{label}.{place}" if label else str(place))
    elif isinstance(structure, slice):
        yield from leaves((structure.start, structure.stop, structure.step), label)
    elif is_dataclass(structure) and not isinstance(structure, type):
        for part in fields(structure):
            inner = f"{label}.{part.name}" if label else part.name
            yield from leaves(getattr(structure, part.name, None), inner)
    else:
        yield label, structure


_PLAIN = frozenset({int, float, bool, str, type(None)})


def mapped(convert: Callable[[Any], Any], structure: Any) -> Any:
    """A structure of lists, tuples, dictionaries and slices with every leaf converted."""
    if isinstance(structure, dict):
        return {key: mapped(convert, item) for key, item in structure.items()}
    if isinstance(structure, tuple):
        if hasattr(structure, "_fields"):
            return type(structure)(*[mapped(convert, item) for item in structure])
        return tuple([mapped(convert, item) for item in structure])
    if isinstance(structure, list):
        return [mapped(convert, item) for item in structure]
    if isinstance(structure, slice):
        return slice(*[mapped(convert, part) for part in (structure.start, structure.stop, structure.step)])
    return convert(structure)
