from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import CenterCropPad, Pad, Tensor, apply
from shapelens.operators.padding import mode_requirement, standing
from tests.operators.influence import assert_links_see, span_of
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")
MODES = ("constant", "reflect", "replicate", "circular")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def numbers(*elements):
    return Tensor((len(elements),), "int64", elements)


# padding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (Pad(((1, 2), (3, -1)), (-2, -1)), [Tensor((1, 3, 4, 5))], (1, 3, 7, 7)),
        (Pad(((0, 1), (0, 1)), (2, 3)), [Tensor((N, 3, H, W))], (N, 3, H + 1, W + 1)),
        (Pad(((1, 1), (2, 2))), [Tensor((H, W))], (H + 2, W + 4)),
        (Pad(((-1, -1),), (-1,)), [Tensor((3, 2))], (3, 0)),
        (Pad((), ()), [Tensor((N, C))], (N, C)),
        (Pad(), [Tensor((2, 3)), numbers(0, 1, 2, 3)], (4, 7)),
        (Pad(), [Tensor((2, 3)), numbers(1, 3), None, numbers(-1)], (2, 7)),
        (Pad(axes=(0,)), [Tensor((H, W)), numbers(H % 2, 1)], (H + H % 2 + 1, W)),
        (Pad(((1, 1),), (1,), "reflect"), [Tensor((N, H + 1))], (N, H + 3)),
        (Pad(((H, 0),), (1,), "circular"), [Tensor((N, H))], (N, 2 * H)),
        (Pad(), [Tensor((2, 3)), Tensor((4,), "int64")], (Unknown("the padding is computed from data"),) * 2),
        (Pad(), [Tensor((2, 3)), Tensor(Unknown("x"), "int64")], (Unknown("x"),) * 2),
        (Pad(), [Tensor((2, 3)), numbers(1, 1, 1)],
         (4, Unknown("the padding has a side missing"))),
        (Pad(((1, 1),), (0,)), [Tensor((Unknown("x"), 3))], (Unknown("x"), 3)),
        (Pad(((1, 1),), (0,)), [Tensor(Unknown("x"))], Unknown("x")),
    ],
)  # fmt: skip
def test_padding(operator, inputs, after) -> None:
    assert shape_of(operator, *inputs) == after


@pytest.mark.parametrize(
    ("operator", "tensor", "broken"),
    [
        (Pad(((-3, -2),), (1,)), (2, 4), "pad_cut"),
        (Pad(((-4, 0),), (1,), "replicate"), (2, 4), "pad_cut"),
        (Pad(((-5, 4),), (1,)), (2, 4), "pad_cut"),
        (Pad(((-5, 0),), (1,), cuts_first=True), (2, 4), "pad_cut"),
        (Pad(((4, 0),), (1,), "reflect"), (2, 4), "pad_limit"),
        (Pad(((5, 0),), (1,), "circular"), (2, 4), "pad_limit"),
        (Pad(((1, -6),), (1,), "circular"), (2, 4), "pad_cut"),
        (Pad(((-3, 0), (-4, 0)), (0, 1), "reflect"), (3, 4), "pad_cut"),
        (Pad(((-2, 0), (-4, 0)), (0, 1), "reflect"), (3, 4), None),
        (Pad(((-2, 2),), (1,), "reflect", cuts_first=True), (2, 4), "pad_limit"),
        (Pad(((1, 1),), (2,)), (2, 4), "axis"),
        (Pad(((1, 1), (1, 1)), (0, 0)), (2, 4), "axis"),
        (Pad(((1, 1),)), (2, 4), "count"),
        (Pad(((1, 1),), (1,), ranks=(3, 4)), (2, 4), "rank"),
        (Pad(((-2, 2),), (1,), "reflect"), (2, 4), None),
        (Pad(((-5, 4),), (1,), cuts_first=True), (2, 4), None),
        (Pad(((9, 9),), (1,), "circular", turns=True), (2, 4), None),
    ],
)
def test_what_does_not_fit(operator, tensor, broken) -> None:
    outcome = apply(operator, [Tensor(tensor)])
    assert [requirement.kind for requirement in outcome.broken] == ([broken] if broken else [])


