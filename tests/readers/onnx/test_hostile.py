"""Files made to break a reader, or merely odd: each ends in a model or in an error that explains."""

import random
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shapelens.errors import (
    LimitExceededError,
    MalformedFileError,
    ShapelensError,
    TruncatedFileError,
    UnreadableError,
)
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.model import OnnxGraph, OnnxModel, OnnxTensor, OnnxUnread
from tests.readers.onnx.encoder import (
    attribute,
    block,
    branch,
    float32,
    integers,
    model,
    node,
    number,
    packed,
    shape,
    small_model,
    tensor,
    tensor_type,
    value,
    varint,
)

ANEW = "write the file anew from its source"
LAST = block(12, value("last", tensor_type(1, "N", 3)))


def with_tensor(*contents):
    """A model with one initializer."""
    return model(block(5, tensor(*contents)), LAST)


def with_attribute(contents):
    """A model with one node that has one attribute."""
    return model(block(1, node("Any", ("x",), ("last",), contents)), LAST)


def caught(data, kind=ShapelensError):
    with pytest.raises(kind) as found:
        decode_model(data)
    return found.value


def test_the_small_model_is_one():
    """What is broken below is whole to begin with."""
    found = decode_model(small_model(), "small.onnx")
    assert [each.operator for each in found.graph.nodes] == ["Conv", "Reshape", "If"]
    assert found.graph.nodes[0].attributes == {"pads": (1, 1, 1, 1), "strides": (2, 2)}
    assert found.graph.nodes[1].metadata == {"module": "head"}
    assert [each.values for each in found.graph.initializers] == [
        tuple([0.0] * 216),
        tuple(map(float, range(8))),
        (0, -1),
        (True,),
    ]
    assert found.graph.outputs[0].shape == ("batch", None)
    then = found.graph.nodes[2].attributes["then_branch"]
    assert isinstance(then, OnnxGraph)
    assert then.nodes[0].attributes == {"value": OnnxTensor("", (1,), "float32", (0.5,))}


# Messages that contradict themselves


@pytest.mark.parametrize(
    ("data", "kind", "summary"),
    [
        (with_tensor("w", (-1,)), MalformedFileError, "it has a dim of -1"),
        (with_tensor("w", (2**63,)), MalformedFileError, "it has a dim of -9,223,372,036,854,775,808"),
        (with_tensor("w", (2**62, 2)), MalformedFileError, "it has a tensor of 2^63 elements or more"),
        (with_tensor("w", (2**63 - 1,) * 64), MalformedFileError, "it has a tensor of 2^63 elements or more"),
        (with_tensor("w", (1,) * 65), LimitExceededError, "it has a tensor of 65 dims"),
        (with_tensor("w", (), 1, packed(1, (1,) * 1000)), LimitExceededError, "it has a tensor of 65 dims"),
        (
            with_tensor("w", (4,), 1, block(9, bytes(12))),
            MalformedFileError,
            "it holds 12 bytes of elements and needs 16",
        ),
        (
            with_tensor("w", (9999,), 1, block(9, bytes(12))),
            MalformedFileError,
            "it holds 12 bytes of elements and needs 39,996",
        ),
        (
            with_tensor("w", (4,), 7, packed(7, (1, 2, 3))),
            MalformedFileError,
            "it holds 3 numbers and needs 4",
        ),
        (
            with_tensor("w", (4,), 22, packed(5, (1, 2, 3))),
            MalformedFileError,
            "it holds 3 numbers and needs 2",
        ),
        (
            with_tensor("w", (4,), 7, packed(7, range(9999))),
            MalformedFileError,
            "it holds more than 4096 numbers and needs 4",
        ),
        (
            with_tensor("w", (4,), 1, block(4, bytes(15))),
            MalformedFileError,
            "it holds a list of 15 bytes, which is no whole count of numbers",
        ),
        (
            with_tensor("w", (2,), 7, block(7, b"\x01\xff")),
            MalformedFileError,
            "the number before byte 24 is cut off by the end of its field",
        ),
        (
            model(block(15, block(1, tensor("s", (1,))), number(3, 5), number(3, -5)), LAST),
            MalformedFileError,
            "it has a dim of -5",
        ),
        (
            model(block(11, value("x", tensor_type(1, *range(65)))), LAST),
            LimitExceededError,
            "it has a shape of 65 dims",
        ),
        (model(block(1, node("")), LAST), MalformedFileError, "it has a node without an operator"),
        (
            model(block(1, node("Conv", (), (), integers("pads", 1), integers("pads", 2))), LAST),
            MalformedFileError,
            "it has a node with two attributes pads",
        ),
        (with_attribute(attribute("g", 5)), MalformedFileError, "it has an attribute g without a value"),
        (with_attribute(attribute("g", 99)), MalformedFileError, "it has an attribute g without a value"),
        (with_attribute(attribute("g", 0)), MalformedFileError, "it has an attribute g without a value"),
        (
            with_attribute(attribute("g", 6, block(7, bytes(5)))),
            MalformedFileError,
            "it has a list of floats that is cut off",
        ),
        (small_model() + small_model(), MalformedFileError, "it has two graphs"),
        (model(), UnreadableError, "its graph is empty"),
        (number(1, 8) + block(7, LAST), MalformedFileError, "it names no operator set"),
        (model(block(2, "n" * 65_537), LAST), LimitExceededError, "it has a name of 65,537 bytes"),
    ],
)
def test_a_contradiction_is_named(data, kind, summary):
    error = caught(data, kind)
    assert type(error) is kind
    assert error.summary == summary
    assert error.at.startswith("byte ")
    assert error.rule
    assert error.fix


