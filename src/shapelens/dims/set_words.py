"""Sets of sizes in words: `multiples of 16, at least 32`, `13 to 20`, `exactly 224`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapelens.dims.sets import SizeSet, Stretch

__all__ = ["set_text"]

MAXIMUM_LISTED = 8
"""So many sizes, or runs of sizes, are listed one by one; more are told by their rule."""

Run = tuple[int, int]
"""The first and the last of sizes that follow on each other."""


def set_text(sizes: SizeSet) -> str:
    """A set in words, exact."""
    *before, (first, _, tail) = sizes.spans()
    parts: list[str] = []
    runs: list[Run] = []
    for low, high, stretch in before:
        assert high is not None
        found = _runs(stretch, low, high)
        if len(found) > MAXIMUM_LISTED:
            parts += [*_listed(runs), _stretch_text(stretch, found[0][0], found[-1][1])]
            runs = []
        else:
            runs += found
    if not tail.mask:
        parts += _listed(runs)
        if len(parts) == 1 and len(runs) == 1 and runs[0][0] == runs[0][1]:
            return f"exactly {parts[0]}"
        return "; or ".join(parts) if parts else "no size"
    if not parts:
        told = _with_exceptions(tail, first, runs)
        if told:
            return told
    parts += [*_listed(runs), _stretch_text(tail, _next_member(tail, first), None)]
    return "; or ".join(parts)


def _with_exceptions(tail: Stretch, first: int, runs: list[Run]) -> str:
    """The rule of the end, said from the first member on, with a few sizes left out; empty if that does not do."""
    members = {n for low, high in runs[:MAXIMUM_LISTED] for n in range(low, min(high, low + 64) + 1)}
    if not members or first - min(members) > 64 * tail.period:
        return ""
    begin = min(members)
    ruled = _runs(tail, begin, first - 1)
    missing = [n for low, high in ruled for n in range(low, high + 1) if n not in members]
    is_ruled = all(tail.mask >> (n % tail.period) & 1 for n in members)
    whole = sum(high - low + 1 for low, high in runs) == len(members)
    if not is_ruled or not whole or len(missing) > min(4, len(members)):
        return ""
    said = _stretch_text(tail, begin, None)
    return f"{said}{' but' if said == 'every size' else ', but not'} {_joined(missing)}"


def _runs(stretch: Stretch, low: int, high: int) -> list[Run]:
    """The runs of members from one size to another; one more than are listed is enough."""
    found: list[Run] = []
    size = low
    while size <= high and len(found) <= MAXIMUM_LISTED:
        length = min(high - size + 1, 2 * stretch.period)
        window = stretch.window(size, length)
        if not window:
            break
        start = size + (window & -window).bit_length() - 1
        if stretch.period == 1:
            found.append((start, high))
            break
        rest = ~(window >> (start - size))
        stop = start + (rest & -rest).bit_length() - 2
        found.append((start, min(stop, high)))
        size = stop + 2
    if len(found) > MAXIMUM_LISTED:
        found[-1] = (found[-1][0], _last_member(stretch, high))
    return found


def _next_member(stretch: Stretch, size: int) -> int:
    window = stretch.window(size, stretch.period)
    return size + (window & -window).bit_length() - 1


def _last_member(stretch: Stretch, size: int) -> int:
    return size - stretch.period + stretch.window(size - stretch.period + 1, stretch.period).bit_length()


def _listed(runs: list[Run]) -> list[str]:
    """Runs as one list: `5, 7, 9 to 12`; nothing for none."""
    texts: list[str] = []
    for low, high in runs:
        if high - low >= 2:
            texts.append(f"at most {high}" if low == 1 and len(runs) == 1 else f"{low} to {high}")
        else:
            texts += [str(n) for n in range(low, high + 1)]
    return [", ".join(texts)] if texts else []


def _joined(numbers: Sequence[object]) -> str:
    """`5`, `5 or 7`, `5, 7 or 9`."""
    texts = [str(number) for number in numbers]
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _stretch_text(stretch: Stretch, first: int, last: int | None) -> str:
    """The members of one rule from one on, and up to another."""
    if stretch.period == 1:
        if last is not None:
            return f"{first} to {last}"
        return "every size" if first == 1 else f"at least {first}"
    text = _residues_text(stretch.period, stretch.mask)
    if first > _next_member(stretch, 1):
        text += f", at least {first}"
    return text if last is None else f"{text}, at most {last}"


def _residues_text(period: int, mask: int) -> str:
    members = [residue for residue in range(period) if mask >> residue & 1]
    if members == [0]:
        return f"multiples of {period}"
    if len(members) == period - 1 and period > 2:
        (missing,) = set(range(period)) - set(members)
        return f"all but {f'multiples of {period}' if missing == 0 else f'{missing} mod {period}'}"
    runs: list[Run] = []
    for residue in members:
        if runs and runs[-1][1] == residue - 1:
            runs[-1] = (runs[-1][0], residue)
        else:
            runs.append((residue, residue))
    texts = []
    for low, high in runs:
        texts += [f"{low} to {high}"] if high - low >= 2 else [str(n) for n in range(low, high + 1)]
    return f"{_joined(texts)} mod {period}{' (odd)' if (period, members) == (2, [1]) else ''}"
