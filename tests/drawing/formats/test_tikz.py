"""TikZ: text for a LaTeX document, in which no name is a command, and which LaTeX sets as the scene says."""

from __future__ import annotations

import re
import subprocess
from itertools import product
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens import explain, inspect
from shapelens.drawing.formats.tikz import tikz_text
from shapelens.drawing.scene import Circle, Group, Label, Line, Paint, Polygon, Scene

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))
ASCII = "".join(map(chr, range(33, 127)))
HOSTILE = [
    ASCII[:47],
    ASCII[47:],
    r"\input{/etc/passwd}",
    r"\end{tikzpicture}\end{document}",
    r"}}}\undefined{{{",
    "100% done % no comment",
    "<script>alert(1)</script>",
    "$x$ & y # 1 ^ 2 ~ _",
    "--- -- '' `` ,, !` ?` << >>",
    "^^M ^^5c ^^7d",
    "\"a\" 'b' `c`",
    "features.denseblock1.__init__",
    "x" * 500,
]
# What is written, and what is printed where TeX does not read Unicode.
CODED = [
    ("conv 中文", "conv U+4E2DU+6587"),
    ("😀 ok", "U+1F600 ok"),
    ("größe", "grU+00F6U+00DFe"),
    ("a\x07b\x00c", r"a\u0007b\u0000c"),
    ("line\nline\tline", "line line line"),
    ("a\r\x85b", r"a\u000d\u0085b"),
    ("\ud800 \u202e", r"\ud800 \u202e"),
    ("3×3 · 1−2 – 3", "3×3 · 1−2 – 3"),
    ("a→b ≤ ≥ ’s", "a→b ≤ ≥ ’s"),
]

needs_latex = pytest.mark.skipif(not which("pdflatex"), reason="pdflatex is not installed")


def scene_of(*elements, width=100, height=50, background="", **settings):
    return Scene(width, height, background, elements, **settings)


def drawn(*elements, **settings):
    """The statements of the picture, one to a line."""
    text = tikz_text(scene_of(*elements, **settings))
    body = re.search(r"rectangle \(100,50\);\n(.*)\\end{tikzpicture}", text, re.DOTALL)[1]
    return body.replace("\n at ", " at ").splitlines()


def spelled(text):
    """How a text is written."""
    (line,) = drawn(Label((0, 0), text))
    return re.search(r"\\shapelensline{[\d.]+bp}{(.*)}};$", line)[1]


def test_it_says_what_it_needs_and_shows():
    first, second, *_ = tikz_text(scene_of(title="VGG16")).splitlines()
    assert first == r"% Needs \usepackage{tikz} and nothing else. A figure of VGG16"
    assert second == r"\begingroup%"
    assert tikz_text(scene_of()).splitlines()[0] == r"% Needs \usepackage{tikz} and nothing else."


def test_nothing_of_it_stays_behind_or_makes_a_space():
    lines = tikz_text(scene_of(Label((1, 1), "a"))).split("\n")
    picture = slice(lines.index(r"\begin{tikzpicture}[x=1bp, y=-1bp, line join=round,"), -3)
    assert lines[-3:] == [r"\end{tikzpicture}%", r"\endgroup%", ""]
    outside = [*lines[1 : picture.start], *lines[-3:-1]]
    assert all(line.endswith("%") for line in outside)
    assert all(line.startswith((r"\providecommand", r"\scalebox", r"\definecolor")) for line in outside[1:-2])


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n"])
def test_no_title_and_no_name_ends_a_comment(sign):
    name = f"a{sign}\\undefined"
    text = tikz_text(scene_of(Group((Label((0, 0), "b"),), "volume", name), title=name))
    lines = re.split("[\n\r\x0b\x0c\x85\u2028\u2029]", text)
    comments = [line for line in lines if r"\undefined" in line]
    assert len(comments) == 2
    assert all(line.startswith("% ") for line in comments)


@pytest.mark.parametrize(
    ("background", "options"),
    [
        ("", ""),
        ("#ffffff", ""),
        ("#FFFFFF", ""),
        ("white", ""),
        ("#fffbe6", ", fill=shapelens-figure-FFFBE6"),
    ],
)
def test_a_background_is_painted_unless_it_is_white(background, options):
    text = tikz_text(scene_of(background=background))
    assert rf"\path[use as bounding box{options}] (0,0) rectangle (100,50);" in text
    assert text.count(r"\definecolor") == (1 if options else 0)


