"""Rows of nodes and tensors: what is looked at is what was entered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.packing import PackedNodes, PackedTensors, named, nameless, packed

names = st.text(max_size=6)
nodes = st.lists(
    st.builds(
        OnnxNode,
        st.sampled_from(["Conv", "Relu"]),
        st.sampled_from(["", "own"]),
        names.filter(lambda name: name.isprintable()),
        st.lists(names, max_size=3).map(tuple),
        st.lists(names, max_size=3).map(tuple),
        st.fixed_dictionaries({"axis": st.integers(0, 3)}),
        st.just({"note": "n"}),
        st.sampled_from(["", "second"]),
    ),
    max_size=5,
)


@given(nodes)
def test_nodes_come_out_as_they_went_in(entered) -> None:
    row = packed(entered)
    assert len(row) == len(entered)
    assert row == entered
    assert list(row) == entered
    assert row[1:] == entered[1:]
    assert repr(row) == repr(tuple(entered))
    assert [row.name(place) for place in range(len(row))] == [node.name for node in entered]
    if entered:
        assert row[-1] == entered[-1]
    with pytest.raises(IndexError):
        row[len(entered)]


@given(nodes, nodes)
def test_nodes_are_taken_from_another_row(entered, others) -> None:
    row, other = packed(entered), packed(others)
    assert (packed(row) is row) or not entered
    for place in range(len(others)):
        row.take(other, place)
        # What was looked at before more was entered is no longer all.
        assert row[-1] == others[place]
    assert row == [*entered, *others]


def test_what_is_left_out_is_told_with_the_kind() -> None:
    row = packed([OnnxNode("Clip", "", "", ("x", "", "high"), ("y", ""), {}, {})])
    assert row.kinds[0].omitted == (1, 4)
    assert (row.kinds[0].takes, row.kinds[0].gives) == (3, 2)


def test_a_row_is_not_another() -> None:
    one = OnnxNode("Relu", "", "", ("x",), ("y",), {}, {})
    assert packed([one]) != packed([])
    assert packed([one]) != "Relu"
    assert PackedNodes() == ()


def test_tensors_come_out_as_they_went_in() -> None:
    entered = [
        OnnxTensor("a", (2, 3), "float32"),
        OnnxTensor("b", (), "int64", (4,)),
        OnnxTensor("", (1,), "bool"),
    ]
    row = PackedTensors()
    row.extend(entered)
    assert row == entered
    assert row[1:] == entered[1:]
    assert repr(row) == repr(tuple(entered))
    assert list(named(row)) == [("a", nameless(entered[0])), ("b", nameless(entered[1])), ("", entered[2])]
    assert list(named(entered)) == [(tensor.name, tensor) for tensor in entered]
    assert row != PackedTensors()
