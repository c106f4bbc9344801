"""What an operator does with memory: where its outputs lie, and what is kept for the backward pass.

A gradient is computed from what went in or came out, so that must be kept until the backward pass. What exactly is
the operator's own affair: a convolution keeps its input, a ReLU its output, a sum nothing.

Source: what PyTorch 2.13 saves on the CPU (`torch.autograd.graph.saved_tensors_hooks`), for each operator; on a GPU
some kernels keep less (a dropout's mask has one byte an element there, and not one float).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapelens.operators.strides import in_order
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.operators.operator import Tensor
    from shapelens.operators.strides import Strides

__all__ = ["Kept", "Run", "of_two"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an operator, as far as memory is concerned.

    Args:
        inputs: its inputs, None where an optional one is left out.
        outputs: its outputs.
        names: the names of the values that it takes: the same name twice is one tensor.
        strides: how the axes of each input lie in memory; None where they lie in order.
        wanted: for each input, whether the backward pass wants its gradient.
        is_training: whether it learns, so that a dropout drops.
    """

    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    names: tuple[str | None, ...]
    strides: tuple[Strides | None, ...]
    wanted: tuple[bool, ...] = ()
    is_training: bool = False

    def wants(self, position: int) -> bool:
        """Whether the gradient of an input is wanted."""
        return position < len(self.wanted) and self.wanted[position]

    def tensor(self, position: int = 0) -> Tensor:
        """An input that is never left out."""
        tensor = self.inputs[position]
        assert tensor is not None
        return tensor

    def lies(self, position: int = 0) -> Strides:
        """The strides of an input of known rank."""
        strides = self.strides[position]
        return in_order(self.tensor(position).dims) if strides is None else strides


@dataclass(frozen=True, slots=True)
class Kept:
    """What one operator keeps for the backward pass.

    Args:
        inputs: the positions of the inputs that it keeps.
        outputs: the positions of the outputs that it keeps.
        others: what it keeps beside them: statistics, indices, masks, copies.
    """

    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    others: tuple[Tensor, ...] = ()


def of_two(run: Run) -> Kept:
    """What a product keeps: each factor for the gradient of the other."""
    return Kept(tuple([place for place in (0, 1) if run.wants(1 - place)]))
