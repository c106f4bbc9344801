"""PDF: one page as large as the scene, its type embedded, its text where the layout put it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from shapelens.drawing.formats.pdf import pdf_bytes
from shapelens.drawing.scene import Circle, Group, Label, Line, Paint, Polygon, Scene
from shapelens.errors import MissingPackageError

pytest.importorskip("reportlab")
pdfium = pytest.importorskip("pypdfium2")

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))
HOSTILE = [
    "<script>alert(1)</script>",
    r"\input{/etc/passwd} %",
    "(a) Tj ET (b) \\) \\(",
    "endstream endobj %%EOF",
    "\"a\" 'b' `c` & ~^_",
    "3×3 · 1−2 – 3 … a’s → b ≤ c ≥ d ≈ ∞",
    "größe, Ελληνικά, Кириллица, Łódź",
    "x" * 500,
]
CODED = [
    ("conv 中文", "conv U+4E2DU+6587"),
    ("😀 ok", "U+1F600 ok"),
    ("a\x07b\x00c", r"a\u0007b\u0000c"),
    ("line\nline\tline\u2028line", "line line line line"),
    ("\ud800 \u202e", r"\ud800 \u202e"),
]
TEXTS = ["conv1_1 3×3, 64", "224", "HTTP", "Global average pool", "lkdb"]


def scene_of(*elements, width=200, height=100, background="", **settings):
    return Scene(width, height, background, elements, **settings)


def opened(*elements, **settings):
    return pdfium.PdfDocument(pdf_bytes(scene_of(*elements, **settings)))


def printed(*elements, **settings):
    """The lines of text on the page."""
    with opened(*elements, **settings) as document:
        return document[0].get_textpage().get_text_range().splitlines()


def ink(label, *, width=200, height=200):
    """What the letters of a label take up: left, top, right and bottom, with the y axis down."""
    with opened(label, width=width, height=height) as document:
        text = document[0].get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    boxes = [box for box in boxes if box[0] < box[2]]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return left, height - top, right, height - bottom


def test_there_is_one_page_as_large_as_the_scene():
    with opened(width=421.5, height=99.25) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((421.5, 99.25), abs=0.001)


def test_it_says_what_it_is_and_what_made_it():
    with opened(title="VGG16: 中\x07\n%", description="Thirteen convolutions.") as document:
        said = document.get_metadata_dict()
    assert said["Title"] == "VGG16: 中\\u0007 %"
    assert said["Subject"] == "Thirteen convolutions."
    assert said["Creator"] == said["Author"] == "shapelens"


@pytest.mark.parametrize(
    ("labels", "fonts"),
    [
        ([], {"Arimo"}),
        ([Label((0, 9), "conv")], {"Arimo"}),
        ([Label((0, 9), "conv", is_bold=True)], {"Arimo", "Arimo-Bold"}),
    ],
)
def test_every_font_is_embedded(labels, fonts):
    made = pdf_bytes(scene_of(*labels)).decode("latin1")
    named = re.findall(r"/BaseFont /[A-Z]{6}\+(\S+)", made)
    assert set(named) <= fonts
    assert bool(named) >= bool(labels)
    assert len(re.findall(r"/Type /Font\b", made)) == len(re.findall(r"/BaseFont", made)) == len(named)
    descriptors = re.findall(r"<<[^<>]*/Type /FontDescriptor[^<>]*>>", made)
    assert len(descriptors) == len(named)
    assert all("/FontFile2" in descriptor for descriptor in descriptors)


def test_a_text_of_many_signs_is_embedded_whole():
    text = "".join(chr(code) for code in [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0x100, 0x180)])
    greek = "".join(chr(code) for code in [*range(0x391, 0x3A2), *range(0x3B1, 0x3CA), *range(0x410, 0x450)])
    labels = [Label((0, 20), text), Label((0, 40), greek)]
    assert printed(*labels, width=2000) == [text, greek]
    made = pdf_bytes(scene_of(*labels)).decode("latin1")
    assert made.count("/BaseFont") == made.count("/FontFile2") >= 2


@pytest.mark.parametrize("is_bold", [False, True])
def test_text_stays_text(is_bold):
    labels = [Label((5, 12 * place), text, is_bold=is_bold) for place, text in enumerate(HOSTILE, 1)]
    assert printed(*labels, width=3000, height=300) == HOSTILE


def test_signs_that_the_font_does_not_have_are_written_as_their_codes():
    labels = [Label((5, 12 * place), text) for place, (text, _) in enumerate(CODED, 1)]
    assert printed(*labels) == [shown for _, shown in CODED]


@pytest.mark.parametrize("text", ["中文网络", "conv 中文", "a\x07", "größeeééé"])
@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_no_text_is_wider_than_the_layout_took_it_to_be(text, anchor):
    label = Label((100, 100), text, 8.0, anchor=anchor)
    left, _, right, _ = ink(label)
    assert left == pytest.approx(label.box.left, abs=1)
    assert right == pytest.approx(label.box.right, abs=1)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("is_bold", [False, True])
@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
@pytest.mark.parametrize("angle", [0, 90, -90, 30])
def test_a_text_stands_where_the_layout_took_it_to_be(text, is_bold, anchor, angle):
    label = Label((100, 100), text, 6.6, is_bold=is_bold, anchor=anchor, angle=angle)
    box = label.box
    assert ink(label) == pytest.approx((box.left, box.top, box.right, box.bottom), abs=1.5)


def test_every_element_is_drawn():
    elements = (
        Polygon(SQUARE, Paint("#bfdcec", "#225577", dash=(2, 1), opacity=0.5)),
        Polygon(SQUARE, Paint()),
        Group((Line(((10, 10), (30, 10)), Paint("#bfdcec", "#aa0000"), head=4),), "arrow"),
        Circle((40, 40), 5, Paint(stroke="#000000")),
        Label((50, 40), "text"),
        Label((50, 40), ""),
    )
    with opened(*elements, background="#fffbe6") as document:
        things = [(thing.type, thing.get_bounds()) for thing in document[0].get_objects()]
    paths = [bounds for kind, bounds in things if kind == 2]
    assert len(things) == 6
    assert paths[0] == pytest.approx((0, 0, 200, 100))
    assert paths[1] == pytest.approx((0, 90, 10, 100), abs=0.5)
    assert paths[2] == pytest.approx((10, 90, 30, 90), abs=0.5)
    assert paths[3] == pytest.approx((26, 100 - 11.44, 30, 100 - 8.56), abs=0.01)
    assert paths[4] == pytest.approx((35, 55, 45, 65), abs=0.5)


def test_the_same_scene_gives_the_same_bytes():
    def made():
        elements = (
            Label((0, 9), "conv 中", is_bold=True),
            Circle((5, 5), 1, Paint("#000000", opacity=0.5)),
            Label((0, 20), "größe"),
        )
        return pdf_bytes(scene_of(*elements, title="VGG16", background="#ffffff"))

    assert made() == made()
    assert made().startswith(b"%PDF-1.")


def test_reportlab_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(MissingPackageError) as caught:
        pdf_bytes(scene_of())
    assert str(caught.value) == (
        "reportlab is not installed\n"
        "  at     import reportlab\n"
        "  have   no package reportlab in the environment that shapelens runs in\n"
        "  rule   PDF and PNG are written with reportlab and pypdfium2; SVG and TikZ need neither\n"
        '  fix    pip install "shapelens[figures]"'
    )


def test_nobodys_settings_of_reportlab_are_run(tmp_path):
    (tmp_path / "reportlab_settings.py").write_text("raise SystemExit('run')")
    (tmp_path / ".reportlab_settings").write_text("raise SystemExit('run')")
    code = (
        "import sys; from shapelens import inspect; inspect('mnist').draw().pdf;"
        "print('reportlab_settings' in sys.modules)"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")
