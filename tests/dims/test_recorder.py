"""A recorded program says what integers say, wherever its guards hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    Unknown,
    all_of,
    any_of,
    at_least,
    ceil_divide,
    decide,
    equal,
    less_than,
    maximum,
    minimum,
    negate,
    rounded_product,
    select,
    symbol,
)
from shapelens.dims.recorder import AnotherPathError, Recorded, Recorder, replay
from shapelens.errors import DimensionError


def pool(size):
    """A rule with everything in it: the last window of `ceil_mode` must start inside."""
    out = ceil_divide(size - 3, 2) + 1
    out = select(at_least((out - 1) * 2, size + 1), out - 1, out)
    if decide(less_than(size, 3)):
        return maximum(size, 1)
    return minimum(out, 1000) + size % 4 + 100 // size - (-size) - rounded_product(size, 0.29)


def recorded(function, example):
    recorder = Recorder({"H": example})
    return json.loads(json.dumps(recorder.program({"out": function(recorder.input("H"))})))


@pytest.mark.parametrize("example", [1, 2, 3, 4, 224])
def test_replay_at_other_sizes(example):
    program = recorded(pool, example)
    for size in range(1, 300):
        if (size < 3) == (example < 3):
            assert replay(program, {"H": size}) == {"out": pool(size)}
        else:
            with pytest.raises(AnotherPathError):
                replay(program, {"H": size})


def test_another_path_says_which_sizes():
    with pytest.raises(AnotherPathError) as caught:
        replay(recorded(pool, 224), {"H": 2})
    assert str(caught.value) == (
        "these sizes lead along another path\n"
        "  have   H = 2\n"
        "  rule   a program holds where every recorded decision comes out as it did"
    )


def test_a_guard_comes_before_what_relies_on_it():
    def guarded(size):
        return 100 // (size - 3) if decide(at_least(size, 4)) else size

    program = recorded(guarded, 10)
    assert replay(program, {"H": 5}) == {"out": 50}
    with pytest.raises(AnotherPathError):
        replay(program, {"H": 3})


def test_every_guard_counts():
    def nested(size):
        if decide(at_least(size, 10)):
            return 1 if decide(equal(size % 2, 0)) else 2
        return 3

    program = recorded(nested, 12)
    assert len(program["guards"]) == 2
    assert replay(program, {"H": 20}) == {"out": 1}
    for size in (13, 8, 9):
        with pytest.raises(AnotherPathError):
            replay(program, {"H": size})


def test_steps_are_not_repeated_and_not_wasted():
    recorder = Recorder({"H": 224, "W": 7})
    height = recorder.input("H")
    recorder.input("W")
    unused = height * 17
    first = (height + 6 - 7) // 2 + 1
    second = (height - 1) // 2 + 1
    program = recorder.program({"first": first, "second": second})
    assert unused.example == 224 * 17
    assert program == {
        "inputs": {"H": 224, "W": 7},
        "steps": [
            ["input", "H"],
            ["constant", -1],
            ["add", 0, 1],
            ["constant", 2],
            ["floordiv", 2, 3],
            ["constant", 1],
            ["add", 4, 5],
        ],
        "guards": [],
        "outputs": {"first": 6, "second": 6},
    }


@given(st.lists(st.integers(-5, 5), max_size=8), st.integers(1, 50))
@settings(max_examples=100)
def test_constants_fold(constants, size):
    recorder = Recorder({"H": 7})
    total = recorder.input("H") * 3
    for constant in constants:
        total = constant + total - 1
    program = recorder.program({"total": total})
    assert len(program["steps"]) <= 5
    assert replay(program, {"H": size}) == {"total": size * 3 + sum(constants) - len(constants)}


def test_operators_of_every_kind():
    recorder = Recorder({"H": 10, "W": 3})
    height, width = recorder.input("H"), recorder.input("W")

    def everything(h, w):
        return {
            "sum": h + w,
            "difference": h - w,
            "from an integer": 5 - h,
            "negative": -h,
            "product": h * w,
            "twice": 2 * h,
            "once": h * 1,
            "quotient": h // w,
            "whole": h // 1,
            "of an integer": 100 // w,
            "remainder": h % w,
            "remainder of an integer": 100 % w,
            "minimum": minimum(h, w, 7),
            "maximum": maximum(1, w, h),
            "both": select(all_of(at_least(h, 5), at_least(w, 5)), 1, 0),
            "either": select(any_of(at_least(h, 50), at_least(w, 5)), h, w),
            "neither": select(negate(any_of(at_least(h, 50), at_least(w, 5))), h, w),
            "rounded": rounded_product(h, 0.7, precision="single", rounding="round"),
        }

    program = json.loads(json.dumps(recorder.program(everything(height, width))))
    for h in range(1, 60, 3):
        for w in range(1, 9):
            assert replay(program, {"H": h, "W": w}) == everything(h, w)


def test_the_example_is_known():
    recorder = Recorder({"H": 224})
    assert pool(recorder.input("H")).example == pool(224)


def test_integers_and_unknowns_among_the_outputs():
    recorder = Recorder({"H": 224})
    outputs = {"batch": 8, "zero": recorder.input("H") * 0, "unknown": Unknown("data"), "symbol": symbol("k")}
    program = recorder.program(outputs)
    assert replay(program, {"H": 7}) == {"batch": 8, "zero": 0, "unknown": None, "symbol": None}


def test_large_integers_survive_json():
    program = recorded(lambda size: size * 2**70 // 3, 5)
    assert replay(program, {"H": 7}) == {"out": 7 * 2**70 // 3}


def test_no_truth_value():
    recorder = Recorder({"H": 224})
    for question in (recorder.input("H"), at_least(recorder.input("H"), 3)):
        with pytest.raises(DimensionError, match="has no truth value"):
            bool(question)
    assert isinstance(recorder.input("H"), Recorded)
