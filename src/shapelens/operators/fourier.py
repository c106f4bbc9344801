"""Fourier transforms: along whole axes, and of the frames of a signal.

A signal of real numbers has a spectrum whose second half mirrors the first, so that only `n/2 + 1` of it are kept:

    >>> from shapelens.operators import FourierTransform, ShortTimeFourier, Tensor
    >>> FourierTransform("rfft2", (-2, -1), halves="output").evaluate(Tensor((1, 64, 56, 56))).outputs[
    ...     0
    ... ].shape
    (1, 64, 56, 29)
    >>> ShortTimeFourier(512, hop=128).evaluate(Tensor((1, 16000))).outputs[0].shape
    (1, 257, 126)

Source: the documentation of `torch.fft`, `torch.stft` and `torch.istft`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, all_of, at_least, equal, more_than
from shapelens.operators.arguments import fixed_axes, given, refused
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity, transposed_window, window
from shapelens.records import dataclass

__all__ = ["FourierTransform", "InverseShortTimeFourier", "ShortTimeFourier"]

_COMPLEX = {"float16": "complex32", "float64": "complex128"}
_REAL = {"complex32": "float16", "complex128": "float64"}


def complex_type(dtype: str) -> str:
    """The type of complex numbers that a type of numbers becomes.

    >>> complex_type("float32"), complex_type("complex128")
    ('complex64', 'complex128')
    """
    return dtype if dtype.startswith("complex") else _COMPLEX.get(dtype, "complex64")


def real_type(dtype: str) -> str:
    """The type of the parts of complex numbers; of real ones their own."""
    return _REAL.get(dtype, "float32") if dtype.startswith("complex") else dtype


@dataclass(frozen=True)
class FourierTransform(Operator):
    """A Fourier transform along some axes, each of which may be cut or filled up to a size before.

    Args:
        function: its name in a table: `fft2`, `irfft`.
        axes: along which axes; of these the last one is halved, where one is.
        sizes: to what sizes the axes are cut or filled up; None for those that they have.
        halves: `output` where of the last axis `n/2 + 1` come out, `input` where they go in, else empty.
        is_real: whether real numbers come out.
        dtype: the type of the output, where it is not what the input's becomes.
    """

    roles: ClassVar[tuple[str, ...]] = ("input",)
    family: ClassVar[str] = "linear"

    function: str = "fft"
    axes: tuple[int, ...] = (-1,)
    sizes: tuple[Dim | None, ...] = ()
    halves: str = ""
    is_real: bool = False
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        dtype = self.dtype or (real_type if self.is_real else complex_type)(tensor.dtype)
        axes, broken = fixed_axes(self.axes, tensor.rank)
        if broken is not None:
            return refused(broken, tensor.shaped(tensor.shape, dtype))
        out = list(tensor.dims)
        requirements: list[Requirement] = []
        for place, axis in enumerate(axes):
            asked = self.sizes[place] if place < len(self.sizes) else None
            whole = tensor.dims[axis] if asked is None else asked
            if place == len(axes) - 1 and self.halves == "input" and asked is None:
                whole = (tensor.dims[axis] - 1) * 2
            halved = place == len(axes) - 1 and self.halves == "output"
            out[axis] = whole // 2 + 1 if halved else whole
            some = at_least(whole, 1)
            if some is not True:
                facts = {"gets": tensor.dims, "axis": axis, "size": whole, "function": self.function}
                requirements.append(Requirement("transform", some, facts, spoils=(axis,)))
        return Outcome((tensor.shaped(tuple(out), dtype),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The axes of the transform are seen whole."""
        rank = given(inputs).rank
        axes, _ = fixed_axes(self.axes, rank)
        return identity(0, [(axis, axis) for axis in range(rank) if axis not in axes])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        over = ", ".join([str(axis) for axis in self.axes])
        return f"{self.function} along {'axis' if len(self.axes) == 1 else 'axes'} {over}"


