"""Tensors inside of what a model takes and gives: lists, tuples, dictionaries, dataclasses, each in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch

from shapelens.readers.torch.recording import Value

__all__ = ["flat", "leaves", "mapped", "tensors_in", "values_in"]

_PLAIN = frozenset(
    {int, float, bool, str, type(None), torch.Tensor, torch.nn.Parameter, torch.dtype, torch.device}
)
"""What holds nothing else."""


def leaves(structure: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in a structure, each with its place in it: `0`, `out`, `features.1`.

    >>> list(leaves({"out": 1, "aux": [2, 3]}))
    [('out', 1), ('aux.0', 2), ('aux.1', 3)]
    """
    if type(structure) in _PLAIN:
        yield label, structure
        return
    inside = _inside(structure)
    if inside is None:
        yield label, structure
        return
    for key, item in inside:
        yield from leaves(item, f"{label}.{key}" if label and key else key or label)


def _inside(structure: Any) -> list[tuple[str, Any]] | None:
    """What a structure holds, by names; None for a leaf."""
    if isinstance(structure, (int, float, torch.Tensor)):
        return None
    if isinstance(structure, Mapping):
        return [(str(key), item) for key, item in structure.items()]
    if isinstance(structure, (tuple, list)):
        return [(str(place), item) for place, item in enumerate(structure)]
    if isinstance(structure, slice):
        return [("", structure.start), ("", structure.stop), ("", structure.step)]
    if is_dataclass(structure) and not isinstance(structure, type):
        return [(part.name, getattr(structure, part.name, None)) for part in fields(structure)]
    return None


def flat(structure: Any) -> list[Any]:
    """The leaves alone.

    >>> flat([1, (2, {"three": 3})])
    [1, 2, 3]
    """
    found: list[Any] = []
    _flatten(structure, found)
    return found


def _flatten(structure: Any, found: list[Any]) -> None:
    kind = type(structure)
    if kind is tuple or kind is list:
        _flatten_all(structure, found)
    elif kind is dict:
        _flatten_all(structure.values(), found)
    elif kind in _PLAIN:
        found.append(structure)
    else:
        inside = _inside(structure)
        if inside is None:
            found.append(structure)
        else:
            _flatten_all([item for _, item in inside], found)


def _flatten_all(items: Iterable[Any], found: list[Any]) -> None:
    for item in items:
        if type(item) in _PLAIN:
            found.append(item)
        else:
            _flatten(item, found)


def tensors_in(structure: Any) -> list[torch.Tensor]:
    """The tensors among the leaves."""
    if type(structure) is torch.Tensor:
        return [structure]
    return [leaf for leaf in flat(structure) if isinstance(leaf, torch.Tensor)]


def values_in(structure: Any) -> list[Value]:
    """The values among the leaves."""
    return [leaf for leaf in flat(structure) if isinstance(leaf, Value)]


_ATOMS = frozenset({int, float, bool, str, type(None), torch.dtype})

_LEAVES = frozenset({torch.Tensor, torch.nn.Parameter})


def mapped(convert: Callable[[Any], Any], structure: Any) -> Any:
    """A structure of lists, tuples, dictionaries and slices, with what is no plain number or text converted."""
    kind = type(structure)
    if kind in _ATOMS:
        return structure
    if kind in _LEAVES:
        return convert(structure)
    if kind is tuple:
        return tuple([item if type(item) in _ATOMS else mapped(convert, item) for item in structure])
    if isinstance(structure, dict):
        return {key: mapped(convert, item) for key, item in structure.items()}
    if isinstance(structure, tuple):
        items = [mapped(convert, item) for item in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    if isinstance(structure, list):
        return [mapped(convert, item) for item in structure]
    if kind is slice:
        return slice(*[mapped(convert, part) for part in (structure.start, structure.stop, structure.step)])
    return convert(structure)
