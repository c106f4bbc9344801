"""What is called verified works: each fix is done for real and run on the CPU, and gives what was said."""

from __future__ import annotations

import copy
import re

import pytest

import shapelens

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Using a target size")]
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402

from tests.analyses.findings.broken_torch import BROKEN  # noqa: E402

BATCH = 3


def fed(name, *shape):
    """The broken network's own model, fed a batch of another shape."""
    return lambda m: m(torch.zeros(BATCH, *shape))


def part(name, layer, *shape, run=None):
    """The broken network with one part exchanged, fed a batch."""

    def mended(m):
        setattr(m, name, layer)
        return (run or m)(torch.zeros(BATCH, *shape)) if run is None else run(m, torch.zeros(BATCH, *shape))

    return mended


def _up(make):
    """The U-Net with what comes up made to fit."""

    def mended(s, side):
        x = torch.zeros(BATCH, 1, *side)
        a = s.a(x)
        b = s.b(F.max_pool2d(a, 2))
        up1, b = make(s.up1(s.c(F.max_pool2d(b, 2))), b)
        d = s.d(torch.cat([b, up1], 1))
        up2, a = make(s.up2(d), a)
        return s.e(torch.cat([a, up2], 1))

    return mended


def _padded(up, skip):
    down, right = skip.shape[2] - up.shape[2], skip.shape[3] - up.shape[3]
    return F.pad(up, (0, right, 0, down)), skip


def _resized(up, skip):
    return F.interpolate(up, size=skip.shape[-2:]), skip


def _residual(s, projection, side):
    x = F.relu(s.stem(torch.zeros(BATCH, 3, side, side)))
    return projection(x) + s.two(F.relu(s.one(x)))


def _vit(s, side, position):
    x = s.patches(torch.zeros(BATCH, 3, side, side)).flatten(2).transpose(1, 2)
    return s.head((x + position)[:, 0])


