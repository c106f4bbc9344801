"""PyTorch's normalisations: what they hold, and of which shapes they can be."""

from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, weights

C = (4,)
ALL = {"weight": C, "bias": C, "running_mean": C, "running_var": C}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("BatchNorm2d(4)", ALL),
        ("BatchNorm2d(4, affine=False)", {"running_mean": C, "running_var": C}),
        ("BatchNorm2d(4, track_running_stats=False)", {"weight": C, "bias": C}),
        ("BatchNorm2d(4, bias=False)", {"weight": C, "running_mean": C, "running_var": C}),
        ("SyncBatchNorm(4)", ALL),
        ("InstanceNorm2d(4)", {}),
        ("InstanceNorm2d(4, affine=True)", {"weight": C, "bias": C}),
        ("InstanceNorm2d(4, affine=True, track_running_stats=True)", ALL),
        ("GroupNorm(2, 4)", {"weight": C, "bias": C}),
        ("GroupNorm(2, 4, affine=False)", {}),
        ("LayerNorm(4)", {"weight": C, "bias": C}),
        ("LayerNorm((3, 4), bias=False)", {"weight": (3, 4)}),
        ("LayerNorm([3, 4], elementwise_affine=False)", {}),
        ("RMSNorm(4)", {"weight": C}),
        ("LocalResponseNorm(5)", {}),
    ],
)
def test_what_they_hold(text, held):
    assert weights(text) == held


def test_statistics_are_not_learned():
    network = read_notation("BatchNorm2d(4)")
    assert network.learned == {"batch_norm2d.weight", "batch_norm2d.bias"}


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("BatchNorm1d(4)", (4,), []),
        ("BatchNorm1d(4)", (4, 9), []),
        ("BatchNorm1d(4)", (4, 9, 9), ["rank"]),
        ("BatchNorm2d(4)", (4, 9, 9), []),
        ("BatchNorm2d(4)", (5, 9, 9), ["norm"]),
        ("BatchNorm2d(4)", (4, 9), ["rank"]),
        ("BatchNorm3d(4)", (4, 9, 9, 9), []),
        ("InstanceNorm2d(4, affine=True)", (5, 9, 9), ["norm"]),
        ("InstanceNorm2d(4)", (4, 1, 1), ["one_value"]),
        ("GroupNorm(2, 4)", (6, 9), ["norm"]),
        ("LayerNorm((3, 4))", (5, 3, 4), []),
        ("LayerNorm((3, 4))", (5, 4, 3), ["norm"]),
        ("CrossMapLRN2d(5)", (4, 9), ["rank"]),
    ],
)
def test_what_fits(text, sample, kinds):
    assert broken(text, sample) == kinds


def test_lazy_norms_take_what_comes_in():
    assert weights("LazyBatchNorm2d()", (7, 3, 3))["weight"] == (7,)
    assert weights("LazyInstanceNorm1d()", (7, 3))["running_var"] == (7,)


def test_groups_divide_the_channels():
    refused = error("GroupNorm(3, 64)")
    assert refused.summary == "num_channels must be divisible by num_groups"
    assert refused.fix == "GroupNorm(2, 64)"


@pytest.mark.parametrize(
    "line",
    [
        "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
        "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True)",
        "BatchNorm2d (4, eps=1e-05, momentum=0.1, affine=True)",
    ],
)
def test_prints_of_all_versions(line):
    assert outputs(in_a_print(line), (4, 9, 9)) == ["N×4×9×9"]
    assert weights(in_a_print(line)) == ALL
