"""Normalisation of channels: the shape stays; each channel gets a scale and a bias that are learned.

    >>> from shapelens.operators import BatchNormalization, Tensor
    >>> channels = Tensor((64,))
    >>> BatchNormalization().evaluate(
    ...     Tensor((1, 64, 56, 56)), channels, channels, channels, channels
    ... ).outputs[0].shape
    (1, 64, 56, 56)

What differs is over which values the mean and the variance are taken: one channel of all samples (batch), one
channel of one sample (instance), or some channels of one sample (group). The last axes together (layer) are in
`axis_normalization`, the channels around in `local_response`.

Source: Ioffe and Szegedy, 2015 (batch); Ulyanov, Vedaldi and Lempitsky, 2016 (instance); Wu and He, 2018
(group).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.dims import Dim, Truth, Unknown, all_of, any_of, equal, more_than, product
from shapelens.operators.arguments import fixed_axis, given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import MAXIMUM_PERIOD, Link, identity
from shapelens.operators.strides import is_in_order
from shapelens.records import dataclass

__all__ = [
    "BatchNormalization",
    "GroupNormalization",
    "InstanceNormalization",
    "matching",
    "matching_requirement",
    "statistics_kept",
]


# what norms share ---------------------------------------------------------------------------------------


def matching_requirement(
    wanted: Shape, weights: Sequence[tuple[str, Tensor | None]], axis: int
) -> tuple[Requirement, ...]:
    """That every weight is as large as what it scales: one requirement for all of them, or none.

    Args:
        wanted: the sizes that come in.
        weights: the weights by their roles.
        axis: the axis that they scale, or the first of several.
    """
    truths: list[Truth] = []
    told: list[dict[str, object]] = []
    for role, weight in weights:
        if weight is None:
            continue
        gets = wanted[0] if len(wanted) == 1 else wanted
        if isinstance(weight.shape, Unknown):
            truths.append(weight.shape)
            told.append({"gets": gets, "wants": weight.shape, "axis": axis, "role": role})
            continue
        fits = len(weight.dims) == len(wanted) and all_of(
            *[equal(own, dim) for own, dim in zip(weight.dims, wanted, strict=True)]
        )
        truths.append(fits)
        wants = weight.dims[0] if weight.rank == 1 else weight.dims
        told.append({"gets": gets, "wants": wants, "axis": axis, "role": role})
    if not truths:
        return ()
    misfit = next((facts for truth, facts in zip(truths, told, strict=True) if truth is False), told[0])
    return (Requirement("norm", all_of(*truths), misfit),)


def matching(weight: Shape, had: Shape, gets: Shape) -> Shape | None:
    """A weight made as large as what comes in after an edit, wherever it was before. None if nothing changes.

    >>> matching((64,), (64,), (32,)), matching((60,), (64,), (32,))
    ((32,), None)
    """
    if not len(weight) == len(had) == len(gets):
        return None
    followed = tuple(
        [
            new if isinstance(new, int) and isinstance(own, int) and own == old else own
            for own, old, new in zip(weight, had, gets, strict=True)
        ]
    )
    return None if followed == weight else followed


def statistics_kept(run: Run, shape: Shape) -> tuple[Tensor, Tensor]:
    """The mean and the inverse deviation, which a norm keeps: of the scale's type, where there is a scale."""
    scale = optional(run.inputs, 1)
    statistic = run.tensor().shaped(shape, None if scale is None else scale.dtype)
    return statistic, statistic


# norms with one scale for each channel ------------------------------------------------------------------


