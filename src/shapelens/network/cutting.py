"""A network that ends early."""

from __future__ import annotations

from dataclasses import replace

from shapelens.network.graph import Network

__all__ = ["cut_after"]


def cut_after(network: Network, layer: str) -> Network:
    """The network up to a layer, whose outputs are those of the network.

    Args:
        network: the network.
        layer: the name of a node, or of a module, which ends with the last node of its first call.
    """
    inside = [
        place for place, node in enumerate(network.nodes) if node.name == layer or _is_in(node.path, layer)
    ]
    calls = [call for call in network.calls if call.path == layer and call.last > call.first]
    first_call = min(calls, key=lambda call: call.first, default=None)
    last = max(place for place in inside if first_call is None or place < first_call.last)
    return replace(
        network,
        nodes=network.nodes[: last + 1],
        outputs=network.nodes[last].outputs,
        guards=tuple([guard for guard in network.guards if guard.before <= last]),
        calls=tuple([call for call in network.calls if call.last <= last + 1]),
    )


def _is_in(path: str, module: str) -> bool:
    return path == module or path.startswith(module + ".")
