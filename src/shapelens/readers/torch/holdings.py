"""What a model holds: which module stands where, and its parameters, by their shapes alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch

from shapelens.readers.torch.private import is_lazy
from shapelens.readers.torch.vocabulary import dtype_name
from shapelens.records import dataclass

__all__ = ["HeldParameter", "Holdings", "holdings_of"]

_WRAPPED = "_orig_mod"
"""The name under which `torch.compile` keeps the module that it wraps."""


@dataclass(frozen=True, slots=True)
class HeldParameter:
    """A parameter, which several modules may share.

    Args:
        names: every name that the model has for it: `encoder.weight`, `decoder.weight`.
        shape: its shape; None where a lazy layer has yet to make it.
        dtype: the type of its elements.
        is_trainable: whether a gradient is wanted for it.
    """

    names: tuple[str, ...]
    shape: tuple[int, ...] | None
    dtype: str
    is_trainable: bool


@dataclass(frozen=True)
class Holdings:
    """The modules and the parameters of a model.

    Args:
        modules: every module by its path, one that stands in several places under each of them.
        parameters: every parameter once.
    """

    modules: Mapping[str, Any]
    parameters: tuple[HeldParameter, ...]

    @cached_property
    def within(self) -> dict[str, frozenset[int]]:
        """For each path, the places of the parameters that are held there and further inside."""
        found: dict[str, set[int]] = {path: set() for path in self.modules}
        for place, parameter in enumerate(self.parameters):
            for name in parameter.names:
                path = name
                while path:
                    path = path.rpartition(".")[0]
                    found.setdefault(path, set()).add(place)
        return {path: frozenset(places) for path, places in found.items()}

    @cached_property
    def layers(self) -> frozenset[str]:
        """The paths of the modules that compute something and have no modules inside."""
        outer = {path.rpartition(".")[0] for path in self.modules if path}
        unmade = torch.nn.Module.forward
        computing = {path for path, module in self.modules.items() if type(module).forward is not unmade}
        return frozenset(computing - outer)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each parameter by every one of its names."""
        return {name: place for place, parameter in enumerate(self.parameters) for name in parameter.names}

    @cached_property
    def own(self) -> dict[str, tuple[tuple[str, HeldParameter], ...]]:
        """For each path, the parameters that the module there holds itself, with their names in it."""
        found: dict[str, list[tuple[str, HeldParameter]]] = {path: [] for path in self.modules}
        for name, place in self.places.items():
            path, _, own = name.rpartition(".")
            found.setdefault(path, []).append((own, self.parameters[place]))
        return {path: tuple(held) for path, held in found.items()}


def holdings_of(model: torch.nn.Module) -> Holdings:
    """What a model holds; no element of a tensor is read.

        >>> layer = torch.nn.Linear(16, 4)
        >>> held = holdings_of(torch.nn.ModuleDict({"one": layer, "other": layer}))
        >>> [(parameter.names, parameter.shape) for parameter in held.parameters]
        [(('one.weight', 'other.weight'), (4, 16)), (('one.bias', 'other.bias'), (4,))]

    Args:
        model: the model.
    """
    modules: dict[str, Any] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        modules.setdefault(_shown(path), module)
    names: dict[int, list[str]] = {}
    held: dict[int, torch.nn.Parameter] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        held[id(parameter)] = parameter
        names.setdefault(id(parameter), []).append(_shown(name))
    parameters = [
        HeldParameter(
            tuple(dict.fromkeys(names[identity])),
            None if is_lazy(parameter) else tuple(parameter.shape),
            dtype_name(parameter.dtype),
            bool(parameter.requires_grad),
        )
        for identity, parameter in held.items()
    ]
    return Holdings(modules, tuple(parameters))


def _shown(path: str) -> str:
    """A path without what `torch.compile` adds to it."""
    return ".".join([part for part in path.split(".") if part != _WRAPPED])
