"""Which sizes of what goes in are free, where they were all given as numbers."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.dims import Expression, symbol
from shapelens.network import Input, Network
from shapelens.operators import Shape

__all__ = ["with_free_sizes"]

_LENGTH = "T"
"""The symbol of an axis without a name."""


def with_free_sizes(
    network: Network, shapes: Mapping[str, Shape], *, lengths: bool
) -> tuple[dict[str, Shape], dict[str, int]]:
    """The shapes with a symbol for every height, width, depth and length, and the sizes that these have.

    Args:
        network: the network, with its inputs.
        shapes: the shape of each input.
        lengths: whether, where no input has any of these, the one axis of a sample is a length.
    """
    free: dict[str, Shape] = dict(shapes)
    sizes: dict[str, int] = {}
    places = {
        declared.name: _spatial(declared, free.get(declared.name, declared.shape or ()))
        for declared in network.inputs
    }
    if lengths and not any(places.values()):
        places = {declared.name: _length(declared) for declared in network.inputs}
    for declared in network.inputs:
        shape = list(free.get(declared.name, declared.shape or ()))
        for axis, letter in places[declared.name].items():
            size = shape[axis]
            if isinstance(size, int):
                name = f"{declared.name}_{letter}" if letter in sizes else letter
                shape[axis], sizes[name] = symbol(name), size
        free[declared.name] = tuple(shape)
    return free, sizes


def _spatial(declared: Input, shape: Shape) -> dict[int, str]:
    """The axes that windows slide along, by their letters."""
    layout = declared.layout
    if layout is None or len(shape) != len(layout.axes):
        return {}
    return {axis: layout.axes[axis] for axis in layout.spatial}


def _length(declared: Input) -> dict[int, str]:
    """The one axis of a sample: of a signal, of tokens, of features."""
    shape = declared.shape or ()
    axis = len(shape) - 1
    if declared.layout is not None or axis != (1 if declared.batched else 0):
        return {}
    own = shape[axis]
    return {axis: str(own) if isinstance(own, Expression) else _LENGTH}
