"""The interfaces of PyTorch that it does not promise to keep, each with what is done where it is gone."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

__all__ = [
    "INPUT_CHECK",
    "autocast_dtype",
    "define_missing_operator",
    "eager",
    "is_lazy",
    "is_library_function",
    "library_name",
    "storage_of",
    "unbatched_rank",
    "uncompiled",
    "without_tracing",
]


def uncompiled(model: Any) -> Any:
    """The module that `torch.compile` wrapped."""
    return getattr(model, "_orig_mod", model)


def unwrap_inside(model: torch.nn.Module) -> None:
    """Put every module inside that `torch.compile` wrapped in the wrapper's place; whoever calls puts them back."""
    for module in model.modules():
        for name, inner in module._modules.items():
            if inner is not None and uncompiled(inner) is not inner:
                module._modules[name] = uncompiled(inner)


def eager() -> AbstractContextManager[Any]:
    """No compilation inside: modules that compile themselves run their own forward.

    Nothing is compiled before the compiler is imported, which takes longer than most traces.
    """
    set_stance = getattr(torch.compiler, "set_stance", None)  # from 2.6 on
    if set_stance is None or "torch._dynamo" not in sys.modules:
        return nullcontext()
    eagerly: AbstractContextManager[Any] = set_stance("force_eager")
    return eagerly


def is_lazy(tensor: Any) -> bool:
    """Whether it is a parameter that has no shape yet."""
    check = getattr(torch.nn.parameter, "is_lazy", None)
    return bool(check(tensor)) if check is not None else type(tensor).__name__.startswith("Uninitialized")


def autocast_dtype(device: str) -> torch.dtype | None:
    """The type that autocast computes in on a device; None where it is off."""
    try:
        if torch.is_autocast_enabled(device):
            return torch.get_autocast_dtype(device)
    except (RuntimeError, TypeError):
        return None
    return None


def without_tracing() -> AbstractContextManager[Any]:
    """No function of PyTorch inside comes by the tracer."""
    disable = getattr(torch._C, "DisableTorchFunction", None)
    return nullcontext() if disable is None else disable()


INPUT_CHECK = "_check_input_dim"
"""The method by which a norm looks at the axes of what comes in; where there is none, nothing is put in its place."""


def unbatched_rank(norm: Any) -> int | None:
    """How many axes one sample has at an instance norm, which then looks at its features; None where it does not."""
    told = getattr(norm, "_get_no_batch_dim", None)
    return None if told is None else int(told())


def storage_of(tensor: torch.Tensor) -> int:
    """Which memory a tensor lies in: its views lie in the same."""
    if tensor.layout is not torch.strided:
        return id(tensor)
    storage = tensor.untyped_storage()
    return int(getattr(storage, "_cdata", 0) or storage.data_ptr() or id(tensor))


_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_defined: list[Any] = []
"""What holds the schemas that were defined here; they are gone when it is."""


def define_missing_operator(error: RuntimeError) -> bool:
    """Define what a torchvision that was built for another PyTorch lacks; whether an import may be tried again.

    Its compiled half cannot be loaded then, and its import fails at the first operator that is missing. Nothing is
    computed here, so that the names of the operators are enough.
    """
    if _defined or "operator torchvision::" not in str(error):
        return False
    library = torch.library.Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
    _defined.append(library)
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    return True


_LIBRARY_TYPES = tuple(
    kind
    for name in ("OpOverload", "OpOverloadPacket")
    if (kind := getattr(torch._ops, name, None)) is not None
)
_PLAIN_LIBRARIES = frozenset(["aten", "torchvision"])


def is_library_function(function: Any) -> bool:
    """Whether a function is of a library of operators: `torch.ops.quantized.conv2d`."""
    return isinstance(function, _LIBRARY_TYPES)


def library_name(function: Any) -> str:
    """The name of a library's function: alone where it is PyTorch's own, else behind the library's.

    >>> library_name(torch.ops.aten.add.Tensor), library_name(torch.ops.quantized.conv2d)
    ('add', 'quantized_conv2d')
    """
    library, name = str(function).split(".")[:2]
    return name if library in _PLAIN_LIBRARIES or name.startswith(library) else f"{library}_{name}"
