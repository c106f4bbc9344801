from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Frames, Strided, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, H, W = (symbol(letter) for letter in "NHW")


def shape_of(operator, shape):
    outcome = apply(operator, [Tensor(shape)])
    assert outcome.broken == ()
    return outcome.outputs[0].shape


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (Frames(2, 3, 2), (1, 16, 9, 5), (1, 16, 4, 5, 3)),
        (Frames(-1, 4, 4), (N, H, 4 * W), (N, H, W, 4)),
        (Frames(0, 1, 1), (), (1,)),
        (Frames(1, H, 1), (N, 9), (N, 10 - H, H)),
        (Strided((2, 5), (1, 1)), (N, 9), (2, 5)),
        (Strided((2, H), (0, 0)), (N, 9), (2, H)),
        (Strided((3, 0), (50, 1)), (4, 2), (3, 0)),
    ],
)
def test_shapes(operator, before, after) -> None:
    assert shape_of(operator, before) == after


@pytest.mark.parametrize(
    ("operator", "is_inside"),
    [
        (Strided((3, 4), (4, 1)), True),
        (Strided((3, 4), (4, 1), 1), False),
        (Strided((2, 2), (11, 0)), True),
        (Strided((2, 2), (11, 1)), False),
    ],
)
def test_what_lies_outside_of_a_tensor_may_lie_in_memory(operator, is_inside) -> None:
    (requirement,) = operator.evaluate(Tensor((3, 4))).requirements
    assert requirement.truth is True if is_inside else isinstance(requirement.truth, Unknown)


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (Frames(2, 3, 1), (4, 5), "axis"),
        (Frames(1, 6, 1), (4, 5), "frames"),
        (Frames(1, 3, 0), (4, 5), "settings"),
        (Frames(0, 2, 1), (), "frames"),
    ],
)
def test_what_does_not_fit(operator, shape, kind) -> None:
    assert [broken.kind for broken in apply(operator, [Tensor(shape)]).broken] == [kind]


@given(st.lists(st.integers(1, 6), max_size=3), st.integers(-3, 2), st.integers(1, 6), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
@pytest.mark.torch
def test_frames_are_pytorchs(shape, axis, size, step) -> None:
    torch = pytest.importorskip("torch")
    outcome = apply(Frames(axis, size, step), [Tensor(tuple(shape))])
    try:
        true = torch.zeros(shape).unfold(axis, size, step)
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


def test_four_readings() -> None:
    sizes = {"N": (1, 2, 3, 2), "H": (3, 4, 9, 1)}
    answers = assert_readings_agree(Frames(1, 3, 2), [Tensor((N, H, 4))], sizes)
    assert {answer.broken for answer in answers} == {(), ("frames",)}


def test_a_window_sees_its_cells() -> None:
    operator = Frames(1, 3, 2)

    def windows(x):
        sums = np.stack([x[:, start : start + 3].sum(1) for start in range(0, 5, 2)], axis=1)
        return np.repeat(sums[..., None], 3, axis=-1)

    assert len(assert_links_see(operator, [Tensor((2, 7))], windows)) == 2
    assert Strided((2, 3), (1, 1)).links([Tensor((4, 4))], [Tensor((2, 3))]) == ()


def test_words() -> None:
    assert Frames(2, 3, 1).words([], []) == "windows of 3, step 1, along axis 2"
    assert Strided().words([], []) == "as strided"