def test_the_message_of_a_contradiction():
    assert str(caught(with_tensor("conv1.weight", (4, 3), 1, block(9, bytes(12))))) == (
        "it holds 12 bytes of elements and needs 48\n"
        "  at     byte 13, tensor conv1.weight\n"
        "  have   12 bytes for 12 elements of type float32\n"
        "  rule   an element of type float32 takes 32 bits\n"
        f"  fix    {ANEW}"
    )


@pytest.mark.parametrize(
    ("limit", "unit"),
    [
        ("NODES", "nodes"),
        ("TENSORS", "tensors"),
        ("VALUES", "values"),
        ("FUNCTIONS", "functions"),
        ("OPSET_IMPORTS", "operator sets"),
        ("ATTRIBUTES", "attributes"),
    ],
)
def test_every_count_has_a_limit(monkeypatch, limit, unit):
    functions = block(25, block(1, "f")) + block(25, block(1, "g")) + block(8, block(1, "d"))
    decode_model(small_model() + functions)
    monkeypatch.setattr(limits, f"MAXIMUM_{limit}", 1)
    error = caught(small_model() + functions, LimitExceededError)
    assert error.have == f"2 {unit}"
    assert error.rule == f"at most 1 {unit}; no network needs as many"


@pytest.mark.parametrize(
    "contents",
    [
        block(1, node("Relu", ("x",), ("n" * 900,))),
        block(1, node("Relu", ("x",), ("y",), block(3, "n" * 900))),
        block(1, node("Relu", ("x",), ("y",), block(9, block(1, "note"), block(2, "n" * 900)))),
        block(1, node("Any", ("x",), ("y",), attribute("own", 3, block(4, "n" * 900)))),
        block(1, node("Any", ("x",), ("y",), attribute("own", 6, block(7, bytes(400))))),
        block(1, node("Any", ("x",), ("y",), attribute("own", 7, block(8, bytes(100))))),
        block(1, node("Any", ("x",), ("y",), integers("own", *range(50)))),
        block(1, node("Any", ["x"] * 150, ("y",))),
        block(5, tensor("w" * 900, (2, 3))),
        block(5, tensor("w", (100,), 1, block(9, bytes(400)))),
        block(13, value("v" * 900, tensor_type(1, 1))),
        b"".join([block(1, node("Relu", (f"v{place}",), (f"v{place + 1}",))) for place in range(20)]),
        b"".join([block(5, tensor(f"w{place}", (2, 3))) for place in range(20)]),
    ],
)
def test_what_is_kept_of_a_file_has_a_limit(monkeypatch, contents):
    data = model(block(1, node("Relu", ("x",), ("last",))), contents, LAST)
    decode_model(data)
    monkeypatch.setattr(limits, "MAXIMUM_HELD_BYTES", 1_800)
    decode_model(model(block(1, node("Relu", ("x",), ("last",))), LAST))
    error = caught(data, LimitExceededError)
    assert error.summary.startswith("it has names, nodes and settings of ")
    assert error.have.endswith(" bytes in memory")


