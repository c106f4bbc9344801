"""Numbers and texts as every format writes them, before it escapes what it has to."""

from __future__ import annotations

__all__ = ["number", "printable"]


def number(value: float) -> str:
    """A length, to a hundredth of a point, without zeros at its end."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def printable(text: str) -> str:
    """Text without the signs that no format can hold, and without those that turn its direction."""
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    code = ord(sign)
    is_control = code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}
    turns = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    if sign in "\n\t":
        return sign
    return f"\\u{code:04x}" if is_control or turns else sign
