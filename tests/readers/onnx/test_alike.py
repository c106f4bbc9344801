"""Nodes that are alike share an operator, and become what each would become by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapelens.operators import Opaque
from shapelens.operators.likeness import is_one
from shapelens.readers.onnx.alike import Kinds
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.packing import packed
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.models import node


def became(kinds, each, version=17):
    """What a node becomes as one of its kind."""
    (kind,) = packed([each]).kinds
    return kinds.translated(kind, version, each.inputs, each.outputs)


def test_nodes_of_one_kind_share_an_operator() -> None:
    kinds = Kinds({})
    one = node("Relu", "a", "a2")
    first, second = [became(kinds, each) for each in (one, replace(one, inputs=("b",), outputs=("b2",)))]
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
    became(kinds, node(other.operator, "x " * len(other.inputs), "y " * len(other.outputs)), version)
    for _ in range(2):
        found, alone = became(kinds, other, version), translated(Call(other, version, {}))
        assert found == alone
        assert is_one(found.operator, alone.operator)


def test_what_a_translator_reads_in_the_file_tells_nodes_apart() -> None:
    """The kernel that the attribute tells is compared with each node's own weight."""
    held = {"w": OnnxTensor("w", (4, 3, 3, 3), "float32"), "v": OnnxTensor("v", (4, 3, 5, 5), "float32")}
    kinds = Kinds(held)
    one = node("Conv", "x w", "y", kernel_shape=(3, 3))
    fits, misfits, again = [became(kinds, replace(one, inputs=("x", weight))) for weight in "wvw"]
    assert isinstance(misfits.operator, Opaque)
    assert again.operator is fits.operator


def test_what_is_asked_of_tensors_may_hang_on_what_they_answer() -> None:
    """A limit of a Clip that is held is read, one that is computed is taken; each by what it is, and in any order."""
    held = {
        "zero": OnnxTensor("", (), "float32", (0.0,)),
        "whole": OnnxTensor("", (), "int32", (0,)),
        "six": OnnxTensor("", (), "float32", (6.0,)),
        "many": OnnxTensor("", (40,), "float32", tuple(map(float, range(40)))),
        "other": OnnxTensor("", (40,), "float32", tuple(map(float, range(1, 41)))),
    }
    names = [*held, "computed", "-"]
    for start in range(len(names)):
        kinds = Kinds(held)
        for low in names[start:] + names[:start]:
            for high in names:
                each = node("Clip", f"x {low} {high}", "y")
                found, alone = became(kinds, each), translated(Call(each, 17, held))
                assert found == alone
                assert is_one(found.operator, alone.operator)


def test_counts_that_data_decide_keep_names_of_their_own() -> None:
    kinds = Kinds({})
    names = [str(became(kinds, node("NonZero", "x", y)).operator) for y in ("one", "two")]
    assert ["k_one" in names[0], "k_two" in names[1]] == [True, True]
