"""Tensors without data, of sizes and types that are asked for."""

from __future__ import annotations

from typing import Any

import torch

from shapelens.errors import UsageError

__all__ = ["blank", "sizes_in"]


def blank(size: tuple[int, ...], dtype: Any, model: torch.nn.Module) -> torch.Tensor:
    """A tensor without data.

        >>> blank((2, 16), "int64", torch.nn.Identity()).dtype
        torch.int64

    Args:
        size: its size, batch included.
        dtype: its type, or the name of one; None for the type of the model's own numbers.
        model: the model that it is for.

    Raises:
        UsageError: "float31 is no type of elements".
    """
    if dtype is None:
        floating = (p.dtype for p in model.parameters() if p.is_floating_point())
        kind: Any = next(floating, torch.float32)
    else:
        kind = getattr(torch, dtype.removeprefix("torch."), None) if isinstance(dtype, str) else dtype
    if not isinstance(kind, torch.dtype):
        raise UsageError(
            f"{dtype} is no type of elements",
            at="dtypes",
            have=repr(dtype),
            rule="a type of PyTorch's for each input",
            fix="dtypes=[torch.float32, torch.int64]",
        )
    return torch.empty(size, dtype=kind, device="meta")


def sizes_in(structure: Any) -> Any:
    """A structure with the size of every tensor in the tensor's place.

    >>> sizes_in({"image": torch.empty(1, 3, 8, 8), "tokens": [torch.empty(1, 5)]})
    {'image': (1, 3, 8, 8), 'tokens': [(1, 5)]}
    """
    from shapelens.readers.torch.structures import mapped

    def size(leaf: Any) -> Any:
        return tuple(leaf.shape) if isinstance(leaf, torch.Tensor) else leaf

    return mapped(size, structure)
