"""Deformable convolution: windows that the network itself bends.

    >>> from shapelens.operators import DeformableConvolution, Tensor
    >>> image, weight, offset = Tensor((1, 64, 56, 56)), Tensor((64, 64, 3, 3)), Tensor((1, 18, 54, 54))
    >>> DeformableConvolution().evaluate(image, weight, offset).outputs[0].shape
    (1, 64, 54, 54)

Source: Dai et al., "Deformable Convolutional Networks", 2017; the masks are those of Zhu et al., 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Unknown, equal, product
from shapelens.operators.arguments import optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.convolution import Convolution, weight_of
from shapelens.operators.operator import Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["DeformableConvolution"]


@dataclass(frozen=True)
class DeformableConvolution(Convolution):
    """A convolution whose windows are bent by offsets that the network computes.

    Inputs: image, weight, offset (two numbers for each cell of a window, each offset group and each position),
    bias, mask (one number for each).

    Args:
        offset_groups: into how many groups the channels are divided for the offsets.
        batched: whether there must be an axis for a batch; there must.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "offset", "bias", "mask")

    offset_groups: int = 1
    batched: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, weight, offset, bias, mask = (*inputs, None, None, None)[:5]
        outcome = super().evaluate(image, weight, bias)
        out = outcome.outputs[0].shape
        if isinstance(out, Unknown):
            return outcome
        assert image is not None and weight is not None
        requirements = list(outcome.requirements)
        if self.offset_groups != 1:
            channels = image.dims[self.axes(image, weight).channel]
            facts = {"groups": self.offset_groups, "channels": channels}
            divides = self.offset_groups > 0 and equal(channels % self.offset_groups, 0)
            requirements.append(Requirement("groups", divides, facts))
        cells = product(self.kernel_of(weight)) * self.offset_groups
        for role, tensor, wanted in (("offset", offset, cells * 2), ("mask", mask, cells)):
            if tensor is not None and not isinstance(tensor.shape, Unknown):
                requirements += _offset_requirements(role, tensor, (out[0], wanted, *out[2:]))
        return Outcome(outcome.outputs, tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Offsets reach anywhere: the image is seen whole, the offsets and the mask cell by cell."""
        bent = [place for place in (2, 4) if optional(inputs, place) is not None]
        spatial = [0, *range(2, outputs[0].rank)]
        return (*identity(0, [(0, 0)]), *[Link(place, axis, axis) for place in bent for axis in spatial])

    def kept_for_backward(self, run: Run) -> Kept:
        """All that went in; and without a mask, a number for each sample that stands in its place.

        Source: torchvision's `deform_conv2d`.
        """
        image = run.tensor()
        no_mask = optional(run.inputs, 4) is None
        return Kept((0, 1, 2, 3, 4), others=(image.shaped((image.dims[0], 1)),) if no_mask else ())

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"deformable{self.setting_words(weight_of(inputs))}"

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {**super().attributes(inputs), "offset_groups": self.offset_groups}


def _offset_requirements(role: str, tensor: Tensor, wanted: Shape) -> list[Requirement]:
    """That an offset or a mask has its numbers for every position of the output."""
    facts = {"role": role, "gets": tensor.dims, "wants": wanted}
    if tensor.rank != len(wanted):
        return [Requirement("deformable_offset", False, facts)]
    return [
        Requirement("deformable_offset", equal(gets, wants), facts)
        for gets, wants in zip(tensor.dims, wanted, strict=True)
    ]
