"""What has to hold for a size to fit: what is told, and what follows from it and is not."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.analyses.sizes.reasons import reasons_of


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("vgg11", [("floor(H/16) ≥ 2", "features.20")]),
        (
            "unet_padded",
            [
                ("floor(H/8) ≥ 2", "pool4"),
                ("floor(H/8) = 2*floor(H/16)", "cat4"),
                ("floor(H/4) = 2*floor(H/8)", "cat3"),
                ("floor(H/2) = 2*floor(H/4)", "cat2"),
                ("H = 2*floor(H/2)", "cat1"),
            ],
        ),
        ("Conv2d(3, 8, (5, 3))", [("H ≥ 5", "conv2d"), ("W ≥ 3", "conv2d")]),
        ("resnet18", []),
    ],
)
def test_what_is_told(model, told):
    reasons = reasons_of(inspect(model).sizes())
    assert [(str(reason.condition), reason.layer) for reason in reasons] == told
