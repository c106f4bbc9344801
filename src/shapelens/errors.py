"""Every exception that shapelens raises on purpose.

    ShapelensError
    ├── UsageError                 what was asked cannot be asked so        (exit status 2)
    │   ├── ShapeTextError         an input shape that cannot be read
    │   ├── LayerTextError         layer text that cannot be read, or is code
    │   ├── NoSuchModelError       no file, module, classic or layer of that name
    │   ├── SourceError            Python code that names no model, or gives none
    │   │   └── UserCodeError      it raised an exception of its own
    │   ├── MissingPackageError    a package that is needed for it is not installed
    │   └── InputMismatchError     inputs that the network does not have
    ├── UnreadableError            a file that holds no network             (exit status 3)
    │   ├── TruncatedFileError     it ends in the middle
    │   ├── MalformedFileError     its bytes contradict the format
    │   └── LimitExceededError     it asks for more than a reader gives
    ├── MisfitError                a network whose shapes do not fit        (exit status 1)
    └── DimensionError             arithmetic that shapes cannot have: a bug in a rule, never the user's

Each says where it happened (*at*), what was found (*have*), what must hold (*rule*) and what to do
(*fix*), in that order, and prints the same text every time. A shape that does not fit is no exception:
it is a finding, and the network is evaluated past it. Only who asks for one gets a `MisfitError` of all findings.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "DimensionError",
    "InputMismatchError",
    "LayerTextError",
    "LimitExceededError",
    "MalformedFileError",
    "MisfitError",
    "MissingPackageError",
    "NoSuchModelError",
    "ShapeTextError",
    "ShapelensError",
    "SourceError",
    "TruncatedFileError",
    "UnreadableError",
    "UsageError",
    "UserCodeError",
]


class ShapelensError(Exception):
    """One problem, told in full.

    Args:
        summary: one sentence without a full stop; the answer to "what is wrong".
        at: where it happened: a file and a byte, an argument, a layer.
        have: what was found there.
        rule: what must hold.
        fix: what to do; one way to a line.
        following: a command that helps further, printed as the last line.
    """

    exit_status = 2

    def __init__(
        self,
        summary: str,
        *,
        at: str = "",
        have: str = "",
        rule: str = "",
        fix: str = "",
        following: str = "",
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.at = at
        self.have = have
        self.rule = rule
        self.fix = fix
        self.following = following

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The labelled parts that are not empty, in the order in which they are read."""
        labelled = (("at", self.at), ("have", self.have), ("rule", self.rule), ("fix", self.fix))
        return tuple((label, text) for label, text in labelled if text)

    def __str__(self) -> str:
        lines = [self.summary]
        for label, text in self.parts:
            first, *rest = text.split("\n")
            lines.append(f"  {label:<5}  {first}")
            lines.extend(f"         {line}" for line in rest)
        return "\n".join(lines)


class UsageError(ShapelensError):
    """What was asked cannot be asked in this way."""


class ShapeTextError(UsageError):
    """An input shape that cannot be read, such as `3x-1x224`."""


class LayerTextError(UsageError):
    """Layer text that cannot be read: a misspelt name, a wrong argument, or code instead of a layer."""


class NoSuchModelError(UsageError):
    """No file, module, classic or layer of that name."""


class SourceError(UsageError):
    """Python code that names no model, or gives something else than a model."""


class UserCodeError(SourceError):
    """Python code that raised an exception of its own while it was imported or called."""


class MissingPackageError(UsageError):
    """A package that is needed for what was asked, and that is not installed."""


class InputMismatchError(UsageError):
    """Input shapes for inputs that the network does not have, or too few of them."""


class UnreadableError(ShapelensError):
    """A file that holds no network that can be read."""

    exit_status = 3


class TruncatedFileError(UnreadableError):
    """A file that ends in the middle of what it announces."""


class MalformedFileError(UnreadableError):
    """A file whose bytes contradict its format."""


class LimitExceededError(UnreadableError):
    """A file that asks for more than a reader gives to any file."""


class MisfitError(ShapelensError):
    """A network whose shapes do not fit, raised where somebody asked for that: in a test, or while training.

    Args:
        summary: how many findings there are, and in what.
        text: all of them in full.
        findings: the same as data, as `Inspection.findings` has them.
    """

    exit_status = 1

    def __init__(self, summary: str, text: str = "", findings: tuple[Any, ...] = ()) -> None:
        super().__init__(summary)
        self.text = text
        self.findings = findings

    def __str__(self) -> str:
        return f"{self.summary}\n\n{self.text}" if self.text else self.summary


class DimensionError(ShapelensError):
    """Arithmetic that shapes cannot have, such as a truth value of a symbol. A bug in a rule."""