def test_each_colour_is_defined_once():
    text = tikz_text(
        scene_of(
            Polygon(SQUARE, Paint("#bfdcec", "#225577")),
            Circle((1, 1), 1, Paint("#BFDCEC")),
            Label((0, 0), "a", color="#225577"),
            identity="one_2%",
        )
    )
    assert re.findall(r"\\definecolor{(.*?)}{HTML}{(.*?)}", text) == [
        ("shapelens-one2-225577", "225577"),
        ("shapelens-one2-BFDCEC", "BFDCEC"),
    ]


@pytest.mark.parametrize(
    ("paint", "options"),
    [
        (Paint("#bfdcec"), "fill=shapelens-figure-BFDCEC"),
        (Paint("#bfdcec", opacity=0.25), "fill=shapelens-figure-BFDCEC, fill opacity=0.25"),
        (Paint(stroke="#225577", width=0.75), "draw=shapelens-figure-225577, line width=0.75bp"),
        (
            Paint("#bfdcec", "#225577", dash=(2, 1.5)),
            "fill=shapelens-figure-BFDCEC, draw=shapelens-figure-225577, line width=0.5bp,"
            " dash pattern=on 2bp off 1.5bp",
        ),
    ],
)
def test_a_polygon_is_painted(paint, options):
    assert drawn(Polygon(SQUARE, paint)) == [
        rf"\path[{options}] (0,0) -- (10,0) -- (10,10) -- (0,10) -- cycle;"
    ]


def test_what_has_no_paint_is_not_there():
    assert drawn(Polygon(SQUARE, Paint()), Circle((1, 1), 1, Paint()), Label((0, 0), "")) == []


def test_an_odd_number_of_dashes_is_read_twice():
    (line,) = drawn(Line(((0, 0), (9, 0)), Paint(stroke="#000000", dash=(3,))))
    assert "dash pattern=on 3bp off 3bp]" in line


def test_a_line_is_drawn_with_its_head():
    paint = Paint("#bfdcec", "#aa0000", 1.0)
    assert drawn(Line(((0, 0), (10, 0)), paint, head=5)) == [
        r"\path[draw=shapelens-figure-AA0000, line width=1bp] (0,0) -- (10,0);",
        r"\path[fill=shapelens-figure-AA0000] (10,0) -- (5,1.8) -- (5,-1.8) -- cycle;",
    ]


def test_a_circle_is_painted():
    assert drawn(Circle((3.25, 4), 1.5, Paint("#ffffff"))) == [
        r"\path[fill=shapelens-figure-FFFFFF] (3.25,4) circle[radius=1.5bp];"
    ]


def test_a_label_is_a_node_on_its_baseline():
    assert drawn(Label((5, 20), "conv1", 6.6, "#1c2128")) == [
        r"\node[anchor=base west, font=\sffamily\fontsize{6.6bp}{7.92bp}\selectfont,"
        r" text=shapelens-figure-1C2128] at (5,20) {\shapelensline{17.61bp}{conv1}};"
    ]


@pytest.mark.parametrize(
    ("anchor", "place"), [("start", "base west"), ("middle", "base"), ("end", "base east")]
)
def test_a_label_is_bold_anchored_and_turned(anchor, place):
    (line,) = drawn(Label((5, 20), "64", is_bold=True, anchor=anchor, angle=30))
    assert line.startswith(rf"\node[anchor={place}, font=\sffamily\bfseries\fontsize")
    assert ", rotate=-30] at (5,20)" in line


