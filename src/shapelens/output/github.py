"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.findings import Finding
from shapelens.network import Origin
from shapelens.output.places import place_of

__all__ = ["github_lines"]

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_lines(findings: Sequence[Finding], origin: Origin) -> list[str]:
    """A line for each finding: `::error file=net.py,line=13,title=SL101::…`."""
    return [_line(finding, origin) for finding in findings]


def _line(finding: Finding, origin: Origin) -> str:
    place = place_of(finding, origin)
    properties = []
    if place.file:
        properties.append(f"file={_property(place.file)}")
    if place.line:
        properties.append(f"line={place.line}")
    properties.append(f"title={_property(finding.code)}")
    return f"::{_COMMANDS[finding.severity]} {','.join(properties)}::{_message(finding.message)}"


def _message(content: str) -> str:
    """A text in which the command's reader finds no end of it."""
    return content.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(content: str) -> str:
    return _message(content).replace(":", "%3A").replace(",", "%2C")
