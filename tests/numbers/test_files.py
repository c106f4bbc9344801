"""What is opened: ordinary files of a bounded size; and how their names are told."""

from __future__ import annotations

import os

import pytest

from shapelens.errors import LimitExceededError, NoSuchModelError, TruncatedFileError, UnreadableError
from shapelens.numbers.files import opened, shown


def test_an_ordinary_file_is_opened(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    with opened(str(tmp_path / "x"), "--values x", "an array", 3) as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize(
    ("make", "kind", "summary"),
    [
        (lambda path: None, NoSuchModelError, "there is no file"),
        (lambda path: path.mkdir(), UnreadableError, "is a folder"),
        (os.mkfifo, UnreadableError, "is no ordinary file"),
        (lambda path: path.write_bytes(b""), TruncatedFileError, "is empty"),
        (lambda path: path.write_bytes(b"abcd"), LimitExceededError, "is too large"),
    ],
)
def test_everything_else_is_refused(tmp_path, make, kind, summary):
    path = tmp_path / "x"
    make(path)
    with pytest.raises(kind) as error:
        opened(str(path), "--values x", "an array", 3)
    assert type(error.value) is kind
    assert summary in error.value.summary
    assert error.value.at == "--values x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain.npy", "plain.npy"),
        ("grün.npy", "grün.npy"),
        ("red\x1b[31m", "red\\x1b[31m"),
        ("a\nb", "a\\nb"),
        ("\u202egnp", "\\u202egnp"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_name_cannot_act_on_a_terminal(text, told):
    assert shown(text) == told
