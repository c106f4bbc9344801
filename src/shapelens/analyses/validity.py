"""Which sizes the formulas of an evaluated network are for, in words.

Every condition over one symbol is an exact set of sizes, and the sets of one symbol are intersected, so that a U-Net's
four equations between floors read as *multiples of 16*.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.axis_sets import listed, sets_text
from shapelens.analyses.samples import free_sizes
from shapelens.dims import Condition, Unknown, condition_text
from shapelens.dims.sets import PeriodError, SizeSet
from shapelens.network import Evaluation

__all__ = ["validity_text"]

_SHOWN_CONDITIONS = 3
_LONGEST_CONDITION = 60


def validity_text(evaluation: Evaluation) -> str:
    """`works for every H and W`, `works for H and W: multiples of 16`; what cannot be told is said so.

    >>> from shapelens.inspection import inspect
    >>> validity_text(inspect("unet_padded", (1, "H", "W")).evaluation)
    'works for H and W: multiples of 16'
    """
    if any(isinstance(r.truth, Unknown) for step in evaluation.steps for r in step.requirements):
        return "works: not known for every size"
    if evaluation.broken:
        return "works for no size"
    sets, others = _sets(evaluation.conditions)
    names = free_sizes(evaluation)
    if any(sizes.is_empty for sizes in sets.values()):
        return "works for no size"
    limited = {name: sizes for name, sizes in sets.items() if sizes != SizeSet.every()}
    said = [sets_text(limited)] if limited else []
    texts = [condition_text(condition, "·") for condition in others]
    short = [words for words in texts if len(words) <= _LONGEST_CONDITION][:_SHOWN_CONDITIONS]
    said += [*short, "…"] if len(short) < len(texts) else short
    if said:
        # What an author's code asks leads to other formulas elsewhere, and need not fail there.
        verb = "formulas hold for" if evaluation.network.guards else "works for"
        return f"{verb} {'; '.join(said)}"
    return f"works for every {listed(names)}" if names else ""


def _sets(conditions: Sequence[Condition]) -> tuple[dict[str, SizeSet], list[Condition]]:
    """The sizes that each symbol may have, and the conditions that mix symbols or make no set."""
    sets: dict[str, SizeSet] = {}
    others: list[Condition] = []
    for condition in conditions:
        names = {symbol.name for expression in condition.expressions() for symbol in expression.symbols()}
        found = SizeSet.where(condition) if len(names) == 1 else None
        if found is None:
            others.append(condition)
            continue
        name = names.pop()
        try:
            sets[name] = sets[name] & found if name in sets else found
        except PeriodError:
            others.append(condition)
    return sets, others
