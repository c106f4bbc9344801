"""Nodes that do not belong: whatever a file writes, what a node becomes can be evaluated, and nothing is raised."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from shapelens.dims import Expression, Path, Unknown, following, symbol
from shapelens.operators import Opaque, Tensor, apply
from shapelens.readers.onnx.model import OnnxNode, OnnxReference, OnnxTensor, OnnxUnread, OnnxValue
from shapelens.readers.onnx.operators import FAMILIES, translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import cases, contents_of, dtype_of

onnx = pytest.importorskip("onnx")

OPERATORS = [(domain, name) for (_, domain), names in FAMILIES.items() for name in names.split()]

LARGEST, LEAST = 2**63 - 1, -(2**63)

ATTRIBUTES = [
    *["a text", "", -1, 0, 1, 2, 3, -7, LARGEST, LEAST, 0.5, float("nan"), float("inf"), -float("inf")],
    *[(), (1,), (0, 0), (-1, -1), (1, 2, 3), (2, 2, 2, 2), (LARGEST,) * 4, ("a", "b"), (0.5, 1.5)],
    OnnxTensor("", (2,), "int64", (1, 2)),
    OnnxTensor("", (2,), "float32"),
    OnnxUnread(70_000),
    OnnxReference("of a function"),
    OnnxValue("", "float32", (1,), "tensor"),
]
"""Attributes of every kind, small and large."""

SIZES = [0, 1, 2, 3, 4, 7, 8, 2**31, 2**62, symbol("H"), symbol("N"), Unknown("the data decide it")]

ELEMENTS = {
    "float32": [0.0, 1.0, -1.0, 0.5, 1e30, float("nan"), float("inf"), symbol("H"), Unknown("a datum")],
    "float16": [0.0, 1.0, 0.25, float("nan")],
    "bfloat16": [0.0, 1.0, float("inf")],
    "int64": [0, 1, -1, 2, 5, LARGEST, LEAST, symbol("H"), Unknown("a datum")],
    "int8": [0, 1, -1, 100],
    "uint8": [0, 1, 200, Unknown("a datum")],
    "bool": [True, False, Unknown("a datum")],
}


@cache
def attribute_names(domain: str, operator: str) -> tuple[str, ...]:
    """The attributes that an operator has or had in any version; those of ONNX' own where a domain copies it."""
    return tuple(
        sorted(
            {
                name
                for schema in onnx.defs.get_all_schemas_with_history()
                if schema.name == operator and schema.domain in {domain, ""}
                for name in schema.attributes
            }
        )
    )


def any_tensor(chance: random.Random) -> Tensor:
    """A tensor such as a file may hold or declare: few sizes, any type, contents where they are few."""
    if chance.random() < 0.08:
        return Tensor(Unknown("nothing declares it"))
    shape = tuple(chance.choices(SIZES, k=chance.randint(0, 6)))
    dtype = chance.choice(list(ELEMENTS))
    count = 1
    for size in shape:
        count *= size if isinstance(size, int) else 2**62
    if count > 8 or chance.random() < 0.3:
        return Tensor(shape, dtype)
    return Tensor(shape, dtype, tuple(chance.choices(ELEMENTS[dtype], k=count)))


def any_node(chance: random.Random, domain: str, operator: str) -> tuple[OnnxNode, dict[str, Tensor]]:
    """A node, and what goes in: a case of the suite with something changed, or anything at all."""
    known = [] if domain else cases(operator)
    attributes = {}
    if known and chance.random() < 0.6:
        case = chance.choice(known)
        inputs, outputs, attributes = list(case.node.inputs), case.node.outputs, dict(case.node.attributes)
        fed = {
            name: Tensor(np.shape(array), dtype_of(array), contents_of(array))
            for name, array in zip(inputs, case.inputs, strict=True)
            if array is not None
        }
        for place in range(len(inputs)):
            if chance.random() < 0.2:
                inputs[place] = chance.choice(["", f"other{place}"])
        inputs = inputs[: chance.choice([len(inputs)] * 9 + [chance.randint(0, len(inputs))])]
    else:
        inputs = [chance.choice(["", *[f"other{place}"] * 9]) for place in range(chance.randint(0, 8))]
        outputs = tuple([f"out{place}" for place in range(chance.randint(0, 3))])
        fed = {}
    fed |= {name: any_tensor(chance) for name in inputs if name.startswith("other")}
    for name in attribute_names(domain, operator):
        if chance.random() < 0.25:
            attributes[name] = chance.choice(ATTRIBUTES)
    return OnnxNode(operator, domain, "a node", tuple(inputs), outputs, attributes, {}), fed


def survives(node: OnnxNode, version: int, fed: dict[str, Tensor]) -> None:
    """Translate and evaluate a node, and ask all that views ask of it; whatever is raised is a bug."""
    translation = translated(Call(node, version, {}))
    operator = translation.operator
    inputs = [None if name is None else fed[name] for name in translation.inputs]
    with following(Path()):
        outcome = apply(operator, inputs, len(node.outputs))
        for tensor in outcome.outputs:
            for dim in () if isinstance(tensor.shape, Unknown) else tensor.shape:
                assert type(dim) is int or isinstance(dim, (Expression, Unknown)), (dim, operator)
        if any(isinstance(t.shape, Unknown) for t in (*inputs, *outcome.outputs) if t is not None):
            return
        operator.macs(inputs, outcome.outputs)
        operator.words(inputs, outcome.outputs)
        operator.links(inputs, outcome.outputs)
        operator.attributes(inputs)
        operator.filters(inputs)


def sweep(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(rounds):
        for domain, operator in OPERATORS:
            node, fed = any_node(chance, domain, operator)
            version = chance.choice([1, 6, 7, 9, 10, 11, 13, 18, 21, 23])
            try:
                survives(node, version, fed)
            except Exception as error:
                error.add_note(f"{node} at version {version}, fed {fed}")
                raise


@pytest.mark.onnx
def test_nothing_is_raised() -> None:
    sweep(rounds=8, seed=7)


@pytest.mark.onnx
@pytest.mark.conformance
@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_raised_in_a_long_sweep(seed) -> None:
    sweep(rounds=150, seed=seed)


@pytest.mark.parametrize(("domain", "operator"), OPERATORS)
def test_a_node_without_anything_has_no_shape(domain, operator) -> None:
    node = OnnxNode(operator, domain, "", (), (), {}, {})
    survives(node, 18, {})


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (OnnxNode("Conv", "", "", ("x",), ("y",), {}, {}), "Conv cannot be read: its input 2 is left out"),
        (
            OnnxNode("Concat", "", "", ("x", ""), ("y",), {}, {}),
            "Concat cannot be read: its input 2 is left out",
        ),
        (
            OnnxNode("Softmax", "", "", ("x",), ("y",), {"axis": "last"}, {}),
            "Softmax cannot be read: its attribute axis is of a kind that it does not take",
        ),
        (
            OnnxNode("Split", "", "", ("x",), ("y", "z"), {"num_outputs": LARGEST}, {}),
            f"Split cannot be read: it has 2 outputs, and num_outputs is {LARGEST}",
        ),
        (
            OnnxNode("Constant", "", "", (), ("y",), {"value_ints": ("a",)}, {}),
            "Constant cannot be read: it has no value of a kind that it takes",
        ),
    ],
)
def test_what_cannot_be_read_says_why(node, reason) -> None:
    operator = translated(Call(node, 18, {})).operator
    assert isinstance(operator, Opaque)
    assert operator.reason == reason
    assert apply(operator, []).outputs[0].shape == Unknown(reason)
