"""Decisions about symbols: taken as the example says, and remembered as conditions."""

from __future__ import annotations

import threading

import pytest

from shapelens.dims import (
    Path,
    all_of,
    any_of,
    at_least,
    decide,
    equal,
    following,
    less_than,
    select,
    symbol,
)
from shapelens.dims.path import WalkedPath
from shapelens.errors import DimensionError

H, W = symbol("H"), symbol("W")


def test_the_example_decides_and_the_path_remembers():
    with following(Path({"H": 224, "W": 7})) as path:
        assert decide(at_least(H, 29)) is True
        assert decide(at_least(W, 29)) is False
        assert decide(equal(H, W)) is False
        assert decide(any_of(equal(H, W), equal(W, 7))) is True
        assert decide(all_of(equal(H, W), equal(W, 7))) is False
    assert [str(condition) for condition in path.conditions] == [
        "H ≥ 29",
        "W < 29",
        "H ≠ W",
        "H = W or W = 7",
        "H ≠ W or W ≠ 7",
    ]


def test_a_condition_is_kept_once():
    with following(Path({"H": 224})) as path:
        for _ in range(3):
            decide(at_least(H, 29))
            decide(less_than(H, 29))
            decide(at_least(2 * H, 57))
    assert [str(condition) for condition in path.conditions] == ["H ≥ 29"]


def test_what_is_proved_is_no_decision():
    with following(Path({"H": 224})) as path:
        assert decide(at_least(H, 1)) is True
        assert decide(less_than(H // 2, 0)) is False
    assert path.conditions == []


def test_select_chooses_a_value():
    with following(Path({"H": 224})) as path:
        assert select(at_least(H, 29), H // 2, 0) == H // 2
        assert select(at_least(H, 300), H // 2, 0) == 0
    assert [str(condition) for condition in path.conditions] == ["H ≥ 29", "H < 300"]


def test_a_symbol_without_an_example_takes_its_least_value():
    with following(Path()) as path:
        assert decide(at_least(symbol("k", minimum=5), 6)) is False
        assert decide(equal(H, 1)) is True
    assert [str(condition) for condition in path.conditions] == ["k < 6", "H = 1"]


def test_no_path():
    with pytest.raises(DimensionError) as caught:
        decide(at_least(H, 29))
    assert str(caught.value) == (
        "H ≥ 29 depends on the size\n"
        "  rule   a decision about symbols is taken along a path\n"
        "  fix    with following(Path({'H': 224})): …"
    )


def test_paths_nest():
    outer, inner = Path({"H": 224}), Path({"H": 7})
    with following(outer):
        with following(inner):
            assert decide(at_least(H, 29)) is False
        assert decide(at_least(H, 30)) is True
    assert [str(c) for c in outer.conditions] == ["H ≥ 30"]
    assert [str(c) for c in inner.conditions] == ["H < 29"]
    with pytest.raises(DimensionError):
        decide(at_least(H, 29))


def test_a_path_is_left_after_an_error():
    with pytest.raises(KeyError), following(Path({"H": 7})):
        raise KeyError
    with pytest.raises(DimensionError, match="depends on the size"):
        decide(at_least(H, 29))


def test_threads_do_not_see_each_others_path():
    errors = []

    def elsewhere():
        try:
            decide(at_least(H, 29))
        except DimensionError as error:
            errors.append(error.summary)

    with following(Path({"H": 224})):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert errors == ["H ≥ 29 depends on the size"]


def test_paths_do_not_share_their_conditions():
    with following(Path({"H": 224})):
        decide(at_least(H, 29))
    assert Path({"H": 224}).conditions == []


def test_size():
    path = Path({"H": 224})
    assert path.size(H // 2 + W) == 113


def test_what_is_no_condition():
    with pytest.raises(DimensionError, match="is no condition of a path"):
        Path().holds(3)


def test_it_answers_what_was_decided_and_nothing_else():
    H = symbol("H")
    with following(Path({"H": 7})) as path:
        assert not decide(equal(H, 1))
    with following(WalkedPath(path.example, path.conditions)):
        assert not decide(equal(H, 1))
        with pytest.raises(DimensionError, match="H = 2 depends on the size"):
            decide(equal(H, 2))
    assert [str(condition) for condition in path.conditions] == ["H ≠ 1"]
