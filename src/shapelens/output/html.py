"""Tables and documents as HTML for notebooks: fragments with a style of their own, and no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from shapelens.analyses.findings import Finding
from shapelens.drawing.figure import Figure
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    LABEL,
    UNKNOWN,
    Block,
    Document,
    Entry,
    Text,
    plain_text,
    text,
    text_width,
    verified_text,
)
from shapelens.explanation.laying import lines_of
from shapelens.output.lines import safe
from shapelens.output.style import ROOT, SCOPE, STYLE
from shapelens.table.columns import takes_words
from shapelens.table.layout import SIGNS, Column
from shapelens.table.rows import Row
from shapelens.table.table import Table

__all__ = ["NOTEBOOK_WIDTH", "document_html", "figure_html", "page_html", "table_html"]

NOTEBOOK_WIDTH = 1000
"""The width to lay a table out for: that of all columns. The page hides those that it has no room for."""

_UNNAMED = {"times": "times", "params_share": "share of parameters", "macs_share": "share of MACs"}
"""What stands over columns without a header, for those who hear the table."""

_LEAVING = {
    "step": ("step",),
    "shares": ("params_share", "macs_share"),
    "field": ("field",),
    "volume": ("volume",),
    "in": ("in",),
}
"""Which columns leave when room is short, by what they are called; in the order in which they do on a terminal."""

_CHARACTER, _GAP, _TIGHT = 6.6, 14, 7
"""Pixels: of a character on average, and before a column."""

_LONGEST = 60
"""Characters: names and words that are longer go on on another line."""

_PICTURES = {"glimpse", "volume"}


def figure_html(figure: Figure) -> str:
    """A figure as it stands under a table; it never gets wider than the page."""
    return f'<div class="{ROOT}-figure" style="max-width:100%;overflow-x:auto">{figure.svg}</div>'


# fragments --------------------------------------------------------------------------------------------


def table_html(table: Table, findings: Sequence[Finding] = ()) -> str:
    """A table with its title, notes and findings as an HTML fragment.

        >>> from shapelens import inspect
        >>> html = table_html(inspect("vgg16").table(width=NOTEBOOK_WIDTH))
        >>> '<th scope="row">features.0</th>' in html
        True

    Args:
        table: the table, laid out.
        findings: what does not fit.
    """
    room = _room(table.columns)
    name = next((span.text for span in table.title if span.role == ANSWER), "")
    lines = [
        f'<div class="shapelens-scroll" role="group" aria-label="{_escaped(name)}" tabindex="0">',
        "<table>",
        f"<caption>{_title(table.title)}</caption>",
        "<thead>",
        _row([_header(column, room) for column in table.columns]),
        "</thead>",
        "<tbody>",
        *_body(table, room),
        "</tbody>",
        "<tfoot>",
        _row([_cell(column, column.total, room) for column in table.columns]),
        "</tfoot>",
        "</table>",
        "</div>",
    ]
    if table.examples:
        lines.append(_preformatted(table.examples))
    lines += [f"<p>{_spans(text((note, LABEL)))}</p>" for note in table.notes]
    lines += _hint(room)
    for finding in findings:
        lines += _finding(finding)
    return _fragment(lines, [*_alignment_rules(table.columns), *_room_rules(room)])


def document_html(document: Document) -> str:
    """An explanation as an HTML fragment.

    >>> from shapelens import explain
    >>> "<dt>params</dt>" in document_html(explain("Conv2d(3, 64, 3)"))
    True
    """
    lines = [f'<p class="shapelens-title">{_title(document.title)}</p>']
    for group in document.groups:
        for is_entry, run in groupby(group, key=lambda block: isinstance(block, Entry)):
            blocks = list(run)
            lines += _entries(blocks) if is_entry else [_preformatted(lines_of(block)) for block in blocks]
    return _fragment(lines)


def page_html(title: str, fragment: str) -> str:
    """A fragment as a page of its own.

    >>> page_html("a & b", "<p>c</p>").splitlines()[2]
    '<title>a &amp; b</title>'
    """
    head = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{escape(safe(title))}</title>'
    )
    scale = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f"{head}\n{scale}</head>\n<body>\n{fragment}</body></html>\n"


def _fragment(lines: Iterable[str], rules: Iterable[str] = ()) -> str:
    """Lines of HTML within the element that the style is for.

    Args:
        lines: the lines.
        rules: more rules. What they say of a class is told by its name, so that any number of fragments agree.
    """
    style = "\n".join([STYLE, *rules])
    return "\n".join(
        [f'<div class="{ROOT}" lang="en" dir="ltr">', f"<style>\n{style}\n</style>", *lines, "</div>\n"]
    )


# text -------------------------------------------------------------------------------------------------


def _escaped(content: str) -> str:
    """Text in which HTML finds no markup and a reader no invisible character."""
    return escape(safe(content))


def _spans(line: Text) -> str:
    """Text with an element for each role."""
    written: list[str] = []
    for role, spans in groupby(line, key=lambda span: span.role):
        content = _escaped("".join([span.text for span in spans]))
        # Bold says the most, and is the one thing that is left where a host drops styles.
        tag = "b" if role in {ANSWER, BREAK} else "span"
        written.append(f'<{tag} class="shapelens-{role}">{content}</{tag}>' if role else content)
    return "".join(written)


def _title(title: Text) -> str:
    """A title that goes on on another line between its parts, not within them."""
    written: list[str] = []
    for is_gap, part in groupby(title, key=lambda span: span.text.isspace()):
        content = _spans(tuple(part))
        written.append(content if is_gap else f'<span class="shapelens-part">{content}</span>')
    return "".join(written)


def _preformatted(lines: Sequence[Text]) -> str:
    # A line break at the very start of a `pre` is none.
    return "<pre>\n" + "\n".join([_spans(line) for line in lines]) + "</pre>"


def _entries(blocks: Iterable[Block]) -> list[str]:
    """Labelled parts as a list of terms."""
    lines = ["<dl>"]
    for block in blocks:
        if isinstance(block, Entry):
            written = "".join([f"<div>{_spans(line)}</div>" for line in block.lines])
            label = f"<dt>{_escaped(block.label)}</dt>"
            lines.append(f'{label}<dd style="--shapelens-hang:{block.hang}ch">{written}</dd>')
    return [*lines, "</dl>"]


def _finding(finding: Finding) -> list[str]:
    """A finding: its code, then *at, have, rule, fix* and the framework's own words."""
    role = BREAK if finding.severity == "error" else UNKNOWN
    parts: list[Block] = []
    for label, content in finding.parts:
        body_role = LABEL if label == finding.framework[0] else ""
        parts.append(Entry(label, tuple([verified_text(line, body_role) for line in content.split("\n")])))
    title = _spans(text((finding.code, role), "  ", (finding.summary, ANSWER)))
    return [f'<p class="shapelens-finding">{title}</p>', *_entries(parts)]


