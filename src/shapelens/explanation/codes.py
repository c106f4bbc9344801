"""A kind of finding, explained at length."""

from __future__ import annotations

from shapelens.analyses.findings.codes import Code
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    LABEL,
    UNKNOWN,
    Block,
    Document,
    Entry,
    Preformatted,
    Text,
    text,
)

__all__ = ["explain_code"]

_MEANS = {
    "error": "it will fail, or compute the wrong thing",
    "warning": "it runs, and is hardly meant",
    "note": "it may be meant, and is good to know",
}


def explain_code(kind: Code) -> Document:
    """What a code stands for, why it happens, how it is mended, and what frameworks say."""
    role = BREAK if kind.severity == "error" else UNKNOWN
    title = text((kind.code, role), "  ", (kind.title, ANSWER))
    told: list[Block] = [
        Entry("severity", (text(f"{kind.severity}: {_MEANS[kind.severity]}"),)),
        Entry("why", (text(kind.why),), 0),
    ]
    groups: list[tuple[Block, ...]] = [tuple(told)]
    if kind.wrong != "…":
        code = [Preformatted((_line("wrong", kind.wrong),)), Preformatted((_line("right", kind.right),))]
        groups.append(tuple(code))
    groups.append((Entry("fix", tuple([text(way) for way in kind.mend])),))
    if kind.says:
        groups.append((Entry("torch", tuple([text((words, LABEL)) for words in kind.says])),))
    facts = {"code": kind.code, "title": kind.title, "severity": kind.severity}
    return Document(title, tuple(groups), "shapelens check --help", facts)


def _line(label: str, line: str) -> Text:
    return text((f"{label:<10}", LABEL), line)
