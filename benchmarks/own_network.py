"""A network as somebody writes it, of `torch.nn` alone: residual blocks, 18 layers with weights."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

__all__ = ["OwnNetwork"]


class Block(nn.Module):
    """Two convolutions and what goes past them."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.past: nn.Module = nn.Identity()
        if stride > 1 or channels != filters:
            self.past = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`N×channels×H×W` to `N×filters×ceil(H/stride)×ceil(W/stride)`."""
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.past(x))


class OwnNetwork(nn.Module):
    """Eight blocks at four resolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        widths = [64, 64, 128, 256, 512]
        self.blocks = nn.Sequential(*[
            Block(before if first else width, width, 2 if first and width > 64 else 1)
            for before, width in pairwise(widths)
            for first in (True, False)
        ])  # fmt: skip
        self.head = nn.Linear(512, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`N×3×H×W` to `N×1000`."""
        x = self.blocks(self.stem(x))
        scores: torch.Tensor = self.head(x.mean((2, 3)))
        return scores
