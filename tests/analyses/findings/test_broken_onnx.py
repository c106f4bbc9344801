"""Small broken networks as ONNX files: the right layer, the numbers, and a right fix among those that were tried."""

from __future__ import annotations

from collections import Counter

import pytest

import shapelens

pytestmark = pytest.mark.onnx
pytest.importorskip("onnx")

from tests.analyses.findings.broken_onnx import BROKEN, saved  # noqa: E402 - after the check for onnx


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_found(name, tmp_path):
    broken = BROKEN[name]
    net = shapelens.inspect(saved(broken, str(tmp_path / "broken.onnx")))
    told = [finding for finding in net.findings if finding.severity != "note"]
    assert [finding.code for finding in told] == [broken.code]
    (finding,) = told
    assert finding.layer == broken.layer
    for words in broken.has:
        assert words in finding.message
    assert "torch" not in [label for label, _ in finding.parts]
    if broken.fix:
        verified = [fix for fix in finding.fixes if fix.verified]
        assert any(broken.fix in fix.text for fix in verified), finding.message


def test_there_are_enough():
    counts = Counter(broken.code for broken in BROKEN.values())
    assert len(BROKEN) >= 25
    assert min(counts.values()) >= 2