def test_a_group_is_named_in_a_comment():
    group = Group((Group((Circle((1, 1), 1, Paint("#000000")),)),), kind="volume", name="features.0")
    assert drawn(group)[0] == "% volume: features.0"
    assert len(drawn(group)) == 2


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b", r"a\_b"),
        ("50%", r"50\%"),
        ("$#&{}", r"\$\#\&\{\}"),
        ("\\", r"\textbackslash{}"),
        ("<|>", r"\textless{}\textbar{}\textgreater{}"),
        ("\"^~'`", "".join(rf"\shapelenstype{{{place}}}" for place in (34, 94, 126, 13, 18))),
        ("a--b", r"a-{\kern0pt}-b"),
        ("’’", r"'{\kern0pt}'"),
        ("  a  b ", r"\ \ a \ b\ "),
        (" ", r"\ "),
        ("3×3", r"3$\times$3"),
        ("…", r"\dots{}"),
        ("中", r"\shapelenssign{4E2D}{中}"),
        ("😀", r"\shapelenssign{1F600}{😀}"),
        ("\x07", r"\textbackslash{}u0007"),
    ],
)
def test_text_is_spelled_so_that_it_is_itself(text, written):
    assert spelled(text) == written


@given(text=st.text(min_size=1))
def test_no_text_holds_a_command_of_its_own(text):
    written = spelled(text)
    known = (
        r"\\(?:textbackslash|textless|textgreater|textbar|dots){}|\\[ {}$&#%_]|\\shapelenstype{\d+}|{\\kern0pt}"
        r"|\\shapelenssign{[0-9A-F]{4,6}}{[^\x00-\x7f]}"
        r"|\$(?:\\[a-z]+|-|\^[23]|\^\\circ)\$"
    )
    rest = re.sub(known, "", written)
    assert not set(rest) & set('\\{}$&#%_^<>|"\n\r')
    assert "~" not in rest.replace("~", "", text.count("\xa0"))
    written.encode()


def test_the_same_scene_gives_the_same_text():
    def made():
        elements = [Label((1, 1), name, color=f"#{place:06x}") for place, name in enumerate(HOSTILE)]
        return tikz_text(scene_of(*elements, title="VGG16", background="#eeeeee"))

    assert made() == made()


# what LaTeX makes of it -------------------------------------------------------------------------------------


