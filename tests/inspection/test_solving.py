"""`shapelens.solve`: what it gives, and what it refuses."""

from __future__ import annotations

import json

import pytest

import shapelens
from shapelens.errors import UsageError
from shapelens.inspection import Solutions, solve

HALVES = ("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112))


def test_solutions_are_a_sequence():
    solutions = shapelens.solve(*HALVES)
    assert isinstance(solutions, Solutions)
    assert len(solutions) == 28
    assert [solution.text for solution in solutions][:2] == [solutions[0].text, solutions[1].text]
    assert solutions[1:3] == tuple(solutions)[1:3]
    assert solutions[0] in solutions
    assert bool(solutions)
    assert repr(solutions) == "<Solutions of Conv2d(3, 64): 28: Conv2d(3, 64, 3, stride=2, padding=1), …>"


def test_what_a_solution_tells():
    first = solve(*HALVES)[0]
    assert str(first) == first.text == "Conv2d(3, 64, 3, stride=2, padding=1)"
    assert repr(first) == "<Solution: Conv2d(3, 64, 3, stride=2, padding=1)>"
    assert first.settings == {"kernel": (3, 3), "stride": (2, 2), "padding": (1, 1), "dilation": (1, 1)}
    assert (first.unread, first.overlap) == ("1 px of padding", "")
    assert first.receptive_field == (3, 3)
    assert (first.parameters, first.macs) == (1792, 21_676_032)
    assert first.inputs == (range(223, 225), range(223, 225))
    assert (first.source, first.output) == ((3, 224, 224), (64, 112, 112))
    assert first.words == {
        "PyTorch": "Conv2d(3, 64, 3, stride=2, padding=1)",
        "Keras": "Conv2D(64, 3, strides=2) after ZeroPadding2D(1)",
    }


def test_what_a_transposed_one_tells():
    first = solve("ConvTranspose2d()", "16x14x14", "8x28x28")[0]
    assert first.text == "ConvTranspose2d(16, 8, 2, stride=2)"
    assert (first.unread, first.overlap, first.receptive_field) == ("nothing", "none: side by side", (1, 1))
    assert first.macs == 14 * 14 * 2 * 2 * 16 * 8
    assert first.settings["output_padding"] == (0, 0)


def test_the_numbers_are_the_explained_layers():
    """The same layer, inspected by itself."""
    for solution in solve("Conv2d(4, 6, groups=2)", (4, 13, 9), (6, 7, 5)):
        net = shapelens.inspect(solution.text, (4, 13, 9), batch=1)
        assert net.layers[0].output_shape == (1, 6, 7, 5)
        assert (net.parameters, net.macs) == (solution.parameters, solution.macs)


def test_shapes_as_texts_and_as_tuples():
    assert [s.text for s in solve("Conv2d(3, 64)", "3x224x224", "64x112x112")] == [
        s.text for s in solve(*HALVES)
    ]


def test_bounds():
    assert len(solve(*HALVES, max_kernel=3, max_padding=1, max_dilation=1)) == 3
    assert len(solve(*HALVES, max_kernel=13)) > 28
    assert len(solve(*HALVES, max_stride=1)) == 0


def test_where_nothing_does_it():
    none = solve("MaxPool2d()", (64, 28, 28), (128, 14, 14))
    assert len(none) == 0
    assert not none
    assert none.why == ("a pool keeps its channels: 64 cannot become 128",)
    assert [s.text for s in none.nearest] == ["MaxPool2d(2)"]
    assert repr(none) == "<Solutions of MaxPool2d(): 0>"
    assert "no setting does it" in str(none)
    assert solve(*HALVES).why == ()


def test_the_sizes_that_go_in():
    (only,) = solve("Conv2d(3, 64, 3, stride=2, padding=1)", output=(64, 112, 112))
    assert only.inputs == (range(223, 225), range(223, 225))
    (wide,) = solve("Conv2d(3, 64, 3)", (3, "H", "W"), (64, 5, 9))
    assert wide.inputs == (range(7, 8), range(11, 12))


def test_faces(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    solutions = solve(*HALVES)
    assert str(solutions).startswith(
        "Conv2d(3, 64, 3, stride=2, padding=1)   3×224×224 → 64×112×112   C×H×W\n"
    )
    assert max(map(len, str(solutions).splitlines()[:-1])) <= 80
    assert "Conv2d(3, 64, 2, stride=2)" in solutions._repr_html_()
    assert "<script" not in solve("Conv2D(64, name='<script>')", (8, 8, 3), (4, 4, 64))._repr_html_()
    assert solutions._repr_markdown_() == solutions.to_markdown()
    assert solutions.to_markdown().startswith("### Conv2d(3, 64, 3, stride=2, padding=1)")
    assert len(solutions.explanation(shows_all=True).groups[1][0].lines) == 1 + 28


def test_all_of_it_as_plain_data():
    data = solve(*HALVES).to_dict()
    assert json.loads(json.dumps(data)) == data
    assert (data["schema"], data["facts"]["count"], len(data["facts"]["solutions"])) == (
        "shapelens/1",
        28,
        28,
    )
    assert data["facts"]["bounds"] == {"kernel": 11, "stride": 8, "padding": 10, "dilation": 3}
    assert data["facts"]["solutions"][0] == {
        "text": "Conv2d(3, 64, 3, stride=2, padding=1)",
        "settings": {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "dilation": [1, 1]},
        "input": [3, 224, 224],
        "output": [64, 112, 112],
        "unread": "1 px of padding",
        "receptive_field": [3, 3],
        "parameters": 1792,
        "macs": 21676032,
        "inputs": [[223, 224], [223, 224]],
        "words": {
            "PyTorch": "Conv2d(3, 64, 3, stride=2, padding=1)",
            "Keras": "Conv2D(64, 3, strides=2) after ZeroPadding2D(1)",
        },
    }


def test_plain_data_where_nothing_does_it():
    facts = solve("Conv2d()", (3, 224, 224), (768, 14, 14)).to_dict()["facts"]
    assert (facts["count"], facts["solutions"]) == (0, [])
    assert facts["why"] == ["no setting takes 224 to 14: 25 (stride 8) is the least"]
    assert [solution["text"] for solution in facts["fixes"]] == ["Conv2d(3, 768, 16, stride=16)"]
    free = solve("Conv2D(8, 3)", output=(26, 26, 8)).to_dict()["facts"]
    assert free["solutions"][0]["input"] == [28, 28, "C"]
    assert free["solutions"][0]["parameters"] == "72*C + 8"
    assert free["input"] is None


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [
        ((3, (3, 8, 8), (3, 4, 4)), "a layer to solve for is a text"),
        (("Conv2d()", 224, (3, 4, 4)), "the input is no shape"),
        (("Conv2d()", (3, 8, 8), 4), "the output is no shape"),
        (("Conv2d()", (3, 0, 8), (3, 4, 4)), "a size is zero"),
        (("Conv2d()", (3, 8, 8), (3, -4, 4)), "a size is negative"),
        (("Conv2d()", (3, 8, 2.5), (3, 4, 4)), "'2.5' is no size"),
    ],
)
def test_what_is_refused(arguments, summary):
    with pytest.raises(UsageError) as raised:
        solve(*arguments)
    assert raised.value.summary == summary


def test_nothing_is_solved_to_more_than_it_is():
    """Bounds are whole numbers."""
    with pytest.raises(UsageError, match="max_kernel is no bound"):
        solve(*HALVES, max_kernel=3.0)
