"""What findings may ask beyond one evaluation of an inspected network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shapelens.analyses.findings import Beyond
from shapelens.analyses.findings.beyond import Written

if TYPE_CHECKING:
    from shapelens.inspection.held import Inspection

__all__ = ["beyond_of"]


def beyond_of(inspection: Inspection) -> Beyond:
    """The network at other sizes, its formulas, and the lines of the author's code that make its modules."""
    behind = inspection.model
    if behind is None:
        return Beyond(inspection.evaluation, inspection.at_shapes)

    def rewritten(path: str, arguments: Mapping[str, str]) -> Written | None:
        from shapelens.readers.torch.code.construction import line_with

        found = line_with(behind.model.model, path, arguments)
        return None if found is None else Written(*found)

    return Beyond(inspection.evaluation, inspection.at_shapes, lambda: inspection.formulas, rewritten)
