"""Random models of PyTorch at every small size, against a real forward on the CPU, where kernels are strictest."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import shapelens  # noqa: E402 - after the check for PyTorch

CHANNELS = 4
POINTS = [(n, n) for n in range(1, 25)] + [(n, 7 * n % 23 + 1) for n in range(1, 25, 2)]


class Called(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def _pooled(kind, kernel, stride, padding, ceil):
    return getattr(nn, kind)(kernel, stride, min(padding, kernel // 2), ceil_mode=ceil)


def _grown(kernel, stride):
    return nn.ConvTranspose2d(CHANNELS, CHANNELS, kernel, stride, kernel // 2)


def _scaled(factor):
    return Called(lambda x: F.interpolate(x, scale_factor=factor))


def _windowed(side):
    def function(x):
        batch, channels, height, width = x.shape
        x = x.view(batch, channels, height // side, side, width // side, side)
        return x.amax((3, 5))

    return Called(function)


def _cut(side):
    return Called(lambda x: x[:, :, side:-side, side:-side])


def _branches(kernel, stride):
    one, other = nn.Conv2d(CHANNELS, CHANNELS, kernel, stride), nn.MaxPool2d(kernel, stride, ceil_mode=True)
    return Called(lambda x: one(x) + other(x))


def _bent(side):
    return Called(lambda x: x.mean((2, 3), keepdim=True) if x.shape[2] > side else x)


small = st.integers(1, 3)
LAYERS = st.one_of(
    st.builds(
        nn.Conv2d, st.just(4), st.just(4), st.integers(1, 5), small, st.integers(0, 2), st.integers(1, 2)
    ),
    st.builds(_grown, small, small),
    st.builds(
        _pooled, st.sampled_from(["MaxPool2d", "AvgPool2d"]), st.integers(1, 4), small, small, st.booleans()
    ),
    st.builds(nn.ReflectionPad2d, small),
    st.builds(nn.CircularPad2d, small),
    st.builds(nn.ReplicationPad2d, small),
    st.builds(nn.ZeroPad2d, st.integers(-3, 2)),
    st.builds(nn.AdaptiveAvgPool2d, small),
    st.builds(nn.AdaptiveMaxPool2d, small),
    st.builds(_scaled, st.sampled_from([0.29, 0.5, 1.5, 2.0])),
    st.builds(_windowed, st.integers(2, 4)),
    st.builds(_cut, small),
    st.builds(_branches, small, small),
    st.builds(_bent, st.integers(2, 12)),
    st.builds(nn.InstanceNorm2d, st.just(4), track_running_stats=st.booleans()),
    st.builds(nn.GroupNorm, st.just(2), st.just(4)),
    st.builds(nn.PixelUnshuffle, st.just(1)),
)
HEADS = st.one_of(
    st.just([]),
    st.builds(lambda features: [nn.Flatten(), nn.Linear(features, 3)], st.sampled_from([4, 16, 36, 64, 100])),
    st.builds(lambda side: [nn.Unfold(side)], small),
    st.builds(lambda side: [nn.PixelUnshuffle(side)], small),
)


def runs(model, height, width):
    """Whether a real forward of two samples gives something; None where a tensor in it is empty.

    PyTorch's kernels do not agree on whether a mean, a maximum or a window of nothing is something.
    """
    x = torch.zeros(2, CHANNELS, height, width)
    try:
        with torch.no_grad():
            for layer in model:
                x = layer(x)
                if not x.numel():
                    return None
    except Exception:
        return False
    return True


@given(st.lists(LAYERS, min_size=1, max_size=4), HEADS)
def test_they_are_those_of_a_real_forward(layers, head):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = nn.Sequential(*layers, *head).eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sizes = shapelens.inspect(model, (CHANNELS, 24, 24)).sizes(maximum=30)
            answers = sizes.contains(*np.array(POINTS).T).tolist()
            truths = [runs(model, *point) for point in POINTS]
        told = list(zip(POINTS, answers, truths, strict=True))
        assert [case for case in told if None not in case and case[1] != case[2]] == []
        assert sizes.share_unknown < 0.02
    finally:
        torch.set_num_threads(threads)