@dataclass(frozen=True)
class _ChannelNorm(Operator):
    """What the norms with one scale for each channel share.

    Args:
        channels_last: whether the channels stand last.
        axis: the axis of the channels where it is neither the last nor that after the batch; negative ones
            count from the end.
        ranks: the ranks that it takes; any from `least_rank` if empty.
        least_rank: the smallest rank that it takes.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "scale", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"scale", "bias"})
    family: ClassVar[str] = "normalization"
    keeps_shape: ClassVar[bool] = True

    channels_last: bool = False
    axis: int | None = None
    ranks: tuple[int, ...] = ()
    least_rank: int = 2

    # where the axes are -------------------------------------------------------------------------------

    def channel_axis(self, tensor: Tensor) -> int:
        """Where the channels stand, in a tensor that fits."""
        if self.axis is not None:
            return self.axis % tensor.rank
        return tensor.rank - 1 if self.channels_last else 1

    def spatial_axes(self, tensor: Tensor) -> tuple[int, ...]:
        """Every axis but the batch and the channels."""
        return tuple([axis for axis in range(1, tensor.rank) if axis != self.channel_axis(tensor)])

    def channels(self, tensor: Tensor) -> Dim:
        """How many channels there are."""
        return tensor.dims[self.channel_axis(tensor)]

    def misfit(self, tensor: Tensor) -> Requirement | None:
        """What the rank, the axis or the settings break."""
        fits = tensor.rank in self.ranks if self.ranks else tensor.rank >= self.least_rank
        if not fits:
            wants = self.ranks or tuple(range(self.least_rank, max(self.least_rank, 5) + 1))
            return Requirement("rank", False, {"gets": tensor.dims, "wants": wants})
        return None if self.axis is None else fixed_axis(self.axis, tensor.rank)[1]

    # the rule -----------------------------------------------------------------------------------------

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        same = tensor.shaped(tensor.shape)
        if isinstance(tensor.shape, Unknown):
            unknown = Requirement("norm", tensor.shape, {"role": "input"})
            return Outcome((same, *self.statistics_of(inputs, (tensor.shape,))), (unknown,))
        broken = self.misfit(tensor)
        if broken is not None:
            nothing = Unknown(f"the {broken.kind} does not fit")
            statistics = [t.shaped(nothing) for t in self.statistics_of(inputs, ())]
            return Outcome((same, *statistics), (broken,))
        scaled = self.scaled(tensor)
        weights = list(zip(self.roles[1:], inputs[1:], strict=False))
        requirements = (
            *self.requirements(tensor),
            *matching_requirement(scaled, weights, self.channel_axis(tensor)),
        )
        return Outcome((same, *self.statistics_of(inputs, scaled)), requirements)

    def scaled(self, tensor: Tensor) -> Shape:
        """The shape of what is scaled: of every weight."""
        return (self.channels(tensor),)

    def requirements(self, tensor: Tensor) -> tuple[Requirement, ...]:
        """What must hold beside that the weights fit."""
        return ()

    def statistics_of(self, inputs: Sequence[Tensor | None], shape: Shape) -> tuple[Tensor, ...]:
        """Further outputs."""
        return ()

    # views --------------------------------------------------------------------------------------------

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """In inference a norm is a multiplication: each cell sees its own place."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank)])

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        old, new = given(before), given(after)
        if any(isinstance(tensor.shape, Unknown) or self.misfit(tensor) is not None for tensor in (old, new)):
            return Follow(self)
        operator = self.followed(self.channels(old), self.channels(new))
        fitting: dict[int, Shape] = {}
        for place, weight in enumerate(before[1:], 1):
            if weight is None or isinstance(weight.shape, Unknown):
                continue
            shape = matching(weight.dims, self.scaled(old), operator.scaled(new))
            if shape is not None:
                fitting[place] = shape
        return Follow(operator, fitting)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input, the scale, and a mean and an inverse deviation for each that was taken."""
        taken = self.taken(run.tensor())
        return Kept((0, 1), others=statistics_kept(run, taken))

    def taken(self, tensor: Tensor) -> Shape:
        """For what a mean is taken: for each channel."""
        return (self.channels(tensor),)

    def followed(self, had: Dim, gets: Dim) -> _ChannelNorm:
        """The norm for another number of channels."""
        return self


def _one_value(tensor: Tensor, values: Dim) -> Requirement:
    """That there are more values than one to take a variance of, or none at all."""
    several = any_of(more_than(values, 1), equal(values, 0))
    return Requirement("one_value", several, {"shape": tensor.dims, "values": values})


@dataclass(frozen=True)
class BatchNormalization(_ChannelNorm):
    """Each channel, over all samples and positions.

    Args:
        training: whether mean and variance are those of the batch; then there must be more than one value.
        statistics: how many further outputs give the statistics (ONNX).
        per_place: whether each place has a scale of its own (ONNX before version 9, where `spatial` is 0).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "scale", "bias", "mean", "variance")
    word: ClassVar[str] = "batch norm"

    training: bool = False
    statistics: int = 0
    per_place: bool = False

    def channels(self, tensor: Tensor) -> Dim:
        """How many channels there are; a tensor of one axis is one channel of many samples (ONNX)."""
        return 1 if tensor.rank == 1 else super().channels(tensor)

    def scaled(self, tensor: Tensor) -> Shape:
        return tensor.dims[1:] if self.per_place else (self.channels(tensor),)

    def requirements(self, tensor: Tensor) -> tuple[Requirement, ...]:
        if not self.training:
            return ()
        channel = self.channel_axis(tensor)
        return (_one_value(tensor, product([d for axis, d in enumerate(tensor.dims) if axis != channel])),)

    def statistics_of(self, inputs: Sequence[Tensor | None], shape: Shape) -> tuple[Tensor, ...]:
        kept = optional(inputs, 3) or given(inputs)
        return (kept.shaped(shape),) * self.statistics

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """A frozen norm, whose scale is not learned, keeps what it multiplies by and no more."""
        scale = optional(run.inputs, 1)
        if scale is not None and not run.wants(1):
            return Kept(others=(scale.shaped(scale.shape),))
        return super().kept_for_backward(run)


