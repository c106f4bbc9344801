"""What PyTorch itself keeps for the backward pass, and what an operator is said to keep.

    assert_keeps_as_pytorch(Elementwise("multiply"), torch.mul, Tensor((2, 3)), Tensor((3,)))

Every input is multiplied by one number that is learned before, in both, so that all gradients are wanted.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from shapelens.analyses.memory import memory_of
from shapelens.dims import Dim
from shapelens.network import Input, Network, Node, Origin, Weight, evaluate_network
from shapelens.operators import Activation, Elementwise, Operator, Tensor

__all__ = [
    "Layered",
    "assert_keeps_as_pytorch",
    "kept_by_pytorch",
    "kept_in",
    "learning_before",
    "out_of_place",
]

Layered = Sequence[tuple[Operator, tuple[str | None, ...], int]]
"""Operators, each with the values that it takes and how many it gives. The first input is `in0`; what operator 3
gives is `3`, and its second output `3.1`."""


def kept_by_pytorch(function: Callable[..., Any], inputs: Iterable[Any], held: Iterable[Any] = ()) -> int:
    """The bytes that a forward pass keeps: each storage once, and none that is held anyway."""
    from torch.autograd.graph import saved_tensors_hooks

    kept: dict[int, Any] = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage
        return tensor

    own = {tensor.untyped_storage().data_ptr() for tensor in held}
    with saved_tensors_hooks(keep, lambda tensor: tensor), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = function(*inputs)
    del given
    return sum(
        storage.nbytes() for pointer, storage in kept.items() if storage.nbytes() and pointer not in own
    )


def out_of_place(module: Any) -> Any:
    """The module, ready to learn, with no activation that overwrites what it is given."""
    for part in module.modules():
        if hasattr(part, "inplace"):
            part.inplace = False
    return module.train()


def learning_before(network: Network, *, watched: bool = False) -> Network:
    """The network with each input multiplied by one number that is learned, so that all gradients are wanted.

    Args:
        network: the network.
        watched: whether the sines of the inputs and of the first output are taken too. A sine keeps what it is
            taken of, so that a copy is told from what is kept anyway.
    """
    renamed = {i.name: f"{i.name}.scaled" for i in network.inputs if "float" in i.dtype}
    scalings = [
        Node(own, Elementwise("multiply"), (name, "learned"), (own,)) for name, own in renamed.items()
    ]
    nodes = [
        replace(node, inputs=tuple([renamed.get(value or "", value) for value in node.inputs]))
        for node in network.nodes
    ]
    weights = {**network.weights, "learned": Weight("learned", ())}
    outputs = tuple([renamed.get(value, value) for value in network.outputs])
    sines = [
        Node(f"{value}.sine", Activation("sin"), (value,), (f"{value}.sine",))
        for value in (*renamed.values(), *outputs[:1])
        if watched
    ]
    return replace(network, nodes=(*scalings, *nodes, *sines), weights=weights, outputs=outputs)


def kept_in(
    layers: Layered | Operator,
    inputs: Sequence[Tensor],
    weights: Sequence[Tensor] = (),
    *,
    gradients: bool = True,
    watched: bool = False,
) -> Dim:
    """What a network of some operators keeps for its backward pass, beside its inputs.

    Args:
        layers: the operators, or one that takes all inputs and then all weights.
        inputs: the inputs, called `in0`, `in1`, ….
        weights: what is learned, called `w0`, `w1`, ….
        gradients: whether the gradients of the inputs are wanted.
        watched: whether inputs and output are kept anyway.
    """
    if isinstance(layers, Operator):
        names = [*[f"in{i}" for i in range(len(inputs))], *[f"w{i}" for i in range(len(weights))]]
        layers = [(layers, tuple(names), 1)]
    nodes = [
        Node(f"{i}", operator, taken, (f"{i}", *[f"{i}.{k}" for k in range(1, outputs)]))
        for i, (operator, taken, outputs) in enumerate(layers)
    ]
    declared = tuple([Input(f"in{i}", t.shape, t.dtype) for i, t in enumerate(inputs)])  # type: ignore[arg-type]
    held = {f"w{i}": Weight(f"w{i}", t.dims, t.dtype, is_parameter=True) for i, t in enumerate(weights)}
    network = Network(Origin("classic", "some"), declared, (nodes[-1].outputs[0],), tuple(nodes), held)
    if gradients:
        network = learning_before(network, watched=watched)
    return memory_of(evaluate_network(network, {})).backward_bytes


def assert_keeps_as_pytorch(
    layers: Layered | Operator,
    function: Callable[..., Any],
    *inputs: Tensor,
    weights: Sequence[Tensor] = (),
    gradients: bool = True,
) -> None:
    """Compare what a network of some operators keeps with what PyTorch's function of the same inputs keeps.

    Args:
        layers: the operators.
        function: of the inputs, and after them the weights.
        inputs: the inputs.
        weights: what is learned.
        gradients: whether the gradients of the inputs are wanted.
    """
    import torch

    def filled(tensor: Tensor, **more: Any) -> Any:
        return torch.ones(tensor.dims, dtype=getattr(torch, tensor.dtype), **more)

    learned = torch.nn.Parameter(torch.tensor(1.0))
    given = [filled(tensor) for tensor in inputs]
    held = [filled(tensor, requires_grad=True) for tensor in weights]

    def whole(*tensors: Any) -> Any:
        own = [t * learned.to(t.dtype) if gradients and t.is_floating_point() else t for t in tensors]
        outputs = function(*own, *held)
        first = outputs if isinstance(outputs, torch.Tensor) else outputs[0]
        if not watched:
            return outputs
        return outputs, [t.sin() for t in (*own, first) if t.is_floating_point()]

    for watched in (False, True) if gradients else (False,):
        kept = kept_by_pytorch(whole, given, [learned, *held])
        assert kept_in(layers, inputs, weights, gradients=gradients, watched=watched) == kept
