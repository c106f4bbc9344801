"""`If`: by sizes, along a path, for vectors of sizes, and where only data decide."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens import Inspection
from shapelens.dims import Unknown, condition_text, symbol
from shapelens.dims.recorder import replay
from shapelens.network.replay import evaluate_lanes, record
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import evaluated, graph, model, node, numbers, shape_of, value

N, C = symbol("N"), symbol("C")
X = value("x", "N", "C", 4)

HELD = [numbers("one", 1), numbers("axis", 1), OnnxTensor("w", (4, 9), "float32")]

IS_ONE = [
    node("Shape", "x", "sizes"),
    node("Gather", "sizes one", "channels"),
    node("Equal", "channels one", "alone"),
]
"""Whether there is one channel: what PyTorch's exporter asks before it squeezes."""


def squeezing(condition: str = "alone", then=None, otherwise=None, before=IS_ONE, inputs=(X,)):
    branches = {
        "then_branch": then or graph([node("Squeeze", "x axis", "squeezed")], "squeezed"),
        "else_branch": otherwise or graph([node("Identity", "x", "same")], "same"),
    }
    nodes = [*before, node("If", condition, "y", "choice", **branches), node("Relu", "y", "z")]
    return model(graph(nodes, "z", inputs, HELD))


DATA = {"condition": "c", "before": (), "inputs": (X, value("c"))}
"""Where a condition that flows in decides."""


@pytest.mark.parametrize(("channels", "expected"), [(1, (2, 4)), (5, (2, 5, 4))])
def test_sizes_decide(channels, expected) -> None:
    file = squeezing(inputs=(value("x", 2, channels, 4),))
    assert shape_of(file, "z") == expected


@pytest.mark.parametrize(
    ("channels", "expected", "condition"), [(1, (N, 4), "C = 1"), (3, (N, C, 4), "C ≠ 1")]
)
def test_an_example_decides_and_the_formula_says_for_which_sizes(channels, expected, condition) -> None:
    found = evaluated(squeezing(), C=channels)
    assert found.values["z"].shape == expected
    assert [condition_text(each) for each in found.conditions] == [condition]


def test_vectors_of_sizes_part_where_the_branches_do() -> None:
    found = evaluate_lanes(network_of(squeezing()), {"x": (N, C, 4)}, {"N": 2, "C": np.arange(1, 5)})
    ranks = {int(i): len(part.values["z"].dims) for indices, part in found.parts for i in indices}
    assert ranks == {0: 2, 1: 3, 2: 3, 3: 3}


def test_a_recorded_program_knows_where_it_ends() -> None:
    program = record(network_of(squeezing()), {"x": (N, C, 4)}, {"N": 2, "C": 3}, ["z"])
    assert replay(program, {"N": 2, "C": 5})["z[1]"] == 5
    assert program["guards"]


# where only data decide ---------------------------------------------------------------------------------


def test_branches_that_agree() -> None:
    then, otherwise = graph([node("Relu", "x", "r")], "r"), graph([node("Sigmoid", "x", "s")], "s")
    found = evaluated(squeezing(then=then, otherwise=otherwise, **DATA))
    assert (found.values["z"].shape, found.values["z"].dtype) == ((N, C, 4), "float32")


def test_branches_that_agree_in_a_part() -> None:
    halves = graph([node("MaxPool", "x", "p", kernel_shape=(2,), strides=(2,))], "p")
    shape = shape_of(squeezing(then=halves, **DATA), "z")
    reason = "the branches of an If differ, and the data decide which one is taken"
    assert shape == (N, C, Unknown(reason))


def test_branches_of_other_ranks() -> None:
    shape = shape_of(squeezing(**DATA), "z", C=1)
    assert shape == Unknown("the branches of an If differ, and the data decide which one is taken")


def test_a_branch_of_which_nothing_is_known() -> None:
    unheard = graph([node("Unheard", "x", "u")], "u")
    assert shape_of(squeezing(then=unheard, **DATA), "z") == Unknown("there is no rule for Unheard")


def test_what_does_not_fit_in_a_branch_that_is_not_taken_is_no_finding() -> None:
    fails = graph([node("MatMul", "x one", "m")], "m")
    inspection = Inspection(
        network_of(squeezing(then=fails, inputs=(value("x", 2, 3, 4),))), {"x": (2, 3, 4)}
    )
    assert inspection.findings == ()
    assert inspection["choice"].output_shape == (2, 3, 4)


def test_what_does_not_fit_in_the_branch_that_is_taken_is_one() -> None:
    fails = graph([node("Concat", "x w3", "m", axis=0)], "m", (), [OnnxTensor("w3", (1, 1, 3), "float32")])
    shape = (2, 1, 4)
    inspection = Inspection(network_of(squeezing(then=fails, inputs=(value("x", *shape),))), {"x": shape})
    assert [finding.layer for finding in inspection.findings] == ["choice"]


# what stands in a branch --------------------------------------------------------------------------------


def test_a_branch_within_a_branch_sees_all_values_around_it() -> None:
    inner = node(
        "If",
        "alone",
        "i",
        then_branch=graph([node("Squeeze", "t axis", "s")], "s"),
        else_branch=graph([], "t"),
    )
    file = squeezing("c", graph([node("Relu", "x", "t"), inner], "i"), inputs=(X, value("c")))
    assert shape_of(file, "z", C=3) == (N, C, 4)


def test_branches_with_values_of_one_name_do_not_mix_what_they_count() -> None:
    counting = graph([node("NonZero", "x", "places"), node("Shape", "places", "n")], "places")
    nodes = [node("If", "c", each, each, then_branch=counting, else_branch=counting) for each in ("a", "b")]
    nodes.append(node("Concat", "a b", "both", axis=0))
    found = evaluated(model(graph(nodes, "both", (X, value("c")))))
    one, other = found.values["a"].dims[1], found.values["b"].dims[1]
    assert isinstance(one, Unknown) or one != other


def test_its_multiplications_are_those_of_the_branch_that_is_taken() -> None:
    times = graph([node("MatMul", "x w", "m")], "m")
    for channels, macs in ((1, 4 * 9), (3, 0)):
        shape = (1, channels, 4)
        file = squeezing(then=times, inputs=(value("x", *shape),))
        assert Inspection(network_of(file), {"x": shape})["choice"].macs == macs
    along = Inspection(network_of(squeezing(then=times)), {"x": (N, C, 4)})
    assert along.macs == 0
    assert [condition_text(each) for each in along.evaluation.conditions] == ["C ≠ 1"]
    assert Inspection(network_of(squeezing()), {"x": (N, C, 4)}).macs == 0


def test_every_view_takes_it() -> None:
    inspection = Inspection(network_of(squeezing()), {"x": (N, C, 4)})
    layer = next(each for each in inspection.to_dict()["layers"] if each["name"] == "choice")
    assert layer["attributes"] == {"then": ["Squeeze"], "otherwise": ["Identity"]}
    assert layer["outputs"][0]["shape"] == ["N", "C", 4]
    assert "choice" in str(inspection)
    assert inspection.explain("choice").facts["operator"] == "Conditional"


def test_a_condition_that_is_no_truth() -> None:
    reason = "the branches of an If differ, and the data decide which one is taken"
    assert shape_of(squeezing("channels"), "z", C=3) == Unknown(reason)
