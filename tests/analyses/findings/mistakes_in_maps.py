"""Models of images, each with a mistake as it is made in practice."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.analyses.findings.mistakes import BATCH, Mistake, wrapped

__all__ = ["IN_MAPS"]


class ForgottenSkip(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc1 = nn.Conv2d(3, 16, 3, padding=1)
        self.enc2 = nn.Conv2d(16, 32, 3, padding=1)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.dec1 = nn.Conv2d(16, 16, 3, padding=1)
        self.out = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        e1 = F.relu(self.enc1(x))
        e2 = F.relu(self.enc2(F.max_pool2d(e1, 2)))
        return self.out(F.relu(self.dec1(torch.cat([self.up(e2), e1], dim=1))))


class Stage(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.around = nn.Identity()

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        out += self.around(x)
        return F.relu(out)


class NoDownsample(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.layer1, self.layer2 = Stage(16, 16, 1), Stage(16, 32, 2)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(self.stem(x))).mean((2, 3)))


def _with_projection(model: Any) -> torch.Tensor:
    model.layer2.around = nn.Conv2d(16, 32, 1, stride=2)
    return model(torch.zeros(BATCH, 3, 32, 32))


class SmallImages(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Linear(32 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.view(x.size(0), -1))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU()
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 3, 2, 1)
        )

    def forward(self, x):
        return F.mse_loss(self.decoder(self.encoder(x)), x)


def _doubling(model: Any) -> torch.Tensor:
    model.decoder[0].output_padding = model.decoder[2].output_padding = (1, 1)
    return model(torch.zeros(BATCH, 1, 28, 28))


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 3, padding=1)
        self.down, self.up = nn.Linear(32, 8), nn.Linear(8, 32)

    def forward(self, x):
        x = self.conv(x)
        return x * torch.sigmoid(self.up(F.relu(self.down(x.mean((2, 3))))))


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1, self.b3 = nn.Conv2d(64, 16, 1), nn.Conv2d(64, 24, 3, padding=1)
        self.pool = nn.MaxPool2d(3, stride=1)
        self.bp = nn.Conv2d(64, 8, 1)

    def forward(self, x):
        return torch.cat([self.b1(x), self.b3(x), self.bp(self.pool(x))], 1)


class Dense(nn.Module):
    def __init__(self, growth=12):
        super().__init__()
        self.conv1 = nn.Conv2d(24, growth, 3, padding=1)
        self.conv2 = nn.Conv2d(24 + growth, growth, 3, padding=1)
        self.conv3 = nn.Conv2d(24 + growth, growth, 3, padding=1)

    def forward(self, x):
        x = torch.cat([x, self.conv1(x)], 1)
        x = torch.cat([x, self.conv2(x)], 1)
        return torch.cat([x, self.conv3(x)], 1)


class Shuffled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3 * 2**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(3)

    def forward(self, x):
        return self.shuffle(F.relu(self.conv(x)))


class Pyramid(nn.Module):
    def __init__(self):
        super().__init__()
        self.c2 = nn.Conv2d(3, 32, 3, stride=4, padding=1)
        self.c3 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.l2, self.l3 = nn.Conv2d(32, 32, 1), nn.Conv2d(64, 32, 1)

    def forward(self, x):
        c2 = self.c2(x)
        p3 = self.l3(self.c3(c2))
        return self.l2(c2) + F.interpolate(p3, scale_factor=2)


def _to_the_size(model: Any) -> torch.Tensor:
    c2 = model.c2(torch.zeros(BATCH, 3, 100, 100))
    l2, l3 = model.l2(c2), model.l3(model.c3(c2))
    return l2 + F.interpolate(l3, size=l2.shape[-2:])


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(8, 1, 3, padding=1))

    def forward(self, x):
        return x + self.up(self.down(x))


def _upsampled(model: Any) -> torch.Tensor:
    model.up[0] = nn.Upsample(size=(27, 27))
    return model(torch.zeros(BATCH, 1, 27, 27))


class Frames(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3, 4)))


class Grey(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 32, 3), nn.Linear(32 * 13 * 13, 10)

    def forward(self, x):
        return self.fc(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1))


class ByHeart(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)
        )
        self.classifier = nn.Linear(64 * 27 * 27, 10)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.view(x.size(0), 64 * 27 * 27))


def _by_what_comes(model: Any) -> torch.Tensor:
    return nn.Linear(3136, 10)(model.features(torch.zeros(BATCH, 3, 64, 64)).view(BATCH, -1))


class BatchByHeart(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 4, 3), nn.Linear(4 * 26 * 26, 10)

    def forward(self, x):
        return self.fc(self.conv(x).view(64, -1))


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.pool, self.fc = nn.Conv2d(3, 512, 3), nn.AdaptiveAvgPool2d(1), nn.Linear(512, 10)

    def forward(self, x):
        return self.fc(self.pool(self.conv(x)))


class Squeezed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 1, 3), nn.Linear(1, 4)

    def forward(self, x):
        return self.fc(F.adaptive_avg_pool2d(self.conv(x), 1).squeeze())


class Separable(nn.Module):
    def __init__(self):
        super().__init__()
        self.pointwise = nn.Conv2d(3, 32, 1)
        self.depthwise = nn.Conv2d(24, 24, 3, padding=1, groups=24)
        self.out = nn.Conv2d(24, 8, 1)

    def forward(self, x):
        return self.out(self.depthwise(self.pointwise(x)))


class Beneath(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(3, 12, 3, padding=1)
        self.c = nn.Conv2d(20, 4, 1)

    def forward(self, x):
        return self.c(torch.cat([self.a(x), self.b(x)], 2))


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 16, 3), nn.LayerNorm([16, 30, 30])

    def forward(self, x):
        return self.norm(self.conv(x))


class Expanded(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 64, 1)
        self.b = nn.Conv2d(16, 32, 1)
        self.norm = nn.BatchNorm2d(64)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc(F.relu(self.norm(self.b(self.a(x)))).mean((2, 3)))


class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm1d(8, eps=1e-3)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.norm(self.conv(x)).mean((2, 3)))


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.filters = nn.Parameter(torch.zeros(8, 3, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.filters)


def _with_one_channel(model: Any) -> torch.Tensor:
    model.filters = nn.Parameter(torch.zeros(8, 1, 3, 3))
    return model(torch.zeros(BATCH, 1, 9, 9))


IN_MAPS: dict[str, Mistake] = {
    "the channels of a skip are forgotten": Mistake(
        ForgottenSkip, (3, 64, 64), (("SL102", "dec1"),),
        ("32 channels in 32×64×64: 16 + 16 of cat", "wants 16, gets 32"),
        "self.dec1 = nn.Conv2d(32, 16, 3, padding=1)", wrapped(3, 64, 64, dec1=nn.Conv2d(32, 16, 3, padding=1))),
    "nothing around a block that strides": Mistake(
        NoDownsample, (3, 32, 32), (("SL108", "layer2.add"),), ("32×16×16", "16×32×32"),
        "nn.Conv2d(16, 32, 1, stride=2) on ", _with_projection),
    "a head for another size of image": Mistake(
        SmallImages, (3, 32, 32), (("SL101", "classifier.0"),), ("2048 features = 32 × 8 × 8", "1568 = 32 × 7 × 7"),
        "nn.AdaptiveAvgPool2d(7)", wrapped(3, 32, 32, features=lambda f: nn.Sequential(f, nn.AdaptiveAvgPool2d(7)))),
    "two transposed convolutions are one short": Mistake(
        Autoencoder, (1, 28, 28), (("SL108", "mse_loss"),), ("28 → 14 → 7 → 13 → 25",),
        "output_padding=1 in decoder.0 and decoder.2", _doubling),
    "a gate without places": Mistake(
        Gate, (3, 16, 16), (("SL108", "mul"),), ("16 against 32",), "sigmoid[:, :, None, None]",
        wrapped(3, 16, 16, up=lambda up: nn.Sequential(up, nn.Unflatten(1, (32, 1, 1))))),
    "a branch that pools without padding": Mistake(
        Branches, (64, 28, 28), (("SL107", "cat"),), ("28 → 26",), "self.pool = nn.MaxPool2d(3, stride=1, padding=1)",
        wrapped(64, 28, 28, pool=nn.MaxPool2d(3, stride=1, padding=1))),
    "a dense block that does not grow": Mistake(
        Dense, (24, 16, 16), (("SL102", "conv3"),), ("36 + 12 of cat:2",), "nn.Conv2d(48, growth, 3, padding=1)",
        wrapped(24, 16, 16, conv3=nn.Conv2d(48, 12, 3, padding=1))),
    "channels for another block": Mistake(
        Shuffled, (3, 20, 20), (("SL120", "shuffle"),), ("12 channels", "multiple of 9", "3 over"),
        "self.conv = nn.Conv2d(3, 9, 3, padding=1)", wrapped(3, 20, 20, conv=nn.Conv2d(3, 9, 3, padding=1))),
    "a block for other channels": Mistake(
        Shuffled, (3, 20, 20), (("SL120", "shuffle"),), (), "nn.PixelShuffle(2)",
        wrapped(3, 20, 20, shuffle=nn.PixelShuffle(2))),
    "a pyramid at a size that is odd": Mistake(
        Pyramid, (3, 100, 100), (("SL108", "add"),), ("25 against 26", "2·ceil(H/8)"),
        "F.interpolate(l3, size=l2.shape[-2:])", _to_the_size),
    "a decoder at a size that is odd": Mistake(
        Decoder, (1, 27, 27), (("SL108", "add"),), ("27 against 28",), "F.interpolate(down, size=x.shape[-2:])",
        _upsampled),
    "images in the place of films": Mistake(
        Frames, (3, 32, 32), (("SL104", "conv"),), ("an axis is missing: the depth", "got 2 channels instead"),
        "x.unsqueeze(2)", wrapped(3, 32, 32, change=lambda x: x.unsqueeze(2))),
    "a batch of grey images without channels": Mistake(
        Grey, (28, 28), (("SL104", "conv"),), ("an axis is missing: the channels", "read as one sample of N channels"),
        "x.unsqueeze(1)", wrapped(28, 28, change=lambda x: x.unsqueeze(1))),
    "a view by heart": Mistake(
        ByHeart, (3, 64, 64), (("SL110", "view"),), ("3136·N", "46656·N"),
        "view(N, -1), and classifier as nn.Linear(3136, 10)", _by_what_comes),
    "a view by heart, pooled to": Mistake(
        ByHeart, (3, 64, 64), (("SL110", "view"),), (), "nn.AdaptiveAvgPool2d(27) before it",
        wrapped(3, 64, 64, features=lambda f: nn.Sequential(f, nn.AdaptiveAvgPool2d(27)))),
    "a number of samples by heart": Mistake(
        BatchByHeart, (1, 28, 28), (("SL109", "view"),), ("view(64, -1)", "64 rows for N samples"), "x.flatten(1)",
        lambda m: m.fc(m.conv(torch.zeros(BATCH, 1, 28, 28)).flatten(1))),
    "a pooling that is not flattened": Mistake(
        Pooled, (3, 16, 16), (("SL101", "fc"),), ("takes 512: all of 512 × 1 × 1",), "x.flatten(1) before it",
        wrapped(3, 16, 16, pool=lambda pool: nn.Sequential(pool, nn.Flatten(1)))),
    "a squeeze that takes the channels too": Mistake(
        Squeezed, (3, 8, 8), (("SL101", "fc"),), ("squeeze took every axis of size 1 of N×1×1×1",),
        "x.flatten(1) in the place of squeeze",
        lambda m: m.fc(F.adaptive_avg_pool2d(m.conv(torch.zeros(BATCH, 3, 8, 8)), 1).flatten(1))),
    "depthwise for other channels": Mistake(
        Separable, (3, 16, 16), (("SL102", "depthwise"),), ("takes 24 channels and gets 32", "Given groups=24"),
        "self.pointwise = nn.Conv2d(3, 24, 1)", wrapped(3, 16, 16, pointwise=nn.Conv2d(3, 24, 1))),
    "joined beneath each other": Mistake(
        Beneath, (3, 16, 16), (("SL107", "cat"),), ("except in dimension 2",), "dim=1",
        lambda m: m.c(torch.cat([m.a(torch.zeros(BATCH, 3, 16, 16)), m.b(torch.zeros(BATCH, 3, 16, 16))], 1))),
    "a function with filters for other channels": Mistake(
        Functional, (1, 9, 9), (("SL102", "conv2d"),), ("this conv2d takes 3 channels", "filters.sum(1, keepdim=True)"),
        "make filters 8×1×3×3", _with_one_channel),
    "a norm over maps of another size": Mistake(
        Normed, (3, 28, 28), (("SL113", "norm"),), ("for 16×30×30 and gets 16×26×26",), "feed 3×32×32",
        wrapped(3, 32, 32)),
    "two mistakes, one behind the other": Mistake(
        Expanded, (3, 16, 16), (("SL102", "b"), ("SL113", "norm")), ("wants 16, gets 64", "for 64 and gets 32"),
        "self.b = nn.Conv2d(64, 32, 1)", wrapped(3, 16, 16, b=nn.Conv2d(64, 32, 1), norm=nn.BatchNorm2d(32))),
    "a norm of rows over maps": Mistake(
        Flat, (3, 8, 8), (("SL104", "norm"),),
        ("4 axes", "takes 2 or 3 axes", "expected 2D or 3D input (got 4D input)"),
        "self.norm = nn.BatchNorm2d(8, eps=1e-3)", wrapped(3, 8, 8, norm=nn.BatchNorm2d(8, eps=1e-3))),
}  # fmt: skip
"""By what is wrong, in words."""