@dataclass(frozen=True)
class ShortTimeFourier(Operator):
    """The spectrum of each frame of a signal: `… × frequencies × frames`, where `frames = 1 + (length - size) / hop`.

    Inputs: the signal (length, or batch × length) and the window that frames are weighted with.

    Args:
        size: how many samples a frame has.
        hop: how far frames are apart.
        is_centered: whether the signal is filled up by half a frame on both sides first.
        is_one_sided: whether only `size/2 + 1` frequencies are kept.
        is_complex: whether the output is complex; if not, it has an axis of two at the end.
        is_reflected: whether what is filled up mirrors the signal, which then must be longer than that.
        dtype: the type of the output, where it is not what the input's becomes.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "window")
    family: ClassVar[str] = "linear"

    size: int = 400
    hop: int = 100
    is_centered: bool = True
    is_one_sided: bool = True
    is_complex: bool = True
    is_reflected: bool = True
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        signal = given(inputs)
        dtype = self.dtype or (complex_type(signal.dtype) if self.is_complex else signal.dtype)
        if signal.rank not in {1, 2}:
            broken = Requirement("rank", False, {"gets": signal.dims, "wants": (1, 2)}, spoils=None)
            return refused(broken, signal.shaped(signal.shape, dtype))
        length, before = signal.dims[-1], self.size // 2 if self.is_centered else 0
        frames = (length + (2 * before - self.size)) // self.hop + 1
        facts = {"gets": signal.dims, "axis": signal.rank - 1, "size": length, "extent": self.size}
        fits = at_least(length, self.size - 2 * before)
        if before and self.is_reflected:
            fits = all_of(fits, more_than(length, before))
        frequencies = self.size // 2 + 1 if self.is_one_sided else self.size
        parts = () if self.is_complex else (2,)
        shape = (*signal.dims[:-1], frequencies, frames, *parts)
        spoils = (signal.rank,)
        return Outcome((signal.shaped(shape, dtype),), (Requirement("frames", fits, facts, spoils=spoils),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A frame sees its own samples."""
        last = given(inputs).rank - 1
        before = self.size // 2 if self.is_centered else 0
        leading = identity(0, [(axis, axis) for axis in range(last)])
        return (*leading, window(0, last, last + 1, self.size, self.hop, before))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"stft {self.size}, hop {self.hop}"


@dataclass(frozen=True)
class InverseShortTimeFourier(Operator):
    """A signal from the spectra of its frames: `length = size + hop · (frames - 1)`, less what was filled up.

    Inputs: the spectra (… × frequencies × frames) and the window that frames were weighted with.

    Args:
        size: how many samples a frame has.
        hop: how far frames are apart.
        length: the length that is asked for.
        is_centered: whether half a frame was filled up on both sides.
        is_one_sided: whether only `size/2 + 1` frequencies were kept.
        is_real: whether real numbers come out.
        dtype: the type of the output, where it is not what the input's becomes.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "window")
    family: ClassVar[str] = "linear"

    size: int = 400
    hop: int = 100
    length: Dim | None = None
    is_centered: bool = True
    is_one_sided: bool = True
    is_real: bool = True
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        spectra = given(inputs)
        dtype = self.dtype or (real_type if self.is_real else complex_type)(spectra.dtype)
        is_complex = spectra.dtype.startswith("complex")
        shape: Shape = spectra.dims if is_complex else spectra.dims[:-1]
        if len(shape) not in {2, 3}:
            broken = Requirement("rank", False, {"gets": spectra.dims, "wants": (2, 3)}, spoils=None)
            return refused(broken, spectra.shaped(spectra.shape, dtype))
        before = self.size // 2 if self.is_centered else 0
        full = (shape[-1] - 1) * self.hop + (self.size - 2 * before)
        length = full if self.length is None else self.length
        frequencies = self.size // 2 + 1 if self.is_one_sided else self.size
        facts = {"gets": shape[-2], "wants": frequencies, "size": self.size}
        requirements = [Requirement("frequencies", equal(shape[-2], frequencies), facts)]
        some = at_least(length, 1)
        if some is not True:
            requirements.append(Requirement("frames", some, {"gets": shape, "size": length}, spoils=(-1,)))
        return Outcome((spectra.shaped((*shape[:-2], length), dtype),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A sample sees the frames that it lies in."""
        last = outputs[0].rank - 1
        before = self.size // 2 if self.is_centered else 0
        leading = identity(0, [(axis, axis) for axis in range(last)])
        return (*leading, transposed_window(0, last + 1, last, self.size, self.hop, 1, before))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"inverse stft {self.size}, hop {self.hop}"
