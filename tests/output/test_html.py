"""HTML for notebooks: what the terminal says, nothing in a name is markup, and no fragment touches another.

To look at what a change does to the golden one: `UPDATE_GOLDEN=1 pytest tests/output/test_html.py`, then read the
difference.
"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens import explain, inspect
from shapelens.analyses.findings import Finding
from shapelens.dims import symbol
from shapelens.errors import UsageError
from shapelens.explanation.document import (
    BREAK,
    CHANNELS,
    LABEL,
    POSITIONS,
    UNKNOWN,
    VERIFIED,
    Document,
    Entry,
    Preformatted,
    text,
)
from shapelens.network import Input, Network, Node, Origin
from shapelens.operators import Activation
from shapelens.output.html import NOTEBOOK_WIDTH, document_html, table_html
from shapelens.output.lines import safe
from shapelens.output.plain import document_text, finding_text, table_text
from shapelens.output.style import DARK, LIGHT, SCOPE, STYLE

GOLDEN = Path(__file__).parent / "golden" / "small-network.html"
SMALL = "Sequential(Conv2d(1, 2, 3), Flatten(), Linear(9, 3))"

TAGS = set("div style table caption thead tbody tfoot tr th td span b p pre dl dt dd".split())
ATTRIBUTES = set("class lang dir role aria-label aria-hidden tabindex scope style".split())


class Reader(HTMLParser):
    """A fragment: its elements, the texts of its rows, its style. Tags that are not balanced fail."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.rows, self.style, self.text = [], [], [], "", ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.open.append((tag, dict(attributes)))
        self.tags.append((tag, dict(attributes)))
        self.rows += [[]] if tag == "tr" else []
        if tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def handle_data(self, data):
        inside = [tag for tag, _ in self.open]
        if "style" in inside:
            self.style += data
        elif not any("shapelens-below" in attributes.get("class", "") for _, attributes in self.open):
            self.text += data
            if {"th", "td"} & set(inside):
                self.rows[-1][-1] += data

    def of_class(self, name):
        return [tag for tag, attributes in self.tags if name in attributes.get("class", "").split()]


def network(*names, title="model.onnx", given="x"):
    """Layers of these names, one after the other."""
    values = [given, *[f"value {place}" for place in range(len(names))]]
    nodes = [Node(n, Activation(), (values[i],), (values[i + 1],)) for i, n in enumerate(names)]
    return Network(Origin("onnx", title), (Input(given, (symbol("N"), 4)),), (values[-1],), tuple(nodes))


def opened(net):
    """Its table with a row for each layer."""
    return table_html(net.table(width=NOTEBOOK_WIDTH, depth=10**6), net.findings)


def words(content):
    return content.split()


NETWORKS = {
    "chain": lambda: inspect("vgg16"),
    "blocks": lambda: inspect("resnet152"),
    "joins": lambda: inspect("googlenet"),
    "formulas": lambda: inspect("resnet18").symbolic(),
    "crops": lambda: inspect("unet").symbolic(),
    "failing": lambda: inspect(SMALL, (1, 4, 4)),
    "unknown": lambda: inspect("vgg16", (3, 16, 16)),
    "one layer": lambda: inspect("Conv2D(8, 3)"),
}
DOCUMENTS = {
    "layer": lambda: explain("vgg16::features.0"),
    "shape": lambda: explain("256x256x32"),
    "module": lambda: explain("resnet18::layer2.0"),
    "failing": lambda: explain(SMALL, (1, 4, 4)),
    "Keras": lambda: explain("Conv2D(64, 7, strides=2, padding='same')", (224, 224, 3)),
}
FRAGMENTS = {
    **{f"table, {n}": m for n, m in NETWORKS.items()},
    **{f"text, {n}": m for n, m in DOCUMENTS.items()},
}


@pytest.fixture(scope="module")
def fragments():
    return {name: without_figure(make()._repr_html_()) for name, make in FRAGMENTS.items()}


def without_figure(html):
    """The table alone: what is in the figure under it is looked at with figures."""
    return html.partition('<div class="shapelens-output-figure"')[0]


# what it says -----------------------------------------------------------------------------------------


def test_a_small_network_is_written_as_it_was():
    html = without_figure(inspect(SMALL, (1, 4, 4))._repr_html_())
    written = re.sub(r"(?s)<style>.*</style>\n", "", html)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NETWORKS)
