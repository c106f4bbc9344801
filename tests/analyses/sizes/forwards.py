"""What sizes do, asked of a real forward on the CPU, and compared with what is told of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import nn

import shapelens
from shapelens.analyses.sizes import Sizes
from shapelens.readers.torch.structures import leaves

__all__ = ["BATCH", "POINTS", "Of", "compared", "given"]

BATCH = 2
POINTS = tuple(dict.fromkeys((h, w) for h in range(1, 41) for w in (h, (5 * h) % 13 + 1)))
"""Heights to 40, with the same width and with another."""


class Of(nn.Module):
    """A function of an image as a module, which has a few layers.

    Args:
        function: of the module and the image.
    """

    def __init__(self, function: Callable[[Any, torch.Tensor], Any]) -> None:
        super().__init__()
        self.function = function
        self.convolution = nn.Conv2d(3, 3, 6)
        self.strided = nn.Conv2d(3, 3, 3, stride=2)
        self.rows = nn.Embedding(10, 3)
        self.table = nn.Parameter(torch.zeros(10, 3))
        self.sequence = nn.LSTM(3, 4, batch_first=True)

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(self, x)


def given(model: nn.Module, sample: Sequence[int]) -> list[tuple[int, ...]] | None:
    """The shapes that a forward gives; None where it raises an exception."""
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            output = model(torch.randn(BATCH, *sample))
    except Exception:
        return None
    return [tuple(tensor.shape) for _, tensor in leaves(output) if isinstance(tensor, torch.Tensor)]


def compared(
    model: nn.Module, points: Iterable[tuple[int, ...]] = POINTS, base: int = 12, **settings: int
) -> tuple[Sizes, list[Any], int]:
    """The sizes of a model, each that is told wrongly, and of how many nothing is known.

    Args:
        model: a model of images of three channels.
        points: the sizes.
        base: the height and width that it is inspected at.
        settings: as `sizes()` takes them.
    """
    points = list(points)
    shape = (3, *(base,) * len(points[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sizes = shapelens.inspect(model.eval(), shape).sizes(**settings)
    wrong: list[Any] = []
    unknown = 0
    for point in points:
        answer = sizes.contains(*point)
        if answer is None:
            unknown += 1
            continue
        shapes = given(model, (3, *point))
        told = sizes.at(*point, batch=BATCH)
        if answer is not (shapes is not None) or (answer and list(told or ()) != shapes):
            wrong.append((point, answer, told, shapes))
    return sizes, wrong, unknown
