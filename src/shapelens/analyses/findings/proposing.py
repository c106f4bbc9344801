"""Ways to mend a network, before they are tried."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.analyses.findings.mending import Change
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Argument", "Proposal"]


@dataclass(frozen=True, slots=True)
class Argument:
    """The call that makes a module, as it would be.

    Args:
        path: the module's.
        values: what would stand there, by the parameters' names.
        called: the class that would stand there, where that is another one.
    """

    path: str
    values: Mapping[str, str]
    called: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A way to mend a network, before it is tried.

    Args:
        text: what to do.
        change: what it does to the network; None where it is not an edit.
        fed: what is fed instead, by input; None where that stays.
        also: more shapes that are tried with `fed`: the other end of a range.
        per_sample: whether what the network then gives is told for one sample.
        argument: what it changes in the author's code, where that is an argument.
        must_work: whether it is left out where it does not work.
        in_code: whether what is fed instead stands for an edit of the code: the same elements in another order.
    """

    text: str
    change: Change | None = None
    fed: Mapping[str, Shape] | None = None
    also: tuple[Mapping[str, Shape], ...] = ()
    per_sample: bool = False
    argument: Argument | None = None
    must_work: bool = False
    in_code: bool = False
