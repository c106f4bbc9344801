"""What PyTorch's families share: the decorator that enters a layer into the table, and weights with a bias."""

from __future__ import annotations

from shapelens.dims import Dim
from shapelens.operators import Shape
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import PYTORCH, table

__all__ = ["layer", "with_bias"]

layer = table(PYTORCH)


def with_bias(arguments: Arguments, weight: Shape, filters: Dim, name: str = "bias") -> dict[str, Shape]:
    """The weight, and the bias where there is one."""
    return {"weight": weight, "bias": (filters,)} if arguments.flag(name) else {"weight": weight}
