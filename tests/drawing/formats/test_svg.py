"""SVG: a document that says what it shows, in which no name is markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.drawing.formats.svg import svg_text
from shapelens.drawing.scene import Circle, Group, Label, Line, Paint, Polygon, Scene

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))
HOSTILE = [
    "<script>alert(1)</script>",
    "</text></svg><script/>",
    '"\' onload="alert(1)',
    "&amp; &lt; & &#60;",
    "]]> <![CDATA[ <!-- -->",
    "中文网络 😀",
    "x" * 500,
]


def drawn(*elements, **settings):
    """The root of the document, parsed."""
    return ElementTree.fromstring(svg_text(Scene(100, 50, "", elements, **settings)))


def named(root, name):
    return [element for element in root.iter() if element.tag == f"{{http://www.w3.org/2000/svg}}{name}"]


def only(root, name):
    (element,) = named(root, name)
    return element


def test_it_is_an_image_that_says_what_it_shows():
    root = drawn(title="VGG16", description="Thirteen convolutions,\nthree linear layers.", identity="one")
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "one-title one-desc"
    title, description = root[0], root[1]
    assert (title.get("id"), title.text) == ("one-title", "VGG16")
    assert (description.get("id"), description.text) == (
        "one-desc",
        "Thirteen convolutions,\nthree linear layers.",
    )


def test_it_is_as_large_as_the_scene():
    root = drawn(fonts=("Helvetica", "Liberation Sans", "sans-serif"))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100pt", "50pt", "0 0 100 50")
    assert root.get("font-family") == "Helvetica, 'Liberation Sans', sans-serif"


@pytest.mark.parametrize(("background", "painted"), [("", []), ("#fffbe6", ["#fffbe6"])])
def test_the_background_lies_below_everything(background, painted):
    text = svg_text(Scene(100, 50, background, (Circle((5, 5), 1, Paint("#000000")),)))
    root = ElementTree.fromstring(text)
    assert [element.get("fill") for element in named(root, "rect")] == painted
    if painted:
        assert root[2].tag.endswith("rect")
        assert (root[2].get("width"), root[2].get("height")) == ("100", "50")


@pytest.mark.parametrize(
    ("paint", "attributes"),
    [
        (Paint("#bfdcec"), {"fill": "#bfdcec"}),
        (Paint("#bfdcec", opacity=0.25), {"fill": "#bfdcec", "fill-opacity": "0.25"}),
        (Paint(), {"fill": "none"}),
        (
            Paint(stroke="#225577", width=0.75, dash=(2, 1.5)),
            {
                "fill": "none",
                "stroke": "#225577",
                "stroke-width": "0.75",
                "stroke-linejoin": "round",
                "stroke-dasharray": "2 1.5",
            },
        ),
    ],
)
def test_a_polygon_is_painted(paint, attributes):
    element = only(drawn(Polygon(SQUARE, paint)), "polygon")
    assert element.attrib == {"points": "0,0 10,0 10,10 0,10", **attributes}


def test_a_circle_is_painted():
    element = only(drawn(Circle((3.25, 4), 1.5, Paint("#ffffff"))), "circle")
    assert element.attrib == {"cx": "3.25", "cy": "4", "r": "1.5", "fill": "#ffffff"}


def test_a_line_is_drawn():
    root = drawn(Line(((0, 0), (10, 0), (10, 10)), Paint(stroke="#aa0000")))
    element = only(root, "polyline")
    assert element.get("points") == "0,0 10,0 10,10"
    assert element.get("fill") == "none"
    assert element.get("stroke") == "#aa0000"
    assert not named(root, "polygon")


def test_a_line_has_its_head():
    element = only(drawn(Line(((0, 0), (10, 0)), Paint(stroke="#aa0000"), head=5)), "polygon")
    assert element.attrib == {"points": "10,0 5,1.8 5,-1.8", "fill": "#aa0000"}


def test_a_label_is_text():
    element = only(drawn(Label((5, 20), "conv1", 6.6, "#1c2128")), "text")
    assert element.attrib == {"x": "5", "y": "20", "font-size": "6.6", "fill": "#1c2128"}
    assert element.text == "conv1"


def test_a_label_is_bold_anchored_and_turned():
    element = only(drawn(Label((5, 20), "64", is_bold=True, anchor="middle", angle=-90)), "text")
    assert element.get("font-weight") == "bold"
    assert element.get("text-anchor") == "middle"
    assert element.get("transform") == "rotate(-90 5 20)"


def test_a_group_says_what_it_stands_for():
    inner = Group((Label((0, 0), "in"),))
    root = drawn(
        Group((inner, Label((0, 9), "out")), kind="volume", name="features.0", title="64×224×224"),
        Label((0, 0), ""),
    )
    group = only(root, "g")
    assert group.attrib == {"class": "shapelens-volume", "data-layer": "features.0"}
    assert [element.tag.rpartition("}")[2] for element in group] == ["title", "text", "text"]
    assert group[0].text == "64×224×224"


def test_elements_keep_their_order():
    root = drawn(
        Label((0, 0), "1"),
        Group((Label((0, 0), "2"), Circle((0, 0), 1, Paint("#000000")))),
        Label((0, 0), "3"),
    )
    assert [element.text for element in root[2:]] == ["1", "2", None, "3"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_markup(name):
    group = Group((Label((0, 0), name),), kind="volume", name=name, title=name)
    root = drawn(group, title=name, description=name)
    assert only(root, "text").text == name
    assert only(root, "g").get("data-layer") == name
    assert only(root, "desc").text == name
    assert [element.text for element in named(root, "title")] == [name, name]
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "desc", "g", "text"}


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ("\x00", r"\u0000"),
        ("\x07", r"\u0007"),
        ("\x1b", r"\u001b"),
        ("\r", r"\u000d"),
        ("\x7f", r"\u007f"),
        ("\x85", r"\u0085"),
        ("\ud800", r"\ud800"),
        ("\u202e", r"\u202e"),
        ("\u2066", r"\u2066"),
        ("\ufffe", r"\ufffe"),
    ],
)
def test_signs_that_cannot_stand_there_are_shown_as_their_codes(sign, shown):
    group = Group((Label((0, 0), f"a{sign}b"),), name=f"a{sign}b")
    root = drawn(group, title=f"a{sign}b", description=f"a{sign}b")
    assert only(root, "text").text == only(root, "desc").text == root[0].text == f"a{shown}b"
    assert only(root, "g").get("data-layer") == f"a{shown}b"


@given(text=st.text())
def test_any_text_gives_a_document(text):
    root = drawn(Group((Label((0, 0), text),), name=text, title=text), title=text, description=text)
    svg_text(Scene(1, 1, "", (Label((0, 0), text),))).encode()
    assert len(named(root, "text")) == 1


def test_numbers_are_rounded_to_a_hundredth():
    text = svg_text(
        Scene(100, 50, "", (Polygon(((1 / 3, 2.0), (1e-9, -0.001), (0.1 + 0.2, 7.999)), Paint("#000000")),))
    )
    assert 'points="0.33,2 0,0 0.3,8"' in text
    assert not re.search(r"\d\.\d{3}", text)


def test_the_same_scene_gives_the_same_text():
    def made():
        elements = (
            Group((Polygon(SQUARE, Paint("#bfdcec", "#225577")), Label((1, 1), "中")), "volume", "conv"),
            Circle((1, 1), 1, Paint(stroke="#000000")),
        )
        return svg_text(Scene(100, 50, "#ffffff", elements, "VGG16", "words"))

    assert made() == made()
    assert made().endswith("</svg>\n")
