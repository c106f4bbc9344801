"""How a size came about: from the input, through every layer that changed it; and as a formula."""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.analyses.findings.beyond import Beyond
from shapelens.dims import Dim, Expression, Unknown, dim_text
from shapelens.network import Evaluation, Node

__all__ = ["ancestors", "chain_text", "formula_of", "size_chain"]

_SHOWN = 8
_LONGEST = 40
"""A formula of more letters says less than the numbers do."""


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


def formula_of(beyond: Beyond, value: str, axis: int) -> str:
    """A size as a formula of the height and width that go in: `floor(H/8)`; empty where that says nothing."""
    likely = _formula(beyond.likely_formulas, value, axis)
    return likely and _formula(beyond.formulas, value, axis)


def _formula(formulas: Evaluation | None, value: str, axis: int) -> str:
    tensor = None if formulas is None else formulas.values.get(value)
    if tensor is None or isinstance(tensor.shape, Unknown) or not -tensor.rank <= axis < tensor.rank:
        return ""
    dim = tensor.shape[axis]
    text = dim_text(dim, "·")
    return text if isinstance(dim, Expression) and len(text) <= _LONGEST else ""


def ancestors(evaluation: Evaluation, value: str) -> Iterator[Node]:
    """The nodes that a value is computed by, the nearest first."""
    seen: set[str] = set()
    waiting = [value]
    while waiting:
        node = evaluation.network.producers.get(waiting.pop(0))
        if node is None or node.name in seen:
            continue
        seen.add(node.name)
        yield node
        waiting += [taken for taken in node.inputs if taken is not None]
