"""Code that was once told wrongly: what each size does is asked of a forward on the CPU."""

from __future__ import annotations

from math import ceil

import pytest

import shapelens

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional
pytestmark = pytest.mark.torch


class Of(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def fits(model, height, width):
    try:
        model(torch.zeros(2, 3, height, width))
    except (RuntimeError, IndexError):
        return False
    return True


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, :, 5:-5].amax(2),
        lambda x: x[:, :, :, 9:].max(3)[0],
        lambda x: F.avg_pool2d(x, (x.shape[2] // 3, 1)),
        lambda x: F.max_pool2d(x, 2, stride=(x.shape[2] // 4, 2)),
    ],
    ids=["nothing has no largest", "nor a place of it", "a kernel of nothing", "a stride of nothing"],
)
def test_every_size_is_told_as_it_is(function):
    model = Of(function)
    sizes = shapelens.inspect(model, (3, 24, 24)).sizes()
    for height in range(1, 25):
        for width in (height, 24):
            assert sizes.contains(height, width) is fits(model, height, width), (height, width)


def test_a_loop_over_a_size_is_never_called_invalid_where_it_runs():
    model = Of(lambda x: torch.stack([x[:, :, row] for row in range(0, x.shape[2], 4)], 1))
    sizes = shapelens.inspect(model, (3, 16, 16)).sizes(maximum=48, budget=4)
    assert sizes.contains(16, 16) is True
    assert all(sizes.contains(height, 16) is not False for height in range(1, 49))


def test_what_is_not_known_is_not_called_none():
    def pyramid(x):
        parts = []
        for bins in (1, 2, 4):
            kernel = [ceil(size / bins) for size in x.shape[2:]]
            sides = [(k * bins - size + 1) // 2 for k, size in zip(kernel, x.shape[2:], strict=True)]
            parts.append(F.max_pool2d(x, kernel, kernel, sides).flatten(1))
        return torch.cat(parts, 1)

    sizes = shapelens.inspect(Of(pyramid), (3, 24, 24)).sizes()
    assert sizes.contains(24, 24) is None
    assert "no size" not in str(sizes)
