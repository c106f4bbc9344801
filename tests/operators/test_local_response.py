from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import LocalResponseNormalization, Tensor, apply
from shapelens.operators.reach import Link
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H = symbol("N"), symbol("C"), symbol("H")


@pytest.mark.parametrize("shape", [(N, C, H, H), (1, 3, Unknown("x")), (1, 2, 3, 4, 5)])
def test_the_shape_stays(shape) -> None:
    outcome = apply(LocalResponseNormalization(), [Tensor(shape, "float16")])
    assert (outcome.broken, outcome.outputs) == ((), (Tensor(shape, "float16"),))


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (LocalResponseNormalization(), (1, 64), "rank"),
        (LocalResponseNormalization(ranks=(4,)), (1, 64, 8), "rank"),
        (LocalResponseNormalization(0), (1, 64, 8), "settings"),
    ],
)
def test_what_does_not_fit_keeps_its_shape(operator, shape, kind) -> None:
    outcome = apply(operator, [Tensor(shape)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == shape


def test_of_an_unknown_image_nothing_is_said_to_fit() -> None:
    outcome = apply(LocalResponseNormalization(), [Tensor(Unknown("x"))])
    assert outcome.outputs[0].shape == Unknown("x")
    assert [requirement.truth for requirement in outcome.requirements] == [Unknown("x")]


@pytest.mark.torch
@settings(max_examples=60)
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple), size=st.integers(-1, 7))
def test_local_response_norm_is_pytorchs(shape, size) -> None:
    torch = pytest.importorskip("torch")
    outcome = apply(LocalResponseNormalization(size), [Tensor(shape)])
    try:
        true = torch.nn.functional.local_response_norm(torch.zeros(shape), size)
    except (RuntimeError, ValueError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_local_response_norm_is_onnxruntimes(rank, size) -> None:
    true = shapes_of("LRN", zeros(*[3] * rank), opset=13, size=size)
    outcome = apply(LocalResponseNormalization(size, odd_side="after", ranks=(4,)), [Tensor((3,) * rank)])
    assert (true is None) == (outcome.broken != ())


@settings(max_examples=20)
@given(rank=st.integers(1, 4), size=st.integers(0, 4))
def test_four_readings_of_a_local_response_norm(rank, size) -> None:
    symbols = {"N": (1, 2, 3), "C": (7, 1, 4), "H": (5, 9, 1)}
    assert_readings_agree(LocalResponseNormalization(size), [Tensor((N, C, H, 7)[:rank])], symbols)


@pytest.mark.torch
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("last", [False, True])
def test_a_local_response_norm_sees_the_channels_around(size, last) -> None:
    torch = pytest.importorskip("torch")
    shape = (2, 2, 7) if last else (2, 7, 2)

    def call(values):
        image = values.movedim(-1, 1) if last else values
        made = torch.nn.functional.local_response_norm(image, size)
        return made.movedim(1, -1) if last else made

    uneven = np.random.default_rng(0).uniform(1, 2, shape)
    operator = LocalResponseNormalization(size, last)
    links = assert_links_see(operator, [Tensor(shape)], lambda x: call(torch.from_numpy(x + uneven)).numpy())
    assert len(links) == 3


@pytest.mark.onnx
@pytest.mark.parametrize("size", [1, 3, 5])
def test_a_local_response_norm_of_onnx_sees_the_channels_around(size) -> None:
    def call(values):
        made = run("LRN", (values + 1).astype(np.float32), opset=13, size=size, alpha=1.0)
        assert made is not None
        return made[0]

    operator = LocalResponseNormalization(size, odd_side="after")
    assert_links_see(operator, [Tensor((1, 7, 1, 2))], call)


def test_the_odd_channel_of_an_even_size() -> None:
    # ONNX: from c - floor((size - 1)/2) to c + ceil((size - 1)/2)
    for side, span in (("before", (-2, 1)), ("after", (-1, 2))):
        tensors = [Tensor((1, 8, 3))]
        links = LocalResponseNormalization(4, odd_side=side).links(tensors, tensors)
        assert links[-1] == Link(0, 1, 1, 1, 1, (span,))


def test_what_does_not_fit_is_seen_at_its_own_place() -> None:
    tensors = [Tensor((4,))]
    assert LocalResponseNormalization().links(tensors, tensors) == (Link(0, 0, 0),)


def test_how_it_is_told() -> None:
    tensors = [Tensor((1, 64, 8, 8))]
    operator = LocalResponseNormalization(5)
    assert operator.words(tensors, tensors) == "local response norm 5"
    assert operator.attributes(tensors)["size"] == 5
