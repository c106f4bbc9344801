"""What PyTorch's own layers check in Python: told by the operator behind, and the trace goes on."""

from __future__ import annotations

import pytest

import shapelens

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch
from torch import nn  # noqa: E402


class Between(nn.Module):
    """A layer that refuses what it gets, and another mistake behind it."""

    def __init__(self, layer, *given):
        super().__init__()
        self.layer = layer
        self.given = given
        self.last = nn.Linear(999, 2)

    def forward(self, x):
        given = self.layer(x, *self.given)
        return self.last(given[0] if isinstance(given, tuple) else given)


REFUSED = {
    "rows over maps": (nn.BatchNorm1d(4), (4, 6, 6), "SL104"),
    "maps over rows": (nn.BatchNorm2d(6), (6,), "SL104"),
    "volumes over maps": (nn.BatchNorm3d(4), (4, 6, 6), "SL104"),
    "an instance norm of rows over maps": (nn.InstanceNorm1d(4), (4, 6, 6), "SL104"),
    "an instance norm of maps over volumes": (nn.InstanceNorm2d(4, affine=True), (4, 6, 6, 6), "SL104"),
    "an instance norm for other channels": (nn.InstanceNorm2d(7, affine=True), (4, 6, 6), "SL113"),
    "steps of other features": (nn.LSTM(7, 3, batch_first=True), (5, 6), "SL101"),
    "gated steps of other features": (nn.GRU(7, 3, num_layers=2, batch_first=True), (5, 6), "SL101"),
    "plain steps of other features": (nn.RNN(7, 3, bidirectional=True, batch_first=True), (5, 6), "SL101"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_two_mistakes_are_found_in_one_run(name):
    layer, sample, code = REFUSED[name]
    net = shapelens.inspect(Between(layer), sample)
    found = net.findings
    assert [(finding.code, finding.layer) for finding in found] == [(code, "layer"), ("SL101", "last")]
    assert net["last"].output_shape[-1] == 2
    with pytest.raises((RuntimeError, ValueError)) as refused, torch.no_grad():
        layer(torch.zeros(2, *sample))
    assert found[0].framework == ("torch", str(refused.value))


@pytest.mark.parametrize("name", REFUSED)
def test_the_layer_is_left_as_it_was(name):
    layer, sample, _ = REFUSED[name]
    before = dict(vars(layer))
    assert shapelens.inspect(Between(layer), sample).findings
    after = dict(vars(layer))
    assert before.keys() == after.keys()
    assert all(before[key] is after[key] for key in before)
    with pytest.raises((RuntimeError, ValueError)), torch.no_grad():
        layer(torch.zeros(2, *sample))


def test_a_state_of_another_shape_is_told_and_gone_past():
    model = Between(
        nn.LSTM(6, 3, num_layers=2, batch_first=True), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3))
    )
    found = shapelens.inspect(model, (5, 6), batch=2).findings
    assert [(finding.code, finding.layer) for finding in found] == [("SL199", "layer"), ("SL101", "last")]
    assert found[0].framework[1] == "Expected hidden[0] size (2, 2, 3), got [1, 2, 3]"


@pytest.mark.parametrize("layer", [nn.BatchNorm2d(4), nn.InstanceNorm2d(4, affine=True), nn.LSTM(6, 3)])
def test_what_fits_is_not_touched(layer):
    sample = (5, 6) if isinstance(layer, nn.LSTM) else (4, 6, 6)
    model = nn.Sequential(layer)
    assert shapelens.inspect(model, sample).findings == ()
    assert not {"_check_input_dim", "check_forward_args"} & set(vars(layer))


def test_what_no_rule_explains_still_ends_the_trace():
    """The elements are of another type, which a shape says nothing of."""
    net = shapelens.inspect(Between(nn.LSTM(6, 3)), shapes={"x": "5x2x6:float64"})
    (finding,) = net.findings
    assert finding.code == "SL191"
    assert "does not match weight dtype" in finding.framework[1]
    assert "stopped" in net.network.facts


class Picky(nn.BatchNorm2d):
    """An author's own check, which is nobody else's to put off."""

    def _check_input_dim(self, input):
        if input.shape[-1] != 7:
            raise ValueError("seven, please")


class OwnBatchNorm(nn.BatchNorm2d):
    """An author's own forward, which may do anything with what it checked."""

    def forward(self, x):
        self._check_input_dim(x)
        return F.batch_norm(x, self.running_mean, self.running_var)


def test_the_authors_own_checks_are_not_put_off():
    (finding,) = shapelens.inspect(Between(Picky(4)), (4, 6, 6)).findings
    assert (finding.code, finding.have) == ("SL190", "ValueError: seven, please")
    (finding,) = shapelens.inspect(Between(OwnBatchNorm(4)), (4,)).findings
    assert (finding.code, finding.framework[1]) == ("SL104", "expected 4D input (got 2D input)")
    assert "the trace ends there" in finding.rule
    assert [fix.text for fix in finding.fixes] == ["nn.BatchNorm1d, which takes 2D"]


class Tries(nn.Module):
    """It expects that PyTorch refuses maps, and goes on in another way."""

    def __init__(self):
        super().__init__()
        self.rows, self.maps = nn.BatchNorm1d(4), nn.BatchNorm2d(4)

    def forward(self, x):
        try:
            return self.rows(x)
        except ValueError:
            return self.maps(x).flatten(1)


def test_an_exception_that_the_author_waits_for_comes():
    net = shapelens.inspect(Tries(), (4, 6, 6))
    assert [finding for finding in net.findings if finding.severity != "note"] == []
    assert str(net["flatten"].output_shape) == "(N, 144)"


def test_an_edit_goes_past_it_too():
    net = shapelens.inspect(nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8, affine=True)), (3, 9, 9))
    edited = net.edit("0", weights={"weight": (5, 3, 3, 3), "bias": (5,)}, follow=False)
    assert [(finding.code, finding.layer) for finding in edited.findings] == [("SL113", "1")]
    assert net.edit("0", weights={"weight": (5, 3, 3, 3), "bias": (5,)}).findings == ()
