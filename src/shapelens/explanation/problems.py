"""Findings as parts of a document."""

from __future__ import annotations

from shapelens.analyses.findings import Finding
from shapelens.explanation.document import ANSWER, BREAK, Block, Entry, Preformatted, text, verified_text

__all__ = ["finding_blocks"]


def finding_blocks(finding: Finding) -> list[Block]:
    """A finding: what is wrong, then *at, have, rule, fix* and the framework's own words."""
    summary = Preformatted((text((finding.code, BREAK), "  ", (finding.summary, ANSWER)),))
    parts = [
        Entry(label, tuple([verified_text(line) for line in content.split("\n")]))
        for label, content in finding.parts
    ]
    return [summary, *parts]
