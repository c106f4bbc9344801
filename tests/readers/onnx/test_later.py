"""A tuple that is made when somebody looks into it."""

from __future__ import annotations

import copy

import pytest

from shapelens.readers.onnx.later import Later
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import graph, model, node, value


def never(*_):
    raise AssertionError("nobody looked")


def test_its_length_is_known_before() -> None:
    row = Later(3, never)
    assert len(row) == 3
    assert row


@pytest.mark.parametrize(
    "look",
    [
        list,
        repr,
        hash,
        reversed,
        lambda row: row[0],
        lambda row: row[1:],
        lambda row: "a" in row,
        lambda row: row == (),
    ],
)
def test_it_is_made_once(look) -> None:
    made = []

    def make():
        made.append(1)
        return ("a", "b")

    row = Later(2, make)
    assert made == []
    look(row)
    look(row)
    assert made == [1]


def test_it_is_like_the_tuple() -> None:
    elements = ("a", "b", "c")
    row = Later(3, lambda: elements)
    assert (tuple(row), row[1], row[-1], row[:2]) == (elements, "b", "c", ("a", "b"))
    assert row == elements
    assert row == Later(3, lambda: elements)
    assert row != ("a",)
    assert row != 3
    assert (repr(row), hash(row), [*reversed(row)]) == (repr(elements), hash(elements), ["c", "b", "a"])


def test_a_copy_is_the_tuple() -> None:
    again = copy.copy(Later(2, lambda: (1, 2)))
    assert again == (1, 2)
    assert type(again) is tuple


def test_a_network_says_how_many_nodes_it_has_before_it_makes_one(monkeypatch) -> None:
    network = network_of(model(graph([node("Relu", "x", "y"), node("Relu", "y", "z")], "z", [value("x", 2)])))
    with monkeypatch.context() as patched:
        patched.setattr("shapelens.readers.onnx.reader._node", never)
        assert len(network.nodes) == 2
        with pytest.raises(AssertionError):
            list(network.nodes)
    assert [layer.name for layer in network.nodes] == ["y", "z"]
