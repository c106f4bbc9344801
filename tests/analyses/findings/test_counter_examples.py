"""Code as people write it that was once told wrongly: each a small network, and what is true of it."""

from __future__ import annotations

import pytest

import shapelens

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.torch


class Of(nn.Module):
    def __init__(self, function, **weights):
        super().__init__()
        self.function = function
        for name, weight in weights.items():
            setattr(self, name, nn.Parameter(weight))

    def forward(self, x):
        return self.function(self, x)


@pytest.mark.parametrize(
    "function",
    [
        lambda s, x: torch.einsum("bchw,hd->bcdw", x, s.w),
        lambda s, x: torch.tensordot(x, s.w, dims=([2], [0])),
        lambda s, x: torch.einsum("bchw,bcwk->bchk", x, x[:, :, :9]),
    ],
    ids=["einsum", "tensordot", "two activations"],
)
def test_a_contraction_of_named_axes_that_does_not_fit_is_told(function):
    model = Of(function, w=torch.zeros(9, 4))
    found = shapelens.inspect(model, (3, 12, 12)).findings
    assert [finding.severity for finding in found] == ["error"]
    assert "12" in found[0].message
    assert "9" in found[0].message
    with pytest.raises(shapelens.MisfitError), shapelens.watch():
        model(torch.zeros(2, 3, 12, 12))


def windows_back(_, x):
    """The number of samples from the number of windows, by a division that gives a float."""
    height, width = x.shape[-2:]
    places = x.permute(0, 2, 3, 1).reshape(-1, 3)
    return places.view(int(places.shape[0] / (height * width)), height, width, 3)


def test_a_number_of_samples_that_the_author_computes_is_no_mistake():
    assert shapelens.inspect(Of(windows_back), (3, 9, 9)).findings == ()
