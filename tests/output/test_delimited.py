"""CSV and markdown: the same rows, and nothing in a name is markup or a formula."""

from __future__ import annotations

import csv
import io

from shapelens import explain, inspect
from shapelens.dims import symbol
from shapelens.network import Input, Network, Node, Origin
from shapelens.operators import Activation
from shapelens.output.delimited import document_markdown, table_csv, table_markdown

EVIL = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script>|`x`"


def network(name):
    declared = Input("x", (symbol("N"), 4))
    return Network(
        Origin("onnx", "model.onnx"), (declared,), ("y",), (Node(name, Activation(), ("x",), ("y",)),)
    )


def test_the_rows_of_the_csv_add_up():
    table = inspect("vgg16").table(width=1000)
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    exact = [int(row["parameters"].replace(",", "")) for row in rows if row["parameters"]]
    assert sum(exact) == 138_357_544
    assert rows[1]["out C×H×W"] == "64×224×224"


def test_a_cell_of_the_csv_is_never_a_formula():
    written = table_csv(inspect(network(EVIL)).table(width=1000))
    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert f"'{EVIL}" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_markdown_escapes_what_a_name_holds():
    written = table_markdown(inspect(network(MARKUP)).table(width=1000))
    assert "<script>" not in written
    assert "\\<script\\>alert(1)\\</script\\>\\|\\`x\\`" in written


def test_a_document_as_markdown():
    written = document_markdown(explain("Conv2d(3, 64, 3, padding=1)", (3, 224, 224)))
    assert written.startswith("### Conv2d(3, 64, 3, padding=1)   3×224×224 → 64×224×224")
    assert "- **params** 64 × (3·3·3) + 64 = 1,792" in written
