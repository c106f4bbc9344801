"""Where values lie and how long they live, against a run that frees what is needed no more."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.lifetimes import Place, lifetimes, visits
from shapelens.analyses.memory import memory_of
from shapelens.dims import Unknown
from shapelens.network import Input, Network, Node, Origin, Weight, evaluate_network
from shapelens.operators import (
    Activation,
    Constant,
    Dropout,
    Elementwise,
    Flatten,
    Identity,
    Linear,
    Reshape,
    Slice,
    Split,
    Tensor,
    Transpose,
    Unsqueeze,
)

VIEWS = (Identity, Flatten, Dropout, Split, Unsqueeze, Slice)
"""Operators that give views of what lies in order."""


def network(nodes, inputs, outputs, weights=None):
    """A network of operators with the values that they take, each called by its number."""
    made = [
        Node(f"{i}", operator, taken, tuple([f"{i}.{k}" if k else f"{i}" for k in range(count)]))
        for i, (operator, taken, count) in enumerate(nodes)
    ]
    declared = tuple([Input(name, shape) for name, shape in inputs.items()])
    return Network(Origin("classic", "some"), declared, tuple(outputs), tuple(made), weights or {})


@st.composite
def networks(draw):
    """Networks of additions, functions and views, of tensors of one size and of parts of them."""
    values = {"a": (2, 8, 3), "b": (2, 8, 3)}
    nodes = []
    for number in range(draw(st.integers(1, 9))):
        name = draw(st.sampled_from(sorted(values)))
        shape = values[name]
        alike = sorted(other for other, own in values.items() if own == shape)
        kind = draw(
            st.sampled_from(["add", "relu", "identity", "dropout", "flatten", "split", "unsqueeze", "slice"])
        )
        made = {
            "add": (Elementwise("add"), (name, draw(st.sampled_from(alike))), 1),
            "relu": (Activation("relu"), (name,), 1),
            "identity": (Identity(), (name,), 1),
            "dropout": (Dropout(), (name,), 1),
            "flatten": (Flatten(0), (name,), 1),
            "split": (Split(0, parts=2), (name,), 2),
            "unsqueeze": (Unsqueeze((0,)), (name,), 1),
            "slice": (Slice((0,), (1,), (0,)), (name,), 1),
        }[kind if shape[0] % 2 == 0 or kind != "split" else "relu"]
        nodes.append(made)
        operator, taken, count = made
        evaluated = operator.evaluate(*[Tensor(values[value]) for value in taken])
        for k in range(count):
            values[f"{number}.{k}" if k else f"{number}"] = evaluated.outputs[k].dims
    last = [f"{len(nodes) - 1}", draw(st.sampled_from(sorted(values)))]
    return network(nodes, {"a": (2, 8, 3), "b": (2, 8, 3)}, dict.fromkeys(last))


@dataclass(eq=False)
class Storage:
    """A piece of memory, in a run that counts."""

    size: int


@dataclass
class CountingRun:
    """A run of a network that frees whatever no later node takes, and no caller holds."""

    network: Network
    held: dict[str, Storage] = field(default_factory=dict)
    most: int = 0
    at: str | None = None

    def run(self):
        evaluation = evaluate_network(self.network, {})
        for declared in self.network.inputs:
            self.held[declared.name] = self.storage(evaluation.values[declared.name])
        self.most = self.alive()
        for number, step in enumerate(evaluation.steps):
            for name, tensor in zip(step.node.outputs, step.outputs, strict=True):
                is_view = isinstance(step.node.operator, VIEWS)
                self.held[name] = self.held[step.node.inputs[0]] if is_view else self.storage(tensor)
            if self.at is None or self.alive() > self.most:
                self.most, self.at = self.alive(), step.node.name
            later = {value for node in self.network.nodes[number + 1 :] for value in node.inputs}
            caller = {declared.name for declared in self.network.inputs} | set(self.network.outputs)
            self.held = {name: s for name, s in self.held.items() if name in later | caller}
        return self.most, self.at

    def storage(self, tensor):
        return Storage(tensor.elements * 4)

    def alive(self):
        return sum(storage.size for storage in set(self.held.values()))


@given(networks())
def test_the_peak_is_that_of_a_run_that_frees_what_is_needed_no_more(drawn):
    memory = memory_of(evaluate_network(drawn, {}))
    assert (memory.peak_bytes, memory.peak_at) == CountingRun(drawn).run()


# by hand ------------------------------------------------------------------------------------------------


def spans(nodes, outputs, weights=None):
    found = network(nodes, {"x": (2, 4, 6)}, outputs, weights)
    return lifetimes(evaluate_network(found, {}))


@pytest.mark.parametrize(
    ("nodes", "outputs", "expected"),
    [
        # x → 0 → 1 → out: each lives to the next.
        (
            [(Activation(), ("x",), 1), (Activation(), ("0",), 1), (Activation(), ("1",), 1)],
            ["2"],
            {"x": (-1, 3), "0": (0, 1), "1": (1, 2), "2": (2, 3)},
        ),
        # A skip keeps what it skips with alive.
        (
            [(Activation(), ("x",), 1), (Activation(), ("0",), 1), (Elementwise(), ("1", "0"), 1)],
            ["2"],
            {"x": (-1, 3), "0": (0, 2), "1": (1, 2), "2": (2, 3)},
        ),
        # What nobody takes is there while it is made.
        (
            [(Activation(), ("x",), 1), (Activation(), ("x",), 1)],
            ["1"],
            {"x": (-1, 2), "0": (0, 0), "1": (1, 2)},
        ),
        # A view keeps what it is a view of; a view of a view too.
        (
            [(Activation(), ("x",), 1), (Flatten(1), ("0",), 1), (Slice((0,), (3,), (1,)), ("1",), 1),
             (Activation(), ("x",), 1), (Activation(), ("2",), 1)],
            ["4"],
            {"x": (-1, 5), "0": (0, 4), "3": (3, 3), "4": (4, 5)},
        ),
        # A reshape of what lies across is a copy.
        (
            [(Transpose((0, 2, 1)), ("x",), 1), (Reshape((2, 24)), ("0",), 1)],
            ["1"],
            {"x": (-1, 2), "1": (1, 2)},
        ),
        # An output that is an input is the caller's anyway.
        ([(Activation(), ("x",), 1)], ["0", "x"], {"x": (-1, 1), "0": (0, 1)}),
        # A constant is the network's own, and so is a view of a weight.
        (
            [(Constant((2, 4, 6)), (), 1), (Elementwise(), ("x", "0"), 1), (Transpose((1, 0)), ("w",), 1),
             (Linear(), ("1", "2"), 1)],
            ["3"],
            {"x": (-1, 4), "1": (1, 3), "3": (3, 4)},
        ),
        # What is computed from a weight alone is computed like everything else.
        (
            [(Activation(), ("w",), 1), (Linear(), ("x", "0"), 1)],
            ["1"],
            {"x": (-1, 2), "0": (0, 1), "1": (1, 2)},
        ),
    ],
)  # fmt: skip
def test_from_which_layer_to_which(nodes, outputs, expected):
    assert spans(nodes, outputs, {"w": Weight("w", (6, 6))}) == expected


def test_outputs_that_nobody_has_a_name_for_are_left_out():
    node = Node("split", Split(1, parts=2), ("x",), ("left", ""))
    found = Network(Origin("classic", "some"), (Input("x", (2, 4)),), ("left",), (node,))
    assert lifetimes(evaluate_network(found, {})) == {"x": (-1, 1)}


# where values lie ---------------------------------------------------------------------------------------


def test_where_values_lie():
    found = network(
        [
            (Activation(), ("x",), 1),
            (Transpose((0, 2, 1)), ("0",), 1),
            (Dropout(), ("1",), 1),
            (Activation(), ("2",), 1),
            (Unsqueeze((0,)), ("3",), 1),
        ],
        {"x": (2, 4, 6)},
        ["4"],
    )
    evaluation = evaluate_network(found, {})
    across = (24, 1, 6)
    inference = {name: place for visit in visits(evaluation) for name, place in visit.places.items()}
    assert inference["0"] == Place("0")
    assert inference["1"] == inference["2"] == Place("0", across)
    assert inference["3"] == Place("3", across)
    assert inference["4"].storage == "3"
    learning = {
        name: place for visit in visits(evaluation, is_training=True) for name, place in visit.places.items()
    }
    assert learning["2"] == Place("2", across)


def test_whose_gradients_are_wanted():
    found = network(
        [
            (Activation(), ("x",), 1),
            (Linear(), ("0", "w"), 1),
            (Elementwise("greater"), ("1", "0"), 1),
            (Elementwise("where"), ("2", "1", "0"), 1),
        ],
        {"x": (2, 4)},
        ["3"],
        {"w": Weight("w", (4, 4))},
    )
    evaluation = evaluate_network(found, {})
    assert [visit.run.wanted for visit in visits(evaluation, is_training=True)] == [
        (False,),
        (False, True),
        (True, False),
        (False, True, False),
    ]
    assert [v.has_gradient for v in visits(evaluation, is_training=True)] == [False, True, False, True]
    assert not any(any(visit.run.wanted) for visit in visits(evaluation))


def test_what_is_not_known_is_no_view():
    found = network([(Flatten(1), ("x",), 1)], {"x": None}, ["0"])
    (visit,) = visits(evaluate_network(found, {}))
    assert visit.places == {"0": Place("0")}
    assert isinstance(visit.run.outputs[0].shape, Unknown)
