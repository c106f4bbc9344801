"""The question: which sizes fit, for a network and the shapes that are fed to it."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.analyses.sizes.exploring import Tracing, explore
from shapelens.analyses.sizes.sizes import Axis, Sizes
from shapelens.dims import Dim, Expression
from shapelens.dims.layout import AXIS_WORDS
from shapelens.network import Network
from shapelens.operators import Shape

__all__ = ["BUDGET", "MAXIMUM", "sizes_of"]

MAXIMUM = 1024
"""Up to this size is looked, along each axis, where nothing else is asked for."""

BUDGET = 100
"""So many traces are made, where nothing else is asked for."""


def sizes_of(
    network: Network,
    shapes: Mapping[str, Shape],
    example: Mapping[str, int],
    *,
    maximum: int = MAXIMUM,
    budget: int = BUDGET,
    tracing: Tracing | None = None,
) -> Sizes:
    """The sizes that a network accepts.

    Args:
        network: the network.
        shapes: the shape of each input, with a symbol for each size that is free.
        example: a size for each symbol.
        maximum: up to which size is looked along each axis.
        budget: how many traces it may take.
        tracing: traces the network anew, where it was traced.
    """
    axes, batch = _axes(network, shapes)
    names = [axis.name for axis in axes]
    is_traced = _symbols_in(network).issuperset(names) and not _may_differ(network, tracing)
    first = network if tracing is None or is_traced else tracing.traced(example)
    exploration = explore(first, shapes, names, example, maximum=maximum, budget=budget, tracing=tracing)
    inspected = tuple([example[name] for name in names])
    return Sizes(network, dict(shapes), axes, exploration, batch, inspected)


def _may_differ(network: Network, tracing: Tracing | None) -> bool:
    """Whether its code has to be compared with a trace; what stopped or was refused is traced anew as well."""
    is_whole = not network.refusals and "stopped" not in network.facts
    return tracing is not None and (not is_whole or tracing.may_differ(network))


def _symbols_in(network: Network) -> frozenset[str]:
    """The names of the symbols in what a network declares."""
    dims = [dim for declared in network.inputs for dim in declared.shape or ()]
    return frozenset([s.name for dim in dims if isinstance(dim, Expression) for s in dim.symbols()])


def _axes(network: Network, shapes: Mapping[str, Shape]) -> tuple[tuple[Axis, ...], str]:
    """The free axes of all inputs, each symbol once, and the symbol of the batch."""
    axes: dict[str, Axis] = {}
    batch = ""
    for declared in network.inputs:
        shape = shapes.get(declared.name, ())
        letters = declared.layout.axes if declared.layout is not None else ""
        for place, dim in enumerate(shape):
            names = [symbol.name for symbol in dim.symbols()] if isinstance(dim, Expression) else []
            if place == declared.batch_axis and len(names) == 1 and _is_symbol(dim):
                batch = batch or names[0]
                continue
            word = AXIS_WORDS.get(letters[place], "") if len(letters) == len(shape) else ""
            for name in names:
                axes.setdefault(name, Axis(name, word or name))
    axes.pop(batch, None)
    return tuple(axes.values()), batch


def _is_symbol(dim: Dim) -> bool:
    return isinstance(dim, Expression) and [s.name for s in dim.symbols()] == [str(dim)]