def test_rows_and_notes_are_those_of_the_plain_table(name):
    net = NETWORKS[name]()
    for table in (net.table(width=NOTEBOOK_WIDTH), net.table(width=80), net.table(width=1000, depth=2)):
        read = Reader(table_html(table, net.findings))
        plain = table_text(table, net.findings)
        shown = [words(" ".join(row)) for row in read.rows]
        rule = next(line for line in plain.splitlines() if line.startswith("─"))
        lines = [words(line) for line in plain.splitlines()]
        first = lines.index(shown[0])
        assert [*shown[:-1], [rule], shown[-1]] == lines[first : first + len(shown) + 1]
        # Plain text breaks lines, rules off the total and ends in a command of the terminal; nothing else is other.
        said = words(plain.removesuffix(f"next  {safe(table.following)}"))
        assert "".join(said).replace(rule, "") == "".join(words(read.text))


def test_every_column_adds_up_to_its_total():
    head, *rows, total = Reader(inspect("vgg16")._repr_html_()).rows
    for header, sum_of_all in (("parameters", 138_357_544), ("MACs", 15_470_264_320)):
        place = head.index(header)
        assert sum(int(row[place].replace(",", "")) for row in rows if row[place]) == sum_of_all
        assert total[place] == f"{sum_of_all:,}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_what_the_plain_one_says(name):
    document = DOCUMENTS[name]()
    plain = document_text(document, width=1000).removesuffix(f"next  {document.following}")
    read = Reader(document_html(document))
    assert "".join(words(read.text)) == "".join(words(plain))


def test_a_finding_says_what_the_plain_one_says():
    net = inspect(SMALL, (1, 4, 4))
    read = Reader(without_figure(net._repr_html_()))
    after = read.text[read.text.index("SL101") :]
    assert "".join(words(after)) == "".join(words(finding_text(net.findings[0], width=1000)))
    assert read.of_class("shapelens-fails") == ["tr"]
    assert read.of_class("shapelens-verified") == ["span"]


def test_the_figure_stands_under_the_table():
    html = inspect("lenet5")._repr_html_()
    assert html.index("</table>") < html.index("<svg ")
    assert html.endswith("</svg>\n</div>")


def test_where_there_is_no_room_for_a_figure_the_table_stands_alone(monkeypatch):
    def refuse(self):
        raise UsageError("no room")

    monkeypatch.setattr("shapelens.inspection.Inspection.draw", refuse)
    assert "<svg" not in inspect("lenet5")._repr_html_()


def test_no_command_of_the_terminal_is_said(fragments):
    assert not [name for name, html in fragments.items() if "shapelens explain" in html or "next  " in html]


def test_blocks_fold_and_open_as_on_a_terminal():
    read = Reader(inspect("resnet152")._repr_html_())
    assert ["layer3.1-35", "×35", "bottleneck: 1×1, 3×3, 1×1"] in [row[:3] for row in read.rows]
    net = inspect("resnet18")
    read = Reader(table_html(net.table(width=NOTEBOOK_WIDTH, depth=2)))
    assert [row[0] for row in read.rows[4:8]] == ["layer1.0-1", "├ conv1", "├ conv2", "└ add"]


def test_roles_are_told_apart():
    html = inspect("Conv2d(3, 64, 5)", (3, 32, 32))._repr_html_()
    shape = [("channels", "64"), ("label", "×"), ("positions", "28"), ("label", "×"), ("positions", "28")]
    title = "".join(f'<span class="shapelens-{role}">{content}</span>' for role, content in shape)
    assert title in html
    assert '<b class="shapelens-answer">4,864</b>' in html


# names are data ---------------------------------------------------------------------------------------

HOSTILE = [
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "&lt;b&gt; &#60; &amp",
    "<!-- comment -->",
    "]]><svg/onload=alert(1)>",
    "\x1b[31mred",
    "null\x00line\nbreak\ttab\r",
    "\u202eturned\u2066 and \u200fmarked\u200e",
    "\ud800 alone",
    "שלום",
    "层.0",
    "/encoder/layer.0/attention/" * 5,
]


def assert_holds_no_markup(html):
    read = Reader(html)
    assert {tag for tag, _ in read.tags} <= TAGS
    assert {attribute for _, attributes in read.tags for attribute in attributes} <= ATTRIBUTES
    assert all(character.isprintable() or character == "\n" for character in html)
    html.encode()
    assert read.style.count("{") == read.style.count("}")
    return read


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_never_markup(name):
    read = assert_holds_no_markup(opened(inspect(network(name, title=name, given=name + "x"))))
    assert [row[0] for row in read.rows] == ["layer", safe(name + "x"), safe(name), "total"]
    assert read.text.count(safe(name)) == 3


