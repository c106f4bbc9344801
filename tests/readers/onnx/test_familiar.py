"""Nodes and tensors like those before: read by their names alone, and read as protobuf reads them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shapelens.errors import ShapelensError
from shapelens.readers.onnx import graphs, tensors
from shapelens.readers.onnx.decoding import decode_model
from tests.readers.onnx.encoder import (
    attribute,
    block,
    integers,
    model,
    node,
    number,
    packed,
    tensor,
    tensor_type,
    value,
)

onnx = pytest.importorskip("onnx")

pytestmark = pytest.mark.onnx

LAST = block(12, value("last", tensor_type(1)))
X = block(11, value("x", tensor_type(1)))

NAMES = ["x", "w", "", "y" * 127, "z" * 128, "q" * 300, "ü", "r" * 20_000]

in_nodes = st.sampled_from(
    [
        *[block(1, name) for name in NAMES],
        *[block(2, name) for name in NAMES],
        *[block(3, name) for name in NAMES],
        block(4, "Conv"),
        block(4, "Relu"),
        block(4, "Cast"),
        integers("pads", 1, 1),
        integers("pads", 1, 2),
        attribute("to", 2, number(3, 300)),
        attribute("body", 5, block(6, block(1, node("Neg", ("a",), ("b",))))),
        block(7, "own"),
        block(7, "ai.onnx"),
        block(8, "second"),
        block(9, block(1, "key"), block(2, "text")),
        block(6, "words"),
        number(15, 3),
    ]
)
usual = st.tuples(
    st.lists(st.sampled_from([block(1, name) for name in NAMES]), max_size=3),
    st.lists(st.sampled_from([block(2, name) for name in NAMES]), max_size=2),
    st.lists(st.sampled_from([block(3, name) for name in NAMES]), max_size=1),
    st.just([block(4, "Conv")]),
    st.lists(
        st.sampled_from([integers("pads", 1, 1), block(9, block(1, "key"), block(2, "text"))]), max_size=1
    ),
).map(lambda parts: [field for part in parts for field in part])


def plain_node(each):
    """The names and settings of a node of ours, or of onnx' own."""
    if hasattr(each, "op_type"):
        texts = {entry.key: entry.value for entry in each.metadata_props}
        domain = "" if each.domain == "ai.onnx" else each.domain
        own = (each.op_type, domain, each.name, tuple(each.input), tuple(each.output), each.overload, texts)
        return (*own, [a.name for a in each.attribute])
    own = (
        each.operator,
        each.domain,
        each.name,
        each.inputs,
        each.outputs,
        each.overload,
        dict(each.metadata),
    )
    return (*own, list(each.attributes))


def check_nodes(messages) -> None:
    data = model(*[block(1, *fields) for fields in messages], X, LAST)
    try:
        found = decode_model(data).graph.nodes
    except ShapelensError:
        # Without an operator, or with two attributes of one name.
        theirs = onnx.ModelProto.FromString(data).graph.node
        names = [[a.name for a in each.attribute] for each in theirs]
        refused = [not n.op_type or len(set(own)) < len(own) for n, own in zip(theirs, names, strict=True)]
        assert any(refused)
        return
    theirs = onnx.ModelProto.FromString(data).graph.node
    assert [plain_node(each) for each in found] == [plain_node(each) for each in theirs]


@given(st.lists(st.lists(in_nodes, min_size=1, max_size=7), min_size=1, max_size=4), st.data())
@settings(max_examples=400)
def test_nodes_whose_fields_stand_in_any_order(messages, data) -> None:
    again = data.draw(st.lists(st.sampled_from(messages), max_size=4))
    check_nodes([*messages, *again])


@given(st.lists(usual, min_size=1, max_size=8))
@example([[block(1, "x"), block(4, "Conv"), block(3, "n")], [block(1, "w"), block(4, "Conv"), block(3, "m")]])
@example([[block(3, "n"), block(4, "Conv"), block(3, "m")], [block(3, "p"), block(4, "Conv"), block(3, "m")]])
@example([[block(1, ""), block(2, "y"), block(4, "Conv")], [block(1, "x"), block(2, "y"), block(4, "Conv")]])
@settings(max_examples=300)
def test_nodes_as_programs_write_them(messages) -> None:
    check_nodes(messages)


