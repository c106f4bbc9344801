from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import MelWeights, PairedFourier, PairedShortTimeFourier, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, L = symbol("N"), symbol("L")


def number(value):
    return Tensor((), "int64", (value,))


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (PairedFourier(), ((N, L, 1),), (N, L, 2)),
        (PairedFourier(1, is_one_sided=True), ((N, L, 1),), (N, L // 2 + 1, 2)),
        (PairedFourier(1, is_one_sided=True), ((N, 8, 5, 1), number(9)), (N, 5, 5, 2)),
        (PairedFourier(1, is_inverse=True), ((N, 8, 5, 2),), (N, 8, 5, 2)),
        (PairedFourier(1, True, True), ((N, 5, 2),), (N, 8, 1)),
        (PairedFourier(1, True, True), ((N, 5, 2), number(9)), (N, 9, 1)),
        (PairedFourier(), ((N, 8, 5, 1), None, number(-3)), (N, 8, 5, 2)),
    ],
)
def test_transforms(operator, inputs, after) -> None:
    tensors = [Tensor(each) if isinstance(each, tuple) else each for each in inputs]
    assert shape_of(operator, *tensors) == after


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (PairedFourier(3), (2, 8, 1), "axis"),
        (PairedFourier(2), (2, 8, 1), "axis"),
        (PairedFourier(-1), (2, 8, 1), "axis"),
        (PairedFourier(0), (), "axis"),
        (PairedFourier(1), (2, 8, 3), "parts"),
        (PairedFourier(1), (2, 0, 1), "transform"),
    ],
)
def test_transforms_that_do_not_fit(operator, shape, kind) -> None:
    assert {r.kind for r in apply(operator, [Tensor(shape)]).broken} == {kind}


def test_an_axis_or_a_length_that_data_decide() -> None:
    data = Tensor((), "int64")
    found = apply(PairedFourier(), [Tensor((2, 8, 1)), None, data]).outputs[0].shape
    assert found == Unknown("the axis of the transform is computed from data")
    length = apply(PairedFourier(1), [Tensor((2, 8, 1)), data]).outputs[0].shape
    assert length == (2, Unknown("the length of the transform is computed from data"), 2)


@pytest.mark.onnx
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=3),
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from([None, 1, 4, 7]),
    st.data(),
)
def test_transforms_are_as_long_as_onnxruntime_makes_them(sizes, parts, one_sided, length, data) -> None:
    assume(parts == 1 or not one_sided)
    axis = data.draw(st.integers(0, len(sizes) - 1))
    asked = None if length is None else np.array(length)
    found = shapes_of("DFT", zeros(*sizes, parts), asked, np.array(axis), opset=20, onesided=int(one_sided))
    assume(found is not None)
    inputs = [Tensor((*sizes, parts)), None if length is None else number(length), number(axis)]
    assert [shape_of(PairedFourier(is_one_sided=one_sided), *inputs)] == found


def test_a_transform_sees_its_axis_whole() -> None:
    operator = PairedFourier(1)
    links = operator.links([Tensor((2, 8, 5, 1))], operator.evaluate(Tensor((2, 8, 5, 1))).outputs)
    assert links == identity(0, [(0, 0), (2, 2)])
    assert operator.words((), ()) == "fft"
    assert PairedFourier(1, True, True).words((), ()) == "irfft"


# frames -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one_sided", "inputs", "after"),
    [
        (True, (Tensor((N, 16000, 1)), number(128), None, number(512)), (N, 122, 257, 2)),
        (False, (Tensor((N, 16000, 1)), number(128), Tensor((512,))), (N, 122, 512, 2)),
        (True, (Tensor((N, 16, 1)), number(4)), (N, 1, 9, 2)),
        (False, (Tensor((N, L, 2)), number(4), None, number(8)), (N, L // 4 - 1, 8, 2)),
    ],
)
def test_frames(one_sided, inputs, after) -> None:
    assert shape_of(PairedShortTimeFourier(one_sided), *inputs) == after


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ((Tensor((16, 1)), number(4)), "rank"),
        ((Tensor((1, 16, 1)), number(4), None, number(17)), "frames"),
        ((Tensor((1, 16, 1)), number(0), None, number(8)), "hop"),
        ((Tensor((1, 16, 1)), number(4), Tensor((6,)), number(8)), "window"),
    ],
)
def test_frames_that_do_not_fit(inputs, kind) -> None:
    assert {r.kind for r in apply(PairedShortTimeFourier(), inputs).broken} == {kind}


@pytest.mark.onnx
@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 12), st.booleans())
def test_as_many_frames_as_onnxruntime_makes(length, hop, size, one_sided) -> None:
    found = shapes_of(
        "STFT", zeros(2, length, 1), np.array(hop), None, np.array(size), opset=17, onesided=int(one_sided)
    )
    outcome = apply(
        PairedShortTimeFourier(one_sided), [Tensor((2, length, 1)), number(hop), None, number(size)]
    )
    if found is not None and length >= size:
        assert (outcome.broken, [outcome.outputs[0].shape]) == ((), found)
    else:
        assert outcome.broken


def test_a_frame_sees_its_own_samples() -> None:
    inputs = [Tensor((1, 20, 1)), number(3), None, number(6)]

    def transformed(signal):
        frames = [signal[:, at : at + 6, 0] for at in range(0, 15, 3)]
        spectra = np.stack([np.fft.rfft(frame) for frame in frames], 1)
        return np.stack([spectra.real, spectra.imag], -1)

    assert_links_see(PairedShortTimeFourier(), inputs, transformed)


# bands --------------------------------------------------------------------------------------------------


def test_mel_weights() -> None:
    assert shape_of(MelWeights(), number(40), number(L)) == (L // 2 + 1, 40)
    unknown = Unknown("how many bands there are is computed from data")
    assert shape_of(MelWeights(), Tensor((), "int64"), number(16)) == (9, unknown)
    assert {r.kind for r in apply(MelWeights(), [number(-1), number(16)]).broken} == {"fill"}


def test_readings_agree() -> None:
    symbols = {"N": (1, 2, 3), "L": (8, 9, 16)}
    signal = Tensor((N, L, 1))
    assert_readings_agree(PairedFourier(1, is_one_sided=True), [signal], symbols)
    assert_readings_agree(PairedFourier(1, True, True), [Tensor((N, L, 2))], symbols)
    assert_readings_agree(PairedShortTimeFourier(), [signal, number(2), None, number(8)], symbols)
    assert_readings_agree(MelWeights(), [number(N), number(L)], symbols)