@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3, unique=True))
@settings(max_examples=40, deadline=None)
def test_no_name_at_all_is_markup(names):
    read = assert_holds_no_markup(opened(inspect(network(*names, given="only input"))))
    assert [row[0] for row in read.rows] == ["layer", "only input", *map(safe, names), "total"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_texts_of_findings_and_documents_are_never_markup(name):
    finding = Finding(name, name, name, name, name, name, framework=("torch", name))
    net = inspect(network("relu"))
    assert_holds_no_markup(table_html(net.table(width=NOTEBOOK_WIDTH), [finding]))
    line = text((name, LABEL))
    read = assert_holds_no_markup(
        document_html(Document(line, ((Entry(name, (line,)), Preformatted((line,))),)))
    )
    assert read.text.count(safe(name)) == 4


# a fragment keeps to itself ---------------------------------------------------------------------------


def rules_of(style):
    """Pairs of what a rule is for, after the condition that it stands under, and what it says."""
    rules, condition = [], ""
    for at, selector, said, end in re.findall(r"\s*(@[^{}]+)\{|\s*([^{}]+)\{([^{}]*)\}|\s*(\})", style):
        condition = at if at else "" if end else condition
        rules += [(f"{condition} {selector}".strip(), said)] if selector else []
    return rules


def test_nothing_comes_from_elsewhere(fragments):
    for html in fragments.values():
        assert_holds_no_markup(html)
        assert not re.search(r"https?:|//|url\(|@import|@font-face|javascript:", html)


def test_every_rule_is_for_a_fragment_alone(fragments):
    for html in fragments.values():
        rules = rules_of(Reader(html).style)
        assert len(rules) > 40
        assert all(SCOPE in selector for selector, _ in rules)
        assert all(
            n.startswith("shapelens-") for n in re.findall(r'class="([^"]*)"', html) for n in n.split()
        )


def test_rules_of_one_fragment_agree_with_those_of_all_others(fragments):
    """A page has many fragments, and each rule holds in all of them: what it says hangs on its selector alone."""
    said = {}
    for html in fragments.values():
        here = {}
        for selector, declarations in rules_of(Reader(html).style):
            here.setdefault(selector, []).append(declarations)
        assert all(said.setdefault(selector, rules) == rules for selector, rules in here.items())
    assert sum("container" in selector for selector in said) > 10


def test_every_class_has_a_rule_where_it_needs_one(fragments):
    for html in fragments.values():
        needed = set(re.findall(r"shapelens-(?:before|from-|below-)\d+", html.partition("</style>")[2]))
        assert all(f".{name}{{" in html for name in needed)


# how it looks -----------------------------------------------------------------------------------------


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_guidelines():
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(palette):
    inks = ["ink", POSITIONS, CHANNELS, BREAK, VERIFIED, UNKNOWN, LABEL]
    for ink, ground in product(inks, ["paper", "pointed", "broken"]):
        assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize(
    ("host", "palette"),
    [
        ("@media (prefers-color-scheme:dark)", DARK),
        ('[data-jp-theme-light="false"]', DARK),
        ('[data-jp-theme-light="true"]', LIGHT),
        (".vscode-dark", DARK),
        (".vscode-light", LIGHT),
    ],
)
def test_the_surroundings_say_whether_it_is_dark(host, palette):
    (declarations,) = [said for selector, said in rules_of(STYLE) if host in selector]
    assert f"--shapelens-paper:{palette['paper']}" in declarations


def test_columns_leave_in_the_order_of_the_terminal(fragments):
    html = fragments["table, blocks"]
    room = {}
    for classes, header in re.findall(r'<th scope="col" class="([^"]*)"[^>]*>([^<]*)</th>', html):
        needed = re.search(r"from-(\d+)", classes)
        room |= {header: int(needed[1])} if needed else {}
    assert sorted(room, key=room.get, reverse=True) == ["step", "", "field", "volume", "in C×H×W"]
    hint = re.findall(r'<span class="shapelens-below-(\d+)">([^<]*)</span>', html.rpartition("Left out")[2])
    assert [words for _, words in hint] == ["step", ", shares", ", field", ", volume", ", in"]
    assert [int(needed) for needed, _ in hint] == sorted(room.values(), reverse=True)


def test_a_row_says_what_it_takes_where_its_input_has_no_room(fragments):
    """`crop4` takes not the row above it but `enc4.2`: its column hidden, it would seem otherwise."""
    row = next(line for line in fragments["table, crops"].splitlines() if ">crop4<" in line)
    assert re.search(
        r'pad -4<span class="shapelens-below-\d+"><span class="shapelens-label"> of enc4.2<', row
    )
    narrow = table_html(inspect("unet").table(width=80))
    row = next(line for line in narrow.splitlines() if ">crop4<" in line)
    assert row.count("of enc4.2") == 1


def test_numbers_stand_right_and_rows_have_heads(fragments):
    html = fragments["table, chain"]
    assert '<th scope="row">features.0</th>' in html
    assert re.search(r'<td class="[^"]*shapelens-number[^"]*">1,792</td>', html)
    assert html.count('scope="row"') == len(Reader(html).rows) - 1
    assert html.count("<caption>") == 1
