"""Small networks of our own whose sizes are found: U-Nets of several depths and paddings, and what people write."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["NETWORKS"]


def twice(channels: int, filters: int, padding: int = 1) -> nn.Sequential:
    """Two convolutions."""
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, padding=padding),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 3, padding=padding),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """A U-Net whose skips are joined in one of several ways.

    Args:
        depth: how many poolings there are.
        join: `cat` as they are, `pad` padded to the skip, `crop` cut from the skip, `interpolate` to its size, `add`.
        padding: of the convolutions.
    """

    def __init__(self, depth: int, join: str = "cat", padding: int = 1, width: int = 4) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.join = join
        self.encoders = nn.ModuleList(
            [twice(c, f, padding) for c, f in zip([1, *widths], widths[:-1], strict=False)]
        )
        self.middle = twice(widths[-2], widths[-1], padding)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(f, f // 2, 2, 2) for f in widths[:0:-1]])
        wide = 1 if join == "add" else 2
        self.decoders = nn.ModuleList([twice(wide * f // 2, f // 2, padding) for f in widths[:0:-1]])
        self.head = nn.Conv2d(width, 2, 1)

    def joined(self, skip: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        if self.join == "pad":
            missing = [skip.shape[axis] - up.shape[axis] for axis in (2, 3)]
            low = [size // 2 for size in missing]
            up = F.pad(up, (low[1], missing[1] - low[1], low[0], missing[0] - low[0]))
        if self.join == "interpolate":
            up = F.interpolate(up, size=skip.shape[-2:])
        if self.join == "crop":
            top, left = [(skip.shape[axis] - up.shape[axis]) // 2 for axis in (2, 3)]
            skip = skip[:, :, top : top + up.shape[2], left : left + up.shape[3]]
        return skip + up if self.join == "add" else torch.cat([skip, up], dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for encoder in self.encoders:
            x = encoder(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.middle(x)
        for up, decoder in zip(self.ups, self.decoders, strict=True):
            x = decoder(self.joined(skips.pop(), up(x)))
        head: torch.Tensor = self.head(x)
        return head


class Flattened(nn.Module):
    """Convolutions, and a linear layer for one number of features."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.classifier = nn.Linear(400, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.classifier(self.features(x).flatten(1))
        return scores


class Checked(nn.Module):
    """Refuses by itself what is no multiple of 12, and goes another way for large images."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 4, 4)
        self.shrink = nn.AvgPool2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        height, width = x.shape[-2:]
        if height % 12 or width % 12:
            raise ValueError(f"{height}×{width} does not part into patches")
        x = self.patches(x)
        if height * width > 96 * 96:
            x = self.shrink(x)
        return x.mean((2, 3)) if min(height, width) >= 24 else x.flatten(1)


class Tokens(nn.Module):
    """Patches with a position for each of 64."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 8, 8)
        self.positions = nn.Parameter(torch.zeros(1, 64, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.patches(x).flatten(2).transpose(1, 2) + self.positions


class Windows(nn.Module):
    """Attention in windows of 7, padded as Swin pads, shifted where there is more than one."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(1, 8, 4, 4)
        self.mix = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embed(x).permute(0, 2, 3, 1)
        batch, height, width, channels = x.shape
        x = F.pad(x, (0, 0, 0, -width % 7, 0, -height % 7))
        _, padded_height, padded_width, _ = x.shape
        if padded_height > 7:
            x = torch.roll(x, -3, dims=1)
        x = x.view(batch, padded_height // 7, 7, padded_width // 7, 7, channels)
        x = self.mix(x.permute(0, 1, 3, 2, 4, 5).reshape(-1, 49, channels))
        x = x.view(batch, padded_height // 7, padded_width // 7, 7, 7, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(batch, padded_height, padded_width, channels)
        return x[:, :height, :width]


class Pyramid(nn.Module):
    """Pools to several grids, as a pyramid does, and reflects at the edges."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 4, 7, padding=3, padding_mode="reflect")
        self.down = nn.MaxPool2d(3, 2, ceil_mode=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.down(self.convolution(x))
        parts = [F.adaptive_avg_pool2d(x, side).flatten(1) for side in (1, 2, 3)]
        return torch.cat(parts, dim=1)


class Strided(nn.Module):
    """An autoencoder whose transposed convolutions give back what the strides took."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(1, 4, 3, 2, 1), nn.Conv2d(4, 8, 3, 2, 1), nn.Conv2d(8, 8, 3, 2, 1)
        )
        self.up = nn.Sequential(*[nn.ConvTranspose2d(c, f, 3, 2, 1, 1) for c, f in ((8, 8), (8, 4), (4, 1))])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x - self.up(self.down(x))


class Counted(nn.Module):
    """Counts its rows in Python, unseen by whoever looks at the arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 4, 3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.convolution(x)
        rows = [x[:, :, row : row + 4] for row in range(0, x.shape[2] - 3, 4)]
        return torch.stack(rows, dim=1)


NETWORKS = {
    **{f"unet, {depth} poolings": lambda depth=depth: UNet(depth) for depth in (1, 2, 3, 4)},
    **{f"unet, {join}": lambda join=join: UNet(3, join) for join in ("pad", "crop", "interpolate", "add")},
    "unet, unpadded": lambda: UNet(2, "crop", padding=0),
    "unet, four padded skips": lambda: UNet(4, "pad"),
    "flattened": Flattened,
    "checked": Checked,
    "tokens": Tokens,
    "windows": Windows,
    "pyramid": Pyramid,
    "strided": Strided,
    "counted": Counted,
}
