"""Where a layer is put: what comes in there, and what else it may take."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.network import Origin
from shapelens.operators import Activation, Linear
from shapelens.readers.building import Builder
from shapelens.readers.notation.placing import Place, declare, hold
from shapelens.readers.notation.samples import Sample, image
from shapelens.readers.notation.syntax import Held


def place(*sample, beside=""):
    builder = Builder(Origin("notation", "a text"))
    builder.image(sample or (3, 8, 9))
    return Place(builder, "layer", "Layer", beside)


def test_what_comes_in():
    here = place(3, 8, 9)
    assert here.here == "input"
    assert here.rank == 4
    assert [str(here.size(axis)) for axis in (0, 1, -1)] == ["N", "3", "9"]
    missing = here.size(7)
    assert isinstance(missing, Unknown)
    assert "4 axes" in missing.reason


def test_an_input_of_unknown_rank():
    builder = Builder(Origin("notation", "a text"))
    builder.input_of_unknown_rank("input")
    here = Place(builder, "layer", "Layer")
    assert here.rank is None
    assert isinstance(here.size(1), Unknown)


def test_declaring_by_what_is_said():
    builder = Builder(Origin("notation", "a text"))
    declare(builder, "image", image(2, 3))
    declare(builder, "tokens", Sample(("T", 5), 1, "TC", is_batched=False, dtype="int64"))
    first, second = builder.inputs
    assert (str(first.shape), first.example) == ("(N, 3, H, W)", {"H": 224, "W": 224})
    assert (str(second.shape), second.dtype, second.batched) == ("(T, 5)", "int64", False)


@pytest.mark.parametrize(
    ("shape", "declared", "batched"),
    [((symbol("N"), symbol("S"), 5), "(N, S, 5)", True), ((symbol("S"), 5), "(S, 5)", False)],
)
def test_another_input(shape, declared, batched):
    here = place()
    assert here.input("key", shape) == "key"
    assert here.here == "input"
    key = here.builder.inputs[-1]
    assert (str(key.shape), key.batched, key.layout) == (declared, batched, None)
    assert here.builder.path.example["S"] == 224


def test_in_a_module_it_is_no_input_of_the_network():
    here = place(beside="other")
    assert here.input("key", (3,)) == "other"
    assert here.beside("indices", "int64") == "other"
    assert len(here.builder.inputs) == 1


def test_parts_of_a_layer_stand_under_its_name():
    here = place(5)
    here.add(Linear(), {"weight": (4, 5)}, called={"weight": "kernel"})
    here.then(Activation("relu"), "relu")
    assert here.nodes == ["layer", "layer.relu"]
    assert list(here.builder.weights) == ["layer.kernel"]
    assert here.constant("mean", (4,)) == "layer.mean"
    assert not here.builder.weights["layer.mean"].learned


def test_holding_a_parameter():
    builder = Builder(Origin("notation", "a text"))
    assert hold(builder, "p.0", Held((2, 3))) == "p.0"
    with builder.scope("block"):
        assert hold(builder, "p.1", Held((), learned=False)) == "block.p.1"
    assert builder.weights["p.0"].learned
    assert not builder.weights["block.p.1"].learned
    assert builder.tensor("p.0").is_held
