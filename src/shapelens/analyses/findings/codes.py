"""The catalogue of findings: the code of each kind, its title, how bad it is, and what there is to know about it.

Its texts stand in `catalogue`, which is their only home: messages, `shapelens explain SL101` and the pages in the
documentation are made from it.
"""

from __future__ import annotations

from shapelens.analyses.findings.catalogue.code import Code
from shapelens.analyses.findings.catalogue.errors import ERRORS
from shapelens.analyses.findings.catalogue.files import OF_FILES
from shapelens.analyses.findings.catalogue.hints import HINTS

__all__ = ["CODES", "Code", "kind_of"]

CODES: dict[str, Code] = {kind.code: kind for kind in (*ERRORS, *HINTS, *OF_FILES)}
"""Every kind, by its code, in their order."""


def kind_of(text: str) -> Code | None:
    """The kind that a text names, in any case; None where it is no code.

    >>> kind_of("sl101").title
    'features do not fit a linear layer'
    """
    return CODES.get(text.strip().upper())
