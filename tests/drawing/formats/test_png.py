"""PNG: as many pixels as asked for, in the colours of the scene."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest

from shapelens.drawing.formats.png import LARGEST_AREA, LARGEST_SIDE, png_bytes
from shapelens.drawing.scene import Circle, Label, Line, Paint, Polygon, Scene
from shapelens.errors import MissingPackageError, UsageError

pytest.importorskip("reportlab")
pytest.importorskip("pypdfium2")
Image = pytest.importorskip("PIL.Image")


def scene_of(*elements, width=72, height=36, background="#ffffff"):
    return Scene(width, height, background, elements)


def opened(scene, *resolution):
    return Image.open(BytesIO(png_bytes(scene, *resolution)))


def refused(scene, *resolution):
    with pytest.raises(UsageError) as caught:
        png_bytes(scene, *resolution)
    return str(caught.value)


def rectangle(left, top, right, bottom, paint):
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)), paint)


@pytest.mark.parametrize(
    ("width", "height", "resolution", "pixels"),
    [
        (72, 36, 300, (300, 150)),
        (72, 36, 72, (72, 36)),
        (30, 15, 300, (125, 63)),
        (15, 30, 600, (125, 250)),
        (8.1, 1, 720, (81, 10)),
        (420.37, 99.99, 150, (876, 209)),
        (72, 36, 1, (1, 1)),
    ],
)
def test_it_has_as_many_pixels_as_asked_for(width, height, resolution, pixels):
    image = opened(scene_of(width=width, height=height), resolution)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", pixels)
    assert image.info["dpi"] == pytest.approx((resolution, resolution), abs=0.02)


def test_it_has_300_dots_to_an_inch_unless_told():
    assert opened(scene_of()).size == (300, 150)


def test_colours_are_where_the_scene_has_them():
    scene = scene_of(
        rectangle(10, 10, 30, 30, Paint("#bfdcec", "#225577", 2.0)),
        rectangle(40, 0, 60, 10, Paint("#000000", opacity=0.5)),
        Line(((40, 20), (60, 20)), Paint(stroke="#aa0000", width=2.0), head=6),
        Circle((65, 30), 4, Paint("#00aa00")),
        background="#fffbe6",
    )
    image = opened(scene, 144)
    expected = {
        (5, 5): (0xFF, 0xFB, 0xE6),
        (20, 20): (0xBF, 0xDC, 0xEC),
        (10, 20): (0x22, 0x55, 0x77),
        (50, 5): (128, 126, 115),
        (50, 20): (0xAA, 0, 0),
        (54.5, 21.2): (0xAA, 0, 0),  # the head is wider than the line
        (50, 21.2): (0xFF, 0xFB, 0xE6),
        (65, 30): (0, 0xAA, 0),
        (61.5, 26.5): (0xFF, 0xFB, 0xE6),  # the corner beside the circle
    }
    for (x, y), color in expected.items():
        assert image.getpixel((int(2 * x), int(2 * y))) == pytest.approx(color, abs=1), (x, y)


def test_a_scene_without_a_background_is_white():
    assert opened(scene_of(background="")).getpixel((0, 0)) == (255, 255, 255)


def test_text_is_painted():
    image = opened(scene_of(Label((10, 30), "HHH", 20.0, color="#0000aa")))
    assert (0, 0, 0xAA) in {color for _, color in image.getcolors(100_000)}


def test_the_same_scene_gives_the_same_bytes():
    scene = scene_of(Label((10, 30), "größe 中", 20.0), Circle((5, 5), 3, Paint("#00aa00", opacity=0.3)))
    assert png_bytes(scene) == png_bytes(scene)


def test_too_large_a_side_is_refused_and_the_fix_works():
    scene = scene_of(width=7200, height=36)
    assert refused(scene) == (
        "a figure of 30,000×150 pixels is too large\n"
        "  at     dots_per_inch\n"
        "  have   7200×36 points at 300 dots per inch\n"
        "  rule   at most 20,000 pixels on a side and 80,000,000 in all\n"
        "  fix    dots_per_inch=200\n"
        "         or PDF, SVG or TikZ, which have no pixels"
    )
    assert opened(scene, 200).size == (LARGEST_SIDE, 100)


def test_too_large_an_area_is_refused_before_anything_is_made(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert refused(scene_of(width=3000, height=3000)) == (
        "a figure of 12,500×12,500 pixels is too large\n"
        "  at     dots_per_inch\n"
        "  have   3000×3000 points at 300 dots per inch\n"
        "  rule   at most 20,000 pixels on a side and 80,000,000 in all\n"
        "  fix    dots_per_inch=214\n"
        "         or PDF, SVG or TikZ, which have no pixels"
    )
    assert (3000 / 72 * 214) ** 2 <= LARGEST_AREA


def test_a_figure_that_no_resolution_fits_is_refused():
    assert refused(scene_of(width=2e6)).endswith("fix    PDF, SVG or TikZ, which have no pixels")


@pytest.mark.parametrize(
    ("resolution", "have"), [(0, "0"), (-1, "-1"), (float("inf"), "inf"), (float("nan"), "nan")]
)
def test_a_resolution_that_is_none_is_refused(resolution, have):
    assert refused(scene_of(), resolution) == (
        "an image needs a resolution\n"
        "  at     dots_per_inch\n"
        f"  have   {have} dots per inch\n"
        "  rule   a number greater than 0; print asks for 300\n"
        "  fix    dots_per_inch=300"
    )


@pytest.mark.parametrize(
    ("module", "package", "wanted"),
    [("pypdfium2", "pypdfium2", "pypdfium2"), ("reportlab.pdfgen.canvas", "reportlab", "reportlab")],
)
def test_a_package_is_not_installed(monkeypatch, module, package, wanted):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackageError) as caught:
        png_bytes(scene_of())
    assert str(caught.value) == (
        f"{package} is not installed\n"
        f"  at     import {wanted}\n"
        f"  have   no package {package} in the environment that shapelens runs in\n"
        "  rule   PDF and PNG are written with reportlab and pypdfium2; SVG and TikZ need neither\n"
        '  fix    pip install "shapelens[figures]"'
    )
