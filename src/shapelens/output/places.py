"""Where a finding is, as programs want it: a file and a line."""

from __future__ import annotations

import os

from shapelens.analyses.findings import Finding
from shapelens.network import Origin
from shapelens.records import dataclass

__all__ = ["Place", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and a line in it; empty and 0 where they are not known."""

    file: str = ""
    line: int = 0


def place_of(finding: Finding, origin: Origin) -> Place:
    """The author's file and line; the model file where there is no line.

    >>> from shapelens.network import Origin
    >>> place_of(
    ...     Finding("SL101", "", "fc", "", "", "", where="net.py:9"),
    ...     Origin("torch", "Net", typed="a/net.py:Net"),
    ... )
    Place(file='a/net.py', line=9)
    """
    typed = origin.typed or (origin.name if origin.kind == "onnx" else "")
    file, _, line = finding.where.rpartition(":")
    if file and line.isdigit():
        named = typed.partition(".py:")[0] + ".py" if ".py:" in typed else ""
        return Place(named if os.path.basename(named) == file else file, int(line))
    return Place(typed) if origin.kind == "onnx" else Place()
