"""A function of PyTorch traced at one size, against PyTorch itself at that size and at others.

The trace must hold no operator without a rule, no rule may disagree with PyTorch's meta kernel, and the network
that was traced once must give what a run at another size gives, wherever its conditions admit that size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from shapelens.dims import Unknown
from shapelens.network import Network, Origin, evaluate_network
from shapelens.operators import Opaque
from shapelens.readers.torch import reader
from shapelens.readers.torch.inputs import arguments_of
from shapelens.readers.torch.structures import leaves

__all__ = ["Function", "agrees", "traced"]


class Function(torch.nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)


def traced(model: torch.nn.Module, inputs: Sequence[Any]) -> Network:
    """The network of a model; every operator has a rule, and every rule agrees with PyTorch."""
    arguments = arguments_of(model, None, None, {}, {}, tuple(inputs))
    network, recording = reader.traced(model, arguments, Origin("torch", "model"))
    assert not network.facts.get("stopped"), network.facts
    assert recording.disagreements == []
    unruled = {node.operator.called for node in network.nodes if isinstance(node.operator, Opaque)}
    assert unruled == set()
    assert network.refusals == {}
    return network


def agrees(
    function: Callable[..., Any] | torch.nn.Module,
    *shapes: Sequence[int],
    others: Iterable[Sequence[Sequence[int]]] = (),
    dtypes: Sequence[torch.dtype] = (),
    real: bool = False,
) -> Network:
    """Trace a function at some shapes, and compare its outputs there and at other shapes with PyTorch's.

    Args:
        function: a function of tensors, or a module.
        shapes: the shape of each input, batch included.
        others: further lists of shapes; one that the conditions of the trace exclude must come out as unknown.
        dtypes: the types of the inputs; float32 where it is not given.
        real: whether to run on the CPU, where the meta kernel lacks or is laxer.

    Returns:
        The network.
    """
    model = function if isinstance(function, torch.nn.Module) else Function(function)
    kinds = [*dtypes, *[torch.float32] * (len(shapes) - len(dtypes))]

    def tensors(sizes: Sequence[Sequence[int]], device: str) -> list[torch.Tensor]:
        return [
            torch.zeros(tuple(s), dtype=kind, device=device) for s, kind in zip(sizes, kinds, strict=True)
        ]

    network = traced(model, tensors(shapes, "meta"))
    for sizes in (shapes, *others):
        with torch.no_grad():
            outputs = model(*tensors(sizes, "cpu" if real else "meta"))
        expected = [
            (tuple(t.shape), str(t.dtype).removeprefix("torch."))
            for _, t in leaves(outputs)
            if isinstance(t, torch.Tensor)
        ]
        fed = {declared.name: tuple(size) for declared, size in zip(network.inputs, sizes, strict=True)}
        evaluation = evaluate_network(network, fed)
        said = [evaluation.values[name] for name in network.outputs]
        assert len(said) == len(expected)
        for tensor, (shape, dtype) in zip(said, expected, strict=True):
            if sizes is not shapes and isinstance(tensor.shape, Unknown):
                assert "another way" in tensor.shape.reason or "was traced with" in tensor.shape.reason
                continue
            assert (tensor.shape, tensor.dtype) == (shape, dtype), (sizes, tensor, shape, dtype)
    return network
