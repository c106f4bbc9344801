"""Where numbers come from: arrays, lists, tensors, files; and the shapes that they may have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shapelens.errors import ShapelensError, UsageError
from shapelens.numbers.given import array_of, held, seeded_bias, seeded_input, seeded_weight


@pytest.mark.parametrize(
    ("given", "numbers", "dtype"),
    [
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]], "int64"),
        (np.array([1, 2], dtype=np.uint8), [1, 2], "int64"),
        ([True, False], [1, 0], "int64"),
        ([0.5, 2], [0.5, 2.0], "float64"),
        (np.array([0.5], dtype=np.float16), [0.5], "float64"),
        ([2**70], [2**70], "object"),
        (np.array([2**64 - 1], dtype=np.uint64), [2**64 - 1], "object"),
        (7, 7, "int64"),
    ],
)
def test_what_can_be_an_array(given, numbers, dtype):
    found = array_of("values", given)
    assert (found.tolist(), str(found.dtype)) == (numbers, dtype)


@pytest.mark.torch
def test_a_tensor_that_hangs_on_others():
    torch = pytest.importorskip("torch")
    module = torch.nn.Conv2d(1, 1, 2)
    assert array_of("weights", module.weight).shape == (1, 1, 2, 2)


def test_the_path_of_a_file(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(4))
    for path in (tmp_path / "x.npy", str(tmp_path / "x.npy")):
        assert array_of("values", path).tolist() == [0, 1, 2, 3]
    assert isinstance(tmp_path, Path)


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ([1.0, float("nan")], "there is nan among the values"),
        ([1.0, float("-inf")], "there is -inf among the values"),
        (["a"], "these are texts, not numbers"),
        ([None], "these are Python objects, not numbers"),
        ([[1, 2], [3]], "the values are no array"),
        ([1j], "complex numbers are not computed with"),
        ({}, "these are Python objects, not numbers"),
    ],
)
def test_what_holds_no_numbers(given, summary):
    with pytest.raises(UsageError) as error:
        array_of("values", given)
    assert error.value.summary == summary
    assert error.value.at == "values"


def test_where_the_first_is_that_is_not_finite(tmp_path):
    np.save(tmp_path / "x.npy", np.array([[1, np.inf], [np.nan, 2]]))
    with pytest.raises(UsageError, match="there is inf among the values") as error:
        array_of("values", str(tmp_path / "x.npy"))
    assert error.value.have == "2 of 4, the first at 0,1"
    assert error.value.at == f"--values {tmp_path}/x.npy"


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((3, 3), (1, 1, 3, 3)),
        ((5, 5), (1, 5, 5)),
        ((1, 2, 4), (2, 4)),
        ((), (1,)),
        ((3, 1), (3,)),
        ((1, 1), ()),
    ],
)
def test_axes_of_size_1_may_be_left_out(shape, wanted):
    assert held("weights", np.zeros(shape), wanted).shape == wanted


@pytest.mark.parametrize(
    ("name", "shape", "wanted", "rule", "fix"),
    [
        ("values", (2, 3, 4), (3, 2, 4), "3×2×4", "array.transpose(1, 0, 2)"),
        ("values", (5, 5, 3), (3, 5, 5), "3×5×5", "array.transpose(…), in the layer's order"),
        ("values", (2, 6, 6), (2, 5, 5), "2×5×5", "--input 2x6x6"),
        ("weights", (3, 3), (2, 1, 3, 3), "2×1×3×3   filters×channels×height×width", ""),
        ("bias", (2,), (3,), "3", ""),
    ],
)
def test_another_shape_than_the_layers(name, shape, wanted, rule, fix):
    order = "filters×channels×height×width" if name == "weights" else ""
    with pytest.raises(ShapelensError) as error:
        held(name, np.zeros(shape), wanted, order)
    found = error.value
    assert found.summary == f"the {name} have another shape than the layer's"
    assert (found.have, found.rule, found.fix) == ("×".join(map(str, shape)), rule, fix)


def test_what_a_seed_makes():
    image, weight = seeded_input((1, 40, 40), 0).whole(), seeded_weight((8, 1, 9, 9), 0).whole()
    bias = seeded_bias((300,), 0).whole()
    assert [sorted(set(made.reshape(-1).tolist())) for made in (image, weight, bias)] == [
        [0, 1, 2, 3],
        [-1, 0, 1, 2],
        [0, 1],
    ]
