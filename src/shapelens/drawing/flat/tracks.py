"""Tracks between two layers: every line that has to go across has one on which it meets no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["NEAR", "Pins", "tracks_of"]

Pins = tuple[float, Sequence[float]]
"""Where a line comes from, and all places that it leads to."""

NEAR = 0.01
"""What is no further apart is at one place."""

_CLOSE = 1.0
_APART = 2.0


def tracks_of(pins: Mapping[int, Pins]) -> tuple[dict[int, int], int]:
    """The track of each line that does not go straight on, and how many tracks there are.

    >>> tracks_of({0: (0.0, [5.0]), 1: (5.0, [9.0]), 2: (20.0, [20.0])})
    ({1: 0, 0: 1}, 2)

    A line that leaves a place must be past it before another comes to that place: here, 1 before 0.

    Args:
        pins: for each line, by what it comes from.
    """
    bent = {
        line: (start, ends)
        for line, (start, ends) in pins.items()
        if any(abs(start - end) > NEAR for end in ends)
    }
    waits = {
        line: {
            other
            for other, (start, _) in bent.items()
            if other != line and any(abs(start - end) < _CLOSE for end in ends)
        }
        for line, (_, ends) in bent.items()
    }
    spans = {line: (min(start, *ends), max(start, *ends)) for line, (start, ends) in bent.items()}
    found: dict[int, int] = {}
    taken: list[list[tuple[float, float]]] = []
    left = sorted(bent, key=lambda line: (spans[line], line))
    while left:
        # Where lines wait for each other in a circle, one has to begin.
        line = next((one for one in left if waits[one] <= found.keys()), left[0])
        left.remove(line)
        low, high = spans[line]
        track = max([found[other] + 1 for other in waits[line] if other in found], default=0)
        while track < len(taken) and any(
            low < end + _APART and start < high + _APART for start, end in taken[track]
        ):
            track += 1
        while track >= len(taken):
            taken.append([])
        taken[track].append((low, high))
        found[line] = track
    return found, len(taken)
