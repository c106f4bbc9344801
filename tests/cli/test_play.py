"""A window that slides on a terminal: keys, sizes, no colour, and the terminal as it was afterwards."""

import pytest

from shapelens.cli.program import run

pytest.importorskip("pty", reason="there are no pseudo-terminals here")
pytest.importorskip("pyte")

from tests.cli.terminal import Terminal

LAYER = ("explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--play")
ENTERS, LEAVES, SHOWS_CURSOR = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"


def started(*arguments, **settings):
    return Terminal(*(arguments or LAYER), **settings).until(lambda t: "quit" in t.text or "q" in t.lines[-1])


def test_it_slides_from_cell_to_cell_and_stops_at_the_last():
    with started() as terminal:
        assert terminal.lines[0].startswith("Conv2d(1, 1, 3)   cell 0,0 = ")
        for _ in range(8):
            terminal.press(b"+")
        terminal.until(lambda t: "cell 2,2" in t.text and t.lines[-1].startswith("9/9"))
        terminal.press(b"q")
        assert terminal.end() == 0
        assert terminal.settings() == terminal.before
        assert ENTERS in terminal.raw
        assert terminal.raw.index(LEAVES) > terminal.raw.index(ENTERS)
        assert SHOWS_CURSOR in terminal.raw[terminal.raw.index(LEAVES) - 40 :]


def test_it_steps_forward_and_back_while_it_is_paused():
    with started() as terminal:
        terminal.press(b" ")
        terminal.until(lambda t: "space go on" in t.text)
        terminal.press(b"\x1b[H")
        terminal.until(lambda t: "cell 0,0" in t.text)
        terminal.press(b"\x1b[C")
        terminal.until(lambda t: "cell 0,1" in t.text)
        terminal.press(b"\x1b[C")
        terminal.until(lambda t: "cell 0,2" in t.text)
        terminal.press(b"\x1b[D")
        terminal.until(lambda t: "cell 0,1" in t.text)
        terminal.press(b"\x1b[F")
        terminal.until(lambda t: "cell 2,2" in t.text)
        terminal.press(b"\x1b")
        assert terminal.end() == 0


def test_keys_pressed_at_once_are_each_a_key():
    with started() as terminal:
        terminal.press(b"\x1b[F\x1b[D\x1b[D")
        terminal.until(lambda t: "cell 2,0" in t.text)
        terminal.press(b"\x1b[H\x1b[C")
        terminal.until(lambda t: "cell 0,1" in t.text)
        terminal.press(b"\x1b[Cq")
        assert terminal.end() == 0


def test_ctrl_c_leaves_the_terminal_as_it_was():
    with started() as terminal:
        terminal.press(b"\x03")
        assert terminal.end() == 130
        assert terminal.settings() == terminal.before
        assert LEAVES in terminal.raw
        assert b"Traceback" not in terminal.raw


def test_it_begins_with_the_cell_that_is_asked_for():
    with started(*LAYER, "--cell", "1,2") as terminal:
        assert "cell 1,2" in terminal.text
        assert terminal.lines[-1].startswith("6/9")


def test_without_colour_it_says_the_same():
    with started(NO_COLOR="1") as terminal:
        assert "cell 0,0" in terminal.text
        assert not any(
            code in terminal.raw for code in (b"\x1b[31m", b"\x1b[35m", b"\x1b[36m", b"\x1b[1;36m")
        )


def test_it_follows_the_size_of_the_terminal():
    with started() as terminal:
        terminal.press(b" ")
        terminal.until(lambda t: "space go on" in t.text)
        terminal.resize(10, 44)
        terminal.until(lambda t: "↑ ↓" in t.lines[-1] and len(t.lines) == 10)
        assert all(len(line) <= 44 for line in terminal.lines)
        terminal.resize(30, 100)
        terminal.until(lambda t: "↑ ↓" not in t.text and "space go on" in t.lines[-1])
        terminal.press(b"q")
        assert terminal.end() == 0


def test_what_does_not_fit_scrolls_under_its_first_line():
    with started("explain", "Conv2d(3, 8, 3, padding=1)", "--input", "3x6x6", "--play") as terminal:
        terminal.press(b" \x1b[H")
        terminal.until(lambda t: "space go on" in t.text and "more lines" in t.lines[-1])
        assert "out 8×6×6, map 0" not in terminal.text
        for _ in range(4):
            terminal.press(b"\x1b[6~")
        terminal.until(lambda t: "out 8×6×6, map 0" in t.text)
        assert terminal.lines[0].startswith("Conv2d(3, 8, 3, padding=1)   filter 0, cell 0,0: ")
        terminal.press(b"\x1b[C")
        terminal.until(lambda t: "cell 0,1: " in t.lines[0])
        assert "out 8×6×6, map 0" in terminal.text
        for _ in range(9):
            terminal.press(b"\x1b[5~")
        terminal.press(b"\x1b[B")
        terminal.until(lambda t: "channel 0" in t.text)
        terminal.press(b"q")
        assert terminal.end() == 0


def test_a_transposed_convolution_and_a_pool_play_too():
    for layer, size in (("ConvTranspose2d(1, 1, 3, stride=2)", "1x2x2"), ("MaxPool2d(2)", "1x4x4")):
        with started("explain", layer, "--input", size, "--play") as terminal:
            assert "cell 0,0 = " in terminal.text
            terminal.press(b"q")
            assert terminal.end() == 0


def test_what_is_no_terminal_is_refused(capsys):
    assert run(list(LAYER)) == 2
    assert "this needs a terminal" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (["256x256x32", "--play"], "numbers are shown of one layer"),
        (["Conv2d(1, 1, 3)", "--play", "-o", "x.svg"], "one of these at a time"),
        (["Conv2d(1, 1, 3)", "--play", "--format", "json"], "one of these at a time"),
        (["vgg16::classifier.0", "--play"], "its numbers cannot be shown"),
    ],
)
def test_what_cannot_be_played(capsys, what, says):
    assert run(["explain", *what]) == 2
    assert says in capsys.readouterr().err
