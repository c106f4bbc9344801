"""The signatures of the table are PyTorch's own: names, order, defaults."""

from __future__ import annotations

import inspect
import typing

import pytest

from shapelens.readers.notation.layers import PYTORCH, layers_of
from shapelens.readers.notation.signatures import REQUIRED
from shapelens.readers.notation.spelling import _NOT_READ
from tests.readers.notation.oracle import class_of

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

OF_ANY_MODULE = {"Sigmoid", "Tanh", "Softsign", "Tanhshrink", "LogSigmoid", "Softmax2d"}
"""Layers without a constructor of their own; they refuse whatever they are given."""


def own_signature(name):
    """PyTorch's signature, as (name, default, whether by keyword alone)."""
    constructor = class_of(name).__init__
    overloads = typing.get_overloads(constructor)
    parameters = list(inspect.signature(overloads[0] if overloads else constructor).parameters.values())[1:]
    return [
        (
            p.name,
            REQUIRED if p.default is inspect.Parameter.empty else p.default,
            p.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for p in parameters
    ]


def ours(name):
    parameters = layers_of(PYTORCH)[name].signature.parameters
    return [(p.name, p.default, p.by_keyword) for p in parameters]


@pytest.mark.parametrize("name", sorted(layers_of(PYTORCH)))
def test_it_is_pytorchs(name):
    if name == "LayerNorm2d":  # torchvision's passes everything on
        name = "LayerNorm"
    if name == "Identity" or name in OF_ANY_MODULE:
        assert layers_of(PYTORCH)[name].signature.takes_all is (name == "Identity")
        assert ours(name) == []
        return
    expected = own_signature(name)
    found = ours(name)
    if name == "TransformerEncoderLayer":  # its default is the function itself
        expected = [(n, "relu" if n == "activation" else default, k) for n, default, k in expected]
    assert found == expected
    assert [type(default) for _, default, _ in found] == [type(default) for _, default, _ in expected]


@pytest.mark.parametrize("name", sorted(OF_ANY_MODULE))
def test_they_refuse_whatever_they_are_given(name):
    with pytest.raises(TypeError):
        class_of(name)(1)


def test_all_of_torch_nn_is_read_or_named():
    """What torch.nn has besides are losses, containers, and what the reader says that it does not read."""
    modules = {
        name
        for name, value in vars(torch.nn).items()
        if isinstance(value, type) and issubclass(value, torch.nn.Module)
    }
    containers = {"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel"}
    bases = {"Container", "RNNBase", "RNNCellBase", "NLLLoss2d"}
    losses = {name for name in modules if name.endswith("Loss")} - _NOT_READ
    assert modules - set(layers_of(PYTORCH)) - containers - bases - losses == _NOT_READ
