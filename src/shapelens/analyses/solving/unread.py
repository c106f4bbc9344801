"""What no window reaches, in a few words: `nothing`, `1 px of padding`, `half: every 2nd row, column`."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.unread import Unread, unread_of
from shapelens.dims.layout import AXIS_WORDS, Layout
from shapelens.operators.windows import Sliding

__all__ = ["ordinal", "unread_words"]

_WORDS = {"D": "slice", "H": "row", "W": "column", "T": "position"}


def unread_words(slidings: Sequence[Sliding], sizes: Sequence[int], layout: Layout) -> str:
    """What no window reaches of the input or, where it is read whole, of the padding at its end.

    Args:
        slidings: how windows slide along each spatial axis.
        sizes: what goes in along each.
        layout: the names of the axes of one sample.
    """
    letters = [layout.axes[axis] for axis in layout.spatial]
    found = [unread_of(sliding, size) for sliding, size in zip(slidings, sizes, strict=True)]
    told = [
        None if unread is None else _told(unread, size) for unread, size in zip(found, sizes, strict=True)
    ]
    if None in told:
        return "not looked at: the windows are too large"
    missed: dict[str, list[str]] = {}
    for letter, words in zip(letters, told, strict=True):
        if words:
            missed.setdefault(words, []).append(_WORDS[letter])
    if missed:
        return "; ".join([_joined(words, names) for words, names in missed.items()])
    return _padding_words([unread.padding for unread in found if unread is not None], letters)


def _told(unread: Unread, size: int) -> str:
    """What is unread along one axis, with `{}` for the names of the axes; nothing where all is read."""
    if not unread.count:
        return ""
    if unread.count == unread.last:
        return "the last {}" if unread.last == 1 else f"the last {unread.last:,} {{}}s"
    if not unread.period:
        return f"{unread.count:,} of {size:,} {{}}s"
    half = "half: " if 2 * unread.remainders == unread.period else ""
    if unread.remainders == 1:
        return f"{half}every {ordinal(unread.period)} {{}}"
    if unread.remainders == unread.period - 1:
        return f"all but every {ordinal(unread.period)} {{}}"
    return f"{half}{unread.remainders} of every {unread.period} {{}}s"


def _joined(words: str, names: Sequence[str]) -> str:
    """One sentence for several axes: `every 2nd row, column`, `the last 3 rows and columns`."""
    before, mark, after = words.partition("{}")
    is_list = "every" in before
    each = [f"{name}{after}" for name in names]
    if is_list or len(each) == 1:
        return f"{before}{', '.join(each)}" if mark else words
    return f"{before}{', '.join(each[:-1])} and {each[-1]}"


def _padding_words(padding: Sequence[int], letters: Sequence[str]) -> str:
    """How much of the padding at the end is not reached: of each axis, where they differ."""
    if not any(padding):
        return "nothing"
    if len(set(padding)) == 1:
        return f"{_cells(padding[0], letters)} of padding"
    missed = [(cells, AXIS_WORDS[letter]) for cells, letter in zip(padding, letters, strict=True) if cells]
    if len({cells for cells, _ in missed}) == 1:
        return f"{_cells(missed[0][0], letters)} of padding ({', '.join([name for _, name in missed])})"
    return f"padding: {', '.join([f'{_cells(cells, letters)} ({name})' for cells, name in missed])}"


def _cells(count: int, letters: Sequence[str]) -> str:
    """A number of cells: pixels of an image, positions of a sequence."""
    if len(letters) > 1:
        return f"{count} px"
    return f"{count} position{'s' if count != 1 else ''}"


def ordinal(number: int) -> str:
    """`2nd`, `3rd`, `11th`.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd']
    """
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
