"""What is noticed of a whole network before anything is told: quick, and nothing else is imported for it."""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.analyses.findings.folding import folded, on_batch_alone
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Expression, Unknown
from shapelens.network import Evaluation, Step
from shapelens.operators import Convolution, Requirement

__all__ = ["is_suspicious", "of_one_batch", "silently_broadcast", "taken_unbatched"]


def is_suspicious(evaluation: Evaluation) -> bool:
    """Whether there may be something to tell of a network."""
    network = evaluation.network
    if evaluation.broken or network.refusals or "stopped" in network.facts or network.assumptions:
        return True
    noticed = (of_one_batch, folded, silently_broadcast, taken_unbatched)
    if any(next(notice(evaluation), None) is not None for notice in noticed):
        return True
    if network.claims.shapes or network.claims.files or network.origin.kind == "onnx":
        from shapelens.analyses.findings.claims import contradicted, missing, outside

        if any(next(notice(evaluation), None) is not None for notice in (contradicted, missing, outside)):
            return True
    if not network.calls:
        return False
    from shapelens.analyses.findings.shared import tell_shared
    from shapelens.analyses.findings.unused import tell_unused

    return tell_unused(evaluation) is not None or bool(tell_shared(evaluation))


def of_one_batch(evaluation: Evaluation) -> Iterator[tuple[Step, Requirement]]:
    """The requirements that hang on the number of samples and on nothing else."""
    batch = batch_of(evaluation)
    if not isinstance(batch, Expression):
        return
    name = str(batch)
    if _was_counted(evaluation, batch):
        # `int(x.shape[0] / windows)` is a number to us, and to the author one that follows the batch.
        return
    for step in evaluation.steps:
        for requirement in step.requirements:
            if requirement.truth is not True and on_batch_alone(requirement.truth, name):
                yield step, requirement


def _was_counted(evaluation: Evaluation, batch: Expression) -> bool:
    """Whether the author's code was given a size that the samples are counted in, other than an input's."""
    network = evaluation.network
    names = {symbol.name for symbol in batch.symbols()}
    given = network.measured - {declared.name for declared in network.inputs}
    shapes = [evaluation.values[value].shape for value in given if value in evaluation.values]
    dims = [dim for shape in shapes if not isinstance(shape, Unknown) for dim in shape]
    return any(isinstance(dim, Expression) and names & {s.name for s in dim.symbols()} for dim in dims)


def silently_broadcast(evaluation: Evaluation) -> Iterator[Step]:
    """The functions of two activations in which the batch of one meets another axis of the other."""
    batch = batch_of(evaluation)
    if isinstance(batch, (Unknown, int)) and (not isinstance(batch, int) or batch < 2):
        return
    constants = evaluation.network.constants
    for step in evaluation.steps:
        operator = step.node.operator
        if (
            operator.name != "Elementwise"
            or len(step.node.inputs) < 2
            or operator.settings().get("axis") is not None
        ):
            continue
        first, second = step.node.inputs[:2]
        one, other = step.inputs[:2]
        if one is None or other is None or first in constants or second in constants:
            continue
        if (
            isinstance(one.shape, Unknown)
            or isinstance(other.shape, Unknown)
            or len(one.shape) == len(other.shape)
        ):
            continue
        if "float" not in one.dtype or "float" not in other.dtype:
            continue
        lower, higher = sorted((one.shape, other.shape), key=len)
        if lower and _misses(lower, higher, batch):
            yield step


def _misses(lower: tuple[Dim, ...], higher: tuple[Dim, ...], batch: Dim) -> bool:
    """Whether the batch of the operand with fewer axes meets an axis of size 1 that is not the batch's."""
    place = len(higher) - len(lower)
    return (
        _is_same(lower[0], batch)
        and _is_same(higher[0], batch)
        and isinstance(higher[place], int)
        and higher[place] == 1
    )


def _is_same(dim: Dim, batch: Dim) -> bool:
    return type(dim) is type(batch) and dim == batch


def taken_unbatched(evaluation: Evaluation) -> Iterator[Step]:
    """The first convolution over images that takes an image without a batch."""
    if evaluation.network.origin.kind != "torch":
        return
    for step in evaluation.steps:
        operator = step.node.operator
        if not isinstance(operator, Convolution) or operator.batched:
            continue
        image, weight = step.inputs[0], step.inputs[1]
        if (
            image is None
            or weight is None
            or isinstance(image.shape, Unknown)
            or isinstance(weight.shape, Unknown)
        ):
            continue
        rank = operator.spatial_rank(weight)
        if rank >= 2 and image.rank == rank + 1:
            yield step
            return
