"""One axis parted into several: what a flatten made one.

>>> from shapelens.operators import Tensor
>>> Unflatten(1, (16, 5, -1)).evaluate(Tensor((8, 400))).outputs[0].shape
(8, 16, 5, 5)

Source: the documentation of `torch.nn.Unflatten`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.operators import Outcome, Reshape, Tensor
from shapelens.operators.arguments import fixed_axis, given, refused
from shapelens.operators.reshaping import Regrouping
from shapelens.records import dataclass

__all__ = ["Unflatten"]


@dataclass(frozen=True)
class Unflatten(Regrouping):
    """An axis parted: `size = product of the sizes that it is parted into`.

    Args:
        axis: the axis, counted from the end if negative.
        sizes: what it is parted into; one may be -1, which is what remains.
    """

    word: ClassVar[str] = "unflatten"

    axis: int = 1
    sizes: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        own = tensor.dims
        parted = Reshape(self.sizes).evaluate(Tensor((own[axis],)))
        if not parted.requirements or parted.requirements[0].spoils is None:
            return refused(parted.requirements[0], tensor)
        shape = (*own[:axis], *parted.outputs[0].dims, *own[axis + 1 :])
        requirements = [
            replace(
                requirement,
                facts={**requirement.facts, "axis": axis},
                spoils=tuple([axis + place for place in requirement.spoils or ()]),
            )
            for requirement in parted.requirements
        ]
        return Outcome((tensor.shaped(shape),), tuple(requirements))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"unflatten to {'×'.join(map(str, self.sizes))}"
