"""`shapelens sizes`: the whole text of what it says, its statuses, and its formats.

To look at what a change does to the texts: `UPDATE_GOLDEN=1 pytest tests/cli/test_sizes.py`, then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from shapelens.cli.program import run

GOLDEN = Path(__file__).parent / "golden" / "sizes"
SOURCES = Path(__file__).parent / "sources"

COMMANDS = {
    # Which images may I feed my U-Net?
    "unet": ["unet_padded"],
    # Why does 700 fail, and what is next to it?
    "unet-700": ["unet_padded", "--input", "700"],
    "unet-one-sample": ["unet_padded", "--input", "1x704x96", "--ascii"],
    # How small may an image be?
    "vgg11": ["vgg11"],
    "alexnet-40": ["alexnet", "--input", "3x40x300", "--width", "60"],
    # Must it be 32×32?
    "lenet5": ["lenet5"],
    "features": ["Sequential(Conv2d(1, 6, 5), MaxPool2d(2), Flatten(), Linear(864, 10))", "--input", "1xHxW"],
    "one-axis": ["Conv1d(2, 3, 5, stride=2)", "--input", "2xT"],
    "no-axis": ["Linear(3, 4)", "--input", "3"],
    "no-size": ["unet_padded", "--input", "1xHx100"],
    "wrong-channels": ["Conv2d(3, 8, 3)", "--input", "4x8x8"],
}


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


def answer(arguments, capsys):
    status = run(["sizes", *arguments])
    captured = capsys.readouterr()
    return f"{captured.out}{captured.err}exit status {status}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_what_it_says(name, capsys):
    told = answer(COMMANDS[name], capsys)
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(told, encoding="utf-8")
    assert told == kept.read_text(encoding="utf-8")


def test_every_text_has_its_command():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["vgg11"], 0),
        (["vgg11", "--input", "32"], 0),
        (["vgg11", "--input", "31"], 1),
        (["vgg11", "--input", "3x31x64"], 1),
        (["unet_padded", "--input", "1xHx100"], 1),
        (["vgg11", "--maximum", "0"], 2),
        (["no_such_net"], 2),
    ],
)
def test_the_status(arguments, status, capsys):
    assert answer(arguments, capsys).endswith(f"exit status {status}\n")


def test_as_data(capsys):
    assert run(["sizes", "unet_padded", "--input", "700", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    facts = data["facts"]
    assert data["schema"] == "shapelens/1"
    assert facts["sizes"] == "H and W: multiples of 16"
    assert facts["axes"] == {"H": "height", "W": "width"}
    assert (facts["proved"], facts["known_to"], facts["share_unknown"]) == (True, None, 0.0)
    assert facts["gives"] == [{"shapes": [["N", 2, "H", "W"]], "where": None}]
    assert facts["asked"] == {
        "sizes": [700, 700],
        "fits": False,
        "gives": [],
        "refused_by": "cat4: joins 87 and 86",
        "nearest": [[688, 688], [704, 704]],
    }


def test_as_markdown(capsys):
    assert run(["sizes", "vgg11", "--format", "markdown"]) == 0
    assert "H and W ≥ 32" in capsys.readouterr().out


def test_a_table_without_room_says_less(capsys):
    run(["sizes", "unet_padded", "--width", "50"])
    narrow = capsys.readouterr().out
    assert max(len(line) for line in narrow.split("\n")) <= 60
    assert "✓ N×2×16×16" in narrow
    assert "nearest" not in narrow


@pytest.mark.torch
def test_a_model_of_somebody(capsys):
    pytest.importorskip("torch")
    told = answer([f"{SOURCES / 'unet.py'}:UNet", "--input", "700"], capsys)
    assert told.startswith("UNet does not take 1×700×700; nearest: 1×688×688 or 1×704×704\n")
    assert "with H and W multiples of 16" in told
    assert told.endswith("exit status 1\n")
