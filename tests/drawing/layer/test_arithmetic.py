"""The fifteen relationships of convolution arithmetic: each size, each number, and the figures that are kept."""

from functools import cache

import pytest

from docs.arithmetic import FOLDER, FRAMES, RELATIONSHIPS
from shapelens import explain
from tests.drawing.checks import problems
from tests.drawing.layer.grids import grids


@cache
def drawn(one):
    return one.draw()


IDS = [one.name for one in RELATIONSHIPS]


@pytest.mark.parametrize("one", RELATIONSHIPS, ids=IDS)
def test_it_gives_what_the_guide_says(one):
    assert explain(one.layer, (1, one.size, one.size)).facts["output"] == [1, one.gives, one.gives]


@pytest.mark.parametrize("one", RELATIONSHIPS, ids=IDS)
def test_its_figure_reads_well(one):
    scene = drawn(one).scene
    assert problems(scene) == []
    shown = grids(scene)
    sizes = {(len(rows), len(rows[0])) for heading, rows in shown if heading.startswith("output")}
    assert sizes == {(one.gives, one.gives)}
    headings = {heading for heading, _ in shown}
    assert any(heading.startswith(f"input {one.size}×{one.size}") for heading in headings)


@pytest.mark.parametrize("one", RELATIONSHIPS, ids=IDS)
def test_the_figure_that_is_kept_is_the_one_that_is_drawn(one):
    kept = (FOLDER / f"{one.name}.svg").read_text(encoding="utf-8")
    assert kept == drawn(one).svg, "run `make gallery`"


def test_all_fifteen_are_there():
    assert sorted({one.number for one in RELATIONSHIPS}) == list(range(1, 16))
    page = (FOLDER.parent / "arithmetic.md").read_text(encoding="utf-8")
    assert all(f"(arithmetic/{one.name}.svg)" in page for one in RELATIONSHIPS)
    assert page.count(f"--frames {FRAMES}") == len(RELATIONSHIPS)
