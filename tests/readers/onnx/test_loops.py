"""`Loop`, `Scan` and `SequenceMap`: round by round where the count is known, else what is true of every round."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.analyses.costs import costs_of
from shapelens.dims import Unknown, bounds, evaluate, symbol
from shapelens.network.replay import evaluate_lanes
from shapelens.operators import TensorSequence
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.model import OnnxTensor
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.models import evaluated, graph, model, node, numbers, shape_of, truth, value

N, L = symbol("N"), symbol("L")
X = value("x", "N", 4)
CHANGES = Unknown("it changes from round to round of a loop")

COUNTER, GOES_ON = value("i"), value("go")
HELD = [numbers("three", 3), numbers("zero", 0), numbers("one", 1), truth("yes", True), truth("no", False)]


def body(nodes, outputs, *states):
    return graph(nodes, outputs, [COUNTER, GOES_ON, *[value(state) for state in states]])


def looping(nodes, outputs, inputs="n yes x", given="y", before=(), states=("a",), inputs_of_file=(X,)):
    """A file with a loop that is given `x` first."""
    inner = body(nodes, outputs, *states)
    loop = node("Loop", inputs, given, "again", body=inner)
    return model(graph([*before, loop], given, inputs_of_file, HELD))


ROWS = [node("Shape", "x", "sizes"), node("Gather", "sizes zero", "n")]
"""How many rows `x` has."""

RELU = [node("Relu", "a", "b")]
GROWING = [node("Concat", "a x", "b", axis=0)]


# counts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "expected"),
    [("three", (3, N, 4)), ("n", (N, N, 4)), ("zero", (0, N, 4)), ("one", (1, N, 4))],
)
def test_what_is_collected_has_a_slice_for_each_round(count, expected) -> None:
    file = looping(RELU, "go b b", f"{count} yes x", "y s", ROWS)
    assert shape_of(file, "s") == expected
    assert shape_of(file, "y") == (N, 4)


def test_a_count_that_only_data_decide_is_a_symbol_with_bounds() -> None:
    file = looping(RELU, "go b b", "trips - x", "y s", inputs_of_file=(X, value("trips")))
    count, *rest = shape_of(file, "s")
    assert (str(count), bounds(count), rest) == ("k_y", (0, None), [N, 4])


def test_a_condition_may_end_it_sooner() -> None:
    ends = [*RELU, node("ReduceMax", "b", "most"), node("Less", "most limit", "on")]
    file = looping(ends, "on b b", "three yes x", "y s", inputs_of_file=(X, value("limit")))
    assert bounds(shape_of(file, "s")[0]) == (0, 3)
    assert shape_of(file, "y") == (N, 4)


def test_a_condition_that_the_rounds_decide_is_followed() -> None:
    """The second round is the last: its number is 1, and `go` is whether it is less than 1."""
    ends = [*RELU, node("Less", "i one", "on")]
    assert shape_of(looping(ends, "on b b", "three yes x", "y s"), "s") == (2, N, 4)


def test_a_condition_that_never_holds() -> None:
    file = looping(GROWING, "go b b", "three no x", "y s")
    assert shape_of(file, "y") == (N, 4)
    assert shape_of(file, "s")[0] == 0


# what is carried on -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "expected"), [("three", 4 * N), ("n", N * N + N), ("zero", N)])
def test_what_grows_by_the_same_each_time(count, expected) -> None:
    assert shape_of(looping(GROWING, "go b", f"{count} yes x", "y", ROWS), "y") == (expected, 4)


def test_what_grows_by_itself_is_not_known_when_the_count_is_none() -> None:
    double = [node("Concat", "a a", "b", axis=0)]
    assert shape_of(looping(double, "go b", "three yes x"), "y") == (8 * N, 4)
    assert shape_of(looping(double, "go b", "n yes x", before=ROWS), "y") == (CHANGES, 4)


def test_what_is_collected_and_differs_from_round_to_round() -> None:
    file = looping(GROWING, "go b b", "n yes x", "y s", ROWS)
    assert shape_of(file, "s") == (N, CHANGES, 4)
    fixed = looping(GROWING, "go b b", "three yes x", "y s")
    assert shape_of(fixed, "s") == Unknown("what a loop collects differs")


def test_a_placeholder_that_the_first_round_replaces() -> None:
    """An empty tensor is carried in, and the rows of `x` come out, of every round."""
    nodes = [node("Relu", "x", "b"), node("Size", "a", "unused")]
    file = looping(nodes, "go b", "n yes zero", "y", ROWS)
    assert shape_of(file, "y") == (N, 4)
    surely = looping(nodes, "go b", "trips yes zero", "y", inputs_of_file=(X, value("trips")))
    assert shape_of(surely, "y") == Unknown("it changes from round to round of a loop")


def test_what_a_round_decides_by_its_number_is_not_taken_for_all() -> None:
    """Another branch in the third round: the sizes of the first say nothing."""
    then = graph([node("Concat", "a a", "c", axis=0)], "c")
    otherwise = graph([node("Identity", "a", "d")], "d")
    nodes = [
        node("Shape", "a", "now"),
        node("Gather", "now zero", "rows"),
        node("Greater", "rows limit", "large"),
        node("If", "large", "e", then_branch=then, else_branch=otherwise),
        node("Concat", "e x", "b", axis=0),
    ]
    file = looping(nodes, "go b", "n yes x", before=[*ROWS, node("Mul", "n three", "limit")])
    assert isinstance(shape_of(file, "y", N=2)[0], Unknown)


def test_sequences_are_carried_on() -> None:
    nodes = [node("SequenceInsert", "a x", "b")]
    empty = [node("SequenceEmpty", "", "none"), *ROWS]
    fixed = evaluated(looping(nodes, "go b", "three yes none", before=empty)).values["y"]
    assert isinstance(fixed, TensorSequence)
    assert fixed.items is not None
    assert [item.shape for item in fixed.items] == [(N, 4)] * 3
    free = evaluated(looping(nodes, "go b", "n yes none", before=empty)).values["y"]
    assert isinstance(free, TensorSequence)
    assert free.each is not None
    assert (free.length, free.each.shape) == (N, (N, 4))


# costs, bounds, readings --------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "expected"), [("three", 3 * 16), ("n", N * 16)])
def test_every_round_costs_and_the_weight_is_counted_once(count, expected) -> None:
    """For one sample: a row of `x`."""
    nodes = [node("MatMul", "a w", "b")]
    inner = body(nodes, "go b", "a")
    held = [*HELD, OnnxTensor("w", (4, 4), "float32")]
    file = model(graph([*ROWS, node("Loop", f"{count} yes x", "y", "again", body=inner)], "y", [X], held))
    costs = costs_of(evaluated(file))
    assert (costs.macs["again"], costs.parameters["again"]) == (expected, 16)


def test_vectors_of_sizes() -> None:
    file = looping(GROWING, "go b b", "three yes x", "y s")
    found = evaluate_lanes(network_of(file), {"x": (N, 4)}, {"N": np.arange(1, 5)})
    (part,) = [part for _, part in found.parts]
    assert list(part.values["y"].dims[0].values) == [4, 8, 12, 16]


def test_loops_within_loops_end(monkeypatch) -> None:
    """Each runs three times for every round of the one around it: 3^20 rounds would not end."""
    monkeypatch.setattr(limits, "MAXIMUM_LOOP_STEPS", 2_000)
    inner = body(GROWING, "go b", "a")
    for level in range(20):
        inner = body([node("Loop", "n yes a", "b", f"level{level}", body=inner)], "go b", "a")
    file = model(graph([*ROWS, node("Loop", "n yes x", "y", "outer", body=inner)], "y", [X], HELD))
    assert shape_of(file, "y") == Unknown("a loop would have to be followed for too long")


@pytest.mark.parametrize(
    ("operator", "attributes", "reason"),
    [
        ("Loop", {}, "a Loop has a body"),
        ("Scan", {"body": "a text"}, "a Scan has a body"),
        ("Scan", {"body": graph([], "x"), "num_scan_inputs": 3}, "it scans 3 of its 2 inputs"),
        ("Loop", {"body": graph([], "x")}, "the body of a Loop gives less than it is given"),
        ("SequenceMap", {"body": graph([], "x")}, "it is no sequence"),
    ],
)
def test_what_is_no_loop(operator, attributes, reason) -> None:
    inputs = "three yes x x" if operator == "Loop" else "x x"
    file = model(graph([node(operator, inputs, "y", **attributes)], "y", [value("x", 2, 4)], HELD))
    shape = shape_of(file, "y")
    assert isinstance(shape, Unknown)
    assert reason in shape.reason


# scans --------------------------------------------------------------------------------------------------


def scanning(nodes, outputs, inputs, given, states, opset=17, **attributes):
    inner = graph(nodes, outputs, [value(state) for state in states])
    scan = node("Scan", inputs, given, "scan", body=inner, **attributes)
    declared = [value("x", "N", "L", 4), value("h", "N", 4)]
    return model(graph([scan], given, declared, HELD), opset=opset)


ADDING = [node("Add", "state slice", "next"), node("Identity", "next", "kept")]


def test_a_scan_goes_along_an_axis() -> None:
    file = scanning(
        ADDING,
        "next kept",
        "h x",
        "last all",
        ("state", "slice"),
        num_scan_inputs=1,
        scan_input_axes=(1,),
        scan_output_axes=(-1,),
    )
    assert shape_of(file, "last") == (N, 4)
    assert shape_of(file, "all") == (N, 4, L)


def test_before_version_9_a_batch_led_every_tensor() -> None:
    file = scanning(ADDING, "next kept", "- h x", "last all", ("state", "slice"), opset=8, num_scan_inputs=1)
    assert shape_of(file, "last") == (N, 4)
    assert shape_of(file, "all") == (N, L, 4)


def test_scans_along_axes_that_differ_do_not_fit() -> None:
    nodes = [node("Relu", "one", "kept")]
    attributes = {"num_scan_inputs": 2, "scan_input_axes": (1, 0)}
    file = scanning(nodes, "kept", "x h", "all", ("one", "other"), **attributes)
    found = evaluated(file, N=2, L=5)
    assert [str(c) for c in found.conditions] == ["L = N"]


# sequences ----------------------------------------------------------------------------------------------


def test_a_sequence_is_mapped() -> None:
    inner = graph([node("Concat", "part other", "b", axis=0)], "b", [value("part"), value("other")])
    nodes = [
        node("SplitToSequence", "x three", "parts"),
        node("SequenceMap", "parts x", "mapped", body=inner),
    ]
    held = [OnnxTensor("three", (), "int64", (3,))]
    fixed = evaluated(model(graph(nodes, "mapped", [value("x", 7, 4)], held))).values["mapped"]
    assert isinstance(fixed, TensorSequence)
    assert fixed.items is not None
    assert [item.shape for item in fixed.items] == [(10, 4), (10, 4), (8, 4)]
    free = evaluated(model(graph(nodes, "mapped", [X], held))).values["mapped"]
    assert isinstance(free, TensorSequence)
    assert free.each is not None
    assert (str(free.length), free.each.shape) == (
        "ceil(N/3)",
        (Unknown("the last part may be smaller"), 4),
    )


# beside an execution ------------------------------------------------------------------------------------

WHOLE = """
    <ir_version: 10, opset_import: ["" : 21]>
    whole (float[N,L,4] x, float[N,4] h) => (float[A,B,4] grown, float[C,N,4] rows, float[N,4] last, float[N,D,4] all) {
        yes = Constant <value = bool {1}> ()
        one = Constant <value = int64 {1}> ()
        sizes = Shape (x)
        count = Gather <axis: int = 0> (sizes, one)
        grown, rows = Loop (count, yes, x) <body = inner (int64 i, bool go, float[a,b,4] state)
            => (bool on, float[c,d,4] next, float[e,4] row)
            { on = Identity (go)  next = Concat <axis = 1> (state, x)  row = Identity (h) }>
        last, all = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [1],
            body = step (float[a,4] carried, float[b,4] slice) => (float[c,4] after, float[d,4] kept)
            { after = Add (carried, slice)  kept = Relu (after) }> (h, x)
    }
"""


@pytest.mark.onnx
@pytest.mark.parametrize(("batch", "length"), [(1, 1), (2, 3), (3, 7)])
def test_formulas_are_what_onnxruntime_gives(batch, length) -> None:
    onnx = pytest.importorskip("onnx")
    from tests.readers.onnx.execution import session_of

    original = onnx.parser.parse_model(WHOLE)
    fed = {"x": np.zeros((batch, length, 4), np.float32), "h": np.zeros((batch, 4), np.float32)}
    names = ["grown", "rows", "last", "all"]
    true = dict(zip(names, session_of(original).run(names, fed), strict=True))
    found = evaluated(decode_model(original.SerializeToString()), N=5, L=6).values
    for name in names:
        sizes = {"N": batch, "L": length}
        assert tuple([evaluate(dim, sizes) for dim in found[name].dims]) == true[name].shape, name
