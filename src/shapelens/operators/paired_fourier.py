"""Fourier transforms of numbers written as pairs: ONNX keeps a real and an imaginary part along an axis of two.

A signal of real numbers has one number along that last axis, a spectrum two:

    >>> from shapelens.operators import PairedFourier, PairedShortTimeFourier, Tensor
    >>> PairedFourier(axis=1, is_one_sided=True).evaluate(Tensor((1, 64, 56, 1))).outputs[0].shape
    (1, 33, 56, 2)
    >>> step, size = Tensor((), "int64", (128,)), Tensor((), "int64", (512,))
    >>> PairedShortTimeFourier().evaluate(Tensor((1, 16000, 1)), step, None, size).outputs[0].shape
    (1, 122, 257, 2)

Source: the operators `DFT`, `STFT` and `MelWeightMatrix` of ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, at_least, equal
from shapelens.operators.arguments import fixed_axis, given, optional, refused, told_number
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.records import dataclass

__all__ = ["MelWeights", "PairedFourier", "PairedShortTimeFourier"]


@dataclass(frozen=True)
class PairedFourier(Operator):
    """A Fourier transform along one axis, which may be cut or filled up to a length before.

    Inputs: the numbers, in pairs or alone along their last axis, the length, and the axis.

    Args:
        axis: along which axis, where no input says it.
        is_inverse: whether a spectrum is made a signal again.
        is_one_sided: whether only `n/2 + 1` frequencies of a real signal are kept.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "length", "axis")
    family: ClassVar[str] = "linear"

    axis: Dim = -2
    is_inverse: bool = False
    is_one_sided: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        asked = told_number(None, optional(inputs, 1), "the length of the transform")
        told = told_number(self.axis, optional(inputs, 2), "the axis of the transform")
        parts = tensor.dims[-1] if tensor.rank else 0
        axis, broken = fixed_axis(self.axis if told is None else told, tensor.rank)
        if broken is None and axis == tensor.rank - 1:
            broken = Requirement("axis", False, {"axes": (axis,), "rank": tensor.rank - 1}, spoils=None)
        if broken is not None:
            return refused(broken, tensor)
        back = self.is_one_sided and self.is_inverse
        whole = asked if asked is not None else (tensor.dims[axis] - 1) * 2 if back else tensor.dims[axis]
        out = list(tensor.dims)
        out[axis] = whole // 2 + 1 if self.is_one_sided and not back else whole
        out[-1] = 1 if back else 2
        facts = {"gets": tensor.dims, "axis": axis, "size": whole, "function": self._function}
        requirements = (
            Requirement("parts", any_of(equal(parts, 1), equal(parts, 2)), {"gets": tensor.dims}),
            Requirement("transform", at_least(whole, 1), facts, spoils=(axis,)),
        )
        return Outcome((tensor.shaped(tuple(out)),), requirements)

    @property
    def _function(self) -> str:
        return f"{'i' if self.is_inverse else ''}{'r' if self.is_one_sided else ''}fft"

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The axis of the transform is seen whole, and so are the parts of a number."""
        told = told_number(self.axis, optional(inputs, 2), "the axis of the transform")
        rank = given(inputs).rank
        axis, _ = fixed_axis(self.axis if told is None else told, rank)
        return identity(0, [(place, place) for place in range(rank - 1) if place != axis])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self._function


@dataclass(frozen=True)
class PairedShortTimeFourier(Operator):
    """The spectrum of each frame of a signal: batch × frames × frequencies × 2.

    Inputs: the signal (batch × length × 1, or × 2 where it is complex), how far frames are apart, the window that
    they are weighted with, and their length where there is no window.

    Args:
        is_one_sided: whether only `n/2 + 1` frequencies are kept.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "hop", "window", "size")
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "stft"

    is_one_sided: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        signal, weighted = given(inputs), optional(inputs, 2)
        if signal.rank != 3:
            broken = Requirement("rank", False, {"gets": signal.dims, "wants": (3,)}, spoils=None)
            return refused(broken, signal)
        batch, length, _ = signal.dims
        size, hop = self._frame(inputs, length)
        frequencies = size // 2 + 1 if self.is_one_sided else size
        frames: Dim = hop if isinstance(hop, Unknown) else 0
        requirements: list[Requirement] = []
        if not isinstance(hop, Unknown):
            frames = (length - size) // hop + 1 if not isinstance(hop, int) or hop > 0 else Unknown("no step")
            facts = {"gets": signal.dims, "axis": 1, "size": length, "extent": size}
            requirements.append(Requirement("hop", at_least(hop, 1), {"hop": hop}, spoils=(1,)))
            requirements.append(Requirement("frames", at_least(length, size), facts, spoils=(1,)))
        if weighted is not None and not isinstance(weighted.shape, Unknown):
            told = {"gets": weighted.elements, "wants": size}
            requirements.append(Requirement("window", equal(weighted.elements, size), told))
        return Outcome((signal.shaped((batch, frames, frequencies, 2)),), tuple(requirements))

    def _frame(self, inputs: Sequence[Tensor | None], length: Dim) -> tuple[Dim, Dim]:
        """How long a frame is, and how far frames are apart."""
        asked = told_number(None, optional(inputs, 3), "the length of a frame")
        weighted = optional(inputs, 2)
        size = asked if asked is not None else length if weighted is None else weighted.elements
        hop = told_number(None, optional(inputs, 1), "how far frames are apart")
        return size, Unknown("how far frames are apart is not given") if hop is None else hop

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A frame sees its own samples."""
        size, hop = self._frame(inputs, given(inputs).dims[1])
        return (*identity(0, [(0, 0)]), window(0, 1, 1, size, hop, 0))


@dataclass(frozen=True)
class MelWeights(Operator):
    """The matrix that gathers the frequencies of a spectrum into bands: `length/2 + 1` × bands.

        >>> from shapelens.operators import MelWeights
        >>> MelWeights().evaluate(Tensor((), "int64", (40,)), Tensor((), "int64", (512,))).outputs[0].shape
        (257, 40)

    Inputs: how many bands, and the length of the transform that made the spectrum.

    Args:
        dtype: the type of its elements.
    """

    roles: ClassVar[tuple[str, ...]] = ("bands", "length")
    word: ClassVar[str] = "mel weights"

    dtype: str = "float32"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        bands = told_number(None, given(inputs), "how many bands there are")
        length = told_number(None, given(inputs, 1), "the length of the transform")
        sizes: list[Any] = [
            length if isinstance(length, Unknown) or length is None else length // 2 + 1,
            bands,
        ]
        requirements = tuple(
            [
                Requirement("fill", at_least(size, 0), {"asked": tuple(sizes), "axis": axis}, spoils=(axis,))
                for axis, size in enumerate(sizes)
                if not isinstance(size, Unknown)
            ]
        )
        return Outcome((Tensor(tuple(sizes), self.dtype),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()
