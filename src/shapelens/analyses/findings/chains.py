"""How a size came about: from the input, through every layer that changed it."""

from __future__ import annotations

from shapelens.dims import Dim, Unknown, dim_text
from shapelens.network import Evaluation

__all__ = ["chain_text", "size_chain"]

_SHOWN = 8


def size_chain(evaluation: Evaluation, value: str | None, axis: int) -> list[Dim]:
    """The sizes along one axis, from the network's input to a value, each once as long as it stays.

    Followed through each node's first input of the same rank; empty where that does not lead to an input.
    """
    sizes: list[Dim] = []
    inputs = {declared.name for declared in evaluation.network.inputs}
    while value is not None:
        shape = evaluation.values[value].shape
        if isinstance(shape, Unknown) or not -len(shape) <= axis < len(shape):
            return []
        if not sizes or sizes[-1] != shape[axis]:
            sizes.append(shape[axis])
        if value in inputs:
            return sizes[::-1]
        node = evaluation.network.producers.get(value)
        value = None if node is None else next((v for v in node.inputs if v in evaluation.values), None)
        if value is not None:
            before = evaluation.values[value].shape
            if isinstance(before, Unknown) or len(before) != len(shape):
                return []
    return []


def chain_text(sizes: list[Dim]) -> str:
    """`224 → 112 → 56`; the middle of a long chain is left out."""
    shown = [dim_text(size, "·") for size in sizes]
    if len(shown) > _SHOWN:
        shown = [*shown[:3], "…", *shown[-4:]]
    return " → ".join(shown)
