"""Normalisation over axes: the shape stays, and each place of the other axes has its own mean and deviation.

    >>> from shapelens.operators import LayerNormalization, Tensor
    >>> features = Tensor((768,))
    >>> LayerNormalization().evaluate(Tensor((1, 197, 768)), features, features).outputs[0].shape
    (1, 197, 768)

Source: Ba, Kiros and Hinton, 2016 (layer); Zhang and Sennrich, 2019 (root mean square); ONNX' LpNormalization and
MeanVarianceNormalization. The norms of channels are in `normalization`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from shapelens.dims import Truth, Unknown, all_of, any_of, equal
from shapelens.operators.activation import followed_shape
from shapelens.operators.arguments import AXIS, fixed_axes, given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.normalization import matching, matching_requirement, statistics_kept
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["LayerNormalization", "LpNormalization", "MeanVarianceNormalization", "RMSNormalization"]


@dataclass(frozen=True)
class LayerNormalization(Operator):
    """Some axes together, for each position of the others: the last ones, or those that are named.

    Scale and bias have the shape of the axes that are normalised. Where neither `normalized_shape` nor `axes` says
    it, they broadcast to the input instead, as ONNX has it.

    Args:
        axis: the first axis that is normalised, up to the last; negative ones count from the end.
        normalized_shape: the sizes that the last axes must have; then these are normalised (PyTorch).
        axes: the axes that are normalised, each by its number (Keras).
        statistics: how many further outputs give mean and inverse deviation (ONNX).
        statistics_dtype: their type, where it is not the input's.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "scale", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"scale", "bias"})
    family: ClassVar[str] = "normalization"
    keeps_shape: ClassVar[bool] = True
    word: ClassVar[str] = "layer norm"

    axis: int = -1
    normalized_shape: Shape | None = None
    axes: tuple[int, ...] | None = None
    statistics: int = 0
    statistics_dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            unknown = Requirement("norm", tensor.shape, {"role": "input"})
            return Outcome(self._outputs(tensor, tensor.shape), (unknown,))
        axes, broken = self._normalised(tensor)
        if broken is not None:
            return refused(broken, *self._outputs(tensor, tensor.shape))
        reduced = tuple([1 if axis in axes else dim for axis, dim in enumerate(tensor.dims)])
        return Outcome(self._outputs(tensor, reduced), self._requirements(tensor, axes, inputs))

    def _outputs(self, tensor: Tensor, reduced: Shape | Unknown) -> tuple[Tensor, ...]:
        statistics = tensor.shaped(reduced, self.statistics_dtype)
        return (tensor.shaped(tensor.shape), *(statistics,) * self.statistics)

    def _normalised(self, tensor: Tensor) -> tuple[tuple[int, ...], Requirement | None]:
        """The axes that are normalised, and what they break: they do not exist, or there are too many."""
        rank, shape = tensor.rank, self.normalized_shape
        if shape is not None:
            if not 1 <= len(shape) <= rank:
                return (), Requirement("norm", False, {"gets": tensor.dims, "wants": shape}, spoils=None)
            return tuple(range(rank - len(shape), rank)), None
        if self.axes is not None:
            return fixed_axes(self.axes, rank)
        (first,), broken = fixed_axes((self.axis,), rank)
        return tuple(range(first, rank)) if broken is None else (), broken

    def _requirements(
        self, tensor: Tensor, axes: tuple[int, ...], inputs: Sequence[Tensor | None]
    ) -> tuple[Requirement, ...]:
        weights = list(zip(self.roles[1:], inputs[1:], strict=False))
        gets = tuple([tensor.dims[axis] for axis in axes])
        first = axes[0] if axes else 0
        wanted = self.normalized_shape
        if wanted is not None:
            fits = all_of(*[equal(dim, size) for dim, size in zip(gets, wanted, strict=True)])
            facts = {"gets": gets, "wants": wanted, "axis": first}
            return (Requirement("norm", fits, facts), *matching_requirement(wanted, weights, first))
        if self.axes is not None:
            return matching_requirement(gets, weights, first)
        broadcasts = [
            _broadcasts(tensor, role, weight, first) for role, weight in weights if weight is not None
        ]
        return tuple(broadcasts)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The axes that are normalised are seen whole."""
        tensor = given(inputs)
        axes, _ = self._normalised(tensor)
        return identity(0, [(axis, axis) for axis in range(tensor.rank) if axis not in axes])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input, scale and bias, and a mean and an inverse deviation for each place that is normalised."""
        return Kept((0, 1, 2), others=statistics_kept(run, self._places(run.tensor())))

    def _places(self, tensor: Tensor) -> Shape:
        """The axes that are not normalised."""
        axes, _ = self._normalised(tensor)
        return tuple([dim for axis, dim in enumerate(tensor.dims) if axis not in axes])

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        old, new = given(before), given(after)
        if isinstance(old.shape, Unknown) or isinstance(new.shape, Unknown) or old.rank != new.rank:
            return Follow(self)
        axes, broken = self._normalised(old)
        if broken is not None:
            return Follow(self)
        had, gets = [tuple([tensor.dims[axis] for axis in axes]) for tensor in (old, new)]
        broadcasts = self.normalized_shape is None and self.axes is None
        fitting: dict[int, Shape] = {}
        for place, weight in enumerate(before[1:], 1):
            if weight is None or isinstance(weight.shape, Unknown):
                continue
            shape = (
                followed_shape(weight.dims, old.dims, new.dims)
                if broadcasts
                else matching(weight.dims, had, gets)
            )
            if shape is not None:
                fitting[place] = shape
        wanted = None if self.normalized_shape is None else matching(self.normalized_shape, had, gets)
        return Follow(self if wanted is None else replace(self, normalized_shape=wanted), fitting)


