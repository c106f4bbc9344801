"""Pooling over regions of interest: from one image, a small image for each region.

>>> from shapelens.operators import RegionPool, Tensor
>>> image, regions = Tensor((1, 256, 50, 68)), Tensor((1000, 5))
>>> RegionPool((7, 7)).evaluate(image, regions).outputs[0].shape
(1000, 256, 7, 7)

Source: Girshick, "Fast R-CNN", 2015 (RoiPool); He et al., "Mask R-CNN", 2017 (RoiAlign); Dai et al., "R-FCN", 2016.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Unknown, equal, product
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.windows import extent_words, misfit, no_image, rank_requirement
from shapelens.records import dataclass

__all__ = ["RegionPool"]


@dataclass(frozen=True)
class RegionPool(Operator):
    """Pooling over regions of interest: `regions × channels × rows × columns`.

    Inputs: image (N×C×H×W); regions, each with its four edges and before them the number of its image; or without
    it, and then the third input has the numbers.

    Args:
        output_size: the size of each region's image.
        aligned: whether values are interpolated (RoiAlign) and not rounded to cells (RoiPool).
        position_sensitive: whether each cell of a region has channels of its own, so that there are as many times
            fewer of them (R-FCN).
        with_indices: whether a second output tells where each value came from.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "regions", "batch_indices")
    family: ClassVar[str] = "pool"

    output_size: tuple[int, int] = (1, 1)
    aligned: bool = True
    position_sensitive: bool = False
    with_indices: bool = False

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
        channels = image.dims[1]
        if self.position_sensitive:
            cells = product(self.output_size)
            facts = {"axis": 1, "size": channels, "divisor": cells, "what": "channels"}
            requirements.append(Requirement("block", equal(channels % cells, 0), facts, spoils=(1,)))
            channels = channels // cells
        values = image.shaped((count, channels, *self.output_size))
        places = (values.shaped(values.shape, "int32"),) if self.with_indices else ()
        return Outcome((values, *places), tuple(requirements))

    def _structure(self, image: Tensor, regions: Tensor, numbers: Tensor | None) -> Requirement | None:
        """What the axes of the inputs, or the settings, break; then there is no output to tell."""
        ranks = rank_requirement(image, 2, batched=True)
        if ranks.truth is False:
            return ranks
        for tensor, rank in ((regions, 2), (numbers, 1)):
            if tensor is not None and tensor.rank != rank:
                return Requirement("regions", False, {"gets": tensor.dims, "wants": rank}, spoils=None)
        least: dict[str, object] = {"output size": self.output_size}
        return misfit(2, positive=least if self.position_sensitive else {}, other=least)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A region may lie anywhere in any image; its own edges are those of one row."""
        numbers = () if optional(inputs, 2) is None else identity(2, [(0, 0)])
        channels = () if self.position_sensitive else identity(0, [(1, 1)])
        return (*channels, *identity(1, [(0, 0)]), *numbers)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The regions, where their images' numbers stand before them.

        Source: torchvision's `roi_align`.
        """
        whole = self.aligned and not self.with_indices and optional(run.inputs, 2) is None
        return Kept((1,)) if whole else super().kept_for_backward(run)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        name = f"{'position-sensitive ' if self.position_sensitive else ''}roi"
        return f"{name} {'align' if self.aligned else 'pool'} to {extent_words(self.output_size)}"
