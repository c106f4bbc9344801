"""That the checks of figures can fail."""

from dataclasses import replace

import pytest

from shapelens import inspect
from shapelens.drawing.scene import Group, Label, Paint, Polygon
from tests.drawing.checks import problems


@pytest.fixture(scope="module")
def scene():
    return inspect("lenet5_dense").draw().scene


def with_more(scene, *elements):
    return problems(replace(scene, elements=(*scene.elements, *elements)))


def volume(x, width, **settings):
    square = Polygon(((x, 60), (x + width, 60), (x + width, 90), (x, 90)), Paint("#ffffff"))
    return Group((square,), kind="bar", name="another", **settings)


def test_a_good_figure_has_none(scene):
    assert problems(scene) == []


@pytest.mark.parametrize(
    ("element", "says"),
    [
        (Label((-5, 20), "out"), "leaves the page"),
        (Label((470, 20), "a long text at the edge"), "leaves the page"),
        (Label((300, 20), "small", 5.9), "is 5.9 pt"),
        (Label((14, 16), "over the title"), "overlap"),
        (volume(64, 400), "overlap"),
        (Label((100, 90), "over a volume, and over its edge"), "lies over"),
        (volume(470, 2, values=(("features", 9),), extents=(("features", 99.0),)), "is drawn smaller than"),
    ],
)
def test_each_is_found(scene, element, says):
    assert any(says in problem for problem in with_more(scene, element))


def test_a_page_may_not_be_a_thread(scene):
    assert any("the page is" in problem for problem in problems(replace(scene, width=10 * scene.height)))
