"""Sets of sizes, axis by axis, in words: `H and W: multiples of 16`, `H = W = 224`, `H ≥ 29`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapelens.dims.sets import SizeSet

__all__ = ["grouped", "listed", "sets_text"]


def sets_text(sets: Mapping[str, SizeSet]) -> str:
    """The sizes that each symbol may have, where none hangs on another.

    >>> sets_text({"H": SizeSet.repeating(16, 0), "W": SizeSet.repeating(16, 0)})
    'H and W: multiples of 16'
    >>> sets_text({"H": SizeSet.of(224), "W": SizeSet.of(224)})
    'H = W = 224'
    >>> sets_text({"H": SizeSet.at_least(29), "W": SizeSet.every()})
    'H ≥ 29; every W'

    Args:
        sets: the set of each symbol, by name.
    """
    if any(sizes.is_empty for sizes in sets.values()):
        return "no size"
    told = [_told(group, words) for words, group in grouped({n: str(s) for n, s in sets.items()}).items()]
    return "; ".join(told)


def _told(names: Sequence[str], words: str) -> str:
    if words == "every size":
        return f"every {listed(names)}"
    if words.startswith("exactly "):
        return " = ".join([*names, words.removeprefix("exactly ")])
    low = words.removeprefix("at least ")
    return f"{listed(names)} ≥ {low}" if low.isdigit() and low != words else f"{listed(names)}: {words}"


def grouped(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The symbols of which the same is said, together."""
    groups: dict[str, list[str]] = {}
    for name, words in texts.items():
        groups.setdefault(words, []).append(name)
    return groups


def listed(names: Sequence[str]) -> str:
    """`H`, `H and W`, `D, H and W`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
