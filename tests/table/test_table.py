"""The table: it fits its width, adds up, and folds only what is the same."""

from __future__ import annotations

from functools import cache

import pytest

from shapelens import inspect
from shapelens.dims import total
from shapelens.explanation.document import plain_text
from shapelens.output.plain import table_text
from shapelens.table.layout import text_width
from shapelens.table.rows import ALL

inspected = cache(inspect)

CLASSICS = ["lenet5", "vgg16", "resnet18", "resnet152", "googlenet", "densenet121", "mobilenet_v2", "unet"]


@pytest.mark.parametrize("name", CLASSICS)
@pytest.mark.parametrize("width", [80, 100, 120, 160, 200])
@pytest.mark.parametrize("depth", [1, 2, ALL])
def test_it_fits_its_width(name, width, depth):
    table = inspected(name).table(width=width, depth=depth)
    widest = max(text_width(plain_text(line)) for line in table.lines)
    longest_name = max(text_width(row.label) for row in table.rows.rows)
    # Names and shapes are never cut, so a very long name may push the table out.
    assert widest <= max(width, longest_name + 62), widest


@pytest.mark.parametrize("name", CLASSICS)
@pytest.mark.parametrize("depth", [1, 2, 3, ALL])
def test_outer_rows_add_up_to_the_totals(name, depth):
    net = inspected(name)
    rows = net.table(depth=depth).rows
    assert total(row.parameters for row in rows.outer) == net.parameters
    assert total(row.macs for row in rows.outer) == net.macs


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "mobilenet_v2"])
def test_rows_inside_a_block_add_up_to_it(name):
    rows = inspected(name).table(depth=2).rows.rows
    blocks = [place for place, row in enumerate(rows) if not row.indent and row.main is None]
    assert blocks
    for place in blocks:
        inside = []
        for row in rows[place + 1 :]:
            if not row.indent:
                break
            inside.append(row)
        assert total(row.parameters for row in inside) == rows[place].parameters
        assert total(row.macs for row in inside) == rows[place].macs


def test_only_identical_blocks_fold():
    names = [row.name for row in inspected("resnet50").table().rows.rows]
    assert names == [
        "conv1", "maxpool", "layer1.0", "layer1.1-2", "layer2.0", "layer2.1-3",
        "layer3.0", "layer3.1-5", "layer4.0", "layer4.1-2", "avgpool", "flatten", "fc",
    ]  # fmt: skip


def test_resnet152_fits_a_screen_and_all_shows_everything():
    net = inspected("resnet152")
    assert len(net.table(width=80).lines) <= 24
    assert len(net.table(depth=ALL).rows.rows) == len(net.layers)


def test_vgg16_at_80_columns():
    lines = [plain_text(line) for line in inspected("vgg16").table(width=80).lines]
    assert [line.split() for line in lines[1:4]] == [
        ["input", "3×224×224", "▇▁"],
        [
            "features.0",
            "conv",
            "3×3,",
            "pad",
            "1",
            "64",
            "of",
            "3×3×3",
            "64×224×224",
            "▇▂",
            "1,792",
            "86.7",
            "M",
        ],
        [
            "features.2",
            "conv",
            "3×3,",
            "pad",
            "1",
            "64",
            "of",
            "64×3×3",
            "64×224×224",
            "▇▂",
            "36,928",
            "1.85",
            "G",
        ],
    ]
    assert text_width(lines[-1]) <= 80


def test_formulas_where_sizes_are_free():
    content = table_text(inspect("resnet18", "3xHxW").table(width=120))
    assert "64×ceil(H/4)×ceil(W/4)" in content
    assert "512×ceil(H/32)×ceil(W/32)" in content
    assert "works for every H and W" in content
    assert "MACs/pos" in content


def test_tokens_have_positions_and_no_volume():
    """What is no image has its positions along the free axis, and no height that could be halved."""
    content = table_text(inspect("Sequential(Linear(8, 16), ReLU(), Linear(16, 4))", "Tx8").table(width=80))
    rows = [line.split() for line in content.splitlines()]
    assert ["0", "linear", "16", "of", "8", "T×16", "144", str(8 * 16)] in rows
    assert ["2", "linear", "4", "of", "16", "T×4", "68", str(16 * 4)] in rows
    assert "▇" not in content


def test_what_is_broken_is_marked_and_the_rest_stays():
    table = inspect("vgg16", "1x224x224").table(width=80)
    lines = [plain_text(line) for line in table.lines]
    assert any(line.startswith("✗ features.0") for line in lines)
    assert any(line.startswith("classifier.6") for line in lines)


def test_ascii_has_no_volumes_and_no_signs():
    from shapelens.output.plain import table_text

    written = table_text(inspected("vgg16").table(width=80, ascii_only=True), ascii_only=True)
    assert written.isascii()
    assert "64x224x224" in written


def test_what_a_print_leaves_out_makes_the_parameters_a_least_number():
    net = inspect("Net(\n  (fc): Linear(in_features=8, out_features=2, bias=True)\n)", (8,))
    content = table_text(net.table(width=80))
    assert "at least 18 parameters" in content
    assert "There may be more" in content
    assert net.to_dict()["assumptions"]
    assert "at least" not in table_text(inspect("Linear(8, 2)", (8,)).table(width=80))
