from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.operators import FourierTransform, InverseShortTimeFourier, ShortTimeFourier, Tensor, apply
from shapelens.operators.fourier import complex_type, real_type
from shapelens.operators.reach import identity
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, H, W, L = (symbol(letter) for letter in "NHWL")
PAIR = (-2, -1)


def shapes_of(operator, shape, dtype="float32"):
    outcome = apply(operator, [Tensor(shape, dtype)])
    assert outcome.broken == ()
    return outcome.outputs[0].shape, outcome.outputs[0].dtype


@pytest.mark.parametrize(
    ("operator", "before", "after", "dtype"),
    [
        (FourierTransform("fft2", PAIR), (N, 3, H, W), (N, 3, H, W), "complex64"),
        (FourierTransform("rfft2", PAIR, halves="output"), (N, 3, H, W), (N, 3, H, W // 2 + 1), "complex64"),
        (FourierTransform("rfft", (1,), halves="output"), (N, 8, 3), (N, 5, 3), "complex64"),
        (FourierTransform("irfft", (-1,), halves="input", is_real=True), (N, W), (N, 2 * W - 2), "float32"),
        (FourierTransform("irfft", (-1,), (W,), "input", True), (N, 9), (N, W), "float32"),
        (FourierTransform("fft", (0,), (16,)), (9, 3), (16, 3), "complex64"),
        (FourierTransform("rfft2", PAIR, (None, 7), "output"), (4, 5), (4, 4), "complex64"),
        (ShortTimeFourier(512, 128), (N, 16000), (N, 257, 126), "complex64"),
        (ShortTimeFourier(16, 4, is_complex=False), (N, 100), (N, 9, 26, 2), "float32"),
        (ShortTimeFourier(16, 4, is_centered=False, is_one_sided=False), (100,), (16, 22), "complex64"),
        (ShortTimeFourier(4, 4), (N, L), (N, 3, L // 4 + 1), "complex64"),
    ],
)
def test_shapes(operator, before, after, dtype) -> None:
    assert shapes_of(operator, before) == (after, dtype)


def test_types_have_a_complex_one_and_a_real_one() -> None:
    assert [complex_type(dtype) for dtype in ("float16", "float64", "int64")] == [
        *("complex32", "complex128", "complex64"),
    ]
    assert [real_type(dtype) for dtype in ("complex32", "complex128", "complex64", "float64")] == [
        *("float16", "float64", "float32", "float64"),
    ]


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (FourierTransform("fft", (2,)), (3, 4), "axis"),
        (FourierTransform("fft", (1, -1)), (3, 4), "axis"),
        (FourierTransform("fft"), (3, 0), "transform"),
        (FourierTransform("irfft", halves="input"), (3, 1), "transform"),
        (ShortTimeFourier(16, 4), (2, 3, 100), "rank"),
        (ShortTimeFourier(16, 4), (2, 8), "frames"),
        (ShortTimeFourier(16, 4, is_centered=False), (2, 15), "frames"),
        (InverseShortTimeFourier(16, 4), (2, 8, 10), "frequencies"),
        (InverseShortTimeFourier(16, 4), (9,), "rank"),
        (InverseShortTimeFourier(16, 4), (2, 9, 1), "frames"),
    ],
)
def test_what_does_not_fit(operator, shape, kind) -> None:
    dtype = "complex64" if isinstance(operator, InverseShortTimeFourier) else "float32"
    assert [broken.kind for broken in apply(operator, [Tensor(shape, dtype)]).broken] == [kind]


def test_a_constant_border_needs_no_long_signal() -> None:
    assert shapes_of(ShortTimeFourier(16, 4, is_reflected=False), (2, 5)) == ((2, 9, 2), "complex64")


@given(
    st.integers(1, 40),
    st.integers(2, 9),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(["reflect", "constant"]),
)
@settings(max_examples=80, deadline=None)
@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:A window was not provided")
def test_frames_are_pytorchs(length, size, hop, centered, mode) -> None:
    torch = pytest.importorskip("torch")
    operator = ShortTimeFourier(size, hop, is_centered=centered, is_reflected=mode == "reflect")
    outcome = apply(operator, [Tensor((2, length))])
    try:
        true = torch.stft(
            torch.zeros(2, length), size, hop, center=centered, pad_mode=mode, return_complex=True
        )
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))
    back = apply(InverseShortTimeFourier(size, hop, is_centered=centered), [outcome.outputs[0]])
    try:
        signal = torch.istft(true, size, hop, center=centered, window=torch.ones(size))
    except RuntimeError:  # too few frames overlap, or nothing is left
        return
    assert (back.broken, back.outputs[0].shape) == ((), tuple(signal.shape))


@pytest.mark.parametrize(
    ("operator", "inputs", "symbols"),
    [
        (FourierTransform("rfft2", PAIR, halves="output"), (Tensor((N, H, W)),), {"W": (1, 7, 8)}),
        (FourierTransform("irfft", halves="input", is_real=True), (Tensor((N, H, W)),), {"W": (1, 2, 8)}),
        (FourierTransform("rfft", (1,), (6,), "output"), (Tensor((N, H)),), {"W": (3, 2, 8)}),
        (ShortTimeFourier(8, 3), (Tensor((N, L)),), {"L": (4, 5, 90)}),
        (ShortTimeFourier(8, 3, is_centered=False), (Tensor((L,)),), {"L": (7, 8, 90)}),
        (InverseShortTimeFourier(8, 3), (Tensor((N, 5, L), "complex64"),), {"L": (1, 2, 9)}),
    ],
)
def test_four_readings(operator, inputs, symbols) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "H": (5, 6, 7), **symbols})


def test_a_transform_sees_its_axes_whole() -> None:
    tensor = Tensor((2, 3, 8, 8))
    operator = FourierTransform("fft2", PAIR)
    assert operator.links([tensor], apply(operator, [tensor]).outputs) == identity(0, [(0, 0), (1, 1)])


def test_a_frame_sees_its_own_samples() -> None:
    """The lowest frequency of a frame is the sum of its samples."""

    def sums(signal):
        padded = np.pad(signal, [(0, 0), (2, 2)])
        frames = [padded[:, start : start + 4].sum(1) for start in range(0, padded.shape[1] - 3, 3)]
        return np.repeat(np.stack(frames, 1)[:, None], 3, axis=1)

    operator = ShortTimeFourier(4, 3, is_reflected=False)
    assert len(assert_links_see(operator, [Tensor((2, 9))], sums)) == 2


def test_a_sample_sees_the_frames_that_it_lies_in() -> None:
    def spread(spectra):
        frames = spectra.sum(1)
        signal = np.zeros((2, 4 + 3 * (frames.shape[1] - 1)), np.float32)
        for place in range(frames.shape[1]):
            signal[:, 3 * place : 3 * place + 4] += frames[:, place, None]
        return signal[:, 2:-2]

    operator = InverseShortTimeFourier(4, 3)
    assert len(assert_links_see(operator, [Tensor((2, 3, 5), "complex64")], spread)) == 2


def test_words() -> None:
    assert FourierTransform("rfft2", PAIR).words([], []) == "rfft2 along axes -2, -1"
    assert FourierTransform().words([], []) == "fft along axis -1"
    assert ShortTimeFourier(512, 128).words([], []) == "stft 512, hop 128"
    assert InverseShortTimeFourier(512, 128).words([], []) == "inverse stft 512, hop 128"
