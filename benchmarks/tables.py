"""Tables in plain text, and times as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def print_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()
) -> None:
    """Print a table whose first column stands left and whose others stand right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"\n{title}")
    for place, line in enumerate(lines):
        first, *others = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *[cell.rjust(width) for cell, width in others]]
        print("  " + "   ".join(cells).rstrip())
        if not place:
            print("  " + "   ".join("-" * width for width in widths))
    for note in notes:
        print(f"  {note}")


def milliseconds(seconds: float) -> str:
    """A time in milliseconds, with three digits that count."""
    number = seconds * 1000
    return (
        f"{number:,.0f} ms" if number >= 100 else f"{number:.1f} ms" if number >= 10 else f"{number:.2f} ms"
    )


def times(ratio: float) -> str:
    """A ratio: `1.3 ×`, `2,400 ×`."""
    return f"{ratio:,.0f} ×" if ratio >= 10 else f"{ratio:.1f} ×"
