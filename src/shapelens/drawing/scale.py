"""How large a number is drawn: never smaller than a smaller one."""

from __future__ import annotations

from math import log2, sqrt

from shapelens.drawing.forms import Form
from shapelens.records import dataclass

__all__ = ["RECEDING", "Measures", "Scale"]

RECEDING = 0.226
"""How far to the right and up a width recedes, for each unit of it: at 45 degrees, foreshortened by 0.32."""

_UNKNOWN = 6.0
_THINNEST = 1.6
_BAR_WIDTH = 5.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What a tensor is drawn at, in points.

    Args:
        thickness: from left to right: its channels.
        height: upwards: its height, its tokens or its features.
        depth: how far it recedes to the right and up: its width.
    """

    thickness: float
    height: float
    depth: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Points for numbers: places by their square root, or linear; channels and features by their logarithm.

    Args:
        space: the height of the largest number of places, in points.
        largest: that number.
        unit: points for each doubling of the channels.
        bar: points for each doubling of a vector's features.
        is_linear: whether places are drawn in proportion.
        maps: how many maps of a tensor are drawn at most, where each is.
    """

    space: float
    largest: int
    unit: float
    bar: float
    is_linear: bool = False
    maps: int = 0

    def places(self, size: int | None) -> float:
        """The length of so many places along one axis."""
        if size is None:
            return _UNKNOWN
        part = size / self.largest
        return self.space * (part if self.is_linear else sqrt(part))

    def channels(self, size: int | None) -> float:
        """The thickness of so many channels."""
        return self.unit * log2(1 + size) if size is not None else _UNKNOWN

    def features(self, size: int | None) -> float:
        """The length of a bar of so many features."""
        return self.bar * log2(1 + size) if size is not None else 4 * self.bar

    def measures(self, form: Form) -> Measures:
        """What a form is drawn at."""
        if form.is_vector:
            return Measures(_BAR_WIDTH, self.features(form.channels.size), 0.0)
        sizes = [self.places(place.size) for place in form.places]
        if len(sizes) == 1:
            return Measures(max(self.channels(form.channels.size), _THINNEST), sizes[0], 0.0)
        if len(sizes) == 2:
            return Measures(max(self.channels(form.channels.size), _THINNEST), sizes[0], RECEDING * sizes[1])
        # A cube takes the place of the channels with its own depth.
        return Measures(sizes[0] * 0.6, sizes[1], RECEDING * sizes[2])

    @property
    def words(self) -> str:
        """What a caption says of it."""
        if self.maps:
            space = "in proportion" if self.is_linear else "by the square root of size"
            most = f"at most {self.maps} maps of a tensor are drawn"
            return f"height, width and windows {space}; {most}; bars by log2(1 + features)"
        return (
            "height, width and filters by the square root of size; thickness and bars by log2(1 + channels)"
        )
