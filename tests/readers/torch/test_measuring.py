"""What is asked of a tensor's sizes: each way to ask keeps the formula, or holds the size."""

from __future__ import annotations

import pytest

import shapelens
from shapelens.dims import condition_text, evaluate

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from shapelens.readers.torch.measuring import MEASURES  # noqa: E402 - after the check for PyTorch
from tests.readers.torch.agreement import Function  # noqa: E402

SAMPLE = (3, 8, 9)

KEPT = {
    "x.shape[2]": (lambda x: x.shape[2], "H"),
    "x.shape[1]": (lambda x: x.shape[1], "3"),
    "x.size(2)": (lambda x: x.size(2), "H"),
    "x.size(dim=-1)": (lambda x: x.size(dim=-1), "W"),
    "x.size()[2]": (lambda x: x.size()[2], "H"),
    "x.numel()": (lambda x: x.numel(), "3*N*H*W"),
    "x[0].nelement()": (lambda x: x[0].nelement(), "3*H*W"),
    "torch.numel(x)": (torch.numel, "3*N*H*W"),
    "x.dim()": (lambda x: x.dim(), "4"),
    "x[0].ndimension()": (lambda x: x[0].ndimension(), "3"),
}

HELD = {
    "len(x[0, 0])": (lambda x: len(x[0, 0]), {"H = 8"}),
    "x.stride(2)": (lambda x: x.stride(2), {"H = 8", "W = 9"}),
    "x.stride(dim=1)": (lambda x: x.stride(dim=1), {"H = 8", "W = 9"}),
    "x.stride()[2]": (lambda x: x.stride()[2], {"H = 8", "W = 9"}),
    "x[0, 0, 0].stride(0)": (lambda x: x[0, 0, 0].stride(0), set()),
}


def given(ask):
    """The network of a model that makes as many numbers as it is told, and their count."""
    model = Function(lambda x: x.new_zeros(ask(x)))
    network = shapelens.inspect(model, SAMPLE).symbolic()
    ((_, tensor),) = network.evaluation.outputs
    (count,) = tensor.shape
    return network.network, count


@pytest.mark.parametrize("asked", KEPT)
def test_an_answer_keeps_its_formula(asked):
    ask, formula = KEPT[asked]
    network, count = given(ask)
    assert str(count) == formula
    assert network.guards == ()
    for batch, height, width in [(1, 8, 9), (2, 5, 7), (3, 16, 4)]:
        sizes = {"N": batch, "H": height, "W": width}
        assert evaluate(count, sizes) == ask(torch.zeros(batch, 3, height, width))


@pytest.mark.parametrize("asked", HELD)
def test_an_answer_that_is_a_plain_integer_holds_its_sizes(asked):
    ask, conditions = HELD[asked]
    network, count = given(ask)
    assert count == ask(torch.zeros(1, *SAMPLE))
    assert {condition_text(guard.condition) for guard in network.guards} == conditions
    assert all(guard.where.startswith("test_measuring.py:") for guard in network.guards)


def test_every_function_that_measures_is_asked_here():
    asked = " ".join([*KEPT, *HELD]).replace("len(", "__len__(")
    assert [name for name in MEASURES if f"{name}(" not in asked] == []
