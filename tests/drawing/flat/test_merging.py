"""Several stations as one: by the user's wish, and where nothing else has room."""

from dataclasses import replace

import pytest

import shapelens
from shapelens.drawing.flat.merging import merged, squeezed
from shapelens.drawing.flat.operators_graph import operators_of
from shapelens.errors import UsageError
from tests.drawing.flat.flat import some_graph


def resnet():
    evaluation = shapelens.inspect("resnet18").evaluation
    return operators_of(evaluation), evaluation.network.modules


@pytest.mark.parametrize("count", [1, 2, 5, 11])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_squeezed_runs_forwards(seed, count):
    graph = some_graph(seed)
    fewer = squeezed(graph, count)
    assert len(fewer.stations) == min(count, len(graph.stations))
    for place, station in enumerate(fewer.stations):
        assert all(parent < place for parent in station.parents)


def test_what_is_squeezed_says_so_and_loses_no_operator():
    graph, _ = resnet()
    fewer = squeezed(graph, 7)
    assert fewer.folded == ("neighbours, to 7 boxes",)
    assert [s for station in fewer.stations for s in station.steps] == [
        s for station in graph.stations for s in station.steps
    ]
    assert fewer.stations[-1].form.text() == "1000"
    assert squeezed(graph, 1).folded == ("everything, to one box",)


def test_names_are_those_of_the_first_and_the_last():
    graph, _ = resnet()
    assert squeezed(squeezed(graph, 20), 1).stations[0].name == "input … fc"


def test_a_module_is_one_station():
    graph, modules = resnet()
    one = merged(graph, ["layer2.0"], modules)
    block = next(station for station in one.stations if station.name == "layer2.0")
    assert (block.module, block.kind, block.form.text(), len(block.steps)) == (
        "BasicBlock", "convolution", "128×28×28", 9,
    )  # fmt: skip
    assert len(one.stations) == len(graph.stations) - 8


def test_a_module_that_gives_something_on_the_way_is_refused():
    graph, modules = resnet()
    path = "layer1"
    assert len(merged(graph, [path], modules).stations) < len(graph.stations)
    given_out = next(place for place, s in enumerate(graph.stations) if s.name == "layer1.0.conv1")
    stations = [
        replace(s, is_open_end=True) if place == given_out else s for place, s in enumerate(graph.stations)
    ]
    opened = replace(graph, stations=tuple(stations))
    with pytest.raises(UsageError) as refused:
        merged(opened, [path], modules)
    assert "what layer1.0.conv1 gives is taken outside of it" in str(refused.value)
