"""SL199: any requirement that has no text of its own, with its numbers."""

from __future__ import annotations

from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.dims import Unknown, shape_text

__all__ = ["tell_other"]


def tell_other(case: Case) -> Told:
    """Any requirement, with its facts as they are."""
    kind = case.requirement.kind.replace("_", " ")
    facts = ", ".join(f"{name.replace('_', ' ')} {_fact(value)}" for name, value in case.facts.items())
    return case.told(
        "SL199",
        facts or "nothing to show",
        f"{case.words}: {kind} must fit",
        summary=f"{kind} does not fit",
    )


def _fact(value: object) -> str:
    if isinstance(value, tuple):
        if any(isinstance(item, tuple) for item in value):
            return ", ".join(shape_text(item) for item in value if isinstance(item, tuple))
        return shape_text(value)
    return number(value) if isinstance(value, (int, Unknown)) or hasattr(value, "terms") else str(value)
