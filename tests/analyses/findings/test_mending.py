"""Edits of a network: what is put in stands in front of who takes it, and everything else keeps its place."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.mending import (
    all_of_them,
    put_behind,
    put_in,
    refusal_gone,
    with_operator,
    with_shapes,
)
from shapelens.dims import symbol
from shapelens.dims.condition import Comparison
from shapelens.network import Guard, Input, Network, Node, Origin, Weight, evaluate_network
from shapelens.operators import Activation, Convolution, Linear, Pad, Unsqueeze

NODES = (
    Node("conv", Convolution(), ("x", "w"), ("conv",)),
    Node("act", Activation("relu"), ("conv",), ("act",)),
    Node("again", Activation("relu"), ("conv",), ("again",)),
)
NETWORK = Network(
    Origin("torch", "net"),
    (Input("x", (1, 3, 8, 8)),),
    ("act", "again"),
    NODES,
    {"w": Weight("w", (4, 3, 3, 3))},
    guards=(Guard(Comparison(symbol("H"), ">=", symbol("W")), 1), Guard(Comparison(symbol("H"), ">=", 2), 3)),
    refusals={"act": "no", "again": "no, either"},
)


def shapes(network):
    evaluation = evaluate_network(replace(network, guards=()), {})
    return {name: tensor.shape for name, tensor in evaluation.values.items()}


def test_what_is_put_in_stands_before_its_taker_alone():
    padded = put_in("act", "conv", Pad(pads=((1, 1), (0, 2)), axes=(-2, -1)))(NETWORK)
    assert [node.name for node in padded.nodes] == ["conv", "act.mended", "act", "again"]
    assert padded.by_name["act"].inputs == ("act.mended",)
    assert padded.by_name["again"].inputs == ("conv",)
    assert shapes(padded)["act"] == (1, 4, 8, 8)
    assert shapes(padded)["again"] == (1, 4, 6, 6)
    assert [guard.before for guard in padded.guards] == [1, 4]
    assert NETWORK.nodes == NODES


def test_what_is_put_behind_stands_before_everyone_who_takes_it():
    padded = put_behind("conv", Pad(pads=((1, 1), (0, 2)), axes=(-2, -1)))(NETWORK)
    assert [node.name for node in padded.nodes] == ["conv", "act.mended", "act", "again.mended", "again"]
    assert shapes(padded)["act"] == shapes(padded)["again"] == (1, 4, 8, 8)
    last = put_behind("again", Unsqueeze((0,)))(NETWORK)
    assert last.outputs == ("act", "again.mended")
    assert shapes(last)["again.mended"] == (1, 1, 4, 6, 6)


def test_it_may_have_weights_of_its_own():
    linear = put_in("act", "conv", Linear(), [(5, 6)])(NETWORK)
    assert shapes(linear)["act"] == (1, 4, 6, 5)
    assert linear.weights["act.mended.weight"].shape == (5, 6)


def test_the_same_twice_has_two_names():
    twice = all_of_them(
        *[put_in("act", "conv", Unsqueeze((0,)))] * 1, put_in("again", "conv", Unsqueeze((0,)))
    )
    more = put_in("act", "act.mended", Unsqueeze((0,)))(twice(NETWORK))
    names = [node.name for node in more.nodes]
    assert len(names) == len(set(names))
    assert shapes(more)["act"] == (1, 1, 1, 4, 6, 6)


def test_other_weights_and_operators():
    changed = all_of_them(with_shapes({"w": (7, 3, 5, 5)}), with_operator("conv", Convolution(stride=2)))(
        NETWORK
    )
    assert shapes(changed)["act"] == (1, 7, 2, 2)


def test_a_refusal_goes_and_the_others_stay():
    assert dict(refusal_gone("act")(NETWORK).refusals) == {"again": "no, either"}
    assert dict(refusal_gone("nothing")(NETWORK).refusals) == dict(NETWORK.refusals)


def test_a_refusal_that_ended_the_trace_stays():
    stopped = replace(NETWORK, facts={"stopped": "RuntimeError: no, either"})
    assert refusal_gone("again")(stopped) is stopped