@dataclass(frozen=True)
class InstanceNormalization(_ChannelNorm):
    """Each channel of each sample by itself.

    Args:
        spatial_rank: the number of spatial axes, where one image may come without a batch.
        running: whether mean and variance are those that were kept, and not the image's own.
        wants_several: whether one place alone has no variance and is refused (PyTorch).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "scale", "bias", "mean", "variance")
    word: ClassVar[str] = "instance norm"

    spatial_rank: int | None = None
    running: bool = False
    wants_several: bool = False

    def channel_axis(self, tensor: Tensor) -> int:
        """Where the channels stand: before the spatial axes, or after them."""
        if self.spatial_rank is None or self.channels_last or self.axis is not None:
            return super().channel_axis(tensor)
        return tensor.rank - 1 - self.spatial_rank

    def spatial_axes(self, tensor: Tensor) -> tuple[int, ...]:
        """Every axis but the channels, and the batch if there is one."""
        batched = self.spatial_rank is None or tensor.rank == self.spatial_rank + 2
        channel = self.channel_axis(tensor)
        return tuple([axis for axis in range(1 if batched else 0, tensor.rank) if axis != channel])

    def misfit(self, tensor: Tensor) -> Requirement | None:
        rank = self.spatial_rank
        if rank is not None and tensor.rank not in {rank + 1, rank + 2}:
            return Requirement("rank", False, {"gets": tensor.dims, "wants": (rank + 1, rank + 2)})
        return super().misfit(tensor)

    def requirements(self, tensor: Tensor) -> tuple[Requirement, ...]:
        if self.running or not self.wants_several:
            return ()
        return (_one_value(tensor, product([tensor.dims[axis] for axis in self.spatial_axes(tensor)])),)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """All samples are normalised as channels of one: scale and statistics are repeated for each of them."""
        tensor = run.tensor()
        batched = self.spatial_rank is None or tensor.rank == self.spatial_rank + 2
        places = (self.channels(tensor) * (tensor.dims[0] if batched else 1),)
        repeated = [held.shaped(places) for place in (1, 3, 4) if (held := optional(run.inputs, place))]
        lies_across = not is_in_order(tensor.dims, run.lies())
        copied = (tensor.shaped(tensor.dims),) if lies_across else ()
        others = (*copied, *repeated, *statistics_kept(run, places))
        return Kept(() if lies_across else (0,), others=others)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Its statistics are taken in inference too: each channel is seen whole, unless they were kept."""
        tensor = given(inputs)
        if self.running or self.misfit(tensor) is not None:
            return super().links(inputs, outputs)
        spatial = self.spatial_axes(tensor)
        return identity(0, [(axis, axis) for axis in range(tensor.rank) if axis not in spatial])


@dataclass(frozen=True)
class GroupNormalization(_ChannelNorm):
    """Groups of channels of each sample.

    Args:
        groups: into how many groups the channels are divided; None if each channel is one (Keras' -1).
        per_group: whether there is one scale for each group, and not for each channel (ONNX before version 21).
        wants_several: whether one value alone has no variance and is refused (PyTorch).
    """

    word: ClassVar[str] = "group norm"

    groups: int | None = 1
    per_group: bool = False
    wants_several: bool = False

    def misfit(self, tensor: Tensor) -> Requirement | None:
        if self.groups is not None and self.groups < 1:
            facts = {"setting": "groups", "value": self.groups, "axes": 1, "least": 1}
            return Requirement("settings", False, facts)
        return super().misfit(tensor)

    def scaled(self, tensor: Tensor) -> Shape:
        return (self.groups,) if self.per_group and self.groups is not None else (self.channels(tensor),)

    def requirements(self, tensor: Tensor) -> tuple[Requirement, ...]:
        channels = self.channels(tensor)
        found: list[Requirement] = []
        if self.groups is not None:
            facts = {"groups": self.groups, "channels": channels}
            found.append(Requirement("groups", equal(channels % self.groups, 0), facts))
        if self.wants_several:
            # PyTorch counts the values of all samples together, though each has a variance of its own.
            of_group = 1 if self.groups is None else channels // self.groups
            spatial = [tensor.dims[axis] for axis in self.spatial_axes(tensor)]
            found.append(_one_value(tensor, product([tensor.dims[0], of_group, *spatial])))
        return tuple(found)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"group norm, {'a group for each channel' if self.groups is None else f'groups {self.groups}'}"

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Its statistics are taken in inference too: each group is seen whole."""
        tensor = given(inputs)
        if self.misfit(tensor) is not None:
            return super().links(inputs, outputs)
        batch, axis = identity(0, [(0, 0)]), self.channel_axis(tensor)
        if self.groups == 1:
            return batch
        of_group = 1 if self.groups is None else self.channels(tensor) // self.groups
        if not isinstance(of_group, int) or not 1 <= of_group <= MAXIMUM_PERIOD:
            return (*batch, Link(0, axis, axis, spans=None))
        return (*batch, Link(0, axis, axis, of_group, of_group, ((0, of_group - 1),) * of_group))

    def taken(self, tensor: Tensor) -> Shape:
        """For what a mean is taken: for each group of each sample."""
        return (tensor.dims[0], self.channels(tensor) if self.groups is None else self.groups)

    def followed(self, had: Dim, gets: Dim) -> GroupNormalization:
        """A group for each channel stays one for each."""
        each = isinstance(had, int) and isinstance(gets, int) and had > 1 and self.groups == had
        return replace(self, groups=gets) if each else self