def test_of_a_circle_that_is_cut_by_more_than_it_has_nothing_is_known() -> None:
    (requirement, limit) = Pad(((2, -5),), (1,), "circular").evaluate(Tensor((2, 4))).requirements
    assert isinstance(requirement.truth, Unknown)
    assert limit.truth is True


@pytest.mark.parametrize(
    ("mode", "size", "sides", "holds"),
    [
        ("reflect", 4, (3, 3), True),  # 1234 → 432 1234 321
        ("reflect", 4, (4, 0), False),
        ("reflect", 1, (0, 0), True),
        ("reflect", 0, (0, 0), False),
        ("replicate", 1, (9, 9), True),  # 1 → 111111111 1 111111111
        ("replicate", 0, (1, 0), False),
        ("circular", 4, (4, 4), True),  # 1234 → 1234 1234 1234
        ("circular", 4, (5, 0), False),
        ("constant", 0, (9, 9), True),
    ],
)
def test_what_a_mode_has_to_draw_from(mode, size, sides, holds) -> None:
    found = mode_requirement(mode, size, sides, 2)
    assert (found.kind, found.truth, found.spoils) == ("pad_limit", holds, (2,))
    with following(Path({"H": max(size, 1)})) as path:
        truth = mode_requirement(mode, H, sides, 2).truth
        assert size < 1 or (truth is True or path.holds(truth)) == holds
    found = mode_requirement("circular", 4, (9, 0), 2, turns=True)
    assert found.truth is True


@pytest.mark.torch
@given(
    st.integers(1, 3), st.sampled_from(MODES), st.lists(st.integers(0, 5), min_size=3, max_size=3),
    st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=3), st.booleans(),
)  # fmt: skip
@settings(max_examples=300)
def test_shapes_and_what_is_refused_are_pytorchs(rank, mode, sizes, pairs, batched) -> None:
    torch = pytest.importorskip("torch")
    # Of a single channel PyTorch refuses a circle that it cuts and draws from at once, for where it lies in memory.
    shape = (*([2] if batched else []), 2, *sizes[:rank])
    pairs = tuple(pairs[:rank])
    # And it lets a circle be cut by more than there is where the sizes that it then copies happen to broadcast.
    cut = [size + min(before, 0) + min(after, 0) for size, (before, after) in zip(sizes, pairs, strict=False)]
    assume(mode != "circular" or min(cut) >= 0)
    outcome = apply(Pad(pairs, tuple(range(-rank, 0)), mode), [Tensor(shape)])
    around = [side for pair in reversed(pairs) for side in pair]
    try:
        true = torch.nn.functional.pad(torch.zeros(shape), around, mode=mode)
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


ONNX_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@pytest.mark.onnx
@given(
    st.integers(1, 2), st.sampled_from(MODES), st.lists(st.integers(1, 5), min_size=2, max_size=2),
    st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=2, max_size=2), st.booleans(),
)  # fmt: skip
@settings(max_examples=200)
def test_shapes_and_what_is_refused_are_onnxruntimes(rank, mode, sizes, pairs, with_axes) -> None:
    shape = tuple(sizes[:rank])
    pairs = pairs[:1] if with_axes else pairs[:rank]
    flat = [pair[side] for side in (0, 1) for pair in pairs]
    inputs = [Tensor(shape), numbers(*flat), None, numbers(-1) if with_axes else None]
    fed = [zeros(*shape), np.array(flat, np.int64), None, np.array([-1], np.int64) if with_axes else None]
    outcome = apply(Pad(mode=mode, cuts_first=True, turns=True), inputs)
    found = shapes_of(
        "Pad", *[array for array in fed if with_axes or array is not None], mode=ONNX_MODES[mode]
    )
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=2))
@settings(max_examples=60)
def test_links_say_where_a_cell_came_from(axes) -> None:
    sizes, pairs = tuple([size for size, _, _ in axes]), tuple([pair for _, *pair in axes])
    operator = Pad(tuple([(before, after) for before, after in pairs]))
    assume(not apply(operator, [Tensor(sizes)]).broken)

    def padded(array):
        cut = array[tuple([slice(max(-b, 0), array.shape[i] - max(-a, 0)) for i, (b, a) in enumerate(pairs)])]
        return np.pad(cut, [(max(b, 0), max(a, 0)) for b, a in pairs])

    assert len(assert_links_see(operator, [Tensor(sizes)], padded)) == len(sizes)


