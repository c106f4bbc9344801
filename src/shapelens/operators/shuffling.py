"""Channels made into space, space into channels, and channels dealt out anew.

    >>> from shapelens.operators import DepthToSpace, Tensor
    >>> DepthToSpace(2).evaluate(Tensor((1, 256, 28, 28))).outputs[0].shape
    (1, 64, 56, 56)

Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
Neural Network", 2016; Zhang et al., "ShuffleNet", 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, equal
from shapelens.operators.arguments import given
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, identity, window
from shapelens.operators.windows import no_image
from shapelens.records import dataclass

__all__ = ["ChannelShuffle", "DepthToSpace", "SpaceToDepth"]


@dataclass(frozen=True)
class DepthToSpace(Operator):
    """Each group of `block²` channels becomes a square of `block × block` cells of one channel: a pixel shuffle.

    `C/block² × H·block × W·block`

    Args:
        block: the side of the square.
        order: which of a cell's channels come from which place: `CRD` (PyTorch) or `DCR` (TensorFlow, ONNX).
        channels_last: whether the channels stand last.
        ranks: the ranks that it takes; any from 3 if empty.
    """

    family: ClassVar[str] = "upsampling"

    block: int = 2
    order: str = "CRD"
    channels_last: bool = False
    ranks: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        broken = _structure(image, self.block, self.ranks)
        if broken is not None:
            return no_image(image, broken)
        channel, spatial = _axes(image, self.channels_last)
        out = list(image.dims)
        out[channel] = image.dims[channel] // self.block**2
        for axis in spatial:
            out[axis] = image.dims[axis] * self.block
        return Outcome((image.shaped(tuple(out)),), (_divides(self.block**2, image, channel, "channels"),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell sees the one that its square was made of, through some of its channels."""
        image = given(inputs)
        channel, spatial = _axes(image, self.channels_last)
        spans = ((0, 0),) * self.block if self.block <= MAXIMUM_PERIOD else None
        leading = [(axis, axis) for axis in range(image.rank) if axis != channel and axis not in spatial]
        return (
            *identity(0, leading),
            *[Link(0, axis, axis, self.block, 1, spans) for axis in spatial],
        )

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"{'pixel shuffle' if self.order == 'CRD' else 'depth to space'} {self.block}"


@dataclass(frozen=True)
class SpaceToDepth(Operator):
    """Each square of `block × block` cells becomes `block²` channels of one cell: the inverse of a pixel shuffle.

    `C·block² × H/block × W/block`

    Args:
        block: the side of the square.
        order: which place becomes which channel: `CRD` (PyTorch) or `DCR` (TensorFlow, ONNX).
        channels_last: whether the channels stand last.
        ranks: the ranks that it takes; any from 3 if empty.
    """

    family: ClassVar[str] = "reshape"

    block: int = 2
    order: str = "CRD"
    channels_last: bool = False
    ranks: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        broken = _structure(image, self.block, self.ranks)
        if broken is not None:
            return no_image(image, broken)
        channel, spatial = _axes(image, self.channels_last)
        out = list(image.dims)
        out[channel] = image.dims[channel] * self.block**2
        for axis in spatial:
            out[axis] = image.dims[axis] // self.block
        names = dict(zip(spatial, ("height", "width"), strict=True))
        requirements = [_divides(self.block, image, axis, names[axis]) for axis in spatial]
        return Outcome((image.shaped(tuple(out)),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A cell, all its channels together, sees the square that it was made of."""
        image = given(inputs)
        channel, spatial = _axes(image, self.channels_last)
        leading = [(axis, axis) for axis in range(image.rank) if axis != channel and axis not in spatial]
        return (
            *identity(0, leading),
            *[window(0, axis, axis, self.block, self.block, 0) for axis in spatial],
        )

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"{'pixel unshuffle' if self.order == 'CRD' else 'space to depth'} {self.block}"


@dataclass(frozen=True)
class ChannelShuffle(Operator):
    """The channels, in so many groups, dealt out anew: one from each group in turn.

    Args:
        groups: the number of groups.
        channels_last: whether the channels stand last.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "reshape"

    groups: int = 1
    channels_last: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image = given(inputs)
        if self.groups < 1:
            facts = {"setting": "groups", "value": self.groups, "axes": 1, "least": 1}
            return no_image(image, Requirement("settings", False, facts, spoils=None))
        if image.rank < 3:
            facts = {"gets": image.dims, "wants": (3, 4, 5)}
            return no_image(image, Requirement("rank", False, facts, spoils=None))
        channels = image.dims[image.rank - 1 if self.channels_last else 1]
        facts = {"groups": self.groups, "channels": channels}
        divides = equal(channels % self.groups, 0)
        return Outcome((image.shaped(image.dims),), (Requirement("groups", divides, facts),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Neighbouring channels come from neighbouring groups, each from the same place."""
        image = given(inputs)
        channel = image.rank - 1 if self.channels_last else 1
        of_group = image.dims[channel] // self.groups
        known = isinstance(of_group, int) and self.groups <= MAXIMUM_PERIOD
        spans = tuple([(g * of_group, g * of_group) for g in range(self.groups)]) if known else None
        kept = identity(0, [(axis, axis) for axis in range(image.rank) if axis != channel])
        return (*kept, Link(0, channel, channel, self.groups if known else 1, 1, spans))

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"channel shuffle, groups {self.groups}"


def _axes(image: Tensor, channels_last: bool) -> tuple[int, tuple[int, int]]:
    """The axis of the channels, and the two of space; all others stand before them."""
    rank = image.rank
    return (rank - 1, (rank - 3, rank - 2)) if channels_last else (rank - 3, (rank - 2, rank - 1))


def _structure(image: Tensor, block: int, ranks: tuple[int, ...]) -> Requirement | None:
    """What the rank or the block breaks; then there is no output to tell."""
    if image.rank < 3 or (ranks and image.rank not in ranks):
        return Requirement("rank", False, {"gets": image.dims, "wants": ranks or (3, 4, 5)}, spoils=None)
    if block < 1:
        facts = {"setting": "block", "value": block, "axes": 1, "least": 1}
        return Requirement("settings", False, facts, spoils=None)
    return None


def _divides(divisor: int, image: Tensor, axis: int, what: str) -> Requirement:
    """That the blocks come out even along an axis."""
    size: Dim = image.dims[axis]
    facts = {"axis": axis, "size": size, "divisor": divisor, "what": what}
    return Requirement("block", equal(size % divisor, 0), facts, spoils=(axis,))
