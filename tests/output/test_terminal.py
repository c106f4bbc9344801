"""Terminals: colour only where it is wanted, ASCII where nothing else is understood."""

from __future__ import annotations

import io

import pytest

from shapelens.explanation.document import CHANNELS, text
from shapelens.output.terminal import has_colour, is_ascii, print_lines, terminal_width


class Stream(io.StringIO):
    def __init__(self, encoding="utf-8", terminal=False):
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._terminal


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


LINES = [text(("64", CHANNELS), "×112")]


def test_a_pipe_gets_no_colour():
    stream = Stream()
    print_lines(LINES, stream)
    assert stream.getvalue() == "64×112\n"


def test_a_terminal_gets_colour():
    stream = Stream(terminal=True)
    print_lines(LINES, stream)
    assert "\x1b[35m64" in stream.getvalue()


@pytest.mark.parametrize(
    ("settings", "terminal", "coloured"),
    [
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({}, False, False),
    ],
)
def test_colour_is_as_asked(settings, terminal, coloured, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert has_colour(Stream(terminal=terminal)) is coloured


def test_another_encoding_gets_ascii():
    stream = Stream("latin-1")
    assert is_ascii(stream)
    print_lines(LINES, stream)
    assert stream.getvalue() == "64x112\n"


def test_the_width_is_as_asked(monkeypatch):
    assert terminal_width(123) == 123
    monkeypatch.setenv("COLUMNS", "97")
    assert terminal_width() == 97
