"""Layers, their order, and where they are parted."""

from itertools import pairwise

import pytest

from shapelens.drawing.flat.layering import crossings_of, cuts_of, layers_of, main_path, parts_of
from tests.drawing.flat.flat import some_graph


def parents_of(seed):
    return [tuple(dict.fromkeys(station.parents)) for station in some_graph(seed).stations]


@pytest.mark.parametrize("seed", range(15))
def test_each_stands_behind_all_that_it_takes_from(seed):
    parents = parents_of(seed)
    layers = layers_of(parents)
    assert all(layers[place] > layers[parent] for place, taken in enumerate(parents) for parent in taken)
    assert set(layers) == set(range(max(layers) + 1))


@pytest.mark.parametrize("seed", range(15))
def test_the_main_path_has_one_station_in_each_layer(seed):
    parents = parents_of(seed)
    layers = layers_of(parents)
    path = main_path(parents, layers)
    assert [layers[place] for place in path] == list(range(max(layers) + 1))
    assert all(before in parents[place] for before, place in pairwise(path))


@pytest.mark.parametrize("seed", range(15))
def test_every_line_is_in_a_part_or_cut(seed):
    parents = parents_of(seed)
    layers = layers_of(parents)
    path = main_path(parents, layers)
    starts = list(range(0, len(path), 3))
    parts = parts_of(parents, layers, path, starts)
    assert sorted(place for part in parts for place in part.stations) == list(range(len(parents)))
    leaving = {
        (source, taking) for part in parts for source, all_of in part.leaving.items() for taking in all_of
    }
    entering = {(source, place) for part in parts for place, of in part.entering.items() for source in of}
    assert leaving == entering
    for part in parts:
        inside = set(part.stations) | ({part.carried} if part.carried is not None else set())
        for place in part.stations:
            for parent in parents[place]:
                assert (parent in inside) != ((parent, place) in entering)


def test_two_lines_do_not_cross_where_they_need_not():
    # 0 parts into 1 and 2; 3 hangs on 2 and 4 on 1.
    parts = parts_of([(), (0,), (0,), (2,), (1,), (3, 4)], [0, 1, 1, 2, 2, 3], [0, 1, 4, 5], [0])
    order = [[place for place, _ in layer] for layer in parts[0].layers]
    assert order in ([[0], [1, 2], [4, 3], [5]], [[0], [2, 1], [3, 4], [5]])


def test_lines_are_counted_once_for_each_that_gives():
    assert crossings_of([(), (0,), (0,), (0, 1, 2)], [0, 1, 1, 2]) == [1, 3, 0]


@pytest.mark.parametrize(
    ("lengths", "crossings", "room", "starts"),
    [
        ([10, 10, 10, 10], [1, 1, 1, 0], 20, [0, 2]),
        ([10, 10, 10, 10], [1, 1, 1, 0], 100, [0]),
        ([10, 10, 10, 10], [1, 3, 3, 0], 30, [0, 1]),  # not where three lines are cut
        ([10, 10, 50, 10], [1, 1, 1, 0], 20, None),
    ],
)
def test_layers_are_parted_where_few_lines_are_cut(lengths, crossings, room, starts):
    assert cuts_of(lengths, crossings, room) == starts
