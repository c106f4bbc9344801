"""`check` and `raise_for_findings`: what does not fit is raised, with the whole text."""

from __future__ import annotations

import pytest

import shapelens
from shapelens.errors import MisfitError, UsageError
from shapelens.inspection.checking import counted

BROKEN = "Sequential(Conv2d(3, 32, 3), BatchNorm2d(64))"


def test_what_fits_raises_nothing():
    assert shapelens.check("resnet18") == ()
    shapelens.inspect("vgg16").raise_for_findings(strict=True)


def test_an_error_is_raised_with_its_whole_text():
    with pytest.raises(MisfitError) as raised:
        shapelens.check(BROKEN, (3, 8, 8))
    assert str(raised.value) == (
        f"1 error in {BROKEN}\n"
        "\n"
        "SL113  this norm is for 64 and gets 32\n"
        "  at     1 (BatchNorm2d)\n"
        "  have   32 channels in 32×6×6 from 0\n"
        "  rule   a norm has one scale for each of them, here 64\n"
        "  fix    num_features=32   ✓ verified   gives N×32×6×6"
    )
    assert [finding.code for finding in raised.value.findings] == ["SL113"]
    assert raised.value.exit_status == 1


def test_all_errors_are_in_it():
    with pytest.raises(MisfitError, match="2 errors in") as raised:
        shapelens.inspect(
            "Sequential(Conv2d(3, 8, 3), Conv2d(9, 8, 3), Linear(3, 2))", (3, 9, 9)
        ).raise_for_findings()
    assert [finding.code for finding in raised.value.findings] == ["SL102", "SL101"]


def test_what_is_ignored_is_not_raised():
    assert shapelens.check(BROKEN, (3, 8, 8), ignore=["sl113"]) == ()
    with pytest.raises(MisfitError):
        shapelens.check(BROKEN, (3, 8, 8), ignore=["SL101"])


def test_a_code_that_there_is_not():
    with pytest.raises(UsageError, match="there is no finding SL999") as raised:
        shapelens.check(BROKEN, (3, 8, 8), ignore=["SL999"])
    assert raised.value.fix.startswith("--ignore SL")


@pytest.mark.torch
def test_warnings_raise_where_they_are_asked_to():
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(4, 1)
            self.unused = torch.nn.Linear(2, 2)

        def forward(self, x):
            return self.fc(x) - x[:, 0]

    found = shapelens.check(Net(), (4,))
    assert [finding.code for finding in found] == ["SL201", "SL301"]
    assert counted(found) == "1 warning, 1 note"
    with pytest.raises(MisfitError, match="1 warning in Net"):
        shapelens.check(Net(), (4,), strict=True)
    assert [f.code for f in shapelens.check(Net(), (4,), strict=True, ignore=["SL201"])] == ["SL301"]
    assert [f.code for f in shapelens.inspect(Net(), (4,)).problems] == ["SL201"]
