"""The sizes that findings propose, against a real forward at each."""

from __future__ import annotations

import pytest

import shapelens
from shapelens.analyses.findings.smallest import fitting_sizes

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - after the check for PyTorch

from tests.analyses.findings.broken_torch import _unet, _vit, made  # noqa: E402


def works(model, height, width):
    try:
        with torch.no_grad():
            model(torch.zeros(1, next(model.parameters()).shape[1], height, width))
    except RuntimeError:
        return False
    return True


NETWORKS = {
    "a U-Net": (_unet, 30),
    "two strides and a kernel": (
        lambda: nn.Sequential(nn.Conv2d(2, 3, 5, stride=2), nn.MaxPool2d(3), nn.Conv2d(3, 2, 4)), 20),
    "a head": (lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(27, 2)), 30),
    "blocks": (lambda: nn.Sequential(nn.Conv2d(1, 3, 2), nn.PixelUnshuffle(3)), 30),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_the_nearest_the_smallest_and_the_run_of_squares(name):
    build, side = NETWORKS[name]
    model = build()
    channels = next(model.parameters()).shape[1]
    net = shapelens.inspect(model, (channels, side, side))
    found = fitting_sizes(net.beyond)
    fits = [size for size in range(1, 80) if works(model, size, size)]
    assert found.smallest == fits[0]
    below = max([size for size in fits if size < side], default=None)
    above = min([size for size in fits if size > side], default=None)
    wanted = sorted([size for size in (below, above) if size is not None], key=lambda size: abs(size - side))
    assert [sizes for sizes in found.near if sizes[0] < 80] == [(size, size) for size in wanted]
    first, last = found.run
    assert works(model, first, first)
    assert not works(model, first - 1, first - 1)
    if last < 80:
        assert works(model, last, last)
        assert not works(model, last + 1, last + 1)


@pytest.mark.parametrize(("height", "width"), [(30, 41), (9, 64), (27, 34)])
def test_a_height_and_a_width_that_differ(height, width):
    model = _unet()
    net = shapelens.inspect(model, (1, height, width))
    ((near_height, near_width),) = fitting_sizes(net.beyond).near
    assert works(model, near_height, near_width)
    distance = abs(near_height - height) + abs(near_width - width)
    nearer = [
        (h, w)
        for h in range(max(1, height - distance), height + distance + 1)
        for w in range(max(1, width - distance), width + distance + 1)
        if abs(h - height) + abs(w - width) < distance and works(model, h, w)
    ]
    assert nearer == []


@pytest.mark.parametrize("stride", [1, 2])
def test_a_size_at_which_all_has_shrunk_to_one_place_is_no_fix(stride):
    """Levels of different strides meet where each has one place left, or never."""
    model = made(
        lambda s, x: torch.cat([s.a(x), s.b(s.a(x))], 1),
        a=nn.Conv2d(3, 4, 3, stride=8, padding=1),
        b=nn.Conv2d(4, 4, 3, stride=stride, padding=1 if stride > 1 else 0),
    )
    (finding,) = shapelens.inspect(model, (3, 64, 64)).findings
    assert finding.code == "SL107"
    assert not any(fix.text.startswith("feed") for fix in finding.fixes)
    skips = shapelens.inspect(_unet(), (1, 30, 30)).findings
    assert any(fix.text.startswith("feed") for fix in skips[0].fixes)


def test_without_an_image_there_is_none():
    net = shapelens.inspect(nn.Linear(4, 3), (5,))
    assert fitting_sizes(net.beyond) is None


def test_sizes_that_must_be_alike_may_not_broadcast():
    net = shapelens.inspect(_vit(32, 8, 8, token=False), (3, 20, 20))
    assert fitting_sizes(net.beyond).near == ((15, 15), (32, 32))  # one token, which meets all positions
    pairs = [("transpose", "position", -2)]
    assert fitting_sizes(net.beyond, pairs).near == ((32, 32),)
