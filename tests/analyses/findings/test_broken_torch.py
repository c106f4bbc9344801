"""Small broken networks in PyTorch: the right layer, the numbers, and a right fix among those that were tried."""

from __future__ import annotations

from collections import Counter

import pytest

import shapelens

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Using a target size")]
torch = pytest.importorskip("torch")

from shapelens.analyses.findings.codes import CODES  # noqa: E402 - after the check for PyTorch
from tests.analyses.findings.broken_torch import BROKEN  # noqa: E402

ELSEWHERE = {"SL190", "SL191", "SL192", "SL199", "SL601", "SL602", "SL603"}
"""What the author's code or PyTorch says by itself, and what files say of themselves: tested where these are read."""


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_found(name):
    broken = BROKEN[name]
    net = shapelens.inspect(broken.model, broken.sample, **broken.asked)
    found = [finding for finding in net.findings if finding.code == broken.code]
    assert len(found) == 1, [finding.code for finding in net.findings]
    (finding,) = found
    assert finding.layer == broken.layer
    for words in broken.has:
        assert words in finding.message
    assert finding.severity == CODES[broken.code].severity
    verified = [fix for fix in finding.fixes if fix.verified]
    assert all(fix.gives for fix in verified)
    if broken.fix:
        assert any(broken.fix in fix.text for fix in verified), finding.message


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_else_is_wrong(name):
    """One mistake is told once: no other error or warning beside it."""
    broken = BROKEN[name]
    net = shapelens.inspect(broken.model, broken.sample, **broken.asked)
    others = [f.code for f in net.findings if f.severity != "note" and f.code != broken.code]
    assert others == []


def test_every_kind_is_there_twice():
    counts = Counter(broken.code for broken in BROKEN.values())
    assert len(BROKEN) >= 60
    assert {code for code in CODES if counts[code] < 2} == ELSEWHERE


IN_ITS_WORDS = {"SL101", "SL102", "SL103", "SL105", "SL106", "SL107", "SL108", "SL110", "SL115", "SL118"}
"""The kinds whose words are made for one sample, as PyTorch says them on the CPU."""


@pytest.mark.parametrize("name", [n for n, broken in BROKEN.items() if broken.code in IN_ITS_WORDS])
def test_the_words_are_what_pytorch_says_of_one_sample(name):
    broken = BROKEN[name]
    net = shapelens.inspect(broken.model, broken.sample, **broken.asked)
    framework, words = next(f for f in net.findings if f.code == broken.code).framework
    assert framework == "torch"
    with pytest.raises(RuntimeError) as refused, torch.no_grad():
        broken.model(torch.zeros(1, *broken.sample))
    assert words == str(refused.value)