def _broadcasts(tensor: Tensor, role: str, weight: Tensor, axis: int) -> Requirement:
    """That a weight broadcasts to what it scales, trailing axes aligned, and does not make it larger."""
    if isinstance(weight.shape, Unknown):
        return Requirement("norm", weight.shape, {"role": role})
    aligned = tensor.dims[max(tensor.rank - weight.rank, 0) :]
    facts = {"gets": aligned, "wants": weight.dims, "axis": axis, "role": role}
    if weight.rank > tensor.rank:
        return Requirement("norm", False, facts)
    truths: list[Truth] = [
        any_of(equal(own, 1), equal(own, dim)) for own, dim in zip(weight.dims, aligned, strict=True)
    ]
    return Requirement("norm", all_of(*truths), facts)


@dataclass(frozen=True)
class RMSNormalization(LayerNormalization):
    """The last axes divided by the root of their mean square; there is a scale and no bias."""

    roles: ClassVar[tuple[str, ...]] = ("input", "scale")
    learned: ClassVar[frozenset[str]] = frozenset({"scale"})
    word: ClassVar[str] = "rms norm"

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """For the input's gradient it and the inverse deviation, for the scale's the input as normalised.

        Half precision is widened first, and then all of it is.
        """
        tensor = run.tensor()
        wide = "float32" if tensor.dtype in {"float16", "bfloat16"} else tensor.dtype
        whole, others = tensor.shaped(tensor.dims, wide), []
        if run.wants(0):
            others += [tensor.shaped(self._places(tensor), wide), *([whole] if wide != tensor.dtype else [])]
        if run.wants(1):
            others.append(whole)
        return Kept((0, 1) if run.wants(0) and wide == tensor.dtype else (1,), others=tuple(others))


@dataclass(frozen=True)
class _OverAxes(Operator):
    """What the norms over axes without a weight share."""

    family: ClassVar[str] = "normalization"
    keeps_shape: ClassVar[bool] = True

    def over(self, rank: int) -> tuple[tuple[int, ...], Requirement | None]:
        """The axes that are seen whole, counted from the front."""
        raise NotImplementedError

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        same = tensor.shaped(tensor.shape)
        if isinstance(tensor.shape, Unknown):
            return Outcome((same,), (Requirement(AXIS, tensor.shape, {"role": "input"}),))
        _, broken = self.over(tensor.rank)
        return Outcome((same,)) if broken is None else refused(broken, tensor)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The axes that are normalised are seen whole."""
        rank = given(inputs).rank
        axes, _ = self.over(rank)
        return identity(0, [(axis, axis) for axis in range(rank) if axis not in axes])


@dataclass(frozen=True)
class LpNormalization(_OverAxes):
    """One axis, or several, divided by their norm.

    Args:
        axis: the axis or the axes; negative ones count from the end.
        power: of the norm.
    """

    word: ClassVar[str] = "lp norm"

    axis: int | tuple[int, ...] = -1
    power: float = 2

    def over(self, rank: int) -> tuple[tuple[int, ...], Requirement | None]:
        return fixed_axes(self.axis if isinstance(self.axis, tuple) else (self.axis,), rank)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The input, its norms, and the norms that it is divided by, which are held above zero."""
        if self.name != LpNormalization.__name__:  # what has no more than its axes in common with it
            return super().kept_for_backward(run)
        tensor = run.tensor()
        axes, _ = self.over(tensor.rank)
        norms = tensor.shaped(tuple([1 if axis in axes else dim for axis, dim in enumerate(tensor.dims)]))
        return Kept((0,), others=(norms, norms))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"l{self.power:g} norm"


@dataclass(frozen=True)
class MeanVarianceNormalization(_OverAxes):
    """Some axes made to have mean 0 and variance 1.

    Args:
        axes: the axes over which mean and variance are taken; negative ones count from the end.
    """

    word: ClassVar[str] = "mean variance norm"

    axes: tuple[int, ...] = (0, 2, 3)

    def over(self, rank: int) -> tuple[tuple[int, ...], Requirement | None]:
        return fixed_axes(self.axes, rank, may_repeat=True)
