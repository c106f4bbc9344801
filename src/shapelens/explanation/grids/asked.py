"""What somebody asks to see with numbers: which cell of which feature map, of which numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from shapelens.errors import UsageError
from shapelens.records import dataclass

__all__ = ["NOT_ASKED", "Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which numbers of a layer are shown.

    Args:
        cell: a cell of the output, by its place along each spatial axis, from 0; the first one if not given, or of a
            transposed convolution the first on which the most stamps overlap.
        filter: which feature map it is of; the first if not given.
        values: what goes in: an array, or the path of an `.npy` file.
        weights: the weight, in the layer's own order.
        bias: the bias.
        image: the path of a picture that goes in.
        seed: makes the numbers that are not given: small whole ones, the same everywhere.
        flipped: whether the kernel is turned by 180° first, as mathematics convolves.
        numbers: whether they are shown; by default where something of this is asked, and of a small layer alone.
    """

    cell: tuple[int, ...] | None = None
    filter: int | None = None
    values: Any = None
    weights: Any = None
    bias: Any = None
    image: str | None = None
    seed: int | None = None
    flipped: bool = False
    numbers: bool | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Asked:
        """What is asked in keyword arguments; `cell` may be a text, `2,1`.

        Raises:
            UsageError: an argument is none, or means nothing.
        """
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                raise UsageError(
                    f"there is no argument {name}", at=name, rule=f"the arguments are {', '.join(names)}"
                )
        settings = {name: value for name, value in given.items() if value is not None}
        if "cell" in settings:
            settings["cell"] = _cell(settings["cell"])
        for name in ("filter", "seed"):
            if name in settings and not _is_count(settings[name]):
                raise UsageError(
                    f"{name} is a whole number",
                    at=name,
                    have=repr(settings[name]),
                    rule="a whole number from 0",
                )
        if "image" in settings:
            settings["image"] = _path(settings["image"])
        if settings.get("image") and settings.get("values") is not None:
            raise UsageError(
                "a picture and values are both given",
                at=f"--image {settings['image']}",
                rule="what goes in is a picture, or an array",
                fix="leave one of them out",
            )
        asked = cls(**settings)
        if asked.numbers is False and asked.is_explicit:
            raise UsageError(
                "numbers are asked for, and left out",
                at="--no-numbers",
                rule="--cell, --filter, --values, --weights, --bias, --image, --seed and --flipped show numbers",
                fix="leave --no-numbers out",
            )
        return asked

    @property
    def has_size(self) -> bool:
        """Whether what is given to go in tells a size."""
        return self.values is not None or self.image is not None

    @property
    def is_explicit(self) -> bool:
        """Whether something asks for numbers."""
        given = (self.cell, self.filter, self.values, self.weights, self.bias, self.image, self.seed)
        return bool(self.flipped or self.numbers or any(value is not None for value in given))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _path(value: Any) -> str:
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    raise UsageError("an image is named by its path", at="image", have=type(value).__name__, rule="a path")


def _cell(given: Any) -> tuple[int, ...]:
    """A cell as it is typed, `2,1`, or as one or several numbers."""
    parts = (
        given.split(",")
        if isinstance(given, str)
        else given
        if isinstance(given, (tuple, list))
        else (given,)
    )
    places: list[int] = []
    for part in parts:
        is_digits = isinstance(part, str) and part.strip().isascii() and part.strip().isdigit()
        place = int(part) if is_digits and len(part) < 20 else part
        if isinstance(place, str) or not _is_count(place):
            shown = given if isinstance(given, str) else repr(given)
            raise UsageError(
                "this is no cell",
                at=f"--cell {shown}",
                have=f"{part!r}",
                rule="whole numbers from 0 with commas between them: row,column",
                fix="--cell 0,0",
            )
        places.append(place)
    return tuple(places)


NOT_ASKED = Asked()
"""Nothing is asked: numbers are shown of a layer that is small and alone."""
