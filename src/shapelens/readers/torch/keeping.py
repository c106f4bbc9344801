"""The model is left as it was found: its parameters, buffers, flags, attributes, hooks, and every random state."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

__all__ = ["kept"]

_Held = dict[str, Any]


@contextmanager
def kept(model: torch.nn.Module) -> Iterator[None]:
    """Put back, after the block, whatever the model's own forward changed in it, also after an exception.

    A forward may store what it computes (`self.features = x`), count its calls, or build its lazy layers. No
    tensor is copied: only what refers to what.
    """
    before = [(module, type(module), _held(module)) for module in model.modules()]
    states = _random_states()
    try:
        yield
    finally:
        _set_random_states(states)
        for module, kind, held in before:
            _put_back(module, kind, held)


def _held(module: torch.nn.Module) -> list[tuple[str, Any, Any]]:
    """Every attribute, and of containers what they hold."""
    return [(name, value, _contents(value)) for name, value in module.__dict__.items()]


def _contents(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(value)
    return list(value) if type(value) is list else None


def _put_back(module: torch.nn.Module, kind: type, held: list[tuple[str, Any, Any]]) -> None:
    if type(module) is not kind:
        module.__class__ = kind
    own = module.__dict__
    if len(own) != len(held) or any(own.get(name, own) is not value for name, value, _ in held):
        own.clear()
        own.update({name: value for name, value, _ in held})
    for _, value, contents in held:
        if contents is None:
            continue
        if isinstance(value, dict):
            changed = len(value) != len(contents) or any(
                value.get(key, value) is not item for key, item in contents.items()
            )
            if changed:
                value.clear()
                value.update(contents)
        elif len(value) != len(contents) or any(a is not b for a, b in zip(value, contents, strict=True)):
            value[:] = contents


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
