"""`shapelens check`: its formats, its exit status, and what it prints."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

from shapelens.cli.program import run

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "check"
BROKEN = "Sequential(Conv2d(3, 32, 3), BatchNorm2d(64))"

STORIES = {
    "features": (["check", "net.py:Net", "--input", "3x32x32", "--width", "110"], 1),
    "unet": (["check", "unet.py:UNet(width=16)", "--input", "1x700x700", "--width", "130"], 1),
    "unet-narrow": (["check", "unet.py:UNet(width=16)", "--input", "1x700x700", "--width", "80"], 1),
    "unet-ascii": (
        ["check", "unet.py:UNet(width=16)", "--input", "1x700x700", "--width", "110", "--ascii"],
        1,
    ),
    "healthy": (["check", "vgg16"], 0),
    "shrunk": (["check", "vgg16", "--input", "3x16x16", "--width", "90"], 1),
    "markdown": (["check", BROKEN, "--input", "3x8x8", "--format", "markdown"], 1),
    "github": (["check", "net.py:Net", "--input", "3x32x32", "--format", "github"], 1),
    "fix-input": (["check", "unet.py:UNet(width=16)", "--input", "1x700x700", "--fix-input"], 0),
    "no-fix-input": (["check", BROKEN, "--input", "3x8x8", "--fix-input"], 1),
    "explain": (["explain", "SL107", "--width", "90"], 0),
}
NEEDS_TORCH = {"features", "unet", "unet-narrow", "unet-ascii", "github", "fix-input"}


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(HERE / "sources")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.torch] if n in NEEDS_TORCH else []) for n in STORIES]
)
def test_what_is_printed_and_its_status(name, capsys):
    arguments, status = STORIES[name]
    assert run(arguments) == status
    told = capsys.readouterr().out
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(told, encoding="utf-8")
    assert told == kept.read_text(encoding="utf-8")


def test_every_golden_text_has_its_command():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(STORIES)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_every_next_command_works(path, capsys):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("next  shapelens "):
            assert run(shlex.split(line.removeprefix("next  shapelens "))) == 0


def test_a_healthy_network_says_so_in_one_line(capsys):
    assert run(["check", "resnet18"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_json(capsys):
    assert run(["check", BROKEN, "--input", "3x8x8", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "shapelens/1"
    assert data["counts"] == {"error": 1, "warning": 0, "note": 0}
    (finding,) = data["findings"]
    assert (finding["code"], finding["severity"], finding["layer"]) == ("SL113", "error", "1")
    assert finding["fixes"] == [{"text": "num_features=32", "verified": True}]


def test_sarif(capsys):
    assert run(["check", BROKEN, "--input", "3x8x8", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["SL113"]


def test_what_is_ignored(capsys):
    assert run(["check", BROKEN, "--input", "3x8x8", "--ignore", "SL113"]) == 0
    assert "nothing wrong" in capsys.readouterr().out
    two = "Sequential(Conv2d(3, 8, 3), Conv2d(9, 8, 3), Linear(3, 2))"
    ignored = ["--ignore", "SL102", "--ignore", "sl101"]
    assert run(["check", two, "--input", "3x9x9", *ignored]) == 0
    assert run(["check", two, "--input", "3x9x9", *ignored[:2]]) == 1


def test_a_code_that_there_is_not(capsys):
    assert run(["check", "vgg16", "--ignore", "SL999"]) == 2
    assert "there is no finding SL999" in capsys.readouterr().err


@pytest.mark.torch
def test_warnings_and_strictness(tmp_path, capsys):
    pytest.importorskip("torch")
    file = tmp_path / "warns.py"
    file.write_text(
        "from torch import nn\n\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(4, 1)\n\n"
        "    def forward(self, x):\n"
        "        return self.fc(x) - x[:, 0]\n",
        encoding="utf-8",
    )
    model = [f"{file}:Net", "--input", "4"]
    assert run(["check", *model]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("1 warning in Net: sub: a silent broadcast")
    assert "\n! sub " in shown
    assert run(["check", *model, "--strict"]) == 1
    assert run(["check", *model, "--strict", "--ignore", "SL201"]) == 0
    assert run(["check", *model, "--format", "github"]) == 0
    assert f"::warning file={file},line=10,title=SL201::" in capsys.readouterr().out


@pytest.mark.torch
def test_training_is_another_network(tmp_path, capsys):
    pytest.importorskip("torch")
    file = tmp_path / "trains.py"
    file.write_text(
        "from torch import nn\n\n\n"
        "def net():\n"
        "    return nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4))\n",
        encoding="utf-8",
    )
    model = [f"{file}:net", "--input", "8", "--batch", "1"]
    assert run(["check", *model]) == 0
    assert run(["check", *model, "--train"]) == 1
    assert "SL117" in capsys.readouterr().out


def test_a_healthy_network_fits_what_is_fed(capsys):
    assert run(["check", "vgg16", "--input", "3x96x96", "--fix-input"]) == 0
    assert capsys.readouterr().out == "3x96x96\n"


def test_unreadable_and_unknown(capsys):
    assert run(["check", "nothing_like_it"]) == 2
    assert run(["check", "vgg16", "--format", "csv"]) == 2
    capsys.readouterr()


def test_help(capsys):
    assert run(["check", "--help"]) == 0
    shown = capsys.readouterr().out
    for option in (
        "--strict",
        "--ignore",
        "--fix-input",
        "--train",
        "--format",
        "--batch",
        "--shape",
        "--ascii",
    ):
        assert option in shown
    assert max(map(len, shown.splitlines())) <= 88
