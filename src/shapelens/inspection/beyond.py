"""What findings may ask beyond one evaluation of an inspected network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shapelens.analyses.findings import Beyond
from shapelens.analyses.findings.beyond import Written
from shapelens.operators import Shape

if TYPE_CHECKING:
    from shapelens.inspection.held import Inspection

__all__ = ["beyond_of"]


def beyond_of(inspection: Inspection) -> Beyond:
    """The network at other sizes, its formulas, the lines that make its modules, and what it says it is made for."""
    behind = inspection.model
    if behind is None:
        return Beyond(inspection.evaluation, inspection.at_shapes)

    def rewritten(path: str, arguments: Mapping[str, str], called: str) -> Written | None:
        from shapelens.readers.torch.code.construction import line_with

        found = line_with(behind.model.model, path, arguments, called)
        return None if found is None else Written(*found)

    def made_for() -> Shape | None:
        from shapelens.readers.torch.guessing import said_by

        return said_by(behind.model.model)

    return Beyond(
        inspection.evaluation,
        inspection.at_shapes,
        formulas=lambda: inspection.formulas,
        likely=lambda: inspection.likely,
        rewrite=rewritten,
        made_for=made_for,
    )
