"""What a file declares that goes in: names of every kind, ranks that are not known, and things that are no tensor."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.dims import Unknown, symbol
from shapelens.readers.onnx.inputs import inputs_of
from shapelens.readers.onnx.model import OnnxValue
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import evaluated, graph, model, node, shape_of, value


def test_a_name_is_one_symbol_whatever_it_is() -> None:
    names = ("batch", 3, "height/2", "2*w + 1")
    (declared,) = inputs_of([value("x", *names)])
    assert declared.shape == (symbol("batch"), 3, symbol("height/2"), symbol("2*w + 1"))
    assert [size.symbols()[0].name for size in declared.shape if not isinstance(size, int)] == [
        "batch", "height/2", "2*w + 1"
    ]  # fmt: skip


def test_a_symbol_that_looks_like_a_formula_is_told_from_one() -> None:
    pool = node("MaxPool", "x", "y", kernel_shape=(2,), strides=(2,))
    size = shape_of(model(graph([pool], "y", [value("x", 1, 3, "h/2")])), "y")[2]
    assert size == symbol("h/2") // 2
    assert size != symbol("h") // 2 // 2
    assert size.symbols()[0].name == "h/2"


def test_a_name_that_stands_twice_is_one_size() -> None:
    one, other = inputs_of([value("a", "N", "T"), value("b", "N", "T")])
    assert one.shape == other.shape
    file = model(graph([node("Add", "a b", "c")], "c", [value("a", "N", "T"), value("b", "N", "T")]))
    assert evaluated(file, N=2, T=3).conditions == ()


def test_sizes_without_a_name_get_one_each() -> None:
    one, other = inputs_of([value("a", None, 3, None, None), value("b", None, 3, None, None)])
    assert one.shape == (symbol("N"), 3, symbol("H"), symbol("W"))
    assert other.shape == (symbol("N'"), 3, symbol("H'"), symbol("W'"))


def test_a_name_that_the_file_uses_is_not_given_to_another_size() -> None:
    (declared,) = inputs_of([value("x", None, 3, "N", None)])
    assert declared.shape == (symbol("N'"), 3, symbol("N"), symbol("W"))


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        (("N", 3, 224, 224), "NCHW"),
        (("N", 224, 224, 3), "NHWC"),
        (("N", 3, 16), "NCT"),
        ((1, 1, 8, 8, 8), "NCDHW"),
        (("N", 10), None),
        (("N", "T", 64), None),
        ((), None),
    ],
)
def test_where_the_axes_of_an_image_lie(shape, layout) -> None:
    (declared,) = inputs_of([value("x", *shape)])
    axes = None if declared.layout is None else declared.layout.axes
    assert axes == layout


def test_the_sizes_that_a_free_shape_is_shown_with() -> None:
    (declared,) = inputs_of([value("x", "N", "C", "H", None)])
    assert declared.example == {"N": 1, "C": 16, "H": 224, "W": 224}


def test_a_scalar_and_a_tensor_without_elements() -> None:
    scalar, empty = inputs_of([value("x"), value("y", 0, 3)])
    assert (scalar.shape, empty.shape) == ((), (0, 3))


def taking(kind: str, nodes, output: str, *shape):
    """A file that takes a value of a kind, evaluated."""
    return evaluated(
        model(graph(nodes, output, [OnnxValue("x", "float32", shape, kind), value("n", "N", 4)]))
    )


@pytest.mark.parametrize("kind", ["sequence", "optional sequence"])
def test_of_a_sequence_is_known_what_is_declared_of_its_tensors(kind) -> None:
    nodes = [
        node("OptionalGetElement", "x", "whole"),
        node("SequenceAt", "whole place", "part"),
        node("SequenceLength", "whole", "length"),
        node("ConcatFromSequence", "whole", "stacked", axis=0, new_axis=1),
        node("ConcatFromSequence", "whole", "joined", axis=1),
        node("SequenceInsert", "whole part", "longer"),
        node("ConcatFromSequence", "longer", "all", axis=0, new_axis=1),
        node("Relu", "whole", "wrong"),
    ]
    found = taking(kind, nodes, "part", "N", 3, None).values
    count = symbol("k_x", minimum=0)
    differs = Unknown("the tensors of a sequence may differ in it")
    assert found["part"].shape == (symbol("N"), 3, differs)
    assert (found["part"].dtype, found["length"].contents) == ("float32", (count,))
    assert found["stacked"].shape == (count, symbol("N"), 3, differs)
    assert found["joined"].shape == (symbol("N"), 3 * count, differs)
    assert found["longer"].length == count + 1
    assert found["all"].shape == (count + 1, symbol("N"), 3, differs)
    assert found["wrong"].shape == Unknown("it is a sequence of tensors of N×3×?, and no tensor")


def test_a_sequence_whose_tensors_are_of_no_declared_rank() -> None:
    plain = OnnxValue("x", "int64", None, "sequence")
    file = model(graph([node("SequenceAt", "x place", "y"), node("SequenceLength", "x", "n")], "y", [plain]))
    found = evaluated(file).values
    assert found["y"].shape == Unknown("the rank of the tensors in a sequence is not declared")
    assert found["y"].dtype == "int64"
    assert found["n"].contents == (symbol("k_x", minimum=0),)


def test_what_is_fed_for_a_name_is_fed_to_the_tensors_of_a_sequence_too() -> None:
    file = model(
        graph(
            [node("SequenceAt", "x place", "y")],
            "y",
            [OnnxValue("x", "float32", ("N", 3), "sequence"), value("n", "N", 4)],
        )
    )
    net = inspect(network_of(file), shapes={"n": (7, 4)})
    assert net.evaluation.values["y"].shape == (7, 3)
    # A shape that is given for a sequence is that of each of its tensors.
    net = inspect(network_of(file), shapes={"x": (5, 6)})
    assert net.evaluation.values["y"].shape == (5, 6)
    assert "sequence" in str(net)
    assert net.to_dict()["inputs"][0] == {
        "name": "x",
        "shape": None,
        "dtype": "float32",
        "unknown": "it is a sequence of tensors of 5×6, and no tensor",
    }


@pytest.mark.parametrize("kind", ["sequence map", "sequence sequence", "map", "opaque", "sparse"])
def test_what_is_no_tensor_has_no_shape(kind) -> None:
    file = model(graph([node("Relu", "x", "y")], "y", [OnnxValue("x", "float32", (2, 3), kind)]))
    found = evaluated(file)
    assert found.network.inputs[0].shape is None
    assert isinstance(found.values["y"].shape, Unknown)


def test_a_tensor_that_may_be_missing_has_the_shape_that_it_has_if_it_is_there() -> None:
    optional = OnnxValue("x", "float32", (2, 3), "optional")
    file = model(graph([node("OptionalGetElement", "x", "y")], "y", [optional]))
    assert evaluated(file).values["y"].shape == (2, 3)


def test_a_rank_that_is_not_declared() -> None:
    file = model(graph([node("Relu", "x", "y")], "y", [OnnxValue("x", "float32", None, "tensor")]))
    assert isinstance(evaluated(file).values["y"].shape, Unknown)
