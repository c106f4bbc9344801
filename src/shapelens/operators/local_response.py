"""Local response normalisation: each value is held against those of the channels around.

    >>> from shapelens.operators import LocalResponseNormalization, Tensor
    >>> LocalResponseNormalization(5).evaluate(Tensor((1, 96, 55, 55))).outputs[0].shape
    (1, 96, 55, 55)

Source: Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown
from shapelens.operators.arguments import given
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.records import dataclass

__all__ = ["LocalResponseNormalization"]


@dataclass(frozen=True)
class LocalResponseNormalization(Operator):
    """Each value divided by its neighbours in the channels around it.

    Args:
        size: over how many channels.
        channels_last: whether the channels stand last.
        odd_side: on which side of the value the odd channel of an even size stands: `before` (PyTorch) or
            `after` (ONNX).
        ranks: the ranks that it takes; any from 3 if empty.
    """

    family: ClassVar[str] = "normalization"
    keeps_shape: ClassVar[bool] = True

    size: int = 5
    channels_last: bool = False
    odd_side: str = "before"
    ranks: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        same = tensor.shaped(tensor.shape)
        if isinstance(tensor.shape, Unknown):
            return Outcome((same,), (Requirement("rank", tensor.shape, {"role": "input"}),))
        if self.size < 1:
            facts = {"setting": "size", "value": self.size, "axes": 1, "least": 1}
            return Outcome((same,), (Requirement("settings", False, facts),))
        fits = tensor.rank in self.ranks if self.ranks else tensor.rank >= 3
        facts = {"gets": tensor.dims, "wants": self.ranks or (3, 4, 5)}
        return Outcome((same,), () if fits else (Requirement("rank", False, facts),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The channels around are seen, and no other place."""
        rank = given(inputs).rank
        axis = rank - 1 if self.channels_last else 1
        before = self.size // 2 if self.odd_side == "before" else (self.size - 1) // 2
        kept = identity(0, [(other, other) for other in range(rank) if other != axis])
        return (*kept, window(0, axis, axis, self.size, 1, before)) if axis < rank else kept

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input; its squares with channels of zeros around; their means, and what the input is divided by."""
        if self.ranks:  # PyTorch's older one, which is a kernel of its own
            return super().kept_for_backward(run)
        tensor = run.tensor()
        axis = tensor.rank - 1 if self.channels_last else 1
        padded = (*tensor.dims[:axis], tensor.dims[axis] + (self.size - 1), *tensor.dims[axis + 1 :])
        same = tensor.shaped(tensor.dims)
        return Kept((0,), others=(tensor.shaped(padded), same, same))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"local response norm {self.size}"
