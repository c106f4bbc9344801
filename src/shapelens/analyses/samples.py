"""One sample of a batch: what is said of a network is said per sample, whatever N is."""

from __future__ import annotations

from shapelens.dims import Dim, Expression, Unknown
from shapelens.network import Evaluation
from shapelens.operators import Shape, Tensor

__all__ = ["batch_of", "free_sizes", "per_sample", "sample_of", "typed_sample"]


def batch_of(evaluation: Evaluation) -> Dim:
    """The number of samples: the size of the batch's axis of the first input that has one."""
    for declared in evaluation.network.inputs:
        shape, axis = evaluation.shapes.get(declared.name, declared.shape), declared.batch_axis
        is_alone = (
            declared.layout is not None and shape is not None and len(shape) < len(declared.layout.axes)
        )
        if shape and axis is not None and axis < len(shape) and not is_alone:
            return shape[axis]
    return 1


def free_sizes(evaluation: Evaluation) -> tuple[str, ...]:
    """The names of the symbols that are sizes of a sample: all but the batch's."""
    batch = batch_of(evaluation)
    names = {symbol.name for symbol in batch.symbols()} if isinstance(batch, Expression) else set()
    return tuple([name for name in evaluation.symbols if name not in names])


def sample_of(tensor: Tensor, batch: Dim) -> Shape | Unknown:
    """The shape of one sample of a tensor: without the leading axis, where that is the batch.

    >>> sample_of(Tensor((8, 64, 7, 7)), 8), sample_of(Tensor((64, 3, 3, 3)), 8)
    ((64, 7, 7), (64, 3, 3, 3))
    """
    shape = tensor.shape
    if isinstance(shape, Unknown) or len(shape) < 2:
        return shape
    return shape[1:] if type(shape[0]) is type(batch) and shape[0] == batch else shape


def typed_sample(sample: Shape) -> str:
    """A sample as it is typed.

    >>> typed_sample((3, 224, 224))
    '3x224x224'
    """
    return "x".join([str(dim) for dim in sample])


def per_sample(count: Dim, batch: Dim) -> Dim:
    """A count for all samples, divided by their number; unknown where that leaves a rest."""
    if isinstance(batch, Unknown) or (isinstance(batch, int) and batch <= 1):
        return count
    if isinstance(batch, int) and isinstance(count, int):
        whole, rest = divmod(count, batch)
        return Unknown(f"{count} is no multiple of the {batch} samples") if rest else whole
    # What does not hang on the batch is done once for all of it.
    is_for_each = isinstance(count, Expression) or not isinstance(batch, Expression)
    return count // batch if is_for_each else count