def nested(levels, innermost=b""):
    """A graph with graphs within each other."""
    graph = innermost
    for _ in range(levels):
        graph = block(1, node("If", (), (), attribute("then_branch", 5, block(6, graph)))) + LAST
    return graph


def test_graphs_within_each_other():
    found = decode_model(model(nested(limits.MAXIMUM_NESTING), LAST))
    depth = 0
    graph = found.graph
    while graph.nodes:
        depth += 1
        inner = graph.nodes[0].attributes["then_branch"]
        assert isinstance(inner, OnnxGraph)
        graph = inner
    assert depth == limits.MAXIMUM_NESTING


@pytest.mark.parametrize("levels", [limits.MAXIMUM_NESTING + 1, 60, 2000])
def test_too_many_graphs_within_each_other(levels):
    error = caught(model(nested(levels), LAST), LimitExceededError)
    assert error.summary == "it has a subgraph of 33 levels"


@pytest.mark.parametrize("field", [4, 5, 9])
def test_too_many_types_within_each_other(field):
    declared = tensor_type(1, 3)
    for _ in range(1000):
        declared = block(field, block(2 if field == 5 else 1, declared))
    error = caught(model(block(11, value("x", declared)), LAST), LimitExceededError)
    assert error.summary == "it has a type of 33 levels"


# What is odd and yet read


def test_a_long_text_is_stepped_over():
    found = decode_model(with_attribute(attribute("engine", 3, block(4, bytes(100_000)))))
    assert found.graph.nodes[0].attributes == {"engine": OnnxUnread(100_000)}


def test_long_metadata_is_left_out():
    entries = block(9, block(1, "stack"), block(2, "s" * 100_000)) + block(
        9, block(1, "module"), block(2, "head")
    )
    found = decode_model(model(block(1, node("Relu", ("x",), ("last",), entries)), LAST))
    assert found.graph.nodes[0].metadata == {"module": "head"}


def test_names_that_differ_in_the_file_differ():
    found = decode_model(model(block(1, node("Add", (b"\xff", b"\xfe"), ("last",))), LAST))
    assert found.graph.nodes[0].inputs == (r"\xff", r"\xfe")


def test_text_that_is_none_is_replaced():
    found = decode_model(with_attribute(attribute("mode", 3, block(4, b"a\xffb"))))
    assert found.graph.nodes[0].attributes == {"mode": "a\ufffdb"}


def test_what_the_newer_protobuf_leaves_out_is_the_default():
    contents = b"".join(attribute(f"kind{kind}", kind) for kind in (1, 2, 3, 6, 7, 8))
    found = decode_model(with_attribute(contents))
    assert list(found.graph.nodes[0].attributes.values()) == [0.0, 0, "", (), (), ()]


def test_an_attribute_of_the_first_format_does_not_say_its_kind():
    contents = (
        attribute("a", 0, number(3, 5))
        + attribute("b", 0, number(8, 1), number(8, 2))
        + attribute("c", 0, float32(2, 0.5))
    )
    found = decode_model(with_attribute(contents))
    assert found.graph.nodes[0].attributes == {"a": 5, "b": (1, 2), "c": 0.5}


def test_packed_and_single_numbers_are_alike():
    packed_ = attribute("pads", 7, packed(8, (1, -2, 300)))
    assert decode_model(with_attribute(packed_)) == decode_model(with_attribute(integers("pads", 1, -2, 300)))
    assert decode_model(with_tensor("w", (), 1, packed(1, (2, 300)))) == decode_model(
        with_tensor("w", (2, 300))
    )


