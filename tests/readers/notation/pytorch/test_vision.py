"""Layers of torchvision's own."""

from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, weights


@pytest.mark.parametrize(
    ("line", "sample", "shape"),
    [
        ("StochasticDepth(p=0.2, mode=row)", (3, 8, 8), "N×3×8×8"),
        ("DropBlock2d(p=0.1, block_size=3, inplace=False)", (3, 8, 8), "N×3×8×8"),
        ("FrozenBatchNorm2d(64, eps=1e-05)", (64, 8, 8), "N×64×8×8"),
        ("LayerNorm2d((96,), eps=1e-06, elementwise_affine=True, bias=True)", (96, 8, 8), "N×96×8×8"),
        ("DeformConv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))", (3, 8, 9), "N×8×8×9"),
    ],
)
def test_prints(line, sample, shape):
    assert outputs(in_a_print(line), sample) == [shape]


def test_a_frozen_norm_learns_nothing():
    network = read_notation("FrozenBatchNorm2d(64)")
    assert network.learned == frozenset()
    assert weights("FrozenBatchNorm2d(64)") == dict.fromkeys(
        ("weight", "bias", "running_mean", "running_var"), (64,)
    )


@pytest.mark.parametrize(
    ("sample", "offset"),
    [((3, 8, 9), "(N, 18, 4, 5)"), ((3, 1, 1), "(N, 18, P, Q)"), ((8, 9), "(N, 18, P, Q)")],
)
def test_windows_are_bent_by_a_second_input(sample, offset):
    network = read_notation("DeformConv2d(3, 8, 3, stride=2, padding=(1, 1))"
                            if sample != (3, 1, 1) else "DeformConv2d(3, 8, 3)", sample)  # fmt: skip
    assert [(i.name, str(i.shape)) for i in network.inputs[1:]] == [("offset", offset)]
    assert network.weights["deform_conv2d.weight"].shape == (8, 3, 3, 3)


def test_what_does_not_fit():
    assert broken("LayerNorm2d(96)", (95, 8, 8)) == ["norm"]
    assert broken("LayerNorm2d(96)", (96, 8)) == ["rank"]
    assert broken("DropBlock2d(0.1, 3)", (3, 8)) == ["rank"]
    assert error("DeformConv2d(3, 8, 3, groups=2)").summary == "in_channels must be divisible by groups"
    assert "cannot be 'column'" in error("StochasticDepth(0.1, 'column')").summary
