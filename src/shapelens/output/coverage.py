"""Which operators have a rule, as lines and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.analyses.coverage import Covered
from shapelens.explanation.document import ANSWER, BREAK, LABEL, Text, columns, text
from shapelens.output.lines import wrapped

__all__ = ["coverage_data", "coverage_lines"]


def coverage_lines(name: str, covered: Sequence[Covered], width: int = 80) -> list[Text]:
    """A title, and a line for each operator."""
    calls = sum(each.calls for each in covered)
    missing = [each for each in covered if each.reason]
    verdict = "all with a rule" if not missing else f"{_counted(len(missing), 'kind')} without a rule"
    title = text(
        (name, ANSWER), f"   {_counted(calls, 'call')} of {_counted(len(covered), 'operator')}: {verdict}"
    )
    if not covered:
        return [title]
    rows = columns(
        [
            [text(("operator", LABEL)), *[text(each.called) for each in covered]],
            [text(("calls", LABEL)), *[text(str(each.calls)) for each in covered]],
            [text(("rule", LABEL)), *[_rule(each) for each in covered]],
        ],
        gap=2,
    )
    lines: list[Text] = [*wrapped(title, width, "  "), ()]
    for row in rows:
        lines += wrapped(row, width, "    ")
    return lines


def _rule(covered: Covered) -> Text:
    if covered.reason:
        return text(("none", BREAK), f": {covered.reason}, first in {covered.where}")
    return text(", ".join(covered.rules))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def coverage_data(covered: Sequence[Covered]) -> list[dict[str, Any]]:
    """As plain data."""
    return [
        {
            "operator": each.called,
            "calls": each.calls,
            "rules": list(each.rules),
            "reason": each.reason or None,
            "layer": each.where or None,
        }
        for each in covered
    ]
