"""Small broken networks in PyTorch, each with what must be found: the layer, the numbers, and a fix that works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

__all__ = ["BROKEN", "Broken", "made"]


@dataclass(frozen=True)
class Broken:
    """One mistake.

    Args:
        code: the kind that must be found.
        layer: where.
        model: the network.
        sample: one sample that is fed.
        has: what the message must hold: the numbers.
        fix: a piece of a fix that must be verified; empty where there is none to verify.
        asked: what else `inspect` is given.
    """

    code: str
    layer: str
    model: nn.Module
    sample: Any
    has: tuple[str, ...]
    fix: str = ""
    asked: dict[str, Any] = field(default_factory=dict)


class _Made(nn.Module):
    def __init__(self, run: Any, parts: dict[str, Any]) -> None:
        super().__init__()
        self.run = run
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, *args: Any, **named: Any) -> Any:
        return self.run(self, *args, **named)


def made(run: Any, **parts: Any) -> nn.Module:
    """A network of some parts, and what it does with them."""
    return _Made(run, parts)


class _TwoInputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(8, 4), nn.Linear(6, 4)

    def forward(self, image: Any, tokens: Any) -> Any:
        return self.left(image) + self.right(tokens)


class _ReadsKeys(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, batch: Any) -> Any:
        return self.conv(batch["picture"])


def _pyramid(x: Any) -> list[Any]:
    return [x, F.max_pool2d(x, 2)]


def _upwards(s: Any, x: Any) -> Any:
    """A U-Net with two poolings."""
    a = s.a(x)
    b = s.b(F.max_pool2d(a, 2))
    c = s.c(F.max_pool2d(b, 2))
    d = s.d(torch.cat([b, s.up1(c)], 1))
    return s.e(torch.cat([a, s.up2(d)], 1))


def _unet() -> nn.Module:
    return made(
        _upwards,
        a=nn.Conv2d(1, 4, 3, padding=1),
        b=nn.Conv2d(4, 8, 3, padding=1),
        c=nn.Conv2d(8, 16, 3, padding=1),
        up1=nn.ConvTranspose2d(16, 8, 2, stride=2),
        d=nn.Conv2d(16, 8, 3, padding=1),
        up2=nn.ConvTranspose2d(8, 4, 2, stride=2),
        e=nn.Conv2d(8, 2, 1),
    )


def _residual(into: int, out: int, stride: int) -> nn.Module:
    return made(
        lambda s, x: F.relu(s.stem(x)) + s.two(F.relu(s.one(F.relu(s.stem(x))))),
        stem=nn.Conv2d(3, into, 3, padding=1),
        one=nn.Conv2d(into, out, 3, stride=stride, padding=1),
        two=nn.Conv2d(out, out, 3, padding=1),
    )


def _vit(side: int, patch: int, width: int, *, token: bool) -> nn.Module:
    count = (side // patch) ** 2 + token

    def run(s: Any, x: Any) -> Any:
        x = s.patches(x).flatten(2).transpose(1, 2)
        if token:
            x = torch.cat([s.token.expand(x.shape[0], -1, -1), x], 1)
        return s.head((x + s.position)[:, 0])

    return made(
        run,
        patches=nn.Conv2d(3, width, patch, stride=patch),
        token=nn.Parameter(torch.zeros(1, 1, width)),
        position=nn.Parameter(torch.zeros(1, count, width)),
        head=nn.Linear(width, 10),
    )


BROKEN: dict[str, Broken] = {
    # features ------------------------------------------------------------------------------------------
    "features behind a flatten": Broken(
        "SL101", "4", nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(32, 32, 3), nn.Flatten(),
                                    nn.Linear(8192, 10)), (3, 32, 32),
        ("6272 features = 32 × 14 × 14", "32 → 16 → 14", "8192 = 32 × 16 × 16", "(1x6272 and 8192x10)"),
        "Linear(6272, 10)"),
    "an image of another size": Broken(
        "SL101", "fc", made(lambda s, x: s.fc(F.max_pool2d(F.relu(s.c(x)), 2).flatten(1)),
                            c=nn.Conv2d(1, 6, 5), fc=nn.Linear(6 * 12 * 12, 10)), (1, 32, 32),
        ("1176 features = 6 × 14 × 14", "864 = 6 × 12 × 12"), "feed 1×28×28 to 1×29×29"),
    "pooled before the flatten": Broken(
        "SL101", "fc", made(lambda s, x: s.fc(torch.flatten(s.c(x), 1)), c=nn.Conv2d(3, 8, 3), fc=nn.Linear(8 * 49, 5)),
        (3, 30, 30), ("6272 features = 8 × 28 × 28", "392 = 8 × 7 × 7"), "AdaptiveAvgPool2d(7)"),
    "two linear layers": Broken(
        "SL101", "two", made(lambda s, x: s.two(s.one(x)), one=nn.Linear(20, 64), two=nn.Linear(32, 3)), (20,),
        ("64 features", "takes 32"), "Linear(64, 3)"),
    "steps of a recurrent layer": Broken(
        "SL101", "rnn", made(lambda s, x: s.rnn(x)[0], rnn=nn.LSTM(16, 4, batch_first=True)), (5, 8),
        ("8 features in each step", "LSTM takes 16"), "input_size=8"),
    # channels ------------------------------------------------------------------------------------------
    "grey": Broken("SL102", "conv1", made(lambda s, x: s.conv1(x), conv1=nn.Conv2d(3, 64, 3)), (1, 28, 28),
                   ("takes 3 channels and gets 1", "weight 64×3×3×3 wants 3, gets 1"), "x.repeat(1, 3, 1, 1)"),
    "grey, as one channel": Broken("SL102", "0", nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), (1, 28, 28),
                                   ("gets 1",), "Conv2d(1, 8, 3)"),
    "alpha": Broken("SL102", "c", made(lambda s, x: s.c(x), c=nn.Conv2d(3, 8, 3)), (4, 28, 28),
                    ("takes 3 channels and gets 4",), "x[:, :3]"),
    "a sum of channels": Broken(
        "SL102", "b", made(lambda s, x: s.b(torch.cat([s.a(x), s.c(x)], 1)), a=nn.Conv2d(3, 16, 3),
                           c=nn.Conv2d(3, 8, 3), b=nn.Conv2d(16, 4, 1)), (3, 12, 12),
        ("24 channels", "16 + 8 of cat"), "Conv2d(24, 4, 1)"),
    "one layer to the next": Broken(
        "SL102", "1", nn.Sequential(nn.Conv2d(3, 12, 3), nn.Conv2d(16, 8, 3, padding=1)), (3, 12, 12),
        ("wants 16, gets 12",), "Conv2d(12, 8, 3, padding=1)"),
    "a transposed one": Broken(
        "SL102", "1", nn.Sequential(nn.Conv2d(3, 12, 3), nn.ConvTranspose2d(16, 8, 2, stride=2)), (3, 12, 12),
        ("wants 16, gets 12", "Given transposed=1"), "ConvTranspose2d(12, 8, 2, stride=2)"),
    # channels last -------------------------------------------------------------------------------------
    "an image as a file has it": Broken(
        "SL103", "c", made(lambda s, x: s.c(x), c=nn.Conv2d(3, 64, 7, stride=2, padding=3)), (224, 224, 3),
        ("224 channels of 224×3", "the 3 stands last"), "x.permute(0, 3, 1, 2)"),
    "channels moved inside": Broken(
        "SL103", "b", made(lambda s, x: s.b(s.a(x).permute(0, 2, 3, 1)), a=nn.Conv2d(3, 5, 3), b=nn.Conv2d(5, 2, 3)),
        (3, 14, 14), ("12 channels of 12×5", "the 5 stands last"), "x.permute(0, 3, 1, 2) before it"),
    # axes ----------------------------------------------------------------------------------------------
    "grey images without channels": Broken(
        "SL104", "c", made(lambda s, x: s.c(x[:, 0, 0]), c=nn.Conv2d(1, 4, 3)), (3, 9, 9),
        ("2 axes", "takes 3 or 4 axes"), ""),
    "one axis too many": Broken(
        "SL104", "c", made(lambda s, x: s.c(x.unsqueeze(1)), c=nn.Conv2d(3, 4, 3)), (3, 9, 9),
        ("5 axes", "got input of size: [1, 1, 3, 9, 9]", "x.squeeze(1)"), ""),
    "a norm over maps": Broken(
        "SL104", "b", made(lambda s, x: s.b(s.c(x)), c=nn.Linear(8, 4), b=nn.BatchNorm2d(4)), (8,),
        ("2 axes", "BatchNorm2d takes 4 axes", "expected 4D input (got 2D input)"), "BatchNorm1d(4)"),
    # windows -------------------------------------------------------------------------------------------
    "a kernel too large": Broken(
        "SL105", "c", made(lambda s, x: s.c(x), c=nn.Conv2d(3, 8, 4)), (3, 3, 3),
        ("3, and windows of 4", "(3 x 3). Kernel size: (4 x 4)"), "feed at least 3×4×4"),
    "a dilated kernel": Broken(
        "SL105", "1", nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.Conv2d(4, 4, 3, dilation=4)), (1, 16, 16),
        ("7, and windows of 9 (3 cells, 4 apart)", "16 → 7"), "feed at least 1×19×19"),
    "padding that it needs": Broken(
        "SL105", "c2", made(lambda s, x: s.c2(F.max_pool2d(s.c1(x), 2)), c1=nn.Conv2d(1, 4, 3),
                            c2=nn.Conv2d(4, 4, 5)), (1, 10, 10), ("4, and windows of 5", "10 → 8 → 4"), "padding=2"),
    "pooled to nothing": Broken(
        "SL106", "2", nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(2), nn.MaxPool2d(2)), (1, 7, 7),
        ("1, and windows of 2", "7 → 3 → 1", "the third of 3 poolings"), "feed at least 1×8×8"),
    "one pooling less": Broken(
        "SL106", "p", made(lambda s, x: s.p(s.q(s.c(x))), c=nn.Conv2d(1, 4, 3), q=nn.AvgPool2d(3), p=nn.AvgPool2d(3)),
        (1, 10, 10), ("2, and windows of 3",), "leave out this pooling, p"),
    # skips ---------------------------------------------------------------------------------------------
    "a U-Net at 30": Broken(
        "SL107", "cat", _unet(), (1, 30, 30),
        ("floor(H/2)", "2·floor(H/4)", "30 → 15 → 7 → 14", "multiples of 4", "Expected size 15 but got size 14"),
        "feed 1×28×28 or 1×32×32"),
    "a U-Net that pads": Broken("SL107", "cat", _unet(), (1, 26, 26), ("13×13", "12×12"),
                                "F.pad(up1, (0, 1, 0, 1))"),
    "a U-Net that resizes": Broken("SL107", "cat", _unet(), (1, 27, 34), ("13×17", "12×16"),
                                   "F.interpolate(up1, size=b.shape[-2:])"),
    "a U-Net without padding": Broken(
        "SL107", "cat", made(lambda s, x: torch.cat([s.a(x), s.u(F.max_pool2d(s.b(s.a(x)), 2))], 1),
                             a=nn.Conv2d(1, 4, 3), b=nn.Conv2d(4, 8, 3), u=nn.ConvTranspose2d(8, 4, 2, stride=2)),
        (1, 20, 20), ("18×18", "16×16"), "a[..., 1:17, 1:17]"),
    # sums ----------------------------------------------------------------------------------------------
    "a block that widens and strides": Broken(
        "SL108", "add", _residual(64, 256, 2), (3, 32, 32), ("64×32×32", "256×16×16", "dimension 3"),
        "nn.Conv2d(64, 256, 1, stride=2)"),
    "a block that widens": Broken("SL108", "add", _residual(16, 24, 1), (3, 9, 9), ("16 against 24",),
                                  "nn.Conv2d(16, 24, 1) on relu"),
    "a block that strides": Broken("SL108", "add", _residual(16, 16, 2), (3, 12, 12), ("12 against 6",),
                                   "nn.Conv2d(16, 16, 1, stride=2)"),
    "vectors": Broken(
        "SL108", "add", made(lambda s, x: s.a(x) + s.b(s.a(x)), a=nn.Linear(4, 6), b=nn.Linear(6, 9)), (4,),
        ("6 against 9",), "nn.Linear(6, 9) on a"),
    # the batch -----------------------------------------------------------------------------------------
    "a view by heart": Broken(
        "SL109", "view", made(lambda s, x: s.fc(s.c(x).view(-1, 16 * 4 * 4)), c=nn.Conv2d(3, 16, 4),
                              fc=nn.Linear(256, 10)), (3, 8, 8),
        ("16 × 5 × 5 = 400", "floor(25·N/16) rows for N samples"), "x.flatten(1), and fc as nn.Linear(400, 10)"),
    "two samples in a row": Broken(
        "SL109", "reshape", made(lambda s, x: s.fc(s.c(x).reshape(-1, 800)), c=nn.Conv2d(3, 16, 4),
                                 fc=nn.Linear(800, 10)), (3, 8, 8), ("floor(N/2)×800",), "x.flatten(1)"),
    "half a sample in a row": Broken(
        "SL109", "view", made(lambda s, x: s.fc(F.relu(s.c(x)).view(-1, 200)), c=nn.Conv2d(3, 16, 4),
                              fc=nn.Linear(200, 10)), (3, 8, 8), ("2·N rows for N samples",), "x.flatten(1)"),
    "everything in one row": Broken(
        "SL109", "0", nn.Sequential(nn.Flatten(0), nn.Linear(75, 10)), (3, 5, 5), ("75·N rows", "3 × 5 × 5 = 75"),
        "x.flatten(1)"),
    # reshapes ------------------------------------------------------------------------------------------
    "a reshape by heart": Broken(
        "SL110", "view", made(lambda s, x: s.c(x).view(x.size(0), 16, 24), c=nn.Conv2d(3, 16, 4)), (3, 8, 8),
        ("400·N = 2^4 · 5^2 · N", "384·N = 2^7 · 3 · N"), "view(N, 16, -1)"),
    "windows that do not divide": Broken(
        "SL110", "reshape", made(lambda s, x: s.c(x).reshape(x.shape[0], 8, x.shape[2] // 7, 7, x.shape[3] // 7, 7),
                                 c=nn.Conv2d(3, 8, 1)), (3, 30, 30), ("7200·N",), "feed 3×28×28"),
    # views ---------------------------------------------------------------------------------------------
    "a view behind a permute": Broken(
        "SL111", "view", made(lambda s, x: s.fc(s.c(x).permute(0, 2, 3, 1).view(x.size(0), -1)),
                              c=nn.Conv2d(3, 16, 4), fc=nn.Linear(400, 3)), (3, 8, 8), ("permute(0, 2, 3, 1)",),
        "reshape(N, -1)"),
    "a view behind a transpose": Broken(
        "SL111", "view", made(lambda s, x: s.c(x).transpose(1, 2).view(-1, 48), c=nn.Linear(6, 12)), (4, 6),
        ("transpose",), "contiguous()"),
    # products ------------------------------------------------------------------------------------------
    "queries and keys": Broken(
        "SL112", "matmul", made(lambda s, x: s.q(x) @ s.k(x), q=nn.Linear(6, 7), k=nn.Linear(6, 7)), (5, 6),
        ("N×5×7 times N×5×7", "7 against 5"), "k.transpose(-2, -1)"),
    "two batches of matrices": Broken(
        "SL112", "bmm", made(lambda s, x: torch.bmm(s.q(x), s.k(x)), q=nn.Linear(6, 3), k=nn.Linear(6, 8)), (5, 6),
        ("3 against 5",), "q.transpose(-2, -1)"),
    # norms and groups ----------------------------------------------------------------------------------
    "a batch norm": Broken("SL113", "1", nn.Sequential(nn.Conv2d(3, 32, 3), nn.BatchNorm2d(64)), (3, 8, 8),
                           ("this norm is for 64 and gets 32",), "num_features=32"),
    "a layer norm": Broken("SL113", "n", made(lambda s, x: s.n(s.a(x)), a=nn.Linear(8, 12), n=nn.LayerNorm(10)), (8,),
                           ("12", "10"), "normalized_shape=12"),
    "a group norm": Broken(
        "SL114", "group_norm", made(lambda s, x: F.group_norm(s.c(x), 4), c=nn.Conv2d(3, 18, 3)), (3, 8, 8),
        ("18 channels in 4 groups, 2 over",), "groups=3"),
    "channels to shuffle": Broken(
        "SL114", "channel_shuffle", made(lambda s, x: F.channel_shuffle(s.c(x), 4), c=nn.Conv2d(3, 18, 3)), (3, 8, 8),
        ("18 channels in 4 groups, 2 over",), "groups=3"),
    # transposed ----------------------------------------------------------------------------------------
    "one short of a skip": Broken(
        "SL115", "cat", made(lambda s, x: torch.cat([s.a(x), s.u(s.d(s.a(x)))], 1), a=nn.Conv2d(3, 8, 3, padding=1),
                             d=nn.Conv2d(8, 16, 3, 2, 1), u=nn.ConvTranspose2d(16, 8, 3, 2, 1)), (3, 32, 32),
        ("2·16 - 1 = 31", "32 → 16 → 31"), "output_padding=1"),
    "one short of a sum": Broken(
        "SL115", "add", made(lambda s, x: s.a(x) + F.relu(s.u(s.d(s.a(x)))), a=nn.Conv2d(3, 8, 3, padding=1),
                             d=nn.Conv2d(8, 16, 3, 2, 1), u=nn.ConvTranspose2d(16, 8, 3, 2, 1)), (3, 20, 20),
        ("2·10 - 1 = 19",), "ConvTranspose2d(16, 8, 4, stride=2, padding=1)"),
    # paddings ------------------------------------------------------------------------------------------
    "same with a stride": Broken(
        "SL116", "c", made(lambda s, x: F.conv2d(x, s.c.weight, padding="same", stride=2), c=nn.Conv2d(3, 16, 3)),
        (3, 8, 8), ("padding='same' and stride 2",), "padding=1"),
    "more than half a window": Broken(
        "SL116", "p", made(lambda s, x: s.p(x), p=nn.MaxPool2d(3, padding=2)), (3, 8, 8),
        ("padding 2 and a window of 3", "half of its window, 1"), "padding=1"),
    "a reflection": Broken("SL116", "r", made(lambda s, x: s.r(x), r=nn.ReflectionPad2d(6)), (3, 6, 6),
                           ("reflect by 6 and 6 on an axis of 6",), "mode='replicate'"),
    "a reflection of less": Broken("SL116", "pad", made(lambda s, x: s.c(F.pad(x, (4, 4, 4, 4), mode="reflect")),
                                                        c=nn.Conv2d(1, 2, 3)), (1, 4, 4), ("on an axis of 4",),
                                   "feed at least 1×5×5"),
    "output padding": Broken(
        "SL116", "u", made(lambda s, x: s.u(x), u=nn.ConvTranspose2d(3, 4, 3, stride=2, output_padding=2)), (3, 4, 4),
        ("smaller than the stride",), "output_padding=0"),
    # one value -----------------------------------------------------------------------------------------
    "one sample in training": Broken(
        "SL117", "b", made(lambda s, x: s.b(F.adaptive_avg_pool2d(s.c(x), 1)), c=nn.Conv2d(3, 16, 4),
                           b=nn.BatchNorm2d(16)), (3, 8, 8), ("1×16×1×1", "more than one value"), "feed 2 samples",
        {"batch": 1, "mode": "train"}),
    "one row in training": Broken(
        "SL117", "1", nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4)), (8,), ("1×4",), "model.eval()",
        {"batch": 1, "mode": "train"}),
    # parameters ----------------------------------------------------------------------------------------
    "a position embedding": Broken(
        "SL118", "add", _vit(32, 4, 8, token=True), (3, 24, 24), ("37 against 65", "position"), "feed 3×32×32"),
    "positions alone": Broken(
        "SL118", "add", _vit(32, 8, 8, token=False), (3, 48, 48), ("36", "16"), "make position 1×36×8"),
    # attention -----------------------------------------------------------------------------------------
    "another width": Broken(
        "SL119", "a.multi_head_attention_forward", made(lambda s, x: s.a(x, x, x)[0],
                                                        a=nn.MultiheadAttention(10, 2, batch_first=True)), (5, 7),
        ("7 wide, and 10 is wanted",), "embed_dim=7, num_heads=1"),
    "the other order": Broken(
        "SL119", "a.multi_head_attention_forward",
        made(lambda s, x: s.a(x, s.m(x)[:, :3], s.m(x)[:, :3])[0], a=nn.MultiheadAttention(8, 2), m=nn.Linear(8, 8)),
        (5, 8), ("read as the batch", "5 against 3"), "batch_first=True"),
    # divisions -----------------------------------------------------------------------------------------
    "a pixel shuffle": Broken(
        "SL120", "1", nn.Sequential(nn.Conv2d(3, 18, 3), nn.PixelShuffle(2)), (3, 8, 8), ("18", "multiple of 4"), ""),
    "its inverse": Broken(
        "SL120", "0", nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, 4, 1)), (3, 9, 9), ("9", "multiple of 2"),
        "feed 3×8×8 or 3×10×10"),
    # labels --------------------------------------------------------------------------------------------
    "labels with an axis": Broken(
        "SL121", "cross_entropy", made(lambda s, x, y: F.cross_entropy(s.c(x), y), c=nn.Linear(16, 4)), None,
        ("scores 8×4, labels 8×1", "0D or 1D target"), "labels.squeeze(1)",
        {"shapes": {"x": "8x16", "y": "8x1:int64"}}),
    "labels of pixels": Broken(
        "SL121", "cross_entropy", made(lambda s, x, y: F.cross_entropy(s.c(x), y), c=nn.Conv2d(3, 4, 1)), None,
        ("labels 8×6×6",), "", {"shapes": {"x": "8x3x5x5", "y": "8x6x6:int64"}}),
    # types ---------------------------------------------------------------------------------------------
    "an image of bytes": Broken(
        "SL122", "c", made(lambda s, x: s.d(s.c(x)), c=nn.Conv2d(3, 16, 4), d=nn.Conv2d(16, 2, 1)), None,
        ("uint8",), "x.float() / 255", {"shapes": {"x": "2x3x8x8:uint8"}}),
    "floats to look up": Broken(
        "SL122", "e", made(lambda s, x: s.e(x), e=nn.Embedding(16, 4)), (5, 8), ("float32 where int64",), "x.long()"),
    # calls ---------------------------------------------------------------------------------------------
    "an argument is missing": Broken("SL123", "", _TwoInputs(), (8,), ("tokens", "missing 1 required"), ""),
    "a key is missing": Broken("SL123", "", _ReadsKeys(), None, ("picture", "image"), "",
                               {"shapes": {"batch.image": "2x3x8x8"}}),
    # warnings ------------------------------------------------------------------------------------------
    "a column and a row": Broken(
        "SL201", "sub", made(lambda s, x: s.fc(x) - x[:, 0], fc=nn.Linear(4, 1)), (4,),
        ("N×1 and getitem N give N×N",), "fc.squeeze(1)"),
    "maps and vectors": Broken(
        "SL201", "mul", made(lambda s, x: s.c(x) * x.mean((1, 2, 3)), c=nn.Conv2d(3, 4, 8)), (3, 8, 8),
        ("N×4×1×1",), "mean[:, None, None, None]"),
    "an image by itself": Broken(
        "SL202", "c", made(lambda s, x: s.c(x[0]), c=nn.Conv2d(3, 16, 4)), (3, 8, 8), ("read as C×H×W: 3 channels",),
        "unsqueeze(0)"),
    "no batch at all": Broken("SL202", "0", nn.Sequential(nn.Conv2d(3, 16, 4), nn.ReLU()), None, ("3×8×8",),
                              "unsqueeze(0)", {"shapes": {"input": "3x8x8"}}),
    "a loss over pairs": Broken(
        "SL203", "mse_loss", made(lambda s, x: F.mse_loss(s.fc(x), x[:, 0]), fc=nn.Linear(4, 1)), (4,),
        ("N×1 and getitem N give N×N",), "fc.squeeze(1)"),
    "another loss over pairs": Broken(
        "SL203", "smooth_l1_loss", made(lambda s, x: F.smooth_l1_loss(s.fc(x), x.mean(1)), fc=nn.Linear(4, 1)), (4,),
        ("N×1 and mean N",), "mean.unsqueeze(1)"),
    "a batch by heart": Broken(
        "SL204", "cat", made(lambda s, x: torch.cat([s.fc(x), s.held.expand(2, 4)], 1), fc=nn.Linear(4, 4),
                             held=nn.Parameter(torch.zeros(1, 4))), (4,), ("N = 2",), ""),
    "a state by heart": Broken(
        "SL204", "rnn", made(lambda s, x: s.rnn(x, s.start.expand(1, 2, 4))[0],
                             rnn=nn.GRU(6, 4, batch_first=True), start=nn.Parameter(torch.zeros(1, 1, 4))), (5, 6),
        ("N = 2",), ""),
    # notes ---------------------------------------------------------------------------------------------
    "a module that is forgotten": Broken(
        "SL301", "", made(lambda s, x: s.a(x), a=nn.Linear(4, 4), b=nn.Linear(4, 2)), (4,), ("b (Linear)", "10"), ""),
    "a head for training": Broken(
        "SL301", "", made(lambda s, x: s.a(x), a=nn.Conv2d(3, 4, 3),
                          head=nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU())), (3, 8, 8),
        ("head (Sequential)", "20 parameters"), ""),
    "one head for all levels": Broken(
        "SL302", "head", made(lambda s, x: [s.head(level) for level in _pyramid(s.a(x))],
                              a=nn.Conv2d(3, 4, 3, padding=1), head=nn.Conv2d(4, 2, 1)), (3, 8, 8),
        ("4×8×8, 4×4×4", "called 2 times"), ""),
    "one layer for two lengths": Broken(
        "SL302", "a", made(lambda s, x: (s.a(x), s.a(x[:, :2])), a=nn.Linear(6, 3)), (5, 6), ("5×6, 2×6",), ""),
    "a mean for each sample": Broken(
        "SL303", "b", made(lambda s, x: s.b(F.adaptive_avg_pool2d(s.c(x), 1)), c=nn.Conv2d(3, 16, 4),
                           b=nn.BatchNorm2d(16)), (3, 8, 8), ("N×16×1×1", "N ≥ 2"), "", {"mode": "train"}),
    "rows in training": Broken("SL303", "1", nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4)), (8,), ("N×4",), "",
                               {"mode": "train"}),
    "a question to the data": Broken(
        "SL304", "", made(lambda s, x: s.a(x) if x.mean() > 0 else x, a=nn.Linear(4, 4)), (4,), ("assumed",), ""),
    "another question": Broken(
        "SL304", "", made(lambda s, x: s.a(x) * float(x.max()), a=nn.Linear(4, 4)), (4,), ("assumed",), ""),
}  # fmt: skip
"""By what is wrong, in words."""
