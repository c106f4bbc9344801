"""Reshapes that undo what another one did: where that one cannot hold its elements, they cannot either, because of it.

A window that does not divide an image is cut off where it is parted, and missing where it is put together again.
"""

from __future__ import annotations

from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Expression, Unknown, evaluate
from shapelens.network import Evaluation, Step
from shapelens.operators import Shape

__all__ = ["undoes_what_fails"]


def undoes_what_fails(evaluation: Evaluation, step: Step) -> bool:
    """Whether a reshape asks for just as many times what it gets as an earlier one, which fails, lost of its own.

    Args:
        evaluation: the network.
        step: the reshape.
    """
    own = _elements(evaluation, step)
    if own is None:
        return False
    for node in ancestors(evaluation, step.node.inputs[0] or ""):
        before = evaluation.by_node[node.name]
        other = _elements(evaluation, before) if _fails(before) else None
        if other is not None and own[0] * other[0] == own[1] * other[1] != 0 and own[0] != own[1]:
            return True
    return False


def _fails(step: Step) -> bool:
    return any(requirement.kind == "reshape" for requirement in step.broken)


def _elements(evaluation: Evaluation, step: Step) -> tuple[int, int] | None:
    """How many elements of a sample a reshape gets, and how many it asks for; None where that is not known."""
    if step.node.operator.name != "Reshape" or step.inputs[0] is None:
        return None
    own = step.node.operator.settings().get("shape")
    told = step.inputs[1] if len(step.inputs) > 1 else None
    asked: Shape | None = own if own is not None or told is None else told.contents
    gets = _in_a_sample(evaluation, step.inputs[0].shape)
    wants = None if asked is None else _in_a_sample(evaluation, asked)
    return None if gets is None or wants is None else (gets, wants)


def _in_a_sample(evaluation: Evaluation, shape: Shape | Unknown) -> int | None:
    """The product of the sizes of one sample; a -1 in front stands for the samples."""
    if isinstance(shape, Unknown):
        return None
    batch = batch_of(evaluation)
    ones = {symbol.name: 1 for symbol in batch.symbols()} if isinstance(batch, Expression) else {}
    count = 1
    for dim in shape[1:] if shape[:1] in {(-1,), (batch,)} else shape:
        size: Dim = evaluate(dim, ones)
        if not isinstance(size, int) or size < 0:
            return None
        count *= size
    return count
