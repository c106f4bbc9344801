"""What several commands share: their options, and how they write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from shapelens.errors import UsageError

__all__ = ["ERRORS_FOUND", "EXIT", "INPUT", "OUTPUT", "Command", "named_shapes", "write", "write_json"]

ERRORS_FOUND = 1
"""The exit status where something does not fit."""

EXIT = "exit status: 0 fine, 1 errors found, 2 usage, 3 unreadable"

_MAXIMUM_BATCH = 2**31 - 1


class Command(click.Command):
    """A command whose help is written by hand, because it is read by people."""

    def __init__(self, *args: Any, text: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.text = text

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(self.text)


_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def _options(
    *options: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Callable[[_Decorated], _Decorated]:
    def decorate(function: _Decorated) -> _Decorated:
        for option in reversed(options):
            option(function)
        return function

    return decorate


INPUT = _options(
    click.option("--input", "sample"),
    click.option("--batch", type=click.IntRange(1, _MAXIMUM_BATCH)),
    click.option("--shape", "shapes", multiple=True),
)
OUTPUT = _options(
    click.option("--width", type=click.IntRange(40, 1000)),
    click.option("--ascii", "ascii_only", is_flag=True),
)


def named_shapes(shapes: Sequence[str]) -> dict[str, str]:
    """`name=2x3x224x224`, each."""
    named: dict[str, str] = {}
    for given in shapes:
        name, separator, shape = given.rpartition("=")
        if not separator or not name:
            raise UsageError(
                "a named shape has no name",
                at=f"--shape {given}",
                rule="the name of an input, an equals sign, and its whole shape",
                fix="--shape image=2x3x224x224",
            )
        named[name] = shape
    return named


def write(content: str) -> None:
    """Text for other programs; what the stream's encoding has no sign for is escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    shown = content.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(shown if shown.endswith("\n") else shown + "\n")


def write_json(data: object) -> None:
    """Data for other programs."""
    import json

    from shapelens.output.terminal import is_ascii

    write(json.dumps(data, indent=1, ensure_ascii=is_ascii(sys.stdout)))
