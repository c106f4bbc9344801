"""Pooling over regions of interest: from one image, a small image for each region.

>>> from shapelens.operators import RegionPool, Tensor
>>> image, regions = Tensor((1, 256, 50, 68)), Tensor((1000, 5))
>>> RegionPool((7, 7)).evaluate(image, regions).outputs[0].shape
(1000, 256, 7, 7)

Source: Girshick, "Fast R-CNN", 2015 (RoiPool); He et al., "Mask R-CNN", 2017 (RoiAlign).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from shapelens.dims import equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.windows import extent_words, misfit, no_image, rank_requirement

__all__ = ["RegionPool"]


@dataclass(frozen=True)
class RegionPool(Operator):
    """Pooling over regions of interest: `regions × channels × rows × columns`.

    Inputs: image (N×C×H×W); regions, each with its four edges and before them the number of its image; or without
    it, and then the third input has the numbers.

    Args:
        output_size: the size of each region's image.
        aligned: whether values are interpolated (RoiAlign) and not rounded to cells (RoiPool).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "regions", "batch_indices")
    family: ClassVar[str] = "pool"

    output_size: tuple[int, int] = (1, 1)
    aligned: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, regions, numbers = given(inputs), given(inputs, 1), optional(inputs, 2)
        broken = self._structure(image, regions, numbers)
        if broken is not None:
            return no_image(image, broken)
        count, columns = regions.dims
        wanted = 5 if numbers is None else 4
        facts = {"axis": 1, "gets": columns, "wants": wanted}
        requirements = [Requirement("regions", equal(columns, wanted), facts)]
        if numbers is not None:
            facts = {"axis": 0, "gets": numbers.dims[0], "wants": count}
            requirements.append(Requirement("regions", equal(numbers.dims[0], count), facts))
        return Outcome((image.shaped((count, image.dims[1], *self.output_size)),), tuple(requirements))

    def _structure(self, image: Tensor, regions: Tensor, numbers: Tensor | None) -> Requirement | None:
        """What the axes of the inputs, or the settings, break; then there is no output to tell."""
        ranks = rank_requirement(image, 2, batched=True)
        if ranks.truth is False:
            return ranks
        for tensor, rank in ((regions, 2), (numbers, 1)):
            if tensor is not None and tensor.rank != rank:
                return Requirement("regions", False, {"gets": tensor.dims, "wants": rank}, spoils=None)
        return misfit(2, positive={}, other={"output size": self.output_size})

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A region may lie anywhere in any image; its own edges are those of one row."""
        numbers = () if optional(inputs, 2) is None else identity(2, [(0, 0)])
        return (*identity(0, [(1, 1)]), *identity(1, [(0, 0)]), *numbers)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"roi {'align' if self.aligned else 'pool'} to {extent_words(self.output_size)}"