# the table --------------------------------------------------------------------------------------------


def _header(column: Column, room: Mapping[str, int]) -> str:
    label = f' aria-label="{_UNNAMED[column.key]}"' if not column.header and column.key in _UNNAMED else ""
    return f'<th scope="col"{_classes(column, room)}{label}>{_escaped(column.header)}</th>'


def _body(table: Table, room: Mapping[str, int]) -> list[str]:
    count = len(table.columns[0].cells) if table.columns else 0
    rows = [*[None] * (count - len(table.rows.rows)), *table.rows.rows]
    return [
        _row(
            [_cell(column, column.cells[place], room, row) for column in table.columns],
            fails=row is not None and row.broken,
        )
        for place, row in enumerate(rows)
    ]


def _row(cells: Sequence[str], *, fails: bool = False) -> str:
    return ('<tr class="shapelens-fails">' if fails else "<tr>") + "".join(cells) + "</tr>"


def _cell(column: Column, cell: Text, room: Mapping[str, int], row: Row | None = None) -> str:
    tag, scope = ("th", ' scope="row"') if column.key == "layer" else ("td", "")
    content = _content(column, cell)
    if column.key == "operator" and row is not None and len(row.takes) == 1 and "in" in room:
        # Where the column of what goes in is hidden, it would seem that the row takes the one above.
        content += (
            f'<span class="shapelens-below-{room["in"]}">{_spans(text((takes_words(row), LABEL)))}</span>'
        )
    return f"<{tag}{scope}{_classes(column, room, cell)}>{content}</{tag}>"


