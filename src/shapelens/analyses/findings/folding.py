"""The batch folded into the features: rows that are made of parts of several samples.

A reshape keeps the samples apart where some of its leading axes together number the samples, or whole parts of each:
their product is a multiple of N. The symbol N alone tells that; for one number of samples it may look right.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.analyses.samples import batch_of
from shapelens.dims import Condition, Dim, Expression, UndecidedError, Unknown, evaluate, product
from shapelens.network import Evaluation, Step
from shapelens.operators import Shape, Tensor

__all__ = ["folded", "on_batch_alone"]

_SAMPLES = (5040, 55440)
"""Numbers of samples that nearly everything divides: who is no multiple of these hangs on the batch otherwise."""

_RESHAPES = frozenset(["Flatten", "Reshape"])


def folded(evaluation: Evaluation) -> Iterator[Step]:
    """The reshapes that mix samples, where what comes out of the network no longer has one row for each.

    Args:
        evaluation: the network, with a symbol for the number of samples; of a fixed number nothing is said.
    """
    batch = batch_of(evaluation)
    if (
        not isinstance(batch, Expression)
        or len(batch.symbols()) != 1
        or str(batch) != batch.symbols()[0].name
    ):
        return
    name = str(batch)
    suspects = [s for s in evaluation.steps if s.node.operator.name in _RESHAPES and s.node.outputs]
    for step in suspects:
        before, after = step.inputs[0], step.output
        if before is None or isinstance(before.shape, Unknown) or isinstance(after.shape, Unknown):
            continue
        if (
            not before.shape
            or before.shape[0] != batch
            or step.node.outputs[0] in evaluation.network.constants
            or product(before.shape[1:]) == 1  # every element is a sample, wherever it goes
        ):
            continue
        if any(on_batch_alone(requirement.truth, name) for requirement in step.requirements):
            if _rows(evaluation, name, after.shape) is None:
                yield step
            continue
        is_kept = _rows(evaluation, name, after.shape) is not None
        is_aligned = is_kept and _is_aligned(evaluation, name, before.shape, after.shape)
        if not is_aligned and _comes_out(evaluation, name, step):
            yield step


def on_batch_alone(truth: object, name: str) -> bool:
    """Whether a truth is a condition on the number of samples and nothing else."""
    if not isinstance(truth, Condition):
        return False
    names = {symbol.name for expression in truth.expressions() for symbol in expression.symbols()}
    return names == {name}


def _count(evaluation: Evaluation, name: str, dim: Dim, samples: int) -> int | None:
    """A dim at a number of samples, and at the example's other sizes."""
    if not isinstance(dim, Expression):
        return dim if isinstance(dim, int) else None
    sizes = {s.name: evaluation.path.example.get(s.name, 224) for s in dim.symbols()}
    found = evaluate(dim, {**sizes, name: samples})
    return found if isinstance(found, int) else None


def _each(evaluation: Evaluation, name: str, dim: Dim) -> int | None:
    """How many of a dim there are for each sample; None where that is no whole number."""
    counts = [_count(evaluation, name, dim, samples) for samples in _SAMPLES]
    if any(count is None or count % samples for count, samples in zip(counts, _SAMPLES, strict=True)):
        return None
    each = [(count or 0) // samples for count, samples in zip(counts, _SAMPLES, strict=True)]
    return each[0] if each[0] == each[1] and each[0] > 0 else None


def _rows(evaluation: Evaluation, name: str, shape: Shape) -> int | None:
    """For the first leading axes that number whole parts of samples: how many parts of each."""
    leading: list[Dim] = []
    for dim in shape[: max(len(shape) - 1, 1)]:
        leading.append(dim)
        each = _each(evaluation, name, product(leading))
        if each is not None:
            return each
    return None


def _is_aligned(evaluation: Evaluation, name: str, before: Shape, after: Shape) -> bool:
    """Whether the parts that rows are made of are whole axes of a sample."""
    each = _rows(evaluation, name, after)
    places = 1
    for dim in (1, *before[1:]):
        count = _count(evaluation, name, dim, _SAMPLES[0])
        if count is None:
            return True
        places *= count
        if places == each:
            return True
    return False


def _comes_out(evaluation: Evaluation, name: str, step: Step) -> bool:
    """Whether what a node gives leads to an output that has no row for each sample, though it hangs on their number."""
    reached = set(step.node.outputs)
    for later in evaluation.steps:
        if any(value in reached for value in later.node.inputs):
            reached.update(later.node.outputs)
    return any(
        value in reached and _has_other_batch(evaluation, name, tensor)
        for value, tensor in evaluation.outputs
    )


def _has_other_batch(evaluation: Evaluation, name: str, tensor: Tensor) -> bool:
    """Whether the number of samples stands in one axis alone, and that is another one than the batch."""
    shape = tensor.shape
    if isinstance(shape, Unknown) or not shape:
        return False
    try:
        hangs = [isinstance(dim, Expression) and name in {s.name for s in dim.symbols()} for dim in shape]
    except UndecidedError:
        return False
    if not hangs[0]:
        # A first axis of a fixed size has no place for the samples: `view(32, -1)`.
        return isinstance(shape[0], int) and sum(hangs) == 1
    return sum(hangs) == 1 and str(shape[0]) != name
