"""Symbols are traced at sizes that fit, where some are near."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - after the check for PyTorch

import shapelens  # noqa: E402
from shapelens.inspection.fitting import fitting_example  # noqa: E402


class Small(nn.Module):
    """Takes small images alone, by its own words."""

    def forward(self, x):
        if x.shape[2] > 100:
            raise ValueError("too large")
        return x.mean(2)


class Broken(nn.Module):
    """Raises at every size."""

    def forward(self, x):
        raise KeyError("missing")


def small_images():
    return nn.Sequential(nn.Conv2d(3, 8, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 14 * 14, 10))


@pytest.mark.parametrize(
    ("model", "sample", "example"),
    [
        (small_images(), "3xHxW", {"H": 33, "W": 33}),
        (small_images(), "3xSxS", {"H": 33, "W": 33}),
        (small_images(), "3xHx32", {"H": 33, "W": 32}),
        (Small(), "3xHxW", {"H": 100, "W": 224}),
        (nn.Conv2d(3, 8, 5), "3xHxW", {"H": 224, "W": 224}),
    ],
)
def test_a_network_is_traced_where_it_fits(model, sample, example):
    net = shapelens.inspect(model, sample)
    assert net.findings == ()
    assert net.network.facts.get("stopped") is None
    (declared,) = net.network.inputs
    assert {name: size for name, size in declared.example.items() if name != "N"} == example
    shapelens.check(model, sample)


def test_it_has_the_formulas_of_all_sizes():
    net = shapelens.inspect(small_images(), "3xHxW")
    assert str(net["0"].output_shape) == "(N, 8, H - 4, W - 4)"
    assert str(net.sizes()) == "(floor(H/2) - 2)·(floor(W/2) - 2) = 196"
    assert net.at((3, 32, 33)).findings == ()
    assert [finding.code for finding in net.at((3, 64, 64)).findings] == ["SL101"]


def test_numbers_are_what_was_asked_for():
    net = shapelens.inspect(small_images(), (3, 64, 64))
    assert [finding.code for finding in net.findings] == ["SL101"]
    assert fitting_example(net) is None


def test_where_none_fits_the_finding_says_what_was_tried():
    net = shapelens.inspect(Broken(), "3xHxW")
    (finding,) = net.findings
    assert finding.code == "SL190"
    assert finding.have == "KeyError: 'missing', with 3×224×224"
    (own,) = shapelens.inspect(Broken(), (3, 9, 9)).findings
    assert own.have == "KeyError: 'missing'"


def test_what_fits_nowhere_stays_an_error():
    model = nn.Sequential(nn.Conv2d(3, 8, 5), nn.Conv2d(9, 8, 3))
    assert [finding.code for finding in shapelens.inspect(model, "3xHxW").findings] == ["SL102"]
