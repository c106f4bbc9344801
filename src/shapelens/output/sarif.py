"""Findings as SARIF 2.1.0, which code hosts and editors read.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.13 to 3.58.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from shapelens.analyses.findings import Finding
from shapelens.analyses.findings.codes import CODES
from shapelens.network import Origin
from shapelens.output.places import Place, place_of

__all__ = ["sarif_data"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_data(findings: Sequence[Finding], origin: Origin, version: str) -> dict[str, Any]:
    """A log of one run.

    Args:
        findings: what was found.
        origin: where the network came from.
        version: of the program.
    """
    codes = list(dict.fromkeys([finding.code for finding in findings]))
    rules = [_rule(code) for code in codes]
    results = [_result(finding, codes.index(finding.code), origin) for finding in findings]
    driver = {"name": "shapelens", "version": version, "semanticVersion": version, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    kind = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.why},
        "help": {"text": "\n".join(kind.mend)},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(finding: Finding, rule: int, origin: Origin) -> dict[str, Any]:
    place = place_of(finding, origin)
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [_location(finding, place)],
    }


def _location(finding: Finding, place: Place) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file.replace("\\", "/"))}}
        if place.line:
            physical["region"] = {"startLine": place.line}
        location["physicalLocation"] = physical
    if finding.layer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.layer, "kind": "member"}]
    location["message"] = {"text": finding.at}
    return location
