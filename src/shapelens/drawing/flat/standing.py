"""What stations take up, where they stand, and the lines between them: along the flow of a network, and across it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from shapelens.drawing.flat.layering import Part
from shapelens.records import dataclass

__all__ = ["Size", "Spacing", "Stand", "Wire", "Wired", "least_area"]


@dataclass(frozen=True, slots=True)
class Size:
    """What a station takes up.

    Args:
        before: across, from its port to its near side.
        after: across, from its port to its far side.
        thickness: along.
        reach: along, from its beginning to the end of what is written behind it.
        lead: along, before it: an arrow's head, a mark.
        room_before: across, from its port to all that stands with it on the near side.
        room_after: across, the same on the far side.
        stretches: whether it grows across to what leads to it.
    """

    before: float
    after: float
    thickness: float
    reach: float
    lead: float
    room_before: float
    room_after: float
    stretches: bool = False


@dataclass(frozen=True, slots=True)
class Spacing:
    """How far things are apart.

    Args:
        stations: stations beside each other, across.
        lanes: lanes beside each other, across.
        beside: a lane beside a station, across.
        track: tracks, along.
        ports: the ends of lines on one side of a station.
    """

    stations: float
    lanes: float
    beside: float
    track: float
    ports: float


@dataclass(frozen=True, slots=True)
class Stand:
    """A station in its place.

    Args:
        start: along, where it begins.
        end: along, where it ends.
        near: across, where it begins.
        far: across, where it ends.
        port: across, where what it gives leaves it.
    """

    start: float
    end: float
    near: float
    far: float
    port: float


@dataclass(frozen=True, slots=True)
class Wire:
    """A line from one station to another.

    Args:
        source: the station that gives.
        target: the station that takes; None where the line leaves the part.
        points: along and across. A line that comes from another part begins at `-inf` across; one that leaves ends
            there.
        is_branch: whether it begins on another line.
    """

    source: int
    target: int | None
    points: tuple[tuple[float, float], ...]
    is_branch: bool = False


@dataclass(frozen=True, slots=True)
class Wired:
    """A part with everything in its place.

    Args:
        stands: the stations.
        wires: the lines.
        gaps: how long each layer is with what follows it.
        length: along.
        near: across, where it begins.
        far: across, where it ends.
        lead: along, the room before the first layer.
        entries: across, where what comes from other parts reaches a station, where it is not drawn as a line.
        ports: across, where the line from one station reaches another.
    """

    stands: Mapping[int, Stand]
    wires: tuple[Wire, ...]
    gaps: tuple[float, ...]
    length: float
    near: float
    far: float
    lead: float
    entries: Mapping[int, float] = field(default_factory=dict)
    ports: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def ports_of(self, place: int) -> dict[int, float]:
        """Across, where the lines from other stations reach one."""
        return {source: port for (source, target), port in self.ports.items() if target == place}


def least_area(part: Part, sizes: Mapping[int, Size]) -> float:
    """What stations take up with what is written of them, however their layers are parted."""
    area = 0.0
    for row in part.layers:
        here = [sizes[place] for place, is_lane in row if not is_lane]
        wide = sum(size.room_before + size.room_after for size in here)
        area += wide * max([size.reach + size.lead for size in here], default=0.0)
    return area
