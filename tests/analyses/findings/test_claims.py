"""What a file says of itself and is not so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapelens.analyses.findings import findings_of
from shapelens.dims import Path, symbol
from shapelens.inspection import inspect
from shapelens.network import evaluate_network
from shapelens.readers.onnx.model import OnnxTensor, OnnxValue
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import evaluated, graph, model, node, value

X = value("x", "N", 3, "H", "W")
NODES = [
    node("Conv", "x w", "a", "conv1", strides=(2, 2), pads=(1, 1, 1, 1)),
    node("Relu", "a", "b", "relu1"),
    node("GlobalAveragePool", "b", "c", "pool"),
    node("Flatten", "c", "d", "flatten"),
]
WEIGHT = OnnxTensor("w", (8, 3, 3, 3), "float32")


def claiming(*claims: OnnxValue, inputs=(X,), weight=WEIGHT, nodes=NODES, output="d"):
    whole = replace(graph(nodes, output, inputs, [weight]), value_info=claims)
    return model(whole)


def found(file, **sizes):
    return [(f.code, f.layer, f.severity) for f in findings_of(evaluated(file, **sizes))]


def test_a_declared_shape_that_is_not_so_in_full() -> None:
    (finding,) = findings_of(evaluated(claiming(value("a", "N", 16, None, None), value("c", "N", 8, 1, 1))))
    assert finding.message == (
        "SL601  the file declares a shape that is not so\n"
        "  at     conv1 (Conv)\n"
        "  have   a  declared N×16×?×?, computed N×8×ceil(H/2)×ceil(W/2)\n"
        "  rule   a declared shape is what the operators give; runtimes that believe it fail, or allocate too little\n"
        "  fix    take the declared shapes out and infer them anew: del model.graph.value_info[:]"
    )
    assert finding.severity == "warning"


def test_several_are_told_once_where_the_first_shows() -> None:
    wrong = [value(name, "N", 9, 9, 9) for name in "abc"]
    (finding,) = findings_of(evaluated(claiming(*wrong, value("d", "N", 9))))
    assert (finding.summary, finding.layer) == ("the file declares shapes that are not so", "conv1")
    assert len(finding.have.splitlines()) == 4
    (finding,) = findings_of(
        evaluated(claiming(*wrong, value("d", 1), nodes=[*NODES, node("Relu", "d", "e")]))
    )
    assert finding.have.splitlines()[3] == "d  declared 1, computed N×8"


@pytest.mark.parametrize(
    "claims",
    [
        (value("a", "N", 8, None, None),),
        (value("a", "N", 8, "height of a", "unk__7"),),
        (value("a", 1, 8, 112, 112),),
        (value("a", "H", 8, None, None),),
        (OnnxValue("a", "float32", None, "tensor"),),
        (OnnxValue("a", "float32", (1, 2), "sequence"),),
        (value("nobody", 7),),
    ],
)
def test_what_may_be_so_is_not_told(claims) -> None:
    assert found(claiming(*claims)) == []


def test_a_name_means_what_it_means_in_the_inputs() -> None:
    assert found(claiming(value("a", "N", 8, "H", None))) == []
    """Where H is 1 it is so; from 2 rows on it is not."""
    two = evaluate_network(
        network_of(claiming(value("a", "N", 8, "H", None))),
        {"x": (symbol("N"), 3, symbol("H", minimum=2), 8)},
        Path({}),
    )
    assert [f.code for f in findings_of(two)] == ["SL601"]


def test_nothing_is_said_at_a_size_that_the_file_does_not_declare() -> None:
    fixed = claiming(value("a", 1, 8, 4, 4), inputs=(value("x", 1, 3, 8, 8),))
    assert found(fixed) == []
    network = network_of(fixed)
    assert findings_of(evaluate_network(network, {"x": (1, 3, 16, 16)})) == ()
    assert [f.code for f in findings_of(evaluate_network(network, {"x": (3, 16, 16)}))] == ["SL104"]
    wrong = network_of(claiming(value("a", 1, 8, 5, 4), inputs=(value("x", 1, 3, 8, 8),)))
    assert [f.code for f in findings_of(evaluate_network(wrong, {"x": (1, 3, 8, 8)}))] == ["SL601"]
    assert findings_of(evaluate_network(wrong, {"x": (1, 3, 16, 16)})) == ()


def test_nothing_is_said_of_a_network_that_was_edited() -> None:
    net = inspect(network_of(claiming(value("a", "N", 8, 4, 4), inputs=(value("x", "N", 3, 8, 8),))))
    assert net.findings == ()
    assert net.edit("conv1", stride=1).findings == ()


def test_nothing_is_said_behind_what_does_not_fit() -> None:
    misfit = OnnxTensor("w", (8, 5, 3, 3), "float32")
    assert [code for code, _, _ in found(claiming(value("a", "N", 9, 9, 9), weight=misfit))] == ["SL102"]


# what nothing gives -------------------------------------------------------------------------------------


def test_an_input_of_a_layer_that_nothing_gives() -> None:
    nodes = [node("Add", "x lost", "y", "sum"), node("Relu", "gone", "z")]
    (finding,) = findings_of(evaluated(model(graph(nodes, "y", [X]))))
    assert finding.message == (
        "SL602  nothing gives lost\n"
        "  at     sum (Add)\n"
        "  have   an input lost that is no input of the network, no weight, and no other layer's output\n"
        "  rule   a layer takes what the network is given, what it holds, or what another layer gives\n"
        "  fix    write the file anew from its source: a part of it was cut away"
    )


def test_an_output_that_nothing_gives() -> None:
    assert found(model(graph([node("Relu", "x", "y")], "y z", [X]))) == [("SL602", "", "error")]
    assert found(model(graph([node("Relu", "x", "y")], "y x", [X]))) == []


# files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "../../etc/passwd",
        "/dev/zero",
        "weights/../../w.bin",
        "..",
        "\\\\server\\w.bin",
        "C:\\w.bin",
        "a\\..\\b",
    ],
)
def test_weights_outside_of_the_folder(file) -> None:
    weight = replace(WEIGHT, external=file)
    (finding,) = findings_of(evaluated(claiming(weight=weight)))
    assert (finding.code, finding.severity) == ("SL603", "warning")
    assert finding.have == f"w in {file}"
    assert finding.at == "1 of 1 weights in other files"


@pytest.mark.parametrize("file", ["weights.bin", "folder/weights.bin", "weights..bin", ""])
def test_weights_beside_the_file(file) -> None:
    file_ = claiming(weight=replace(WEIGHT, external=file))
    assert found(file_) == []
    assert network_of(file_).claims.files == {"w": file}
