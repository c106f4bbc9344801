"""PyTorch's own layers: built from the same settings, and run on zeros."""

from __future__ import annotations

import warnings
from typing import Any

from tests.readers.classics.oracle import torchvision

__all__ = ["build", "class_of", "parameters", "run", "tensors", "total"]


def build(name: str, settings: dict[str, Any]) -> Any:
    """A layer by its class, ready to be used.

    Raises:
        Exception: whatever PyTorch raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return class_of(name)(**settings).eval()


def class_of(name: str) -> type:
    """A layer's class, in torch.nn or in torchvision."""
    import torch

    if hasattr(torch.nn, name):
        return getattr(torch.nn, name)
    if name == "NonDynamicallyQuantizableLinear":
        return torch.nn.modules.linear.NonDynamicallyQuantizableLinear
    if name == "LayerNorm2d":
        return torchvision().models.convnext.LayerNorm2d
    return getattr(torchvision().ops, name)


def tensors(shapes: list[tuple[int, ...]], dtype: str) -> list[Any]:
    """Zeros of these shapes."""
    import torch

    return [torch.zeros(shape, dtype=getattr(torch, dtype)) for shape in shapes]


def run(layer: Any, inputs: list[Any]) -> list[tuple[int, ...]]:
    """The shape of every output.

    Raises:
        Exception: whatever PyTorch raises.
    """
    import torch

    name = type(layer).__name__
    if name.startswith("MaxUnpool"):
        inputs = [inputs[0], torch.zeros(inputs[0].shape, dtype=torch.int64)]
    if name == "DeformConv2d":
        # Windows are bent and not moved; torchvision's own code is not always there to run.
        settings = (layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding)
        layer = torch.nn.Conv2d(*settings, layer.dilation, layer.groups)
        inputs = inputs[:1]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [tuple(tensor.shape) for tensor in _flat(layer(*inputs))]


def _flat(outputs: Any) -> list[Any]:
    if isinstance(outputs, (tuple, list)):
        return [tensor for output in outputs for tensor in _flat(output)]
    return [outputs]


def parameters(module: Any) -> dict[str, tuple[int, ...]]:
    """The shapes of what a module holds, by name: parameters, and statistics that are used."""
    held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    return {name: tuple(t.shape) for name, t in held.items() if not name.endswith("num_batches_tracked")}


def total(module: Any) -> int:
    """The number of its parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