def test_links_of_a_padding_that_is_not_known() -> None:
    inputs = [Tensor((2, 3)), Tensor(Unknown("x"), "int64")]
    links = Pad().links(inputs, apply(Pad(), inputs).outputs)
    assert [(link.input_axis, link.spans) for link in links] == [(0, None), (1, None)]
    inputs = [Tensor((2, 3)), numbers(0, W, 1, 1)]
    links = Pad().links(inputs, apply(Pad(), inputs).outputs)
    assert [link.spans for link in links] == [((0, 0),), None]


@given(
    st.sampled_from(MODES), st.booleans(), st.booleans(),
    st.lists(st.tuples(st.integers(-3, 4), st.integers(-3, 4)), min_size=2, max_size=2),
    *[st.lists(st.integers(1, 7), min_size=4, max_size=4)] * 2,
)  # fmt: skip
@settings(max_examples=60)
def test_four_readings(mode, cuts_first, turns, pairs, heights, widths) -> None:
    operator = Pad(tuple(pairs), (-2, -1), mode, cuts_first, turns)
    symbols = {"N": (1, 2, 3, 4), "H": heights, "W": widths}
    assert_readings_agree(operator, [Tensor((N, 3, H, W))], symbols)


@given(
    st.sampled_from(MODES),
    st.booleans(),
    st.integers(2, 4),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
)
@settings(max_examples=40)
def test_four_readings_of_paddings_that_are_computed(mode, cuts_first, multiple, heights) -> None:
    """Padding to a multiple, and cropping to a size: what networks do."""
    sides = Tensor((4,), "int64", (0, W - H, (-H) % multiple, 0))
    operator = Pad(mode=mode, cuts_first=cuts_first, axes=(1, 2))
    assert_readings_agree(
        operator, [Tensor((N, H, H)), sides], {"N": (1, 2, 3, 4), "H": heights, "W": (1, 4, 7, 9)}
    )


@pytest.mark.parametrize(
    ("operator", "inputs", "words"),
    [
        (Pad(((1, 1), (1, 1)), (2, 3)), [Tensor((1, 3, 8, 8))], "pad 1"),
        (Pad(((0, 0), (0, 0), (0, 1), (0, 1))), [Tensor((1, 3, 8, 8))], "pad 0,1"),
        (Pad(((3, 3),), (3,), "reflect"), [Tensor((1, 3, 8, 8))], "pad 3 (reflect)"),
        (Pad(((1, 2), (-1, 0)), (2, 3)), [Tensor((1, 3, 8, 8))], "pad 1,2×-1,0"),
        (Pad(((0, 0),), (3,)), [Tensor((1, 3, 8, 8))], "pad"),
        (Pad(mode="circular"), [Tensor((1, 3)), Tensor(Unknown("x"))], "pad (circular)"),
    ],
)
def test_words(operator, inputs, words) -> None:
    assert operator.words(inputs, []) == words


def test_attributes() -> None:
    image = Tensor((1, 3, 8, 8))
    assert Pad(((1, 2),), (3,)).attributes([image])["pads"] == [[1, 2]]
    carried = Pad(axes=(3,)).attributes([image, numbers(1, 2)])
    assert (carried["pads"], carried["axes"], carried["mode"]) == ([[1, 2]], [3], "constant")
    assert Pad(axes=(3,)).attributes([image, Tensor((2,), "int64")])["pads"] is None


