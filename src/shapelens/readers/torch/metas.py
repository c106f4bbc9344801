"""What PyTorch itself gives: on the meta device for what flows through, for real for small constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from shapelens.readers.torch.holding import META, Holder
from shapelens.readers.torch.kernels import quick_result
from shapelens.readers.torch.private import autocast_dtype
from shapelens.readers.torch.quotients import plain_number
from shapelens.readers.torch.structures import mapped, tensors_in
from shapelens.readers.torch.vocabulary import AUTOCAST, COUNTING, FACTORIES, RANDOM, is_device, is_in_place

__all__ = ["constant_result", "meta_result"]

_LARGEST_CONSTANT = 4096
"""Constants of so few elements are computed for real, so that what the model reads of them is right."""


def meta_result(
    function: Any,
    name: str,
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    holder: Holder,
    device: torch.device,
    *,
    is_factory: bool,
) -> tuple[Any, Exception | None]:
    """What PyTorch's own meta kernel gives, or why it gives nothing.

    Args:
        function: the function.
        name: its name.
        args: its arguments by position.
        named: its arguments by name.
        holder: has the twins of the tensors among them.
        device: where the model believes its tensors to be.
        is_factory: whether there is no tensor among them.
    """
    if name.startswith("quantized_"):
        return None, NotImplementedError(f"{name} has no kernel for the meta device")

    def convert(leaf: Any) -> Any:
        if isinstance(leaf, torch.Tensor):
            is_counted = name in COUNTING and leaf.dtype is torch.int64 and not leaf.is_meta
            return leaf if is_counted else holder.twin(leaf)
        return META if isinstance(leaf, torch.device) else plain_number(leaf)

    plain: tuple[Any, ...] = mapped(convert, args)
    plain_named: dict[str, Any] = mapped(convert, dict(named))
    takes_device = is_factory and ("device" in plain_named or name in FACTORIES)
    if takes_device or plain_named.get("device") is not None:
        plain_named["device"] = META
    elif name in {"to", "type"}:
        plain = (plain[0], *[META if is_device(argument) else argument for argument in plain[1:]])
    elif name in {"cpu", "cuda"}:
        return plain[0], None
    if name in AUTOCAST:
        plain = _autocast(plain, device)
    if not is_factory:
        plain_named.pop("out", None)
    try:
        quick = None if is_factory else quick_result(name, plain, plain_named)
        return function(*plain, **plain_named) if quick is None else quick, None
    except Exception as error:
        return None, error


def _autocast(args: tuple[Any, ...], device: torch.device) -> tuple[Any, ...]:
    """Inputs in the type that autocast computes in, where the author has it on."""
    dtype = autocast_dtype(device.type)
    if dtype is None:
        return args

    def convert(leaf: Any) -> Any:
        is_float = isinstance(leaf, torch.Tensor) and leaf.dtype is torch.float32
        return leaf.to(dtype) if is_float else leaf

    converted: tuple[Any, ...] = mapped(convert, args)
    return converted


def constant_result(
    function: Any,
    name: str,
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    tensors: Sequence[torch.Tensor],
    holder: Holder,
) -> tuple[bool, Any]:
    """A small constant, computed for real: it hangs on no size and on no weight.

    Returns:
        Whether it was computed, and what it is.
    """
    if name in RANDOM:
        return False, None
    if not tensors:
        probe, error = meta_result(function, name, args, named, holder, META, is_factory=True)
        if error is None:
            made = tensors_in(probe)
            if not made or sum(t.numel() for t in made) > _LARGEST_CONSTANT:
                return (not made), probe
    elif not _is_small(name, tensors, holder):
        return False, None
    if "device" in named or name in {"to", "cuda"}:
        args = tuple(["cpu" if tensors and is_device(argument) else argument for argument in args])
        named = {key: "cpu" if key == "device" else value for key, value in named.items()}
    holder.guard_memory(tensors)
    result = function(*args, **named)
    for tensor in tensors_in(result):
        holder.enter_constant(tensor)
    return True, result


def _is_small(name: str, tensors: Sequence[torch.Tensor], holder: Holder) -> bool:
    """Whether a function of constants may be computed: they are few, and none of the model's is written into."""
    writes_into_model = is_in_place(name) and not holder.is_made(tensors[0])
    return not writes_into_model and sum(t.numel() for t in tensors) <= _LARGEST_CONSTANT
