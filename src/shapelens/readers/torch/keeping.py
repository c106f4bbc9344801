"""The model is left as it was found: its parameters, buffers, flags, attributes, hooks, and every random state."""

from __future__ import annotations

import random
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from operator import is_
from typing import Any

import torch

__all__ = ["kept"]

_Containers = list[tuple[Any, Any]]
"""Dictionaries and lists, each with a copy of what it holds; None where it is empty."""


@contextmanager
def kept(model: torch.nn.Module) -> Iterator[None]:
    """Put back, after the block, whatever the model's own forward changed in it, also after an exception.

    A forward may store what it computes (`self.features = x`), count its calls, or build its lazy layers. No
    tensor is copied: only what refers to what.
    """
    before = [
        (module, type(module), dict(module.__dict__), _containers(module.__dict__))
        for module in model.modules()
    ]
    states, dtype = _random_states(), torch.get_default_dtype()
    try:
        yield
    finally:
        _set_random_states(states)
        torch.set_default_dtype(dtype)
        for module, kind, attributes, containers in before:
            if type(module) is not kind:
                module.__class__ = kind
            _put_back(module.__dict__, attributes)
            for container, contents in containers:
                _put_back_inside(container, contents)


def _containers(attributes: dict[str, Any]) -> _Containers:
    found: _Containers = []
    for value in attributes.values():
        if type(value) in _KINDS_OF_CONTAINERS:
            _enter(value, found, 0)
    return found


def _enter(container: Any, found: _Containers, depth: int) -> None:
    """A container, and those inside it."""
    found.append((container, container.copy() if container else None))
    if container and depth < _DEPTH and len(container) <= _LARGEST:
        for value in container.values() if isinstance(container, dict) else container:
            if type(value) in _KINDS_OF_CONTAINERS:
                _enter(value, found, depth + 1)


_KINDS_OF_CONTAINERS = frozenset({dict, OrderedDict, defaultdict, list, set, deque})
_DEPTH = 3
_LARGEST = 1000
"""So deep are containers within containers put back, and so large ones looked into."""


def _put_back(now: dict[Any, Any], before: dict[Any, Any]) -> None:
    if now.keys() != before.keys() or not all(map(is_, now.values(), before.values())):
        now.clear()
        now.update(before)


def _put_back_inside(container: Any, contents: Any) -> None:
    if contents is None:
        if container:
            container.clear()
    elif isinstance(container, dict):
        _put_back(container, contents)
    elif isinstance(container, set):
        if container != contents:
            container.clear()
            container.update(contents)
    elif len(container) != len(contents) or not all(map(is_, container, contents)):
        container.clear()
        container.extend(contents)


def _random_states() -> tuple[Any, Any, Any]:
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy is not None and "numpy.random" in sys.modules else None
    return torch.get_rng_state(), random.getstate(), numpy_state


def _set_random_states(states: tuple[Any, Any, Any]) -> None:
    torch_state, python_state, numpy_state = states
    torch.set_rng_state(torch_state)
    random.setstate(python_state)
    if numpy_state is not None:
        sys.modules["numpy"].random.set_state(numpy_state)
