"""PyTorch's padding layers: the last axis comes first."""

from __future__ import annotations

import pytest

from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs


@pytest.mark.parametrize(
    ("text", "sample", "shape"),
    [
        ("ZeroPad2d(2)", (3, 8, 9), "N×3×12×13"),
        ("ZeroPad2d((1, 2, 3, 4))", (3, 8, 9), "N×3×15×12"),
        ("ZeroPad1d((1, 2))", (3, 9), "N×3×12"),
        ("ZeroPad3d((1, 1, 0, 0, 2, 2))", (3, 7, 8, 9), "N×3×11×8×11"),
        ("ZeroPad2d(-1)", (3, 8, 9), "N×3×6×7"),
        ("ConstantPad2d(2, float('-inf'))", (3, 8, 9), "N×3×12×13"),
        ("ReflectionPad2d(2)", (3, 8, 9), "N×3×12×13"),
        ("ReplicationPad3d(1)", (3, 7, 8, 9), "N×3×9×10×11"),
        ("CircularPad1d(9)", (3, 9), "N×3×27"),
    ],
)
def test_shapes(text, sample, shape):
    assert outputs(text, sample) == [shape]


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("ReflectionPad2d(8)", (3, 8, 9), ["pad_limit"]),
        ("CircularPad1d(10)", (3, 9), ["pad_limit"]),
        ("ReflectionPad2d(1)", (3, 9), ["rank"]),
        ("ZeroPad2d(-5)", (3, 9, 99), ["pad_cut"]),
    ],
)
def test_what_does_not_fit(text, sample, kinds):
    assert broken(text, sample) == kinds


@pytest.mark.parametrize(
    "text", ["ZeroPad2d((1, 2))", "ZeroPad1d((1, 2, 3))", "ZeroPad2d('same')", "ZeroPad2d(1.5)"]
)
def test_there_are_two_sides_to_each_axis(text):
    assert f"or a tuple of {2 if '1d' in text else 4}" in error(text).rule


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("ZeroPad2d((1, 2, 3, 4))", "N×3×15×12"),
        ("ConstantPad2d(padding=(2, 2, 2, 2), value=3.5)", "N×3×12×13"),
        ("ReflectionPad2d((1, 1, 1, 1))", "N×3×10×11"),
    ],
)
def test_prints(line, shape):
    assert outputs(in_a_print(line), (3, 8, 9)) == [shape]
