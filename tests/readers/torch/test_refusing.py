"""What PyTorch refuses: the trace goes on behind it, with what our rule says, and keeps where it is refused."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402

from tests.readers.torch.agreement import Function  # noqa: E402


def outputs(inspection):
    return [str(tensor.shape) for _, tensor in inspection.evaluation.outputs]


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 16, 5), nn.MaxPool2d(2), nn.Flatten())
        self.first, self.second = nn.Linear(2048, 10), nn.Linear(11, 2)

    def forward(self, x):
        return self.second(self.first(self.body(x)))


def test_two_mistakes_are_found_in_one_run_and_the_table_goes_on():
    inspection = shapelens.inspect(Broken(), (3, 32, 32))
    assert [finding.layer for finding in inspection.findings] == ["first", "second"]
    assert [finding.code for finding in inspection.findings] == ["SL101", "SL101"]
    assert outputs(inspection) == ["(N, 2)"]
    assert "3136 features = 16 × 14 × 14" in inspection.findings[0].have


PAST = {
    "conv2d": (lambda x: F.conv2d(x, torch.zeros(4, 5, 3, 3)), "(N, 4, 6, 7)"),
    "linear": (lambda x: F.linear(x, torch.zeros(4, 5)), "(N, 3, 8, 4)"),
    "view": (lambda x: x.view(7, 7), "(7, 7)"),
    "add": (lambda x: x + torch.zeros(7), "(N, 3, 8, Unknown('because of add'))"),
    "cat": (lambda x: torch.cat([x, x[:, :, :4]], 1), "(N, 6, Unknown('because of cat'), 9)"),
}


@pytest.mark.parametrize("name", PAST)
def test_what_comes_out_of_a_refused_operator_is_what_its_rule_says(name):
    function, shape = PAST[name]
    inspection = shapelens.inspect(Function(lambda x: function(x).relu()), (3, 8, 9))
    assert outputs(inspection) == [shape]
    with pytest.raises(RuntimeError):
        function(torch.zeros(2, 3, 8, 9))
    ((refused, words),) = inspection.network.refusals.items()
    assert refused == name
    assert words
    assert inspection.network.nodes[-1].source_operator == "relu"


def test_what_no_rule_explains_ends_the_trace():
    network = shapelens.inspect(Function(lambda x: x.view(torch.int64).relu()), (3, 8, 9)).network
    with pytest.raises(RuntimeError):
        torch.zeros(2, 3, 8, 9).view(torch.int64)
    assert network.facts["stopped"].startswith("RuntimeError: ")
    assert network.facts["stopped_at"].startswith("test_refusing.py:")
