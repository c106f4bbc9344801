"""The tree of modules: what stands together, and that no step is lost or stands before what it takes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.analyses.blocks import block_tree, grouped
from shapelens.dims import symbol
from shapelens.network import Input, Network, Node, Origin, evaluate_network
from shapelens.operators import Elementwise

SAMPLE = (symbol("N"), 4)


def steps_of(*rows):
    """Steps from (name, path, inputs); `x` is the network's input."""
    nodes = [Node(name, Elementwise("add"), inputs, (name,), path=path) for name, path, inputs in rows]
    network = Network(Origin("onnx", "m"), (Input("x", SAMPLE),), (rows[-1][0],), tuple(nodes))
    return evaluate_network(network, {}).steps


def names(steps):
    return [step.node.name for step in steps]


def test_interleaved_modules_stand_together():
    steps = steps_of(
        ("a.1", "a", ("x",)), ("head.1", "head", ("a.1",)), ("b.1", "b", ("a.1",)), ("head.2", "head", ("b.1",))
    )  # fmt: skip
    assert names(grouped(steps)) == ["a.1", "b.1", "head.1", "head.2"]


def test_modules_inside_modules_stand_together():
    steps = steps_of(
        ("m.a.1", "m.a", ("x",)), ("m.b.1", "m.b", ("x",)), ("m.a.2", "m.a", ("m.a.1",)), ("m.b.2", "m.b", ("m.b.1",))
    )  # fmt: skip
    assert names(grouped(steps)) == ["m.a.1", "m.a.2", "m.b.1", "m.b.2"]


def test_modules_that_take_from_each_other_stay_as_they_are():
    steps = steps_of(
        ("a.1", "a", ("x",)), ("b.1", "b", ("a.1",)), ("a.2", "a", ("b.1",)), ("b.2", "b", ("a.2",))
    )
    assert names(grouped(steps)) == ["a.1", "b.1", "a.2", "b.2"]


@given(data=st.data(), count=st.integers(1, 14))
@settings(max_examples=80)
def test_every_step_stands_once_and_after_what_it_takes(data, count):
    rows = []
    for place in range(count):
        path = data.draw(st.sampled_from(["", "a", "b", "a.c", "a.d", "b.c"]))
        taken = data.draw(st.sampled_from(["x", *[name for name, _, _ in rows]]))
        rows.append((f"{path}.{place}" if path else f"{place}", path, (taken,)))
    steps = grouped(steps_of(*rows))
    assert sorted(names(steps)) == sorted(name for name, _, _ in rows)
    known = {"x"}
    for step in steps:
        assert known.issuperset(step.node.inputs)
        known.update(step.node.outputs)


def test_a_tree_holds_every_step_in_order():
    steps = steps_of(("a.1", "a", ("x",)), ("a.b.1", "a.b", ("a.1",)), ("2", "", ("a.b.1",)))
    tree = block_tree(steps, {"a": "Block"})
    assert names(tree.steps) == ["a.1", "a.b.1", "2"]
    (block, last) = tree.children
    assert (block.path, block.module) == ("a", "Block")
    assert last.node.name == "2"
