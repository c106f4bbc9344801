"""Tables of functions that are traced once and compared with PyTorch there and at other sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shapelens.network import Network, evaluate_network
from tests.readers.torch.agreement import agrees

__all__ = ["cases", "holds_everywhere", "macs_of", "operators_of"]


def cases(**functions: Any) -> list[Any]:
    """Each function under its name."""
    return [pytest.param(function, id=name) for name, function in functions.items()]


def holds_everywhere(
    function: Callable[..., Any], *shapes: Any, conditions: Sequence[str] = (), **settings: Any
) -> Network:
    """A function whose trace hangs on no other condition, so that it has to be right at every size that is tried."""
    network = agrees(function, *shapes, **settings)
    assert [str(guard.condition) for guard in network.guards] == list(conditions)
    return network


def operators_of(network: Network) -> list[str]:
    """The names of its operators, in order."""
    return [node.operator.name for node in network.nodes]


def macs_of(network: Network, *shapes: Any) -> Any:
    """What it costs at some shapes, all samples together."""
    fed = {declared.name: shape for declared, shape in zip(network.inputs, shapes, strict=True)}
    steps = evaluate_network(network, fed).steps
    return sum(step.node.operator.macs(step.inputs, step.outputs) for step in steps)
