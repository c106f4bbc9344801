"""What a trace goes on past, in PyTorch's own words."""

from __future__ import annotations

import pytest

from shapelens.network.refusals import OF_PADDING, OF_TYPES, OF_VIEWS, is_explained, is_of_shapes

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch

X = torch.zeros(2, 3, 8, 8)
CASES = [
    (OF_VIEWS, lambda: X.permute(0, 2, 3, 1).view(2, -1)),
    (OF_PADDING, lambda: F.conv2d(X, torch.zeros(4, 3, 3, 3), stride=2, padding="same")),
    (OF_TYPES, lambda: F.conv2d(X.to(torch.uint8), torch.zeros(4, 3, 3, 3), torch.zeros(4))),
    (OF_TYPES, lambda: F.linear(X.to(torch.float64), torch.zeros(4, 8), torch.zeros(4))),
    (OF_TYPES, lambda: F.linear(X.to(torch.float64), torch.zeros(4, 8))),
    (OF_TYPES, lambda: F.embedding(X, torch.zeros(4, 8))),
]


@pytest.mark.parametrize(("begins", "run"), CASES)
def test_they_begin_as_pytorch_does(begins, run):
    with pytest.raises(RuntimeError) as refused:
        run()
    assert str(refused.value).startswith(begins)
    assert is_explained(str(refused.value))


@pytest.mark.parametrize(
    "run",
    [
        *[run for begins, run in CASES if begins is OF_TYPES],
        lambda: F.cross_entropy(X, torch.zeros(2, 3, 8, 8, dtype=torch.int64)),
        lambda: torch.zeros(2, 2) @ torch.zeros(2, 2, dtype=torch.float64),
        lambda: torch.nn.LSTM(8, 4)(X[0].double()),
        lambda: torch.cat([X, torch.zeros(1, 3, 8, 8, device="meta")]),
    ],
)
def test_what_is_said_of_types_and_devices_is_not_of_shapes(run):
    with pytest.raises((RuntimeError, ValueError)) as refused:
        run()
    assert not is_of_shapes(str(refused.value))


@pytest.mark.parametrize(
    "run",
    [
        lambda: F.linear(X, torch.zeros(4, 9)),
        lambda: F.conv2d(X, torch.zeros(4, 5, 3, 3)),
        lambda: torch.cat([X, X[:, :, :4]], 1),
        lambda: X + X[:, :2],
        lambda: X.view(7, -1),
        lambda: F.cross_entropy(X, torch.zeros(2, 9, 9, dtype=torch.int64)),
    ],
)
def test_what_is_said_of_shapes_is(run):
    with pytest.raises(RuntimeError) as refused:
        run()
    assert is_of_shapes(str(refused.value))


def test_others_are_none():
    assert not is_explained("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x4)")
    assert is_explained("view size is not compatible with input tensor's size and stride")
