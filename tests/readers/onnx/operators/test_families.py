"""The index of translators says where each of them is."""

from __future__ import annotations

from shapelens.readers.onnx.operators import FAMILIES, import_all, translator_of
from shapelens.readers.onnx.translation import TRANSLATORS


def test_every_translator_is_in_the_index_and_nothing_else():
    import_all()
    entered = {(function.__module__.rpartition(".")[2], *key) for key, function in TRANSLATORS.items()}
    listed = {
        (family, domain, name) for (family, domain), names in FAMILIES.items() for name in names.split()
    }
    assert listed == entered


def test_what_is_not_in_the_index_has_no_translator():
    assert translator_of("", "Conv") is TRANSLATORS["", "Conv"]
    assert translator_of("ai.custom", "Conv") is None
