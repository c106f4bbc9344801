"""How wide text is, by the advance widths of Helvetica, which Arial, Arimo and Liberation Sans share.

So a figure is laid out without asking for a font, and looks the same in each of them.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width, normalize

__all__ = ["fitted", "text_width", "wrapped"]

_REGULAR = [
    int(width)
    for width in """
    278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556
    556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778
    722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222
    500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
""".split()
]
_BOLD = [
    int(width)
    for width in """
    278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556
    556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778
    722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278
    556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584
""".split()
]
"""Thousandths of the size of type for each sign from the space to the tilde."""

_OTHERS = {
    **dict.fromkeys("…—→←↔", 1000), **dict.fromkeys("×−", 584), **dict.fromkeys("≤≥≈", 549),
    **dict.fromkeys("·“”²", 333), "–": 556, "’": 222, "°": 400, "∞": 713,
}  # fmt: skip
_BOLD_OTHERS = {"’": 278, "“": 500, "”": 500}
_USUAL = 600
_WIDE = 1000


class _Widths(dict[str, int]):
    """The width of each sign of a weight of type. That of a sign beyond ASCII is entered when it is met."""

    def __init__(self, printable: list[int], others: dict[str, int]) -> None:
        super().__init__({chr(code): width for code, width in enumerate(printable, 32)} | others)

    def __missing__(self, sign: str) -> int:
        self[sign] = width = self._unlisted(sign)
        return width

    def _unlisted(self, sign: str) -> int:
        """That of the letter under the accent, or the usual one."""
        if combining(sign):
            return 0
        base = normalize("NFD", sign)[0]
        if " " <= base <= "~":
            return self[base]
        return _WIDE if east_asian_width(sign) in "WF" else _USUAL


_OF_REGULAR = _Widths(_REGULAR, _OTHERS)
_OF_BOLD = _Widths(_BOLD, _OTHERS | _BOLD_OTHERS)


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """The width of a line of text, in the unit of `size`.

    >>> text_width("224", 10.0)
    16.68
    """
    widths = _OF_BOLD if is_bold else _OF_REGULAR
    return sum(map(widths.__getitem__, text)) * size / 1000


def fitted(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """The text, or as much of it as there is room for, with an ellipsis in its middle: ends tell names apart.

    >>> fitted("features.denseblock1.denselayer1", 60.0, 7.0)
    'features…selayer1'
    """
    if text_width(text, size, is_bold=is_bold) <= room:
        return text
    most, least = len(text), 0
    while most - least > 1:
        kept = (most + least) // 2
        if text_width(_shortened(text, kept), size, is_bold=is_bold) <= room:
            least = kept
        else:
            most = kept
    return _shortened(text, least)


def _shortened(text: str, kept: int) -> str:
    front = (kept + 1) // 2
    return text[:front] + "…" + text[len(text) - (kept - front) :]


def wrapped(text: str, room: float, size: float, *, is_bold: bool = False) -> list[str]:
    """The text in lines that are no wider than the room; a word that is wider is shortened."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, is_bold=is_bold) <= room or not line:
            line = longer
        else:
            lines.append(line)
            line = word
    return [fitted(each, room, size, is_bold=is_bold) for each in [*lines, line] if each]
