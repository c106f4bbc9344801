"""Channels in blocks: how onnxruntime lays images down for convolutions, so that several channels are taken at once.

    >>> from shapelens.operators import Reblock, Tensor
    >>> Reblock(channels=20).evaluate(Tensor((1, 32, 56, 56))).outputs[0].shape
    (1, 20, 56, 56)

Convolutions and pools between take and give such images as they do others; their weights have filters for whole
blocks.

Source: the operators of the domain `com.microsoft.nchwc`, which onnxruntime writes into an optimised file.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Dim, Unknown, at_least, equal, select
from shapelens.operators.arguments import given, refused
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["Reblock"]

_LARGEST_BLOCK = 16
_NOT_TOLD = Unknown("how many channels a block has is the machine's to decide")


@dataclass(frozen=True)
class Reblock(Operator):
    """The channels of an image put into blocks, or taken out of them; the cells stay.

    Args:
        channels: how many are taken out of their blocks; None where all that come are put into blocks, of which the
            last is filled up. A block has 8 or 16 channels.
        from_last: whether the channels stand last in the input.
        to_last: whether they stand last in the output.
    """

    word = "reorder"

    channels: int | None = None
    from_last: bool = False
    to_last: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        if image.rank < 2:
            broken = Requirement("rank", False, {"gets": image.dims, "wants": (3, 4, 5)}, spoils=None)
            return refused(broken, image)
        axes = [*range(image.rank)]
        own = axes.pop(-1 if self.from_last else 1)
        batch, *spatial = [image.dims[axis] for axis in axes]
        channels = self._channels(image.dims[own])
        shape = (batch, *spatial, channels) if self.to_last else (batch, channels, *spatial)
        wanted = self.channels or 1
        facts = {"gets": image.dims[own], "wants": wanted, "axis": own}
        return Outcome(
            (image.shaped(shape),), (Requirement("channels", at_least(image.dims[own], wanted), facts),)
        )

    def _channels(self, own: Dim) -> Dim:
        if self.channels is not None:
            return self.channels
        return select(equal(own % _LARGEST_BLOCK, 0), own, _NOT_TOLD)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Each cell is itself, wherever its channel stands."""
        rank = given(inputs).rank
        before, after = [*range(rank)], [*range(rank)]
        channels = before.pop(-1 if self.from_last else 1), after.pop(-1 if self.to_last else 1)
        return identity(0, [*zip(before, after, strict=True), channels])