def compiled(folder, *scenes):
    """The pages that LaTeX makes of scenes, each alone on its own, and what it says of them."""
    pdfium = pytest.importorskip("pypdfium2")
    pages = []
    for number, scene in enumerate(scenes):
        (folder / f"figure{number}.tex").write_text(tikz_text(scene), encoding="utf-8")
        pages.append(
            rf"\setbox1=\hbox{{\input{{figure{number}}}}}\pdfpagewidth=\wd1 \pdfpageheight=\ht1 "
            r"\pdfhorigin=0pt \pdfvorigin=0pt \shipout\box1 "
        )
    begun = r"\documentclass{article}\usepackage{tikz}\begin{document}"
    (folder / "page.tex").write_text(f"{begun}{''.join(pages)}" r"\end{document}", encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    said = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, said
    return pdfium.PdfDocument((folder / "page.pdf").read_bytes()), said


def printed(document):
    """The lines of text, without spaces; `_` is a rule in the type that LaTeX has by itself."""
    text = document[0].get_textpage().get_text_range()
    return [line.replace(" ", "").replace("_", "") for line in text.splitlines()]


@needs_latex
def test_latex_prints_what_is_written(tmp_path):
    texts = [*[(name, name) for name in HOSTILE], *CODED]
    labels = [Label((5, 12 * place), text, 8.0) for place, (text, _) in enumerate(texts, 1)]
    scene = scene_of(*labels, width=3000, height=300, title="\n\\undefined %")
    document, said = compiled(tmp_path, scene)
    with document:
        assert printed(document) == [shown.replace(" ", "").replace("_", "") for _, shown in texts]
    assert "Missing character" not in said


@needs_latex
def test_latex_makes_the_picture_as_large_as_the_scene(tmp_path):
    far = Label((90, 20), "a text that reaches out of the picture")
    document, _ = compiled(
        tmp_path, scene_of(far, Circle((99, 49), 30, Paint("#bfdcec")), background="#eeeeee")
    )
    with document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((100, 50), abs=0.01)


TURNED = [
    Label((100, 100), "H" * 8, 8.0, anchor=anchor, angle=angle)
    for anchor, angle in product(["start", "middle", "end"], [0, 90, -90, 30])
]


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """A page for each label, all of them set at once: LaTeX takes longer to begin than to set one."""
    scenes = [scene_of(label, width=200, height=200) for label in TURNED]
    document, _ = compiled(tmp_path_factory.mktemp("turned"), *scenes)
    with document:
        yield document


@needs_latex
@pytest.mark.parametrize("page", range(len(TURNED)), ids=[f"{one.anchor}-{one.angle}" for one in TURNED])
def test_latex_sets_a_label_where_it_is(turned, page):
    label, text = TURNED[page], turned[page].get_textpage()
    boxes = [text.get_charbox(place) for place in range(8)]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top, bottom = 200 - max(box[3] for box in boxes), 200 - min(box[1] for box in boxes)
    # The document's own type is not as wide as Helvetica: the middle of the text tells on which side it stands.
    middle = ((left + right) / 2, (top + bottom) / 2)
    assert middle == pytest.approx(
        ((label.box.left + label.box.right) / 2, (label.box.top + label.box.bottom) / 2), abs=4
    )
    assert right - left <= label.box.width + 1.5
    assert bottom - top <= label.box.height + 1.5


@needs_latex
def test_latex_makes_a_text_no_wider_than_its_room(tmp_path):
    label = Label((10, 20), "中文网络", 8.0)
    document, _ = compiled(tmp_path, scene_of(label))
    with document:
        text = document[0].get_textpage()
        assert text.get_text_range() == "U+4E2DU+6587U+7F51U+7EDC"
        right = max(text.get_charbox(place)[2] for place in range(text.count_chars()))
    assert right == pytest.approx(label.box.right, abs=0.5)


@needs_latex
def test_latex_draws_every_element(tmp_path):
    scene = scene_of(
        Polygon(SQUARE, Paint("#bfdcec", "#225577", dash=(2, 1), opacity=0.5)),
        Group((Line(((10, 10), (30, 10)), Paint(stroke="#aa0000"), head=4),), "arrow", "a % b"),
        Circle((40, 40), 5, Paint(stroke="#000000")),
        Label((50, 40), "bold", is_bold=True),
        background="#fffbe6",
    )
    document, said = compiled(tmp_path, scene)
    with document:
        kinds = [thing.type for thing in document[0].get_objects()]
    assert kinds.count(2) == 5  # paths: the background, the square, the line, its head, the circle
    assert "Overfull" not in said


@needs_latex
@pytest.mark.parametrize(
    ("layer", "side", "frames"), [("Conv2d(1, 1, 3)", 5, 0), ("ConvTranspose2d(1, 1, 3)", 3, 2)]
)
def test_latex_sets_the_figure_of_a_layer(tmp_path, layer, side, frames):
    figure = explain(layer, (1, side, side)).draw(frames=frames)
    document, said = compiled(tmp_path, figure.scene)
    with document:
        assert document[0].get_size() == pytest.approx((figure.scene.width, figure.scene.height), abs=0.02)
        assert "filter" in document[0].get_textpage().get_text_range()
    assert "Missing character" not in said


def set_whole(folder, figures):
    """Each figure alone on its page, as large as it is, with its title."""
    drawn = [inspect(name).draw(**options) for name, options in figures]
    document, said = compiled(folder, *[figure.scene for figure in drawn])
    with document:
        for page, figure in zip(document, drawn, strict=True):
            assert page.get_size() == pytest.approx((figure.scene.width, figure.scene.height), abs=0.02)
            assert figure.scene.title.split()[0].split("-")[0] in page.get_textpage().get_text_range()
    assert "Missing character" not in said


@needs_latex
def test_latex_sets_whole_figures(tmp_path):
    set_whole(
        tmp_path,
        [
            ("alexnet", {}),
            ("lenet5_dense", {"style": "maps"}),
            ("lenet5", {"style": "blocks", "theme": "dark"}),
            ("lenet5", {"style": "graph", "theme": "print"}),
        ],
    )


@pytest.mark.conformance
@needs_latex
def test_latex_sets_larger_figures(tmp_path):
    set_whole(
        tmp_path,
        [
            ("vgg16", {}),
            ("unet", {"theme": "dark"}),
            ("resnet50", {"theme": "print"}),
            ("googlenet", {"style": "blocks"}),
            ("resnet18", {"style": "graph"}),
        ],
    )
