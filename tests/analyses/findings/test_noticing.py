"""What looks like a mistake and is meant: no warning; and what no single batch would show."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402

from tests.analyses.findings.broken_torch import made  # noqa: E402


def _excited(s, x):
    gate = torch.sigmoid(s.b(F.relu(s.a(x.mean((2, 3))))))
    return x * gate[:, :, None, None]


def _attention(s, x):
    n, t, c = x.shape
    q, k, v = s.qkv(x).reshape(n, t, 3, 4, c // 4).permute(2, 0, 3, 1, 4)
    weights = torch.softmax(q @ k.transpose(-2, -1), -1)
    return (weights @ v).transpose(1, 2).reshape(n, t, c)


def _windows(s, x):
    n, c, h, w = x.shape
    parts = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 16, c)
    parts = s.mix(parts)
    return parts.view(n, h // 4, w // 4, 4, 4, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, h, w)


def _frames(s, x):
    n, t = x.shape[:2]
    maps = s.conv(x.flatten(0, 1)).mean((2, 3))
    return maps.view(n, t, -1).mean(1)


def _modulated(s, x):
    n, c, h, w = x.shape
    weight = (s.weight[None] * s.style(x.mean((2, 3)))[:, None, :, None, None]).view(n * 5, c, 3, 3)
    return F.conv2d(x.view(1, n * c, h, w), weight, groups=n, padding=1).view(n, 5, h, w)


MEANT = {
    "a gate": (made(_excited, a=nn.Linear(8, 2), b=nn.Linear(2, 8)), (8, 6, 6)),
    "a gate of maps": (made(lambda s, x: x * torch.sigmoid(s.c(x)), c=nn.Conv2d(8, 1, 1)), (8, 6, 6)),
    "a scale for each channel": (
        made(lambda s, x: x * s.scale[:, None, None] + s.shift, scale=nn.Parameter(torch.ones(8)),
             shift=nn.Parameter(torch.ones(1))), (8, 6, 6)),
    "a position embedding": (
        made(lambda s, x: x + s.position, position=nn.Parameter(torch.zeros(7, 12))), (7, 12)),
    "attention by hand": (made(_attention, qkv=nn.Linear(16, 48)), (9, 16)),
    "windows": (made(_windows, mix=nn.Linear(8, 8)), (8, 16, 12)),
    "frames in the batch": (made(_frames, conv=nn.Conv2d(3, 5, 3)), (4, 3, 9, 9)),
    "a weight for each sample": (
        made(_modulated, weight=nn.Parameter(torch.ones(5, 4, 3, 3)), style=nn.Linear(4, 4)), (4, 6, 6)),
    "distances of all pairs": (made(lambda s, x: (x[:, None] - x[None]).pow(2).sum(-1)), (6,)),
    "scores of tokens": (made(lambda s, x: s.head(x).view(-1, 11), head=nn.Linear(6, 11)), (5, 6)),
    "channels shuffled": (
        made(lambda s, x: x.view(x.size(0), 2, 4, 6, 6).transpose(1, 2).reshape(x.size(0), 8, 6, 6)), (8, 6, 6)),
    "the mean of the batch": (made(lambda s, x: x - x.mean(0)), (8, 6, 6)),
    "a statistic for each sample": (made(lambda s, x: x / x.std((1, 2, 3), keepdim=True)), (8, 6, 6)),
    "a loss that fits": (made(lambda s, x: F.mse_loss(s.f(x).squeeze(1), x[:, 0]), f=nn.Linear(4, 1)), (4,)),
    "a mask of tokens": (made(lambda s, x: x.masked_fill(x.mean(-1, keepdim=True) > 0, 0.0)), (5, 6)),
    "a row of samples": (made(lambda s, x: s.f(x).view(1, -1), f=nn.Linear(4, 1)), (4,)),
    "a sum over a row of everything": (made(lambda s, x: x.view(1, -1).sum(1)), (8, 6, 6)),
    "steps before the batch": (made(lambda s, x: s.f(x).transpose(0, 1), f=nn.Linear(4, 2)), (5, 4)),
    "channels of all samples in one": (
        made(lambda s, x: F.conv2d(x.reshape(1, -1, 6, 6), s.w.repeat(x.size(0), 1, 1, 1), groups=x.size(0)),
             w=nn.Parameter(torch.ones(2, 8, 3, 3))), (8, 6, 6)),
    "places of the whole batch": (
        made(lambda s, x: s.f(x.permute(1, 0, 2, 3).reshape(8, -1).t()), f=nn.Linear(8, 2)), (8, 6, 6)),
    "a matrix of all pairs": (made(lambda s, x: x.flatten(1) @ x.flatten(1).t()), (8, 6, 6)),
    "half the batch each": (made(lambda s, x: torch.cat([x, x.flip(-1)]).view(2, -1, 4).mean(0)), (4,)),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_no_finding(name):
    model, sample = MEANT[name]
    net = shapelens.inspect(model, sample)
    assert [finding.message for finding in net.findings if finding.severity != "note"] == []


@pytest.mark.parametrize("batch", [1, 3, 8, 16, 32])
def test_a_folded_batch_runs_for_some_batches_and_is_found_for_all(batch):
    """The symbol N alone tells: at 16 and 32 samples PyTorch runs it without a word."""
    model = made(lambda s, x: s.f(x.view(-1, 256)), f=nn.Linear(256, 10))
    runs = batch * 400 % 256 == 0
    if runs:
        assert model(torch.zeros(batch, 16, 5, 5)).shape[0] != batch
    else:
        with pytest.raises(RuntimeError, match="invalid for input of size"):
            model(torch.zeros(batch, 16, 5, 5))
    assert [finding.code for finding in shapelens.inspect(model, (16, 5, 5)).findings] == ["SL109"]


FOLDED = {
    "rows by heart": lambda s, x: x.view(32, -1),
    "rows by heart that divide a sample": lambda s, x: x.view(16, -1),
    "everything in one row": lambda s, x: x.reshape(1, -1),
    "as many rows as a sample has elements": lambda s, x: x.view(400, -1),
    "rows by heart, and a layer": lambda s, x: torch.relu(x.reshape(100, -1)) + 1,
}


@pytest.mark.parametrize("name", FOLDED)
def test_a_first_axis_by_heart_leaves_no_place_for_the_samples(name):
    (finding,) = shapelens.inspect(made(FOLDED[name]), (16, 5, 5)).findings
    assert finding.code == "SL109"
    assert "one sample is 16×5×5: 16 × 5 × 5 = 400" in finding.have
    fix = finding.fixes[0]
    assert (fix.text, fix.verified, fix.gives) == ("x.flatten(1)", True, "N×400")


def test_the_classics_have_none():
    from shapelens.readers.classics import CLASSICS

    for name in CLASSICS:
        assert shapelens.inspect(name).findings == (), name
