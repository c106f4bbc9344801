"""The author's arithmetic in the settings of operators, at whatever sizes are fed."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.dims import Unknown, at_least, symbol
from shapelens.dims.lanes import Lanes
from shapelens.network import Guard, Input, Network, Node, Origin, evaluate_network
from shapelens.network.binding import bound, is_open
from shapelens.network.replay import evaluate_lanes
from shapelens.operators import Fill, Gather, Index, Overwrite, Reshape, Slice

N, H, K = symbol("N"), symbol("H"), symbol("k", 0)


@pytest.mark.parametrize(
    ("operator", "closed"),
    [
        (Reshape((N, 4 * H)), Reshape((2, 28))),
        (Overwrite((Slice((0,), (H,)), Gather(0, N))), Overwrite((Slice((0,), (7,)), Gather(0, 2)))),
        (Fill((K, H)), Fill((K, 7))),
    ],
)
def test_symbols_give_way_to_what_is_fed(operator, closed) -> None:
    assert is_open(operator)
    assert bound(operator, {"N": 2, "H": 7}) == closed


def test_operators_without_symbols_are_closed() -> None:
    assert not is_open(Reshape((2, -1)))
    assert not is_open(Overwrite((Slice((0,), (4,)),)))


def network(*guards) -> Network:
    """Some elements of an image, counted, and zeros as many as they are."""
    nodes = (
        Node("found", Index((0,), (K,)), ("x", "x"), ("found",)),
        Node("zeros", Fill((K, H)), (), ("zeros",)),
    )
    declared = Input("x", (N, H), "bool", example={"N": 2, "H": 7, "k": 14})
    return Network(Origin("torch", "counts"), (declared,), ("found", "zeros"), nodes, guards=guards)


def test_a_count_is_one_symbol_all_through() -> None:
    values = evaluate_network(network(), {"x": (2, 9)}).values
    assert (values["found"].shape, values["zeros"].shape) == ((K,), (K, 9))


def test_at_many_sizes_at_once_a_count_is_not_known() -> None:
    unknown = Unknown("only the data decide how many there are")
    sizes = {"N": 2, "H": np.array([7, 9])}
    ((_, evaluation),) = evaluate_lanes(network(), {"x": (N, H)}, sizes).parts
    assert evaluation.values["found"].shape == (unknown,)
    rows, columns = evaluation.values["zeros"].dims
    assert rows == unknown
    assert isinstance(columns, Lanes)
    asked = network(Guard(at_least(K, H), 1))
    ((_, evaluation),) = evaluate_lanes(asked, {"x": (N, H)}, sizes).parts
    assert evaluation.values["zeros"].shape == unknown
