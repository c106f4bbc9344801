"""A reshape that cannot hold its elements, and the one that undoes it: one mistake."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - after the check for PyTorch

from tests.analyses.findings.broken_torch import made  # noqa: E402


def _windows(s, x):
    n, h, w, c = x.shape
    parts = x.view(n, h // 7, 7, w // 7, 7, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 49, c)
    parts = s.mix(parts).view(n, h // 7, w // 7, 7, 7, c).permute(0, 1, 3, 2, 4, 5)
    return parts.reshape(n, h, w, c) if s.by_name else parts.reshape(-1, h, w, c)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("batch", [None, 4])
def test_a_window_that_does_not_divide_is_told_once(by_name, batch):
    model = made(_windows, mix=nn.Linear(5, 5), by_name=by_name)
    (finding,) = shapelens.inspect(model, (30, 30, 5), batch=batch).findings
    assert (finding.code, finding.layer) == ("SL110", "view")
    assert shapelens.inspect(model, (28, 28, 5)).findings == ()


def test_a_reshape_that_asks_for_something_else_is_told_too():
    model = made(lambda s, x: x.view(x.size(0), 4, 9).reshape(x.size(0), 7, 5))
    found = shapelens.inspect(model, (40,)).findings
    assert [(finding.code, finding.layer) for finding in found] == [("SL110", "view"), ("SL110", "reshape")]


class Windowed(nn.Module):
    """At 40 its windows do not divide, and what a trace at 40 tells of 32 is nothing."""

    image_size = 32

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)

    def forward(self, x):
        n, h, w, c = (y := self.conv(x).permute(0, 2, 3, 1)).shape
        parts = y.reshape(n, h // 16, 16, w // 16, 16, c)
        whole = parts.permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, 16, c)
        if whole.shape[0] != 4 * n:
            whole = whole[:, :8]
        return whole.reshape(-1, h, w, c)


def test_the_size_that_a_model_says_it_is_made_for_is_tried():
    found = shapelens.inspect(Windowed(), (3, 40, 40)).findings
    assert found[0].code == "SL110"
    texts = {fix.text: fix.verified for finding in found for fix in finding.fixes}
    assert any(text.startswith("feed 3×32×32") and verified for text, verified in texts.items())
