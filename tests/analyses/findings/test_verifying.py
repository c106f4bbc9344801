"""How fixes are tried: no node is evaluated again that no edit touches, and what one edit mends is told once."""

from __future__ import annotations

import pytest

import shapelens
from shapelens.network.applied import Applications

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402

from shapelens.readers.torch import reader  # noqa: E402
from tests.analyses.findings.broken_torch import made  # noqa: E402

DEPTH, MISTAKES = 120, 6


def tower():
    """Many layers, and several mistakes among them, each of which can be mended by itself."""
    layers: list[nn.Module] = []
    for place in range(DEPTH):
        is_wrong = place % (DEPTH // MISTAKES) == DEPTH // MISTAKES - 1
        layers += [nn.Conv2d(9 if is_wrong else 8, 8, 3, padding=1), nn.ReLU()]
    return nn.Sequential(nn.Conv2d(3, 8, 3), *layers)


def counted(monkeypatch, owner, name):
    calls = []
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *given, **named: calls.append(0) or real(*given, **named))
    return calls


def test_a_network_is_not_evaluated_anew_for_every_candidate(monkeypatch):
    net = shapelens.inspect(tower(), (3, 12, 12))
    nodes = len(net.evaluation.steps)
    applied = counted(monkeypatch, Applications, "applied")
    found = net.findings
    assert [finding.code for finding in found] == ["SL102"] * MISTAKES
    assert all(fix.verified for finding in found for fix in finding.fixes)
    assert len(applied) < 2 * nodes
    assert len(applied) > 0


def test_a_model_is_traced_for_what_is_told_and_no_more(monkeypatch):
    """Many poolings too large, each of which asks for the smallest image: that is found once."""
    pools = nn.ModuleList([nn.MaxPool2d(size) for size in range(17, 22)])
    model = made(
        lambda s, x: [pool(s.a(F.pad(x, (0, x.shape[-1] % 2)))) for pool in s.pools], a=nn.ReLU(), pools=pools
    )
    net = shapelens.inspect(model, (3, 16, 16))
    traced = counted(monkeypatch, reader, "traced")
    found = net.findings
    assert [finding.code for finding in found] == ["SL106"] * 5
    assert all("feed at least 3×21×21: the smallest input" in finding.message for finding in found)
    # With formulas, at the smallest, and at what is one smaller; each once more where PyTorch refuses something.
    assert len(traced) <= 2 * 3


def test_the_evaluation_stays_as_it_was():
    net = shapelens.inspect(tower(), (3, 12, 12))
    conditions, steps = net.evaluation.conditions, net.evaluation.steps
    assert net.findings
    assert net.evaluation.conditions == conditions
    assert net.evaluation.steps is steps


def test_what_an_edit_before_mends_is_not_told():
    """The norm gets another number because of the convolution: it has nothing of its own to mend."""
    model = made(lambda s, x: s.norm(s.a(x)), a=nn.Conv1d(1, 8, 3), norm=nn.BatchNorm1d(8))
    found = shapelens.inspect(model, (64,)).findings
    assert [(finding.code, finding.layer) for finding in found] == [("SL104", "a")]


def test_what_no_single_edit_mends_is_told_all():
    model = made(
        lambda s, x: s.b(s.norm(s.a(x))), a=nn.Conv2d(3, 8, 3), norm=nn.BatchNorm2d(9), b=nn.Conv2d(7, 2, 3)
    )
    found = shapelens.inspect(model, (3, 9, 9)).findings
    assert [(finding.code, finding.layer) for finding in found] == [("SL113", "norm"), ("SL102", "b")]


def test_the_smallest_is_told_only_where_one_less_fails():
    """At 12 its code goes another way, which what a trace at 10 tells of 13 and more does not know."""
    model = made(lambda s, x: x if x.shape[-1] == 12 else s.a(x), a=nn.Conv2d(1, 2, 13))
    (finding,) = shapelens.inspect(model, (1, 10, 10)).findings
    assert (finding.code, finding.fixes[0].text) == ("SL105", "feed 1×13×13")
    (finding,) = shapelens.inspect(made(lambda s, x: s.a(x), a=nn.Conv2d(1, 2, 13)), (1, 10, 10)).findings
    assert (finding.code, finding.fixes[0].text) == ("SL105", "feed at least 1×13×13")
