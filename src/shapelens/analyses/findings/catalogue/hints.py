"""Warnings and notes: what runs and is hardly meant, and what is good to know."""

from __future__ import annotations

from shapelens.analyses.findings.catalogue.code import Code
from shapelens.analyses.findings.finding import NOTE, WARNING

__all__ = ["HINTS"]

HINTS = (
    Code(
        "SL201",
        "a silent broadcast",
        WARNING,
        "Tensors of different rank are aligned at their last axes. N×1 and N do not meet sample by sample: every "
        "sample meets every other one, and the result is N×N. That runs for every N.",
        "scores - target                            # N×1 and N: N×N",
        "scores.squeeze(1) - target",
        ("Give both the same axes: x.squeeze(1), or y.unsqueeze(1).",),
    ),
    Code(
        "SL202",
        "an image without a batch is accepted",
        WARNING,
        "A convolution over images takes C×H×W as one image. A batch of grey images without their channels, N×H×W, "
        "looks the same, and is taken for one image of N channels.",
        "conv(x[0])",
        "conv(x[:1])",
        ("Keep the batch: x[:1], x.unsqueeze(0).",),
    ),
    Code(
        "SL203",
        "a loss compares every sample with every other",
        WARNING,
        "A loss over elements broadcasts like any function of two tensors: scores N×1 and targets N give N×N "
        "differences, and their mean is a number like any other. The model then learns the mean of the targets.",
        "F.mse_loss(scores, target)                 # N×1 and N",
        "F.mse_loss(scores.squeeze(1), target)",
        ("Give both the same axes: scores.squeeze(1), or target.unsqueeze(1).",),
        ("Using a target size that is different to the input size",),
    ),
    Code(
        "SL204",
        "it runs for one number of samples alone",
        WARNING,
        "A size that is written into the code, or kept from an earlier call, meets the batch. It fits for that number "
        "of samples and no other: the last batch of an epoch is often smaller.",
        "hidden = torch.zeros(1, 32, 128)           # 32 samples",
        "hidden = torch.zeros(1, x.size(0), 128)",
        ("Take the number from what comes in: x.size(0).",),
    ),
    Code(
        "SL301",
        "modules that are never called",
        NOTE,
        "The model holds modules that its forward does not call here: heads for training, or what was forgotten. "
        "Their parameters are counted and saved, and not trained.",
        "self.unused = nn.Linear(10, 10)",
        "call it, or leave it out",
        ("Leave them out, or call them.",),
    ),
    Code(
        "SL302",
        "a module is shared at several sizes",
        NOTE,
        "One module with its weights is called with inputs of different sizes. Heads that look at several resolutions "
        "do that on purpose.",
        "[self.head(level) for level in pyramid]",
        "the same, where it is meant",
        ("A module of its own for each, if its statistics should not be shared.",),
    ),
    Code(
        "SL303",
        "a batch norm that needs two samples",
        NOTE,
        "In training this batch norm has one value for each channel and sample, so that a batch of one sample has no "
        "variance.",
        "nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(256)",
        "DataLoader(…, drop_last=True)",
        ("Let the loader drop the last batch, or never make one of a single sample.",),
    ),
    Code(
        "SL304",
        "a value that data decide was assumed",
        NOTE,
        "The forward asks for a value, `if x.mean() > 0`. There are no data, so that one answer was taken; with the "
        "other the network may look different.",
        "if x.mean() > 0: …",
        "the same; one of its ways was followed",
        ("Nothing, if the other way does not matter.",),
    ),
)
"""In the order of their codes."""
