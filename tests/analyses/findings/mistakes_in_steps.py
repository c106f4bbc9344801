"""Models of steps, tokens and vectors, and losses, each with a mistake as it is made in practice."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from tests.analyses.findings.mistakes import BATCH, Behind, Mistake, wrapped

__all__ = ["IN_STEPS"]


class Columns(nn.Module):
    """The columns of a map as steps."""

    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4))
        self.rnn = nn.LSTM(32, 128, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(128, 37)

    def forward(self, x):
        f = self.cnn(x)
        n, c, h, w = f.shape
        y, _ = self.rnn(f.permute(0, 3, 1, 2).reshape(n, w, c * h))
        return self.fc(y)


class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(1, 16, 80, stride=4), nn.BatchNorm1d(16)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        return self.fc(F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 4).mean(-1))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.ConvTranspose2d(100, 64, 4),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.net(z)


class Unflattened(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(28 * 28, 128), nn.Linear(128, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.bn, self.head = nn.Linear(20, 64), nn.BatchNorm1d(64), nn.Linear(64, 5)

    def forward(self, x):
        return self.head(self.bn(self.embed(x)).mean(1))


class Turned(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.transpose(1, 2)).transpose(1, 2)


class ChannelsFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(6, 32, 3, padding=1)
        self.lstm = nn.LSTM(32, 64, batch_first=True)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        y, _ = self.lstm(self.conv(x))
        return self.fc(y[:, -1])


class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(10, 20, num_layers=2, batch_first=True)
        self.fc = nn.Linear(20, 3)

    def forward(self, x):
        state = torch.zeros(1, x.size(0), 20), torch.zeros(1, x.size(0), 20)
        y, _ = self.lstm(x, state)
        return self.fc(y[:, -1])


def _with_two(model: Any) -> torch.Tensor:
    state = torch.zeros(1, BATCH, 20).expand(2, -1, -1).contiguous()
    return model.fc(model.lstm(torch.zeros(BATCH, 7, 10), (state, state))[0][:, -1])


class Positions(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(1000, 32), nn.Embedding(64, 32)
        self.layer = nn.Linear(32, 4)

    def forward(self, ids):
        return self.layer(self.token(ids) + self.position(torch.arange(64)))


class Token(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Conv2d(3, 32, 8, stride=8)
        self.token = nn.Parameter(torch.zeros(1, 1, 32))
        self.position = nn.Parameter(torch.zeros(1, 17, 32))

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        return torch.cat([self.token, x], 1) + self.position


def _with_token(model: Any) -> torch.Tensor:
    x = model.embed(torch.zeros(BATCH, 3, 32, 32)).flatten(2).transpose(1, 2)
    return torch.cat([model.token.expand(BATCH, -1, -1), x], 1) + model.position


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(100, 300), nn.Linear(100, 100)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, 8, c // 8).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1)).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, t, c))


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)

    def forward(self, x):
        mask = torch.ones(x.shape[1] + 1, x.shape[1] + 1).triu(1).bool()
        return self.attention(x, x, x, attn_mask=mask)[0]


def _with_part_of_the_mask(model: Any) -> torch.Tensor:
    x, mask = torch.zeros(BATCH, 10, 32), torch.ones(11, 11).triu(1).bool()
    return model.attention(x, x, x, attn_mask=mask[:10, :10])[0]


class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Linear(50, 20), nn.Linear(40, 1)

    def forward(self, a, b):
        return self.head(torch.cat([self.embed(a), self.embed(b)]))


def _side_by_side(model: Any) -> torch.Tensor:
    a = model.embed(torch.zeros(BATCH, 50))
    return model.head(torch.cat([a, a], 1))


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 1)

    def forward(self, x):
        q, k, v = self.conv(x).flatten(2).chunk(3, 1)
        return (q @ k.transpose(1, 2)) @ v


class Summed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(8, 12), nn.Linear(8, 16)

    def forward(self, x):
        return torch.einsum("nic,njc->nij", self.a(x), self.b(x))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn = nn.Embedding(500, 64), nn.GRU(64, 128, batch_first=True)

    def forward(self, ids):
        y, _ = self.rnn(self.embed(ids))
        return F.linear(y, self.embed.weight)


def _projected(model: Any) -> torch.Tensor:
    y, _ = model.rnn(model.embed(torch.zeros(BATCH, 12, dtype=torch.int64)))
    return F.linear(nn.Linear(128, 64)(y), model.embed.weight)


class Binary(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 1)

    def forward(self, x, y):
        return F.binary_cross_entropy_with_logits(self.fc(x), y)


class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 21, 1)

    def forward(self, x, mask):
        return F.cross_entropy(self.conv(x), mask)


class OneHot(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 5)

    def forward(self, x, y):
        return F.cross_entropy(self.fc(x), y)


class Reconstruction(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 784))

    def forward(self, x):
        return F.binary_cross_entropy_with_logits(self.net(x), x)


def _of_flat(model: Any) -> torch.Tensor:
    x = torch.zeros(BATCH, 1, 28, 28)
    return F.binary_cross_entropy_with_logits(model.net(x), x.flatten(1))


IN_STEPS: dict[str, Mistake] = {
    "columns that are higher": Mistake(
        Columns, (1, 32, 100), (("SL101", "rnn"), ("SL101", "fc")),
        ("256 features in each step of 25×256", "takes 32", "256 features from rnn", "takes 128"),
        "self.rnn = nn.LSTM(256, 128, bidirectional=True, batch_first=True)",
        wrapped(1, 32, 100, rnn=nn.LSTM(256, 128, bidirectional=True, batch_first=True), fc=nn.Linear(256, 37))),
    "a wave without channels": Mistake(
        Waves, (8000,), (("SL104", "conv1"),), ("N×8000: 2 axes", "got 2 channels instead"), "x.unsqueeze(1)",
        wrapped(8000, change=lambda x: x.unsqueeze(1))),
    "noise without places": Mistake(
        Generator, (100,), (("SL104", "net.0"),), ("N×100: 2 axes", "input to conv_transpose2d"),
        "x[:, :, None, None]", wrapped(100, change=lambda x: x[:, :, None, None])),
    "an image that is not flattened": Mistake(
        Unflattened, (1, 28, 28), (("SL101", "fc1"),), ("28 features", "takes 784: all of 1 × 28 × 28"),
        "x.flatten(1) before it", wrapped(1, 28, 28, fc1=lambda fc: nn.Sequential(nn.Flatten(1), fc))),
    "a batch norm over tokens": Mistake(
        Tokens, (12, 20), (("SL113", "bn"),), ("12 channels in 12×64", "the 64 stand last"),
        "x.transpose(1, 2) before it and after it", wrapped(12, 20, bn=Turned)),
    "channels before the steps": Mistake(
        ChannelsFirst, (6, 50), (("SL101", "lstm"),), ("50 features in each step of 32×50", "axis 1 has 32"),
        "x.transpose(1, 2) before it", wrapped(6, 50, conv=lambda conv: Behind(conv, lambda x: x.transpose(1, 2)))),
    "a state for one layer of two": Mistake(
        Memory, (7, 10), (("SL199", "lstm"),), ("a state of 1×N×20", "LSTM of 2 layers", "2×N×20"),
        "state.expand(2, -1, -1)", _with_two),
    "more positions than tokens": Mistake(
        Positions, None, (("SL118", "add"),), ("50 against 64",), "position[:50]",
        lambda m: m.layer(m.token(torch.zeros(BATCH, 50, dtype=torch.int64)) + m.position(torch.arange(64))[:50]),
        {"shapes": {"ids": "3x50:int64"}}),
    "a token for one sample": Mistake(
        Token, (3, 32, 32), (("SL107", "cat"),), ("1×1×32", "N×16×32"), "token.expand(N, -1, -1)", _with_token),
    "heads that do not divide": Mistake(
        Heads, (16, 100), (("SL110", "reshape"),), ("100 in 8 parts of 12 leaves 4", "5 or 10 parts"), "", None),
    "a mask that is larger": Mistake(
        Masked, (10, 32), (("SL119", "attention.multi_head_attention_forward"),), ("a mask of 11×11", "10×10"),
        "mask[:10, :10]", _with_part_of_the_mask),
    "joined along the batch": Mistake(
        Twins, None, (("SL101", "head"),), ("20 features from cat", "20 + 20 along axis 1 of cat"), "dim=1 in cat",
        _side_by_side, {"shapes": {"a": "3x50", "b": "3x50"}}),
    "parts that are not equal": Mistake(
        Parts, (3, 10, 10), (("SL112", "matmul:2"),), ("chunk parts 64 into 22 + 22 + 20",),
        "self.conv = nn.Conv2d(3, 63, 1)", wrapped(3, 10, 10, conv=nn.Conv2d(3, 63, 1))),
    "an index of two sizes": Mistake(
        Summed, (5, 8), (("SL112", "einsum"),), ("c is 12 and 16",), "b: Linear(8, 12)",
        wrapped(5, 8, b=nn.Linear(8, 12))),
    "a table that is shared": Mistake(
        Tied, None, (("SL101", "linear"),), ("128 features from rnn", "takes 64"), "nn.Linear(128, 64) before it",
        _projected, {"shapes": {"ids": "3x12:int64"}}),
    "scores with an axis more": Mistake(
        Binary, None, (("SL121", "binary_cross_entropy_with_logits"),),
        ("scores 3×1, labels 3", "must be the same as input size"), "fc.squeeze(1)",
        lambda m: F.binary_cross_entropy_with_logits(m.fc(torch.zeros(BATCH, 16)).squeeze(1), torch.zeros(BATCH)),
        {"shapes": {"x": "3x16", "y": "3"}}),
    "a mask with an axis more": Mistake(
        Pixels, None, (("SL121", "cross_entropy"),), ("labels 3×1×8×8", "only batches of spatial targets supported"),
        "labels.squeeze(1)", lambda m: m(torch.zeros(BATCH, 3, 8, 8), torch.zeros(BATCH, 8, 8, dtype=torch.int64)),
        {"shapes": {"x": "3x3x8x8", "mask": "3x1x8x8:int64"}}),
    "labels that mark their class": Mistake(
        OneHot, None, (("SL121", "cross_entropy"),), ("of whole numbers", "got Long"), "labels.argmax(1)",
        lambda m: m(torch.zeros(BATCH, 16), torch.zeros(BATCH, 5, dtype=torch.int64).argmax(1)),
        {"shapes": {"x": "3x16", "y": "3x5:int64"}}),
    "an image against rows": Mistake(
        Reconstruction, (1, 28, 28), (("SL121", "binary_cross_entropy_with_logits"),), ("N×784", "N×1×28×28"),
        "x.flatten(1)", _of_flat),
}  # fmt: skip
"""By what is wrong, in words."""
