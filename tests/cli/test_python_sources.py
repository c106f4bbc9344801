"""Models that are named as Python code: whole texts and exit statuses, one command each.

To look at what a change does to them: `UPDATE_GOLDEN=1 pytest tests/cli/test_python_sources.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("torch")

from shapelens.cli.program import run

pytestmark = pytest.mark.torch

GOLDEN = Path(__file__).parent / "golden" / "python"
SOURCES = Path(__file__).parent / "sources"

COMMANDS: dict[str, tuple[int, list[str]]] = {
    # mat1 and mat2 shapes cannot be multiplied
    "features": (1, ["show", "net.py:Net", "--input", "3x32x32"]),
    # Sizes of tensors must match except in dimension 1
    "unet-any-size": (0, ["show", "unet.py:UNet(width=16, depth=2)", "--input", "1xHxW"]),
    "unet-700": (1, ["show", "unet.py:UNet(width=16)", "--input", "1x700x700", "--width", "100"]),
    "memory": (0, ["show", "unet.py:UNet(width=16, depth=2)", "--input", "1x64x64", "--batch", "8"]),
    "layer": (0, ["explain", "net.py:Net::features.0", "--input", "3x36x36"]),
    "guessed": (1, ["show", "net.py:Net"]),
    "reads-data": (0, ["show", "odd.py:Reads"]),
    "raises": (1, ["show", "odd.py:Raises"]),
    "two-inputs": (0, ["show", "odd.py:Pair", "--shape", "image=2x3x16x16", "--shape", "tokens=2x5:int64"]),
    "coverage": (0, ["show", "unet.py:UNet(depth=1)", "--coverage"]),
    "coverage-unruled": (0, ["show", "odd.py:Unruled", "--coverage"]),
    "unruled": (0, ["show", "odd.py:Unruled"]),
    "no-file": (2, ["show", "missing.py:Net"]),
    "no-name": (2, ["show", "net.py"]),
    "no-attribute": (2, ["show", "net.py:Nte"]),
    "no-module": (2, ["show", "no_such_module_here:Net"]),
    "needs-arguments": (2, ["show", "odd.py:Needs"]),
    "no-literal": (2, ["show", "net.py:Net(width=side)"]),
    "no-network": (2, ["show", "odd.py:weights"]),
    "no-input": (2, ["show", "odd.py:Pair"]),
    "wrong-input": (2, ["show", "odd.py:Pair", "--shape", "picture=2x3x16x16"]),
    "wrong-type": (2, ["show", "odd.py:Pair", "--shape", "image=2x3x16x16:pixels"]),
}


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(SOURCES)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_said_and_its_status(name, capsys):
    expected, arguments = COMMANDS[name]
    status = run(arguments)
    captured = capsys.readouterr()
    assert status == expected
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(captured.out + captured.err, encoding="utf-8")
    assert captured.out + captured.err == kept.read_text(encoding="utf-8")


def test_every_golden_text_has_its_command():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(COMMANDS)


def test_what_the_code_prints_does_not_stand_in_the_json(capfd):
    assert run(["show", "odd.py:Raises", "--format", "json"]) == 1
    captured = capfd.readouterr()
    assert json.loads(captured.out)["findings"][0]["code"] == "SL190"
    assert "on the way" in captured.err


def test_training_is_asked_for(capsys):
    assert run(["show", "torch.nn:BatchNorm2d(8)", "--input", "8x1x1", "--batch", "1"]) == 0
    assert run(["show", "torch.nn:BatchNorm2d(8)", "--input", "8x1x1", "--batch", "1", "--train"]) == 1
    capsys.readouterr()