# the middle ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (CenterCropPad((10, 9), (-2, -1)), [Tensor((3, 20, 8))], (3, 10, 9)),
        (CenterCropPad((10, 9, 1)), [Tensor((3, 20, 8))], (10, 9, 1)),
        (CenterCropPad(axes=(1, 2)), [Tensor((N, H, W)), numbers(H // 2, 7)], (N, H // 2, 7)),
        (CenterCropPad(axes=(1,)), [Tensor((N, H)), Tensor((1,), "int64")],
         (N, Unknown("the size to cut or pad to is computed from data"))),
        (CenterCropPad(axes=(1,)), [Tensor((N, H)), Tensor(Unknown("x"), "int64")], (N, Unknown("x"))),
        (CenterCropPad(axes=(1,)), [Tensor((N, H))], (N, Unknown("the size to cut or pad to is not given"))),
        (CenterCropPad((0,), (1,)), [Tensor((N, H))], (N, 0)),
    ],
)  # fmt: skip
def test_the_middle(operator, inputs, after) -> None:
    assert shape_of(operator, *inputs) == after


@pytest.mark.parametrize(
    ("operator", "broken"),
    [
        (CenterCropPad((-1,), (1,)), "pad_cut"),
        (CenterCropPad((3,)), "count"),
        (CenterCropPad((3,), (2,)), "axis"),
        (CenterCropPad((3, 4), (1, -1)), "axis"),
    ],
)
def test_a_middle_that_does_not_fit(operator, broken) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor((3, 8))]).broken] == [broken]


@pytest.mark.onnx
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), min_size=1, max_size=2))
@settings(max_examples=60)
def test_the_middle_is_onnxruntimes(axes) -> None:
    before, after = tuple([size for size, _ in axes]), tuple([size for _, size in axes])
    wanted = np.array(after, np.int64)
    assert_links_see(CenterCropPad(after), [Tensor(before)], lambda x: run("CenterCropPad", x, wanted)[0])


def test_links_of_the_middle_of_what_is_not_known() -> None:
    operator, inputs = CenterCropPad((7, 3), (1, 2)), [Tensor((N, H, 3))]
    links = operator.links(inputs, apply(operator, inputs).outputs)
    assert {link.input_axis: link.spans for link in links} == {0: ((0, 0),), 1: None, 2: ((0, 0),)}
    (_, link) = CenterCropPad((4,), (1,)).links([Tensor((N, 9))], [Tensor((N, 4))])
    assert [span_of(link, cell) for cell in range(4)] == [(2, 2), (3, 3), (4, 4), (5, 5)]


@given(st.lists(st.integers(1, 9), min_size=4, max_size=4), st.integers(-1, 9))
@settings(max_examples=30)
def test_four_readings_of_the_middle(heights, size) -> None:
    operator = CenterCropPad(axes=(1, -1))
    inputs = [Tensor((N, H, W)), Tensor((2,), "int64", (size, H - 1))]
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3, 4), "H": heights, "W": (1, 4, 7, 9)})


def test_words_of_the_middle() -> None:
    assert CenterCropPad((3,)).words([], []) == "crop or pad at the centre"


NUMPYS = {
    "zeros": "constant",
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


@given(st.sampled_from(list(NUMPYS)), st.integers(1, 8), st.integers(0, 8), st.integers(0, 8))
def test_what_stands_in_the_padding_is_what_numpy_puts_there(mode, size, before, after):
    assume(mode_requirement(mode, size, (before, after), 0).truth is True or mode == "zeros")
    padded = np.pad(np.arange(1, size + 1), (before, after), mode=NUMPYS[mode]).tolist()
    stands = [standing(mode, place, size) for place in range(-before, size + after)]
    assert [0 if cell is None else cell + 1 for cell in stands] == padded
