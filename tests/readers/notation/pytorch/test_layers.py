"""Every layer of PyTorch's, with random settings: typed and printed, it is read as what PyTorch itself computes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, evaluate
from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.layers import PYTORCH, layers_of
from tests.readers.notation.oracle import build, parameters, run, tensors
from tests.readers.notation.pytorch.layers import ANY, CASES

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

SIZES = {"N": 2, "S": 3, "P": 1, "Q": 1}
"""The batch, how many tokens the keys of an attention are, and where nothing tells it an offset's size."""

UNPRINTED = {"align_corners": None, "ceil_mode": False, "return_indices": False}
"""What a print may leave out although something hangs on it, and what it is if nothing is said."""

NOT_PRINTED = {
    *("FractionalMaxPool2d", "FractionalMaxPool3d", "MultiheadAttention", "TransformerEncoderLayer"),
}
"""Layers whose prints are empty, or those of their parts."""


class RefusedError(Exception):
    """A text that is not read, or a sample that does not fit; with the shapes of the inputs, where there are any."""

    inputs = None


def read(text, sample, path):
    """What is read: the shapes of the inputs, of the outputs, and of what the layer holds, by name."""
    try:
        network = read_notation(text, sample)
    except LayerTextError as error:
        raise RefusedError(error.summary) from error
    shapes = {i.name: tuple([evaluate(dim, SIZES) for dim in i.shape]) for i in network.inputs}
    evaluation = evaluate_network(network, shapes)
    if evaluation.broken:
        refused = RefusedError(evaluation.broken[0][1])
        refused.inputs = list(shapes.values())
        raise refused
    outputs = [evaluation.values[name].shape for name in network.nodes[-1].outputs]
    held = {
        name.removeprefix(f"{path}."): tuple([evaluate(d, SIZES) for d in weight.shape])
        for name, weight in network.weights.items()
    }
    return list(shapes.values()), outputs, held


def compare(case, text, path):
    """The same is refused, or the same shapes come out of the same weights."""
    layer, told, refused = built(case), None, None
    try:
        told = read(text, case.sample, path)
    except RefusedError as error:
        refused = error
    if told is None:
        assert refuses(layer, case, refused.inputs), f"{text} of {case.sample} is refused: {refused}"
        return
    inputs, outputs, held = told
    assert layer is not None, f"{text} is read, and PyTorch refuses it"
    expected = run(layer, tensors(inputs, case.dtype))
    for own, right in zip(outputs, expected, strict=True):
        assert own == right, f"{text} of {inputs}: {own}, and PyTorch gives {right}"
    assert held == parameters(layer), text


def built(case):
    """PyTorch's own layer; None where it refuses the settings."""
    try:
        return build(case.name, case.settings)
    except Exception:
        return None


def refuses(layer, case, inputs=None):
    """Whether PyTorch refuses the layer or the sample, or gives nothing at all."""
    shapes = inputs or [(SIZES["N"], *case.sample)]
    try:
        return layer is None or 0 in run(layer, tensors(shapes, case.dtype))[0]
    except Exception:
        return True


LENIENT = {"AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "FrozenBatchNorm2d"}
"""What computes something, although its documentation gives it no meaning, of tensors with other axes."""


def compare_printed(case):
    """A print is read as the layer that printed it, alone and in a chain; what it does not tell is not known."""
    layer = built(case)
    if layer is None:
        return
    printed = repr(layer)
    untold = {name for name, usual in UNPRINTED.items() if case.settings.get(name, usual) is not usual}
    untold = {name for name in untold if f"{name}=" not in printed}
    if not untold:
        compare(case, printed, _path(case.name))
    chain, told, refused = f"Sequential(\n  (0): {printed}\n)", None, None
    try:
        told = read(chain, case.sample, "0")
    except RefusedError as error:
        refused = error
    if told is None:
        assert refuses(layer, case, refused.inputs), f"{printed} of {case.sample} is refused: {refused}"
        return
    inputs, outputs, held = told
    if all(isinstance(own, Unknown) or any(isinstance(dim, Unknown) for dim in own) for own in outputs):
        # What cannot be so is somebody else's class of the same name.
        assert untold_matters(case) or refuses(layer, case), f"{printed} is not known"
        return
    if untold and refuses(layer, case):
        return
    expected = run(layer, tensors(inputs, case.dtype))
    assert len(outputs) == len(expected) or "return_indices" in untold
    for own, right in zip(outputs, expected, strict=False):
        assert own == right, printed
    assert held == parameters(layer), printed


def untold_matters(case):
    """Whether an average pooling gives another size with the `ceil_mode` that its print does not tell."""
    if not case.name.startswith("AvgPool"):
        return False
    layers = [build(case.name, {**case.settings, "ceil_mode": mode}) for mode in (False, True)]
    inputs = tensors([(SIZES["N"], *case.sample)], case.dtype)
    try:
        return run(layers[0], inputs) != run(layers[1], inputs)
    except Exception:
        return True


def compare_all(name, data):
    case = data.draw(CASES[name])
    compare(case, case.text, _path(name))
    if name not in NOT_PRINTED:
        compare_printed(case)
    if name not in LENIENT:
        compare(replace(case, sample=data.draw(ANY)), case.text, _path(name))


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=3)
@given(data=st.data())
def test_a_layer_is_what_pytorch_computes(name, data):
    compare_all(name, data)


@pytest.mark.conformance
@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=60)
@given(data=st.data())
def test_many_layers_are_what_pytorch_computes(name, data):
    compare_all(name, data)


def _path(name):
    return re.sub(
        r"(?<=[a-z0-9])([A-Z][a-z])", r"_\1", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    ).lower()


def test_every_layer_of_the_table_is_compared():
    assert set(CASES) == set(layers_of(PYTORCH))
