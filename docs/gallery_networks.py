"""Networks of the gallery that no library has: along time, in three dimensions, and one that fails."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["audio", "failing", "video"]


def audio() -> nn.Module:
    """Sound to ten words: convolutions along time."""
    layers: list[nn.Module] = []
    channels = 1
    for filters, stride in ((16, 4), (32, 4), (64, 4), (128, 4)):
        layers += [nn.Conv1d(channels, filters, 9, stride, 4, bias=False), nn.BatchNorm1d(filters), nn.ReLU()]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(channels, 10)).eval()


def video() -> nn.Module:
    """Sixteen frames to 101 actions, in the manner of C3D."""
    return nn.Sequential(
        nn.Conv3d(3, 64, 3, padding=1), nn.ReLU(), nn.MaxPool3d((1, 2, 2)),
        nn.Conv3d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2),
        nn.Conv3d(128, 256, 3, padding=1), nn.ReLU(), nn.Conv3d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2),
        nn.Conv3d(256, 512, 3, padding=1), nn.ReLU(), nn.Conv3d(512, 512, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2),
        nn.Flatten(), nn.Linear(512 * 2 * 7 * 7, 4096), nn.ReLU(), nn.Linear(4096, 101),
    ).eval()  # fmt: skip


class _Twice(nn.Sequential):
    def __init__(self, channels: int, filters: int) -> None:
        super().__init__(
            nn.Conv2d(channels, filters, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding=1),
            nn.ReLU(),
        )


class _UNet(nn.Module):
    """Four poolings: it takes multiples of 16."""

    def __init__(self) -> None:
        super().__init__()
        widths = (64, 128, 256, 512)
        self.down = nn.ModuleList([_Twice(a, b) for a, b in zip((1, *widths), (*widths, 1024), strict=True)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(2 * w, w, 2, 2) for w in reversed(widths)])
        self.join = nn.ModuleList([_Twice(2 * w, w) for w in reversed(widths)])
        self.head = nn.Conv2d(64, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for place, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if place else x)
            skips.append(x)
        for up, join, skip in zip(self.up, self.join, reversed(skips[:-1]), strict=True):
            x = join(torch.cat([skip, up(x)], dim=1))
        return self.head(x)


def failing() -> nn.Module:
    """A U-Net, for 700×700, where it fails."""
    return _UNet().eval()
