"""Which frame is shown: keys step, pause, hurry and quit."""

import pytest

from shapelens.output.keys import first_key, key_of
from shapelens.output.playing import Player


def test_frames_follow_one_another_and_stop_at_the_last():
    player = Player(3)
    seen = [player.at]
    for _ in range(4):
        player.tick()
        seen.append(player.at)
    assert seen == [0, 1, 2, 2, 2]
    assert player.is_paused


def test_a_step_pauses():
    player = Player(5)
    assert player.press("right")
    assert (player.at, player.is_paused) == (1, True)
    player.tick()
    assert player.at == 1
    for key in ("left", "left", "left"):
        player.press(key)
    assert player.at == 0


def test_space_goes_on_and_begins_again_at_the_end():
    player = Player(2)
    player.tick()
    assert player.is_paused
    player.press("space")
    assert (player.at, player.is_paused) == (0, False)
    player.press("space")
    assert player.is_paused


def test_home_and_end():
    player = Player(9, at=4)
    player.press("end")
    assert player.at == 8
    player.press("home")
    assert player.at == 0


def test_up_and_down_scroll_and_never_above_the_top():
    player = Player(9, at=4)
    for key in ("down", "down", "page down", "up"):
        player.press(key)
    assert (player.at, player.scrolled) == (4, 9)
    player.press("page up")
    player.press("page up")
    assert (player.scrolled, player.is_paused) == (0, False)


def test_the_speed_has_bounds():
    player = Player(9)
    usual = player.delay
    player.press("+")
    assert player.delay < usual
    for _ in range(20):
        player.press("+")
    fastest = player.delay
    for _ in range(20):
        player.press("-")
    assert 0 < fastest < usual < player.delay


@pytest.mark.parametrize("key", ["q", "escape"])
def test_it_ends(key):
    assert not Player(2).press(key)


def test_other_keys_do_nothing():
    player = Player(3)
    assert player.press("x")
    assert player.press("")
    assert (player.at, player.is_paused) == (0, False)


def test_one_frame_stands_still():
    assert Player(1).is_paused


@pytest.mark.parametrize(
    ("pressed", "name"),
    [
        (b" ", "space"), (b"\r", "enter"), (b"\x1b", "escape"), (b"\x1b[D", "left"), (b"\x1bOC", "right"),
        (b"\x1b[H", "home"), (b"q", "q"), (b"+", "+"), (b"\x1b[200~", ""), (b"\xff\xfe", ""), (b"\x00", ""),
    ],
)  # fmt: skip
def test_keys_have_names(pressed, name):
    assert key_of(pressed) == name


def test_keys_read_together_are_all_pressed():
    read, names = b"\x1b[H\x1b[C\x1bOD +\xc3\xa9\x1b[200~q\x1b", []
    while read:
        pressed, read = first_key(read)
        names.append(key_of(pressed))
    assert names == ["home", "right", "left", "space", "+", "", "", "q", "escape"]