def _classes(column: Column, room: Mapping[str, int], cell: Text = ()) -> str:
    """How the cells of a column stand, and what room they need."""
    names = [f"shapelens-from-{room[column.key]}"] if column.key in room else []
    names += ["shapelens-number"] if column.align == "right" else []
    names += ["shapelens-tight"] if column.tight else []
    is_long = column.align == "left" and text_width(plain_text(cell)) > _LONGEST
    names += ["shapelens-long"] if is_long else []
    return f' class="{" ".join(names)}"' if names else ""


def _content(column: Column, cell: Text) -> str:
    if not cell:
        return ""
    if column.key in _PICTURES:
        return f'<span class="shapelens-{column.key}" aria-hidden="true">{_spans(cell)}</span>'
    if column.key == "layer" and cell[0].role == LABEL:
        tree, name = _spans(cell[:1]), _spans(cell[1:])
        return f'<span class="shapelens-tree" aria-hidden="true">{tree}</span>{name}'
    if column.align in SIGNS:
        before, after = _split(cell, SIGNS[column.align])
        return f'<span class="shapelens-before{column.sides[0]}">{_spans(before)}</span>{_spans(after)}'
    return _spans(cell)


def _split(cell: Text, sign: str) -> tuple[Text, Text]:
    """What stands before the sign that a column is aligned on, and the rest."""
    place = next((place for place, span in enumerate(cell) if span.text.startswith(sign)), len(cell))
    return cell[:place], cell[place:]


def _alignment_rules(columns: Sequence[Column]) -> list[str]:
    """Parts before a sign are all as wide as the widest, so that signs stand beneath each other."""
    widths = sorted({column.sides[0] for column in columns if column.align in SIGNS})
    return [
        f"{SCOPE} .shapelens-before{width}{{display:inline-block;min-width:{width}ch;text-align:right}}"
        for width in widths
    ]


# room -------------------------------------------------------------------------------------------------


def _room(columns: Sequence[Column]) -> dict[str, int]:
    """How many pixels there must be for each column that leaves when room is short, by its key."""
    room: dict[str, int] = {}
    left = list(columns)
    for keys in _LEAVING.values():
        leaving = [column for column in left if column.key in keys]
        if leaving:
            needed = _pixels(left)
            room |= {column.key: needed for column in leaving}
            left = [column for column in left if column.key not in keys]
    return room


def _pixels(columns: Sequence[Column]) -> int:
    """About how wide columns are beside one another."""
    characters = sum(min(c.width, _LONGEST) if c.align == "left" else c.width for c in columns)
    return round(characters * _CHARACTER + sum(_TIGHT if c.tight else _GAP for c in columns))


def _room_rules(room: Mapping[str, int]) -> list[str]:
    """Where there are fewer pixels than a column needs it is hidden, and what is to be said of that is shown."""
    return [
        f"{SCOPE} .shapelens-below-{needed}{{display:none}}\n"
        f"@container (max-width:{needed - 1}px){{"
        f"{SCOPE} .shapelens-from-{needed}{{display:none}}{SCOPE} .shapelens-below-{needed}{{display:revert}}}}"
        for needed in sorted(set(room.values()))
    ]


def _hint(room: Mapping[str, int]) -> list[str]:
    """What is hidden, said where something is."""
    hidden = {word: room[keys[0]] for word, keys in _LEAVING.items() if keys[0] in room}
    if not hidden:
        return []
    words = [
        f'<span class="shapelens-below-{needed}">{", " if place else ""}{word}</span>'
        for place, (word, needed) in enumerate(hidden.items())
    ]
    said = f'<span class="shapelens-label">Left out for want of room: {"".join(words)}.</span>'
    return [f'<p class="shapelens-below-{max(hidden.values())}">{said}</p>']
