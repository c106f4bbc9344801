"""Nodes that are alike share an operator, and become what each would become by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapelens.operators import Activation, Clip, Opaque
from shapelens.readers.onnx.alike import Kinds, is_one
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.models import node

PADS = {"pads": (1, 1, 1, 1)}


def test_nodes_of_one_kind_share_an_operator() -> None:
    kinds = Kinds({})
    one = node("Relu", "a", "a2")
    first, second = [
        kinds.translated(each, 17) for each in (one, replace(one, inputs=("b",), outputs=("b2",)))
    ]
    assert first.operator is second.operator
    assert (first.inputs, second.inputs) == (("a",), ("b",))


@pytest.mark.parametrize(
    "other",
    [
        node("Relu", "a", "b"),
        node("Sigmoid", "a", "b"),
        node("Dropout", "a", "b"),
        node("Dropout", "a", "b mask"),
        node("Clip", "a", "b"),
        node("Clip", "a - c", "b"),
        node("Clip", "a", "b", min=0.0, max=6.0),
        node("NonZero", "a", "b"),
        node("NonZero", "a", "c"),
        node("Unheard", "a - c", "b"),
        node("Split", "a", "b c"),
        node("QLinearConv", "a s z w t y u v b", "q"),
        node("Add", "a", "b"),
    ],
)
@pytest.mark.parametrize("version", [6, 13, 21])
def test_each_becomes_what_it_would_become_by_itself(other, version) -> None:
    kinds = Kinds({})
    kinds.translated(node(other.operator, "x " * len(other.inputs), "y " * len(other.outputs)), version)
    for _ in range(2):
        found, alone = kinds.translated(other, version), translated(Call(other, version, {}))
        assert found == alone
        assert is_one(found.operator, alone.operator)


def test_what_a_translator_reads_in_the_file_is_read_for_each() -> None:
    """The kernel that the attribute tells is compared with each node's own weight."""
    held = {"w": OnnxTensor("w", (4, 3, 3, 3), "float32"), "v": OnnxTensor("v", (4, 3, 5, 5), "float32")}
    kinds = Kinds(held)
    fits, misfits, again = [
        kinds.translated(node("Conv", f"x {weight}", "y", kernel_shape=(3, 3)), 17) for weight in "wvw"
    ]
    assert isinstance(misfits.operator, Opaque)
    assert again.operator == fits.operator


def test_counts_that_data_decide_keep_names_of_their_own() -> None:
    kinds = Kinds({})
    names = [str(kinds.translated(node("NonZero", "x", y), 17).operator) for y in ("one", "two")]
    assert ["k_one" in names[0], "k_two" in names[1]] == [True, True]


def test_equal_settings_that_are_not_the_same() -> None:
    assert is_one(Activation("relu"), Activation("relu"))
    assert not is_one(Clip(0, 6), Clip(0.0, 6.0))
    assert not is_one(Activation("relu"), Activation("tanh"))
    assert not is_one(Activation("relu"), Clip(0.0, 6.0))