def test_a_node_like_one_before_is_not_read_field_by_field(monkeypatch) -> None:
    read = []
    kept = graphs._read_fields
    monkeypatch.setattr(graphs, "_read_fields", lambda *given: (read.append(1), kept(*given))[1])
    many = [
        block(
            1,
            node(
                "Conv", (f"v{place}", "w"), (f"v{place + 1}",), block(3, f"n{place}"), integers("pads", 1, 1)
            ),
        )
        for place in range(20)
    ]
    odd = block(1, node("Conv", ("x", "w"), ("odd",), integers("pads", 1, 2)))
    found = decode_model(model(*many, odd, *many, X, LAST)).graph.nodes
    assert len(read) == 2
    assert found[0].attributes == {"pads": (1, 1)}
    assert [each.attributes for each in found[19:22]] == [
        {"pads": (1, 1)},
        {"pads": (1, 2)},
        {"pads": (1, 1)},
    ]


def test_alike_nodes_share_what_they_have_in_common_and_values_their_names() -> None:
    data = model(
        *[block(1, node("Relu", (f"v{p}",), (f"v{p + 1}",), integers("axes", 1, 2))) for p in range(3)],
        X,
        LAST,
    )
    row = decode_model(data).graph.nodes
    assert len(set(map(id, row.kinds))) == 1
    assert row[0].outputs[0] is row[1].inputs[0]


def test_nodes_that_hold_graphs_are_each_read(monkeypatch) -> None:
    """Graphs count against the limits each time."""
    monkeypatch.setattr("shapelens.readers.onnx.limits.MAXIMUM_NODES", 5)
    holding = node(
        "Any", ("x",), ("y",), attribute("body", 5, block(6, block(1, node("Neg", ("a",), ("b",)))))
    )
    with pytest.raises(ShapelensError) as caught:
        decode_model(model(*[block(1, holding)] * 3, X, LAST))
    assert caught.value.have == "6 nodes"


# tensors ------------------------------------------------------------------------------------------------

in_tensors = st.sampled_from(
    [
        number(1, 2),
        number(1, 300),
        packed(1, (2, 3)),
        number(2, 1),
        number(2, 7),
        packed(7, (1, 2)),
        number(7, 5),
        block(8, "a"),
        block(8, "b"),
        block(8, "n" * 200),
        block(9, bytes(8)),
        block(9, bytes(2400)),
        block(13, block(1, "location"), block(2, "weights.bin")),
        number(14, 1),
        block(12, "words"),
    ]
)


@given(st.lists(st.lists(in_tensors, max_size=6), min_size=1, max_size=4), st.data())
@settings(max_examples=400)
def test_tensors_whose_fields_stand_in_any_order(messages, data) -> None:
    """Each as if it were alone in its file."""
    again = data.draw(st.lists(st.sampled_from(messages), max_size=3))
    alone = []
    for fields in (*messages, *again):
        try:
            alone += decode_model(model(block(5, *fields), X, LAST)).graph.initializers
        except ShapelensError:
            return
    together = decode_model(model(*[block(5, *fields) for fields in (*messages, *again)], X, LAST))
    assert together.graph.initializers == alone


def test_a_tensor_like_one_before_is_not_read_field_by_field(monkeypatch) -> None:
    read = []
    kept = tensors.elements
    monkeypatch.setattr(tensors, "elements", lambda *given: (read.append(1), kept(*given))[1])
    many = [block(5, tensor(f"w{place}", (8, 3, 5, 5), 1, block(9, bytes(2400)))) for place in range(9)]
    biases = [block(5, tensor(f"b{place}", (8,), 1, block(9, bytes([place] * 32)))) for place in range(9)]
    found = decode_model(model(*many, *biases, X, LAST)).graph.initializers
    assert [each.name for each in found] == [f"{kind}{place}" for kind in "wb" for place in range(9)]
    assert len(set(map(id, found.kinds[:9]))) == 1
    assert found[12].values != found[13].values
    assert len(read) == 1 + 9


def test_raw_bytes_of_another_length_are_looked_at() -> None:
    whole = block(5, tensor("w", (8, 3, 5, 5), 1, block(9, bytes(2400))))
    short = block(5, tensor("v", (8, 3, 5, 5), 1, block(9, bytes(2396))))
    with pytest.raises(ShapelensError) as caught:
        decode_model(model(whole, short, X, LAST))
    assert caught.value.summary == "it holds 2,396 bytes of elements and needs 2,400"