DONE = {
    ("features behind a flatten", "Linear(6272, 10)"): lambda m: nn.Sequential(*m[:4], nn.Linear(6272, 10))(
        torch.zeros(BATCH, 3, 32, 32)),
    ("features behind a flatten", "AdaptiveAvgPool2d(16)"): lambda m: nn.Sequential(
        *m[:3], nn.AdaptiveAvgPool2d(16), *m[3:])(torch.zeros(BATCH, 3, 32, 32)),
    ("an image of another size", "feed 1×28×28"): fed("", 1, 28, 28),
    ("grey", "Conv2d(1, 64, 3)"): part("conv1", nn.Conv2d(1, 64, 3), 1, 28, 28),
    ("grey", "x.repeat(1, 3, 1, 1)"): lambda m: m(torch.zeros(BATCH, 1, 28, 28).repeat(1, 3, 1, 1)),
    ("alpha", "x[:, :3]"): lambda m: m(torch.zeros(BATCH, 4, 28, 28)[:, :3]),
    ("a sum of channels", "Conv2d(24, 4, 1)"): part("b", nn.Conv2d(24, 4, 1), 3, 12, 12),
    ("a transposed one", "ConvTranspose2d(12"): lambda m: nn.Sequential(
        m[0], nn.ConvTranspose2d(12, 8, 2, stride=2))(torch.zeros(BATCH, 3, 12, 12)),
    ("an image as a file has it", "x.permute(0, 3, 1, 2)"): lambda m: m(
        torch.zeros(BATCH, 224, 224, 3).permute(0, 3, 1, 2)),
    ("a kernel too large", "feed at least 3×4×4"): fed("", 3, 4, 4),
    ("a dilated kernel", "feed at least 1×19×19"): fed("", 1, 19, 19),
    ("padding that it needs", "padding=2"): part("c2", nn.Conv2d(4, 4, 5, padding=2), 1, 10, 10),
    ("pooled to nothing", "feed at least 1×8×8"): fed("", 1, 8, 8),
    ("one pooling less", "leave out"): part("p", nn.Identity(), 1, 10, 10),
    ("a U-Net at 30", "feed 1×28×28 or 1×32×32"): fed("", 1, 28, 28),
    ("a U-Net at 30", "F.pad"): lambda m: _up(_padded)(m, (30, 30)),
    ("a U-Net at 30", "F.interpolate"): lambda m: _up(_resized)(m, (30, 30)),
    ("a U-Net that resizes", "F.interpolate"): lambda m: _up(_resized)(m, (27, 34)),
    ("a block that widens and strides", "nn.Conv2d(64, 256, 1, stride=2)"): lambda m: _residual(
        m, nn.Conv2d(64, 256, 1, stride=2), 32),
    ("a block that widens", "nn.Conv2d(16, 24, 1)"): lambda m: _residual(m, nn.Conv2d(16, 24, 1), 9),
    ("a view by heart", "x.flatten(1), and fc"): lambda m: nn.Linear(400, 10)(
        m.c(torch.zeros(BATCH, 3, 8, 8)).flatten(1)),
    ("a reshape by heart", "view(N, 16, -1)"): lambda m: m.c(torch.zeros(BATCH, 3, 8, 8)).view(BATCH, 16, -1),
    ("a view behind a permute", "reshape"): lambda m: m.fc(
        m.c(torch.zeros(BATCH, 3, 8, 8)).permute(0, 2, 3, 1).reshape(BATCH, -1)),
    ("queries and keys", "k.transpose(-2, -1)"): lambda m: m.q(torch.zeros(BATCH, 5, 6)) @ m.k(
        torch.zeros(BATCH, 5, 6)).transpose(-2, -1),
    ("a batch norm", "num_features=32"): lambda m: nn.Sequential(m[0], nn.BatchNorm2d(32))(
        torch.zeros(BATCH, 3, 8, 8)),
    ("one short of a skip", "output_padding=1"): part(
        "u", nn.ConvTranspose2d(16, 8, 3, 2, 1, output_padding=1), 3, 32, 32),
    ("one short of a sum", "ConvTranspose2d(16, 8, 4"): part("u", nn.ConvTranspose2d(16, 8, 4, 2, 1), 3, 20, 20),
    ("more than half a window", "padding=1"): part("p", nn.MaxPool2d(3, padding=1), 3, 8, 8),
    ("a reflection", "mode='replicate'"): part("r", nn.ReplicationPad2d(6), 3, 6, 6),
    ("output padding", "output_padding=0"): part("u", nn.ConvTranspose2d(3, 4, 3, stride=2), 3, 4, 4),
    ("a position embedding", "feed 3×32×32"): fed("", 3, 32, 32),
    ("positions alone", "make position 1×36×8"): lambda m: _vit(m, 48, torch.zeros(1, 36, 8)),
    ("another width", "embed_dim=7, num_heads=1"): part("a", nn.MultiheadAttention(7, 1, batch_first=True), 5, 7),
    ("its inverse", "feed 3×8×8"): fed("", 3, 8, 8),
    ("a pixel shuffle", "Conv2d(3, 20, 3)"): lambda m: nn.Sequential(nn.Conv2d(3, 20, 3), m[1])(
        torch.zeros(BATCH, 3, 8, 8)),
    ("a column and a row", "fc.squeeze(1)"): lambda m: m.fc(torch.zeros(BATCH, 4)).squeeze(1) - torch.zeros(BATCH),
    ("maps and vectors", "mean[:, None, None, None]"): lambda m: m.c(torch.zeros(BATCH, 3, 8, 8)) * torch.zeros(
        BATCH)[:, None, None, None],
    ("one row in training", "model.eval()"): lambda m: m.eval()(torch.zeros(1, 8)),
}  # fmt: skip


def sizes(text):
    """`N×10` as numbers, for the batch that is run."""
    return tuple([BATCH if part == "N" else int(part) for part in text.split("×")])


@pytest.mark.parametrize(("name", "piece"), DONE, ids=lambda part: part)
def test_it_works_and_gives_what_was_said(name, piece):
    broken = BROKEN[name]
    net = shapelens.inspect(broken.model, broken.sample, **broken.asked)
    finding = next(f for f in net.findings if f.code == broken.code)
    fix = next(f for f in finding.fixes if piece in f.text)
    assert fix.verified
    with torch.no_grad():
        given = tuple(DONE[name, piece](copy.deepcopy(broken.model)).shape)
    said = re.split(r" or |, ", fix.gives)[0]
    wanted = sizes(said)
    assert given == wanted or given[1:] == wanted
