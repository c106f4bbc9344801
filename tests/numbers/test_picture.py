"""Pictures as numbers, and what is no picture."""

from __future__ import annotations

import struct
import sys
import zlib

import numpy as np
import pytest

from shapelens.errors import (
    LimitExceededError,
    MissingPackageError,
    NoSuchModelError,
    ShapelensError,
    UnreadableError,
    UsageError,
)
from shapelens.numbers import picture
from shapelens.numbers.picture import picture_sizes, read_picture

PIL = pytest.importorskip("PIL.Image")

AT = "--image photo.png"
COLOUR = np.arange(36, dtype=np.uint8).reshape(3, 4, 3) * 7


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "photo.png")


def test_colours_are_channels(path):
    PIL.fromarray(COLOUR).save(path)
    assert picture_sizes(path, AT) == (3, 3, 4)
    found = read_picture(path, 3, AT)
    assert (found.shape, found.dtype) == ((3, 3, 4), np.int64)
    np.testing.assert_array_equal(found, np.moveaxis(COLOUR, -1, 0))


def test_one_channel_gets_grey(path):
    grey = COLOUR[..., 0]
    PIL.fromarray(grey).save(path)
    assert picture_sizes(path, AT) == (1, 3, 4)
    assert read_picture(path, 1, AT).tolist() == [grey.tolist()]
    assert read_picture(path, 3, AT).tolist() == [grey.tolist()] * 3


def test_colours_become_grey_by_the_usual_weights(path):
    PIL.fromarray(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)).save(path)
    assert read_picture(path, 1, AT).tolist() == [[[76, 150, 29]]]


@pytest.mark.parametrize(
    ("ending", "mode"), [("bmp", "RGB"), ("gif", "P"), ("ppm", "RGB"), ("png", "RGBA"), ("png", "1")]
)
def test_other_kinds_of_pictures(tmp_path, ending, mode):
    path = str(tmp_path / f"photo.{ending}")
    PIL.fromarray(COLOUR).convert(mode).save(path)
    assert read_picture(path, 3, AT).shape == (3, 3, 4)


def test_a_picture_has_one_or_three_channels(path):
    with pytest.raises(UsageError, match="a picture has 1 or 3 channels") as error:
        read_picture(path, 64, AT)
    assert error.value.have == "a layer that takes 64 channels"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"no picture at all", "a file of another kind"),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"\x93NUMPY\x01\x00", "a file of another kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a file of another kind"),
    ],
)
def test_what_is_no_picture(path, content, part):
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(UnreadableError, match="holds no picture") as error:
        read_picture(path, 3, AT)
    assert part in error.value.have


def test_a_picture_that_ends_in_the_middle(path):
    PIL.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path)
    with open(path, "rb") as file:
        whole = file.read()
    for cut in (20, 40, len(whole) // 2):
        with open(path, "wb") as file:
            file.write(whole[:cut])
        with pytest.raises(UnreadableError, match="holds no picture"):
            read_picture(path, 3, AT)


def bomb(width, height):
    """A PNG of few bytes that says that it has so many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(5000, 5000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2)])
def test_billions_of_pixels_in_few_bytes(path, size):
    with open(path, "wb") as file:
        file.write(bomb(*size))
    for ask in (lambda: read_picture(path, 3, AT), lambda: picture_sizes(path, AT)):
        with pytest.raises(LimitExceededError, match="is too large"):
            ask()


def test_pixels_of_more_than_8_bits(path):
    PIL.fromarray(np.full((3, 3), 40_000, dtype=np.uint16)).save(path)
    with pytest.raises(UsageError, match="not of 8 bits"):
        read_picture(path, 1, AT)


def test_a_file_that_is_not_there(path):
    with pytest.raises(NoSuchModelError, match="there is no file"):
        read_picture(path, 3, AT)


def test_a_file_that_is_too_large(path, monkeypatch):
    PIL.fromarray(COLOUR).save(path)
    monkeypatch.setattr(picture, "MOST_FILE_BYTES", 10)
    with pytest.raises(LimitExceededError, match="is too large"):
        read_picture(path, 3, AT)


def test_without_pillow(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingPackageError) as error:
        read_picture(path, 3, AT)
    assert error.value.fix == 'pip install "shapelens[figures]"'
    assert isinstance(error.value, ShapelensError)
