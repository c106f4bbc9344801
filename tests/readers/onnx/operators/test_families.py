"""The index of translators says where each of them is."""

from __future__ import annotations

import pytest

from shapelens.readers.onnx.expansion import LOOPS
from shapelens.readers.onnx.operators import FAMILIES, import_all, translator_of
from shapelens.readers.onnx.translation import TRANSLATORS


def test_every_translator_is_in_the_index_and_nothing_else():
    import_all()
    entered = {(function.__module__.rpartition(".")[2], *key) for key, function in TRANSLATORS.items()}
    listed = {
        (family, domain, name) for (family, domain), names in FAMILIES.items() for name in names.split()
    }
    assert listed == entered


@pytest.mark.onnx
def test_every_operator_of_the_standard_has_a_translator_or_a_body() -> None:
    onnx = pytest.importorskip("onnx")
    schemas = onnx.defs.get_all_schemas_with_history()
    named = {(schema.domain, schema.name) for schema in schemas} - {("", name) for name in (*LOOPS, "If")}
    assert len(named) > 220
    assert {key for key in named if translator_of(*key) is None} == set()


def test_what_is_not_in_the_index_has_no_translator():
    assert translator_of("", "Conv") is TRANSLATORS["", "Conv"]
    assert translator_of("ai.custom", "Conv") is None
