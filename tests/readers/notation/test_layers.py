"""The tables of layers: each entry stands in the file that the index names."""

from __future__ import annotations

from importlib import import_module

import pytest

from shapelens.readers.notation.layers import KERAS, PYTORCH, layers_of, table
from shapelens.readers.notation.syntax import Call

PACKAGES = {
    PYTORCH: "shapelens.readers.notation.pytorch",
    KERAS: "shapelens.readers.notation.keras",
}


@pytest.mark.parametrize("framework", PACKAGES)
def test_the_index_is_exact(framework):
    """A file enters the layers that the index says, and no others."""
    package = PACKAGES[framework]
    families = import_module(package).FAMILIES
    listed = [name for names in families.values() for name in names.split()]
    assert len(set(listed)) == len(listed)
    for family, names in families.items():
        assert names.split() == sorted(names.split(), key=str), family
        import_module(f"{package}.{family}")
        for name in names.split():
            module = layers_of(framework)[name].build.__module__
            assert module.startswith(package), name
    assert set(layers_of(framework)) == set(listed)
    assert len(layers_of(framework)) == len(listed)


@pytest.mark.parametrize("framework", PACKAGES)
def test_every_layer_knows_its_framework(framework):
    for name, layer in layers_of(framework).items():
        assert layer.framework == framework
        assert layer.takes_words.startswith(f"{layer.name} takes "), name


def test_a_name_that_is_not_there():
    layers = layers_of(PYTORCH)
    assert "Conv2s" not in layers
    assert layers.get("Conv2s") is None
    with pytest.raises(KeyError):
        layers["Conv2s"]


def test_entering_a_layer(monkeypatch):
    layers = layers_of(PYTORCH)
    monkeypatch.setattr(layers, "entered", dict(layers.entered))

    @table(PYTORCH, frozenset({"name"}))("Shift1d", "Shift2d", signature="by", also="dtype", tells="by")
    def build(arguments, place):
        raise AssertionError

    entered = layers["Shift2d"]
    assert (entered.name, entered.build, entered.tells) == ("Shift2d", build, ("by",))
    assert entered.others == {"name", "dtype"}
    assert entered.signature.names == ("by",)
    assert entered.takes(Call("Shift2d", "", (), (), (0, 0))) is None
