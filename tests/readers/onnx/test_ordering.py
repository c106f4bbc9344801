"""The order of nodes: the file's where it is one, and none where they wait for each other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx.ordering import in_order
from shapelens.readers.onnx.packing import packed
from tests.readers.onnx.models import graph, model, node, shape_of, value


def ordered(*nodes, known=("x",), path="") -> list[str]:
    """The names of the nodes in order."""
    row = packed(nodes)
    return [row[place].name for place in in_order(row, set(known), path)]


CHAIN = [node("Relu", f"v{place}", f"v{place + 1}", f"n{place}") for place in range(40)]


def test_an_order_that_can_be_evaluated_is_kept() -> None:
    nodes = packed([node("Relu", "x", "b", "second"), node("Relu", "x", "a", "first")])
    assert in_order(nodes, {"x"}, "") == range(2)


@pytest.mark.parametrize("seed", range(5))
def test_nodes_in_any_order_are_sorted(seed) -> None:
    shuffled = list(CHAIN)
    random.Random(seed).shuffle(shuffled)
    assert ordered(*shuffled, known=["v0"]) == [each.name for each in CHAIN]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=12), st.randoms())
def test_each_stands_behind_what_it_takes_and_as_far_in_front_as_can_be(pairs, chance) -> None:
    """Beside a search for the first node that can be next."""
    nodes = []
    for place, (one, other) in enumerate(pairs):
        before = [place - 1 - back % place if place else "x" for back in (one, other)]
        nodes.append(node("Add", f"v{before[0]} v{before[1]}", f"v{place}", f"n{place}"))
    chance.shuffle(nodes)
    found, waiting = [], list(nodes)
    while waiting:
        made = {"vx", *[each.outputs[0] for each in found]}
        following = next(each for each in waiting if made.issuperset(each.inputs))
        waiting.remove(following)
        found.append(following)
    assert ordered(*nodes, known=["vx"]) == [each.name for each in found]


def test_values_that_are_left_out_make_no_order() -> None:
    """An output without a name is not what an input without a name waits for."""
    nodes = [node("Dropout", "a", "b -", "second"), node("Clip", "x - x", "a", "first")]
    assert ordered(*nodes) == ["first", "second"]


def test_nodes_that_wait_for_each_other() -> None:
    nodes = [node("Relu", "b", "a", "one"), node("Relu", "a", "b", "other"), node("Relu", "x", "y")]
    with pytest.raises(MalformedFileError) as caught:
        ordered(*nodes, path="odd.onnx")
    assert caught.value.summary == "the nodes of this file wait for each other in a circle"
    assert caught.value.at == "odd.onnx, node one"
    assert caught.value.have == "2 nodes, none of which can be first"


@pytest.mark.parametrize("known", [set(), {"y"}])
def test_two_things_of_one_name(known) -> None:
    twice = [node("Relu", "x", "y", "one"), node("Relu", "x", "y", "two\x1b")][: 2 - len(known)]
    with pytest.raises(MalformedFileError) as caught:
        in_order(packed(twice), known, "odd.onnx")
    assert caught.value.summary == "two things in this file are called y"


def test_names_in_messages_cannot_act_on_a_terminal() -> None:
    with pytest.raises(MalformedFileError) as caught:
        ordered(node("Relu", "a\x1b[2J", "a\x1b[2J", "\u202ename"), known=(), path="f")
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_an_if_waits_for_what_its_branches_take() -> None:
    branch = graph([node("Relu", "late", "r")], "r")
    nodes = [
        node("If", "c", "y", then_branch=branch, else_branch=branch),
        node("Transpose", "x", "late"),
    ]
    file = model(graph(nodes, "y", [value("x", 2, 3), value("c")]))
    assert shape_of(file, "y") == (3, 2)
