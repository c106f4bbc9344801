"""Fourier transforms, of whole axes and of the frames of a signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Dim
from shapelens.operators import AlongAxis, FourierTransform, InverseShortTimeFourier, ShortTimeFourier
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value

_PAIR = (-2, -1)
_HALVES = {"rfft": "output", "ihfft": "output", "irfft": "input", "hfft": "input"}
_TO_REAL = frozenset(["irfft", "hfft"])


def _transform(call: Call, input: Value, axes: Sequence[int], sizes: Sequence[Dim | None]) -> Value:
    name = call.function.removeprefix("fft_")
    kind = name.rstrip("2n")
    operator = FourierTransform(name, tuple(axes), tuple(sizes), _HALVES.get(kind, ""), kind in _TO_REAL)
    return call.one(operator, input)


@translates("fft_fft fft_ifft fft_rfft fft_irfft fft_hfft fft_ihfft")
def along_one(call: Call, input: Value, n: Any = None, dim: int = -1, *_: Any, **__: Any) -> Value:
    return _transform(call, input, (dim,), (_size(n),))


@translates("fft_fft2 fft_ifft2 fft_rfft2 fft_irfft2 fft_hfft2 fft_ihfft2")
def along_two(call: Call, input: Value, s: Any = None, dim: Any = _PAIR, *_: Any, **__: Any) -> Value:
    return along_several(call, input, s, _PAIR if dim is None else dim)


@translates("fft_fftn fft_ifftn fft_rfftn fft_irfftn fft_hfftn fft_ihfftn")
def along_several(call: Call, input: Value, s: Any = None, dim: Any = None, *_: Any, **__: Any) -> Value:
    """Without axes it is the last ones, as many as there are sizes, or all."""
    sizes = () if s is None else tuple(s) if isinstance(s, (tuple, list)) else (s,)
    rank = input.tensor.rank
    if dim is None:
        axes = tuple(range(rank - len(sizes) if s is not None else 0, rank))
    else:
        axes = (dim,) if isinstance(dim, int) else tuple(dim)
    return _transform(call, input, axes, [_size(size) for size in sizes])


def _size(size: Any) -> Dim | None:
    """A size that is asked for; -1 is the axis' own."""
    return None if size is None or (isinstance(size, int) and size == -1) else size


@translates("fft_fftshift fft_ifftshift")
def shifted(call: Call, input: Value, dim: Any = None) -> Value:
    """Axes turned round by half, each of which is seen whole."""
    axes = range(input.tensor.rank) if dim is None else (dim,) if isinstance(dim, int) else dim
    value = input
    for axis in axes:
        value = call.one(AlongAxis("roll", axis), value)
    return value


@translates("stft")
def spectra(
    call: Call,
    input: Value,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Value | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    *_: Any,
    **__: Any,
) -> Value:
    is_complex = input.tensor.dtype.startswith("complex") or (
        window is not None and window.tensor.dtype.startswith("complex")
    )
    operator = ShortTimeFourier(
        n_fft,
        hop_length or n_fft // 4,
        bool(center),
        not is_complex if onesided is None else bool(onesided),
        is_complex if return_complex is None else bool(return_complex),
        pad_mode == "reflect",
    )
    return call.one(operator, input, window)


@translates("istft")
def signal(
    call: Call,
    input: Value,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Value | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: Any = None,
    return_complex: bool = False,
) -> Value:
    operator = InverseShortTimeFourier(
        n_fft,
        hop_length or n_fft // 4,
        length,
        bool(center),
        not return_complex if onesided is None else bool(onesided),
        not return_complex,
    )
    return call.one(operator, input, window)
