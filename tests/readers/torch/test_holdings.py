"""What a model holds: modules under every path, each parameter once, whatever wraps or shares it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from shapelens.readers.torch.holdings import holdings_of  # noqa: E402

pytestmark = pytest.mark.torch


def shared():
    layer = nn.Linear(4, 3)
    model = nn.ModuleDict({"one": layer, "other": nn.Sequential(layer, nn.Linear(3, 3, bias=False))})
    model["other"][1].weight.requires_grad_(False)
    return model


def test_each_parameter_once_under_all_of_its_names():
    held = holdings_of(shared())
    assert [(p.names, p.shape, p.is_trainable) for p in held.parameters] == [
        (("one.weight", "other.0.weight"), (3, 4), True),
        (("one.bias", "other.0.bias"), (3,), True),
        (("other.1.weight",), (3, 3), False),
    ]
    assert list(held.modules) == ["", "one", "other", "other.0", "other.1"]
    assert held.modules["one"] is held.modules["other.0"]


def test_which_of_them_are_inside_of_a_module():
    held = holdings_of(shared())
    assert held.within == {
        "": {0, 1, 2}, "one": {0, 1}, "other": {0, 1, 2}, "other.0": {0, 1}, "other.1": {2},
    }  # fmt: skip
    assert [name for name, _ in held.own["other.0"]] == ["weight", "bias"]
    assert held.own["other"] == ()


def test_layers_are_what_computes_and_has_nothing_inside():
    model = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Sequential(nn.Linear(1, 1)), "c": nn.ParameterList([])})
    assert holdings_of(model).layers == {"a", "b.0"}


def test_a_lazy_parameter_has_no_shape():
    assert [p.shape for p in holdings_of(nn.LazyLinear(3)).parameters] == [None, None]


def test_what_is_compiled_stands_where_its_author_put_it():
    class Compiled(nn.Module):
        """As `torch.compile` wraps a module, without its imports."""

        def __init__(self, module):
            super().__init__()
            self._orig_mod = module

    held = holdings_of(nn.Sequential(Compiled(nn.Linear(2, 1, bias=False))))
    assert held.parameters[0].names == ("0.weight",)
    assert list(held.modules) == ["", "0"]


def test_types_and_no_data():
    with torch.device("meta"):
        model = nn.Linear(10**6, 10**6, dtype=torch.bfloat16)
    assert holdings_of(model).parameters[0].dtype == "bfloat16"
