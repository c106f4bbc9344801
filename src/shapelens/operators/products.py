"""What a product of matrices keeps: its operands, each for the gradient of the other, or copies of them.

A product over many axes is computed as one of two matrices or of a row of matrices. An operand whose axes lie in
order is looked at that way; one that was transposed or stretched is copied first, and the copy is kept.

Source: the rules of `torch.matmul`, tried on PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Dim, product
from shapelens.operators.backward import Kept, Run, of_two
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Tensor
from shapelens.operators.strides import Strides, expanded, viewed

__all__ = ["copy_unless_viewed", "product_kept"]


def product_kept(run: Run, operands: tuple[Tensor, Tensor], lies: tuple[Strides, Strides]) -> Kept:
    """What `left · right` keeps of its first two inputs.

    Args:
        run: the run of the operator.
        operands: the two as they are multiplied, a weight transposed.
        lies: how their axes lie in memory.
    """
    left, right = operands
    if max(left.rank, right.rank) < 3:
        return of_two(run)
    kept = of_two(run)
    larger = 0 if left.rank >= right.rank else 1
    if operands[1 - larger].rank < 3:
        # The larger one is kept for the gradient of a matrix, and then its axes in front become rows.
        copies = {larger: _folded(operands[larger], lies[larger], turned=larger == 1)}
    else:
        batch, _ = broadcast([left.dims[:-2], right.dims[:-2]])
        copies = {place: _stacked(operands[place], lies[place], batch) for place in (0, 1)}
    others = [copies[place] for place in kept.inputs if copies.get(place) is not None]
    return Kept(
        tuple([place for place in kept.inputs if copies.get(place) is None]),
        others=tuple([copy for copy in others if copy is not None]),
    )


def copy_unless_viewed(tensor: Tensor, lies: Strides, target: Sequence[Dim]) -> Tensor | None:
    """The copy that a reshape makes; None where it makes none."""
    return None if viewed(tensor.dims, lies, target) is not None else tensor.shaped(tuple(target))


def _folded(tensor: Tensor, lies: Strides, *, turned: bool) -> Tensor | None:
    """The copy of an operand whose axes but the last become one, if it must be copied; of the right one, turned."""
    shape = tensor.dims
    if turned:
        shape, lies = (*shape[:-2], shape[-1], shape[-2]), (*lies[:-2], lies[-1], lies[-2])
    return copy_unless_viewed(tensor.shaped(shape), lies, (product(shape[:-1]), shape[-1]))


def _stacked(tensor: Tensor, lies: Strides, batch: Sequence[Dim]) -> Tensor | None:
    """The copy of an operand that becomes a row of matrices, if it must be copied."""
    whole = (*batch, *tensor.dims[-2:])
    stretched = expanded(tensor.dims, lies, whole)
    return copy_unless_viewed(tensor.shaped(whole), stretched, (product(batch), *tensor.dims[-2:]))
