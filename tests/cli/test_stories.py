"""Every story is answered by one command, whose whole text is kept.

To look at what a change does to them: `UPDATE_GOLDEN=1 pytest tests/cli/test_stories.py`, then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from shapelens.cli.program import run
from tests.cli.stories import ARRAYS, STORIES

GOLDEN = Path(__file__).parent / "golden"


def answer(arguments, capsys):
    status = run(arguments)
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    return f"{shown}exit status {status}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that commands are typed in, with the arrays that they name."""
    folder = tmp_path_factory.mktemp("stories")
    for name, numbers in ARRAYS.items():
        np.save(folder / f"{name}.npy", np.array(numbers))
    return folder


@pytest.fixture
def plain_terminal(folder, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)


@pytest.mark.usefixtures("plain_terminal")
@pytest.mark.parametrize("name", STORIES)
def test_the_story_is_told_as_it_was(name, capsys):
    told = answer(STORIES[name], capsys)
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(told, encoding="utf-8")
    assert told == kept.read_text(encoding="utf-8")


def test_every_golden_text_has_its_story():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(STORIES)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_nothing_says_that_channels_are_averaged(path):
    content = path.read_text(encoding="utf-8")
    said = re.findall(r"[^.\n]*\baverag\w*[^.\n]*", content)
    assert all("pool" in sentence or "never averaged" in sentence for sentence in said), said


@pytest.mark.usefixtures("plain_terminal")
@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_every_next_command_works(path, capsys):
    import shlex

    for command in re.findall(r"^next  shapelens (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert run(shlex.split(command)) in {0, 1}, command
        capsys.readouterr()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_every_product_is_what_it_says(path):
    """Each `a · b = c` in the texts is computed again."""
    for line in path.read_text(encoding="utf-8").splitlines():
        for left, right in re.findall(r"([\d·×()+ ,]+\d[\d·×()+ ,]*) = ([\d,]+)\b(?! \S*\))", line):
            expression = left.replace("·", "*").replace("×", "*").replace(",", "").strip()
            if not re.fullmatch(r"[\d*+() ]+", expression) or expression.count("(") != expression.count(")"):
                continue
            if not re.search(r"[*+]", expression):
                continue
            assert eval(expression) == int(right.replace(",", "")), line  # noqa: S307 - digits and signs alone
