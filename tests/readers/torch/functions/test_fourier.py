"""Fourier transforms, whose halves are exact."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:A window was not provided")]

IMAGE, IMAGES = (2, 3, 8, 6), [[(4, 3, 11, 9)], [(1, 3, 7, 8)]]
SIGNAL, SIGNALS = (2, 100), [[(5, 100)], [(1, 100)]]

OF_ONE = "fft ifft rfft irfft hfft ihfft"


@pytest.mark.parametrize("name", [f"{one}{axes}" for one in OF_ONE.split() for axes in ("", "2", "n")])
def test_every_transform(name) -> None:
    network = holds_everywhere(getattr(torch.fft, name), IMAGE, others=IMAGES)
    assert operators_of(network) == ["FourierTransform"]


@pytest.mark.parametrize(
    "function",
    cases(
        a_size=lambda x: torch.fft.fft(x, 4, 1),
        one_axis=lambda x: torch.fft.ifft(x, dim=0),
        normalised=lambda x: torch.fft.rfft(x, norm="ortho"),
        two_axes=lambda x: torch.fft.rfft2(x, dim=(1, 2)),
        sizes=lambda x: torch.fft.rfft2(x, s=(7, 7)),
        sizes_of_the_last_axes=lambda x: torch.fft.rfftn(x, s=(4, 5)),
        a_listed_axis=lambda x: torch.fft.fftn(x, dim=(1,)),
        there_and_back=lambda x: torch.fft.irfft2(torch.fft.rfft2(x), s=x.shape[-2:]),
        there_and_back_without_a_size=lambda x: torch.fft.irfft(torch.fft.rfft(x)),
        own_sizes=lambda x: torch.fft.irfftn(torch.fft.rfftn(x, dim=(1, 2)), s=(-1, x.shape[2]), dim=(1, 2)),
        in_double=lambda x: torch.fft.rfft(x.double()),
        of_complex_numbers=lambda x: torch.fft.hfft(torch.fft.fft(x)),
        shifted=lambda x: torch.fft.fftshift(x, dim=(2, 3)),
        shifted_back=torch.fft.ifftshift,
        shifted_along_one=lambda x: torch.fft.fftshift(x, 1),
        a_filter_in_the_spectrum=lambda x: torch.fft.irfft2(
            torch.fft.rfft2(x, norm="ortho")
            * torch.ones(x.shape[2], x.shape[3] // 2 + 1, dtype=torch.complex64),
            s=x.shape[2:],
            norm="ortho",
        ),
    ),
)
def test_settings(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        frames=lambda x: torch.stft(x, 16, 4, window=torch.ones(16), return_complex=True),
        frames_of_parts=lambda x: torch.stft(x, 16, return_complex=False),
        frames_that_fit=lambda x: x.stft(15, 3, center=False, onesided=False, return_complex=True),
        frames_of_a_constant=lambda x: torch.stft(x, 16, pad_mode="constant", return_complex=True),
        frames_of_one_signal=lambda x: torch.stft(x.mean(0), 16, return_complex=True),
        frames_of_complex_numbers=lambda x: torch.stft(torch.complex(x, x), 16, return_complex=True),
        and_back=lambda x: torch.istft(torch.stft(x, 16, return_complex=True), 16),
        and_back_to_a_length=lambda x: torch.istft(torch.stft(x, 16, return_complex=True), 16, length=90),
        and_back_from_one=lambda x: torch.istft(
            torch.stft(x, 16, return_complex=True).sum(0), 16, center=False, length=40
        ),
        and_back_to_complex_numbers=lambda x: torch.istft(
            torch.stft(x, 16, onesided=False, return_complex=True), 16, return_complex=True, onesided=False
        ),
    ),
)
@pytest.mark.filterwarnings("ignore:stft with return_complex=False")
def test_frames_of_a_signal(function) -> None:
    holds_everywhere(function, SIGNAL, others=SIGNALS, real=True)


def test_a_signal_of_any_length() -> None:
    """Channels × length, so that the length is free."""
    holds_everywhere(
        lambda x: torch.stft(x[:, 0], 16, 4, return_complex=True).abs(),
        (2, 1, 100),
        others=[[(3, 1, 64)], [(1, 1, 33)]],
    )
