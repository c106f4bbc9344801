"""A figure in hand: its formats, its file, and what is refused."""

import pytest

from shapelens import inspect
from shapelens.drawing.figure import Figure
from shapelens.errors import UsageError


@pytest.fixture(scope="module")
def figure():
    return inspect("lenet5_dense").draw()


def test_it_says_what_it_is_of(figure):
    assert repr(figure) == "<Figure of LeNet-5 as volumes: 17.0 × 10.1 cm>"
    assert isinstance(figure, Figure)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", b"<svg "), ("a.tex", b"%"), ("a.tikz", b"%"), ("a.pdf", b"%PDF"), ("a.PNG", b"\x89PNG")],
)
def test_a_file_gets_what_its_name_ends_with(figure, tmp_path, name, begins):
    figure.save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_notebook_shows_it(figure):
    assert figure._repr_svg_() == figure.svg


def test_dots_per_inch_tell_the_pixels(figure):
    def width(data):
        return int.from_bytes(data[16:20], "big")

    assert width(figure.png(72)) == round(figure.scene.width)
    assert width(figure.png(144)) == pytest.approx(2 * width(figure.png(72)), abs=1)


@pytest.mark.parametrize("name", ["a.gif", "a"])
def test_other_formats_are_refused(figure, tmp_path, name):
    with pytest.raises(UsageError, match="cannot be written as"):
        figure.save(tmp_path / name)


def test_what_stood_in_a_file_stays_when_the_figure_cannot_be_written(figure, tmp_path):
    (tmp_path / "a.gif").write_text("as it was")
    with pytest.raises(UsageError):
        figure.save(tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_text() == "as it was"


def test_a_folder_that_is_not_there_is_told(figure, tmp_path):
    with pytest.raises(UsageError) as refused:
        figure.save(tmp_path / "nowhere" / "a.svg")
    assert "cannot be written" in str(refused.value)
    assert "no such file or directory" in str(refused.value)