def test_weights_that_were_taken_out_have_a_shape_still():
    for contents in (b"", block(9, b"")):
        [found] = decode_model(with_tensor("w", (64, 3), 1, contents)).graph.initializers
        assert (found.shape, found.values) == ((64, 3), None)


def test_a_field_of_another_wire_type_is_unknown():
    assert decode_model(small_model() + number(7, 3) + block(1, "x")) == decode_model(small_model())


def test_the_last_one_of_two_counts():
    assert decode_model(number(1, 3) + small_model()).ir_version == 8


def test_a_dim_of_minus_one_is_not_known():
    found = decode_model(model(block(12, value("last", tensor_type(1, -1, -4, 0, "", "N")))))
    assert found.graph.outputs[0].shape == (None, None, 0, None, "N")


def test_a_data_type_of_the_future_is_named_by_its_number():
    found = decode_model(with_tensor("w", (2,), 99, block(9, bytes(5))))
    assert (found.graph.initializers[0].data_type, found.graph.initializers[0].values) == (
        "data type 99",
        None,
    )


# Anything at all


def survives(data):
    """Decode; anything but a model or an explained error fails the test."""
    try:
        found = decode_model(data)
    except ShapelensError as error:
        return error
    assert isinstance(found, OnnxModel)
    return found


@pytest.mark.parametrize("sixteenths", range(1, 16))
def test_truncated(sixteenths):
    data = small_model()
    error = caught(data[: len(data) * sixteenths // 16], TruncatedFileError)
    assert error.summary == "it ends in the middle of a field"


def test_truncated_at_every_byte():
    data = small_model()
    assert all(isinstance(survives(data[:end]), UnreadableError) for end in range(len(data)))


def test_random_bytes():
    generator = random.Random(0)
    for length in range(2000):
        survives(generator.randbytes(length % 200))


def test_every_single_byte_changed():
    data = small_model()
    for position in range(len(data)):
        for byte in (0, 0x7F, 0x80, 0xFF, data[position] ^ 1):
            survives(data[:position] + bytes([byte]) + data[position + 1 :])


@st.composite
def mutations(draw):
    """The small model with some of its bytes changed, cut out, doubled or added."""
    data = bytearray(small_model())
    for _ in range(draw(st.integers(1, 8))):
        position = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 16))
        kind = draw(st.sampled_from(["change", "cut", "double", "add"]))
        if kind == "cut":
            del data[position : position + length]
        elif kind == "double":
            data[position:position] = data[position : position + length]
        else:
            new = draw(st.binary(min_size=length, max_size=length))
            data[position : position + (length if kind == "change" else 0)] = new
    return bytes(data)


@given(mutations())
@settings(max_examples=500)
def test_mutations(data):
    survives(data)


contents = st.recursive(
    st.binary(max_size=12) | st.sampled_from([b"w", bytes(16), varint(2**63), shape(1, "N", None)]),
    lambda inner: st.lists(
        st.tuples(st.integers(1, 26), inner | st.integers(-2, 2**64 - 1)).map(
            lambda pair: number(*pair) if isinstance(pair[1], int) else block(*pair)
        ),
        max_size=6,
    ).map(b"".join),
    max_leaves=40,
)


@given(contents)
@example(branch("x"))
@settings(max_examples=500)
def test_any_graph(content):
    """Well-formed fields with any content get further than random bytes do."""
    survives(model(content, LAST))
    survives(model(block(1, node("Any", (), (), content)), LAST))
    survives(with_attribute(block(5, content)))
    survives(model(block(5, content), LAST))
    survives(model(block(11, content), LAST))


def test_work_grows_with_the_number_of_nodes():
    """Counted in steps of the interpreter, which are the same on every machine."""

    def steps(count):
        data = model(block(1, node("Conv", ("a", "b"), ("c",), integers("pads", 1, 1))) * count, LAST)
        taken = 0

        def count_calls(*_):
            nonlocal taken
            taken += 1

        sys.setprofile(count_calls)
        try:
            decode_model(data)
        finally:
            sys.setprofile(None)
        return taken

    few, many = steps(200), steps(2000)
    assert many < 10.5 * few
