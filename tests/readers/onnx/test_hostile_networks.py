"""Files that decode and are odd all the same: each becomes a network to look at, or an error that explains."""

from __future__ import annotations

import random
from itertools import product

import pytest

from shapelens.analyses.findings import findings_of
from shapelens.dims import Path, Unknown
from shapelens.errors import LimitExceededError, MalformedFileError, UnreadableError
from shapelens.network import evaluate_network
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.encoder import (
    attribute,
    block,
    integers,
    model,
    node,
    number,
    packed,
    small_model,
    tensor,
    tensor_type,
    value,
)

LAST = block(12, value("last", tensor_type(1, "N", 3)))
X = block(11, value("x", tensor_type(1, 1, 3, 8, 8)))


def survives(data: bytes):
    """Decode, translate, evaluate and tell; anything but a shape or an explained error fails the test."""
    try:
        network = network_of(decode_model(data, "odd.onnx"))
    except UnreadableError as error:
        return error
    example = {name: size for declared in network.inputs for name, size in declared.example.items()}
    evaluation = evaluate_network(network, {}, Path(example))
    findings_of(evaluation)
    return evaluation


def last_shape(*contents: bytes):
    found = survives(model(*contents, X, LAST))
    assert not isinstance(found, UnreadableError), found
    return dict(found.outputs)["last"].shape


def test_the_small_model_is_a_network() -> None:
    found = survives(small_model())
    assert found.values["y"].shape[1:] == (8, 16, 16)
    assert found.values["last"].shape == (1,)


# circles and doubles ------------------------------------------------------------------------------------


def test_a_node_that_needs_its_own_output() -> None:
    error = survives(model(block(1, node("Relu", ("last",), ("last",))), LAST))
    assert isinstance(error, MalformedFileError)
    assert error.summary == "the nodes of this file wait for each other in a circle"


def test_a_circle_within_a_branch_is_told_when_the_file_is_read() -> None:
    inner = block(1, node("Relu", ("b",), ("b",))) + block(12, value("b", tensor_type(1)))
    branches = [attribute(name, 5, block(6, inner)) for name in ("then_branch", "else_branch")]
    data = model(block(1, node("If", ("x",), ("last",), *branches)), X, LAST)
    with pytest.raises(MalformedFileError, match="in a circle"):
        network_of(decode_model(data, "odd.onnx"))


def test_a_function_that_calls_itself() -> None:
    again = block(7, node("F", ("a",), ("b",), block(7, "own")))
    function = block(25, block(1, "F"), block(4, "a"), block(5, "b"), again, block(10, "own"))
    data = model(block(1, node("F", ("x",), ("last",), block(7, "own"))), X, LAST) + function
    found = survives(data)
    assert dict(found.outputs)["last"].shape == Unknown("the function F calls itself")


def test_functions_that_multiply(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_WRITTEN_OUT", 20_000)
    functions = b"".join(
        block(
            25,
            block(1, f"F{level}"),
            block(4, "a"),
            block(5, "b"),
            block(10, "own"),
            *[
                block(7, node(f"F{level + 1}", (taken,), (given,), block(7, "own")))
                for taken, given in (("a", "c"), ("c", "d"), ("d", "b"))
            ],
        )
        for level in range(25)
    )
    data = model(block(1, node("F0", ("x",), ("last",), block(7, "own"))), X, LAST) + functions
    assert len(data) < 5_000
    assert isinstance(survives(data), LimitExceededError)


def test_two_values_of_one_name() -> None:
    twice = block(1, node("Relu", ("x",), ("last",))) * 2
    assert isinstance(survives(model(twice, X, LAST)), MalformedFileError)


# sizes that no network has ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "held", "attributes"),
    [
        ("Transpose", (), ()),
        ("Add", ("empty",), ()),
        ("Concat", ("empty", "empty"), (attribute("axis", 2, number(3, 1)),)),
        ("Expand", ("to",), ()),
        ("Tile", ("to",), ()),
        ("Reshape", ("to",), ()),
        ("ConstantOfShape", (), ()),
        ("Range", ("one", "one"), ()),
        ("Gather", ("empty",), ()),
    ],
)
@pytest.mark.parametrize("first", ["empty", "to", "one"])
def test_nothing_is_counted_that_is_not_there(operator, held, attributes, first) -> None:
    """A tensor of 2^62 × 0 has no elements, and a shape of 2^62 is one number."""
    last_shape(
        block(5, tensor("empty", (2**62, 0), 7)),
        block(5, tensor("to", (2,), 7, packed(7, (2**62, 0)))),
        block(5, tensor("one", (), 7, number(7, 2**62))),
        block(1, node(operator, (first, *held), ("last",), *attributes)),
    )


@pytest.mark.parametrize("size", [0, -1, 2**63 - 1, -(2**63)])
@pytest.mark.parametrize("name", ["pads", "strides", "dilations", "kernel_shape", "output_shape"])
@pytest.mark.parametrize("operator", ["Conv", "ConvTranspose", "MaxPool"])
def test_extreme_settings(operator, name, size) -> None:
    weight = block(5, tensor("w", (3, 3, 3, 3), 1))
    given = integers(name, *[size % 2**64] * (4 if name == "pads" else 2))
    last_shape(weight, block(1, node(operator, ("x", "w")[: 1 + (operator != "MaxPool")], ("last",), given)))


@pytest.mark.parametrize("count", [2**31, 2**62, 2**63 - 1])
def test_as_many_parts_as_are_named(count) -> None:
    many = attribute("num_outputs", 2, number(3, count))
    shape = last_shape(block(1, node("Split", ("x",), ("last",), many)))
    assert shape == Unknown(f"Split cannot be read: it has 1 outputs, and num_outputs is {count}")


# anything at all ----------------------------------------------------------------------------------------


def with_byte(position: int, way: int) -> bytes:
    """The small model with one byte changed in one of four ways."""
    data = small_model()
    byte = (0, 0x80, data[position] ^ 1, data[position] ^ 8)[way]
    return data[:position] + bytes([byte]) + data[position + 1 :]


def test_every_single_byte_changed() -> None:
    for position in range(len(small_model())):
        survives(with_byte(position, position % 4))


@pytest.mark.conformance
def test_every_single_byte_changed_in_every_way() -> None:
    for position, way in product(range(len(small_model())), range(4)):
        survives(with_byte(position, way))


def changed(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled or added."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        start = chance.randint(0, len(found))
        end = start + chance.randint(0, 12)
        kind = chance.choice(["change", "change", "cut", "double", "add"])
        new = chance.randbytes(end - start)
        found[start : start if kind in {"add", "double"} else end] = {
            "cut": b"", "double": found[start:end]
        }.get(kind, new)  # fmt: skip
    return bytes(found)


def sweep(rounds: int, seed: int) -> None:
    from tests.readers.onnx.suite import cases

    chance = random.Random(seed)
    for case in chance.choices(cases(), k=rounds):
        data = changed(case.model.SerializeToString(), chance)
        try:
            survives(data)
        except Exception as error:
            error.add_note(f"{case.name}: {data.hex()}")
            raise


@pytest.mark.onnx
@pytest.mark.conformance
@pytest.mark.parametrize("seed", range(8))
def test_cases_of_onnx_with_something_changed(seed) -> None:
    sweep(5_000, seed)


def test_small_models_with_something_changed() -> None:
    chance = random.Random(1)
    for _ in range(1_500):
        survives(changed(small_model(), chance))
