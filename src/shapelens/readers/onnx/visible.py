"""Text from a file, made safe to print."""

from __future__ import annotations

__all__ = ["visible"]


def visible(text: str, maximum: int = 120) -> str:
    r"""Write a text so that none of its characters can act on a terminal or hide.

    Control characters, line ends, marks that turn the direction of writing, and halves of surrogate pairs are
    written as escapes, spaces that are no plain space too; a long text is cut and ends with `…`.

        >>> visible("conv\x1b[31m")
        'conv\\x1b[31m'

    Args:
        text: a name or a path.
        maximum: how many of its characters are shown.

    Returns:
        A text of one line.
    """
    shown = text[:maximum]
    if not shown.isprintable():
        shown = "".join(
            character if character.isprintable() else ascii(character)[1:-1] for character in shown
        )
    return shown if len(text) <= maximum else f"{shown}…"
