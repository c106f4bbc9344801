"""Models as they are written, each with a mistake: what is told is right, and done for real it works on the CPU."""

from __future__ import annotations

import re

import pytest

import shapelens

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:Using a target size")]
torch = pytest.importorskip("torch")

from tests.analyses.findings.mistakes import BATCH  # noqa: E402 - after the check for PyTorch
from tests.analyses.findings.mistakes_in_maps import IN_MAPS  # noqa: E402
from tests.analyses.findings.mistakes_in_steps import IN_STEPS  # noqa: E402

MISTAKES = {**IN_MAPS, **IN_STEPS}


@pytest.fixture(scope="module")
def nets():
    return {
        name: shapelens.inspect(each.model(), each.sample, **each.asked) for name, each in MISTAKES.items()
    }


@pytest.mark.parametrize("name", MISTAKES)
def test_it_is_told_once_with_its_numbers_and_its_line(name, nets):
    mistake, findings = MISTAKES[name], nets[name].findings
    assert [(finding.code, finding.layer) for finding in findings if finding.severity != "note"] == [
        *mistake.told
    ]
    said = "\n".join(finding.message for finding in findings)
    for words in mistake.has:
        assert words in said
    assert all(re.match(r"mistakes_in_(maps|steps)\.py:\d+", finding.where) for finding in findings)


@pytest.mark.parametrize("name", [name for name, mistake in MISTAKES.items() if mistake.fix])
def test_its_fix_is_verified_and_works(name, nets):
    mistake = MISTAKES[name]
    fix = next(fix for fix in nets[name].findings[0].fixes if mistake.fix in fix.text)
    assert fix.verified
    with torch.no_grad():
        given = tuple(mistake.mended(mistake.model().eval()).shape)
    said = re.split(r" or |, ", fix.gives)[0]
    wanted = (
        () if said == "a scalar" else tuple([BATCH if part == "N" else int(part) for part in said.split("×")])
    )
    assert wanted in {given, given[1:]}


@pytest.mark.parametrize("name", MISTAKES)
def test_pytorch_refuses_it(name):
    """What is told to be an error is one: for a batch of several samples it does not run."""
    mistake = MISTAKES[name]
    shapes = mistake.asked.get("shapes") or {"x": "x".join(map(str, [BATCH, *mistake.sample]))}
    inputs = []
    for shape in shapes.values():
        sizes, _, dtype = shape.partition(":")
        inputs.append(
            torch.zeros([int(size) for size in sizes.split("x")], dtype=getattr(torch, dtype or "float32"))
        )
    with pytest.raises((RuntimeError, ValueError, IndexError)), torch.no_grad():
        mistake.model()(*inputs)


def test_there_are_many():
    assert len(MISTAKES) >= 40
