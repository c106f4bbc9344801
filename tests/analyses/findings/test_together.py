"""Several mistakes in one network: all found in one run, in order, and the table goes on to the end."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402

from tests.analyses.findings.broken_torch import made  # noqa: E402


def two_mistakes():
    return made(
        lambda s, x: s.head(torch.flatten(F.relu(s.b(F.max_pool2d(s.a(x), 2))), 1)),
        a=nn.Conv2d(3, 12, 3),
        b=nn.Conv2d(16, 8, 3),
        head=nn.Linear(300, 10),
    )


def test_both_are_found_in_order():
    net = shapelens.inspect(two_mistakes(), (3, 20, 20))
    assert [(f.code, f.layer) for f in net.findings] == [("SL102", "b"), ("SL101", "head")]
    assert [step.node.name for step in net.evaluation.steps][-1] == "head"
    assert net["head"].output_shape == net["head"].step.output.shape
    assert str(net["head"].output_shape) == "(N, 10)"


def test_a_fix_is_tried_together_with_those_of_the_others():
    net = shapelens.inspect(two_mistakes(), (3, 20, 20))
    channels, features = net.findings
    assert [(fix.text, fix.gives) for fix in channels.fixes] == [
        ("Conv2d(12, 8, 3)", "N×10, with the other fixes")
    ]
    fixes = {fix.text: fix for fix in features.fixes}
    assert fixes["Linear(392, 10)"].verified
    assert fixes["Linear(392, 10)"].gives == "N×10, with the other fixes"


def test_all_of_them_done_at_once_give_what_was_said():
    net = shapelens.inspect(two_mistakes(), (3, 20, 20))
    mended = net.edit("b", weights={"weight": (8, 12, 3, 3)}, follow=False)
    mended = mended.edit("head", weights={"weight": (10, 392)}, follow=False)
    assert mended.findings == ()
    assert str(mended["head"].output_shape) == "(N, 10)"


def test_three_of_different_kinds():
    model = made(
        lambda s, x: (s.c(x).view(-1, 100), s.q(x[:, 0]) @ s.q(x[:, 0]), s.n(s.c(x))),
        c=nn.Conv2d(3, 8, 3),
        q=nn.Linear(9, 7),
        n=nn.BatchNorm2d(4),
    )
    net = shapelens.inspect(model, (3, 9, 9))
    assert [f.code for f in net.findings] == ["SL109", "SL112", "SL113"]
    assert all(any(fix.verified for fix in f.fixes) for f in net.findings)


def test_a_warning_stands_beside_an_error_and_in_its_place():
    model = made(
        lambda s, x: (s.b(s.a(x) - x[:, 0]), s.c(x)), a=nn.Linear(4, 1), b=nn.ReLU(), c=nn.Linear(5, 2)
    )
    net = shapelens.inspect(model, (4,))
    assert [(f.code, f.severity) for f in net.findings] == [("SL201", "warning"), ("SL101", "error")]


def test_none_is_told_twice():
    net = shapelens.inspect(nn.Sequential(nn.Conv2d(3, 8, 9), nn.Conv2d(8, 8, 9)), (3, 4, 4))
    assert [(f.code, f.layer) for f in net.findings] == [("SL105", "0")]


def test_the_authors_exception_names_the_size_that_fits():
    class Picky(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            if x.shape[-1] != 24:
                raise ValueError(f"expected 24, got {x.shape[-1]}")
            return self.conv(x)

    (finding,) = shapelens.inspect(Picky(), (3, 30, 30)).findings
    assert (finding.code, finding.have) == ("SL190", "ValueError: expected 24, got 30")
    assert [(fix.text, fix.verified, fix.gives) for fix in finding.fixes] == [
        ("feed 3×24×24", True, "8×22×22")
    ]


def test_what_the_authors_code_did_with_a_size_is_not_called_verified_at_another():
    """The second join is made to fit by the author's own arithmetic on a size that the fix would change."""

    def run(s, x):
        a = s.a(x)
        b = F.max_pool2d(a, 2)
        joined = s.m(F.max_pool2d(b[:, :, :7, :7] if s.cuts else b, 8))
        height = b.shape[2]
        return F.interpolate(joined, size=(2 * height, 2 * height))

    for cuts in (False, True):
        model = made(run, a=nn.Conv2d(1, 4, 3, padding=1), m=nn.Conv2d(4, 2, 1), cuts=cuts)
        (finding,) = shapelens.inspect(model, (1, 14, 14)).findings
        assert finding.code == "SL106"
        pooling = next(fix for fix in finding.fixes if fix.text.startswith("leave out"))
        assert pooling.verified  # what was read comes before

    def reads(s, x):
        b = s.b(s.a(x))
        side = b.shape[2]
        c = F.interpolate(b, size=(4 * side, 4 * side))
        return c + x.mean(1, keepdim=True)

    # Padded by 3 more, 8 × 8 would come to 14 × 14 and not to the 8 × 8 that stands in the trace.
    model = made(reads, a=nn.Conv2d(1, 4, 7), b=nn.Conv2d(4, 1, 5, padding=1))
    found = shapelens.inspect(model, (1, 8, 8)).findings
    assert found[0].code == "SL105"
    for fix in found[0].fixes:
        assert not fix.verified or fix.text.startswith("feed")


def test_the_authors_arithmetic_may_divide_by_zero():
    model = made(lambda s, x: s.c(x).view(x.shape[0] // (x.shape[2] // 16), -1), c=nn.Conv2d(3, 4, 3))
    (finding,) = shapelens.inspect(model, (3, 9, 9)).findings
    assert (finding.code, finding.have) == (
        "SL190",
        "ZeroDivisionError: integer division or modulo by zero",
    )
