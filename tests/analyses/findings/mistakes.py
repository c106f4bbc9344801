"""What a mistake in a model is told to be, and how what is told is done for real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

__all__ = ["BATCH", "Behind", "Mistake", "wrapped"]

BATCH = 3
"""So many samples go in where what is told is done."""


@dataclass(frozen=True)
class Mistake:
    """One model as somebody wrote it.

    Args:
        model: its class.
        sample: one sample that is fed.
        told: the kind and the layer of every error that must be found, in order.
        has: what the messages must hold: the numbers.
        fix: a piece of a fix that must be verified, of the first error.
        mended: does what the fixes say, and runs the model on the CPU.
        asked: what else `inspect` is given.
    """

    model: type[nn.Module]
    sample: tuple[int, ...] | None
    told: tuple[tuple[str, str], ...]
    has: tuple[str, ...]
    fix: str
    mended: Callable[[Any], torch.Tensor]
    asked: dict[str, Any] = field(default_factory=dict)


class Behind(nn.Module):
    """A layer, and something that is done with what it gives."""

    def __init__(self, layer: nn.Module, then: Callable[[Any], Any]) -> None:
        super().__init__()
        self.layer, self.then = layer, then

    def forward(self, *inputs: Any) -> Any:
        return self.then(self.layer(*inputs))


def wrapped(*shape: int, change: Callable[[torch.Tensor], torch.Tensor] = lambda x: x, **parts: Any) -> Any:
    """A model with some parts exchanged, fed a batch that something is done with.

    Args:
        shape: one sample.
        change: what is done with the batch.
        parts: by the part's name, what is put in its place: a layer, or a function that makes one of it.
    """

    def mended(model: nn.Module) -> torch.Tensor:
        for name, part in parts.items():
            own = getattr(model, name)
            setattr(model, name, part if isinstance(part, nn.Module) else part(own))
        return model(change(torch.zeros(BATCH, *shape)))

    return mended
