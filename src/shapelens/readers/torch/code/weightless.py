"""Models built without their weights: every parameter becomes a meta tensor where a module takes it in.

A parameter of `torch.empty` costs nothing until it is written to, and what would write to it, its initialisation,
comes after. Buffers and other tensors are real: a constructor may read them (`torch.linspace(…).item()`), and so
may a forward (a table of sizes), so that nothing is lost that a shape could depend on.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.nn.modules.module import register_module_parameter_registration_hook

__all__ = ["without_weights"]


@contextmanager
def without_weights() -> Iterator[None]:
    """Build modules inside whose parameters have a shape and no values.

    >>> with without_weights():
    ...     layer = torch.nn.Linear(4096, 1000)
    >>> layer.weight.device.type, tuple(layer.weight.shape)
    ('meta', (1000, 4096))
    """
    twins: dict[int, tuple[weakref.ref[torch.nn.Parameter], torch.nn.Parameter]] = {}

    def replace(
        module: torch.nn.Module, name: str, parameter: torch.nn.Parameter
    ) -> torch.nn.Parameter | None:
        if (
            type(parameter) is not torch.nn.Parameter
            or parameter.layout is not torch.strided
            or parameter.is_meta
        ):
            return None
        known = twins.get(id(parameter))
        if known is not None and known[0]() is parameter:
            return known[1]  # one parameter under two names stays one
        empty = torch.empty_like(parameter, device="meta")
        twin = torch.nn.Parameter(empty, requires_grad=parameter.requires_grad)
        twin.__dict__.update(parameter.__dict__)
        twins[id(parameter)] = (weakref.ref(parameter), twin)
        return twin

    hook = register_module_parameter_registration_hook(replace)
    try:
        with warnings.catch_warnings():
            # Weights that are read from a file go nowhere, as they should.
            warnings.filterwarnings("ignore", message=".*copying from a non-meta parameter.*")
            yield
    finally:
        hook.remove()
