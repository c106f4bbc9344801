"""The whole text of each kind of finding.

To look at what a change does to them: `UPDATE_GOLDEN=1 pytest tests/analyses/findings/test_golden.py`, then read the
difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import shapelens
from shapelens.output.plain import finding_text

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Using a target size")]
pytest.importorskip("torch")

from tests.analyses.findings.broken_torch import BROKEN  # noqa: E402 - after the check for PyTorch

GOLDEN = Path(__file__).parent / "golden"
FIRST = {broken.code: broken for broken in reversed(BROKEN.values())}


def told(broken):
    net = shapelens.inspect(broken.model, broken.sample, **broken.asked)
    finding = next(finding for finding in net.findings if finding.code == broken.code)
    # Where a network stands among the others is not what is tested here.
    return re.sub(r"(broken_torch\.py):\d+", r"\1:9", finding_text(finding, width=110)) + "\n"


@pytest.mark.parametrize("code", sorted(FIRST))
def test_it_reads_as_it_did(code):
    text, kept = told(FIRST[code]), GOLDEN / f"{code}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8")


def test_every_golden_text_has_its_kind():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(FIRST)


@pytest.mark.parametrize("code", sorted(FIRST))
def test_it_tells_all_four(code):
    text = told(FIRST[code])
    assert [label for label in ("at", "have", "rule") if f"\n  {label} " in text] == ["at", "have", "rule"]
    assert "None" not in text
    assert "Unknown" not in text
