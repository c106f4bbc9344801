"""A kind of finding, and what there is to know about it."""

from __future__ import annotations

from shapelens.records import dataclass

__all__ = ["Code"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Args:
        code: `SL101`.
        title: what is wrong, in one clause.
        severity: `error`, `warning` or `note`.
        why: what happens, and why.
        wrong: a few lines that have it.
        right: the same lines as they are meant.
        mend: the usual ways to mend it, each a sentence.
        says: what frameworks say of it, where they say anything.
    """

    code: str
    title: str
    severity: str
    why: str
    wrong: str
    right: str
    mend: tuple[str, ...]
    says: tuple[str, ...] = ()
