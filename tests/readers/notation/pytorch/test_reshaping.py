"""PyTorch's reshapes."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, read


@pytest.mark.parametrize(
    ("text", "sample", "shape"),
    [
        ("Flatten()", (16, 5, 5), "N×400"),
        ("Flatten(2)", (16, 5, 5), "N×16×25"),
        ("Flatten(0)", (16, 5), "80*N"),
        ("Flatten(1, -2)", (16, 5, 6), "N×80×6"),
        ("Unflatten(1, (16, 5, 5))", (400,), "N×16×5×5"),
        ("Unflatten(1, (16, 5, 5))", None, "N×16×5×5"),
        ("Unflatten(-1, (2, -1))", (7, 6), "N×7×2×3"),
        ("Unfold(3, padding=1)", (16, 28, 28), "N×144×784"),
        ("Unfold((2, 3), stride=2)", (4, 10, 12), "N×24×25"),
        ("Fold((4, 5), (2, 2))", (12, 12), "N×3×4×5"),
        ("Fold(output_size=4, kernel_size=2, stride=2)", None, "N×floor(C/4)×4×4"),
    ],
)
def test_shapes(text, sample, shape):
    assert outputs(text, sample) == [shape]


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("Unflatten(1, (16, 5, 6))", (400,), ["reshape"]),
        ("Unflatten(3, (16, 25))", (400,), ["axis"]),
        ("Flatten(2, 1)", (16, 5), ["axis"]),
        ("Flatten(5)", (16, 5), ["axis"]),
        ("Fold((4, 5), (2, 2))", (12, 13), ["columns"]),
        ("Fold((4, 5), (2, 2))", (13, 12), ["block"]),
        ("Unfold(3)", (16, 2, 28), ["window"]),
    ],
)
def test_what_does_not_fit(text, sample, kinds):
    assert broken(text, sample) == kinds


@pytest.mark.parametrize("sizes", ["()", "(-1, -1)", "(-2, 2)", "'C'"])
def test_what_an_axis_cannot_be_parted_into(sizes):
    assert "unflattened_size" in error(f"Unflatten(1, {sizes})").rule


def test_a_replayed_size_is_parted_anew():
    text = "Unflatten(1, (2, -1))"
    assert outputs(text, (4, 9)) == ["N×2×2×9"]
    assert outputs(text, (8, 9)) == ["N×2×4×9"]


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("Flatten(start_dim=1, end_dim=-1)", "N×32"),
        ("Unflatten(dim=1, unflattened_size=(2, 4))", "N×2×4×4"),
        ("Unflatten(dim=1, unflattened_size=torch.Size([2, 4]))", "N×2×4×4"),
        ("Fold(output_size=(2, 4), kernel_size=(1, 2), dilation=1, padding=0, stride=(1, 2))", "N×4×2×4"),
    ],
)
def test_prints(line, shape):
    assert outputs(in_a_print(line), (8, 4)) == [shape]


def test_a_flatten_that_does_not_print_its_axes_is_somebody_elses():
    """PyTorch's own has told them since it prints anything; many write a class of this name themselves."""
    shape = read(in_a_print("Flatten()"), (8, 4)).outputs[0][1].shape
    assert isinstance(shape, Unknown)
    assert outputs("Flatten()", (8, 4)) == ["N×32"]
