"""Pictures as numbers: 0 to 255 for each position, or for each position red, green and blue."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from struct import error as StructError
from typing import TYPE_CHECKING

import numpy as np

from shapelens.errors import LimitExceededError, MissingPackageError, UnreadableError, UsageError
from shapelens.numbers.files import opened, shown
from shapelens.numbers.values import Array

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["MOST_PIXELS", "picture_sizes", "read_picture"]

MOST_PIXELS = 2**24
MOST_FILE_BYTES = 2**27
_WHAT = "a picture, as PNG, JPEG, BMP, GIF, PNM, TIFF or WebP"
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_MODES = {1: "L", 3: "RGB"}
_GREY = {"1", "L", "LA", "La"}
_COLOUR = {"P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr"}

# What Pillow raises for files of somebody else's making.
_BROKEN = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    OverflowError,
    EOFError,
    MemoryError,
    StructError,
)


def picture_sizes(path: str, at: str) -> tuple[int, int, int]:
    """A picture's own channels (1 where it is grey), height and width.

    Raises:
        UnreadableError: "photo.png holds no picture".
    """
    with _opened(path, at) as picture:
        return 1 if picture.mode in _GREY else 3, picture.height, picture.width


def read_picture(path: str, channels: int, at: str) -> Array:
    """A picture as `channels × height × width` whole numbers from 0 to 255, at its own size.

    Args:
        path: of the file.
        channels: 1 for grey, 3 for red, green and blue.
        at: what it was given as, for errors: `--image photo.png`.

    Raises:
        UsageError: "a picture has 1 or 3 channels".
        UnreadableError: "photo.png holds no picture".
        MissingPackageError: "Pillow is not installed".
    """
    if channels not in _MODES:
        raise UsageError(
            "a picture has 1 or 3 channels",
            at=at,
            have=f"a layer that takes {channels:,} channels",
            rule="1 channel gets the picture in grey, 3 get red, green and blue",
            fix="--values x.npy, or an earlier layer",
        )
    with _opened(path, at) as picture:
        pixels = np.asarray(picture.convert(_MODES[channels]), dtype=np.int64)
    return pixels[np.newaxis] if channels == 1 else np.moveaxis(pixels, -1, 0)


@contextmanager
def _opened(path: str, at: str) -> Iterator[Image.Image]:
    """A picture whose header is read; its pixels are read inside, and what goes wrong there is told too."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:
        raise MissingPackageError(
            "Pillow is not installed",
            at=at,
            rule="a picture is read by Pillow",
            fix='pip install "shapelens[figures]"',
        ) from None
    with opened(path, at, _WHAT, MOST_FILE_BYTES) as file:
        try:
            with warnings.catch_warnings():
                # Pillow's own warning of too many pixels is an error here, and metadata is not looked at.
                warnings.simplefilter("ignore")
                picture = Image.open(file, formats=_FORMATS)
                _check(picture, path, at)
                yield picture
        except Image.DecompressionBombError as error:
            raise _too_large(path, at, str(error).partition(",")[0]) from None
        except UnidentifiedImageError:
            raise _no_picture(path, at, "a file of another kind") from None
        except _BROKEN as error:
            raise _no_picture(path, at, str(error)) from None


def _check(picture: Image.Image, path: str, at: str) -> None:
    """Refuse what has too many pixels, or others than of 8 bits."""
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large(path, at, f"{picture.height:,}×{picture.width:,} pixels")
    if picture.mode not in _GREY | _COLOUR:
        raise UsageError(
            "its pixels are not of 8 bits",
            at=at,
            have=f"a picture of mode {shown(picture.mode)}",
            rule="0 to 255 for each channel of each pixel",
            fix="save it with 8 bits for each channel, or give its numbers: --values x.npy",
        )


def _too_large(path: str, at: str, have: str) -> LimitExceededError:
    return LimitExceededError(
        f"{shown(path)} is too large",
        at=at,
        have=have,
        rule=f"at most {MOST_PIXELS:,} pixels, whatever a file of few bytes says",
        fix="make the picture smaller first",
    )


def _no_picture(path: str, at: str, reason: str) -> UnreadableError:
    return UnreadableError(
        f"{shown(path)} holds no picture",
        at=at,
        have=shown(reason),
        rule=_WHAT,
    )
