"""Lazy modules, whose parameters are made for the first input: here for the trace only."""

from __future__ import annotations

from typing import Any

import torch

from shapelens.readers.torch.private import is_lazy, without_tracing

__all__ = ["fit", "set_aside"]


def set_aside(model: torch.nn.Module) -> None:
    """Put an empty parameter in the place of every lazy one, which stays as it is; whoever calls puts them back."""
    for module in model.modules():
        for held in (module._parameters, module._buffers):
            for name, tensor in list(held.items()):
                if tensor is not None and is_lazy(tensor):
                    held[name] = type(tensor)(device="meta", dtype=tensor.dtype)


def fit(module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
    """Make a lazy module's parameters for what comes in, without the tracer seeing it."""
    is_open = getattr(module, "has_uninitialized_params", None)
    if is_open is None or not is_open():
        return
    with without_tracing(), torch.no_grad():
        module.initialize_parameters(*inputs)
