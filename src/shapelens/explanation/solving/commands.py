"""The commands that help further, as they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.question import Question
from shapelens.dims import Dim, dim_text

__all__ = ["asking_command", "bound_options", "explaining_command", "typed", "typed_layer"]

_READ_BY_SHELLS = frozenset('"$`\\!\n')
"""In double quotes a shell leaves everything as it is but these."""


def typed(shape: Sequence[Dim]) -> str:
    """A shape as it is typed: `3x224x224`."""
    return "x".join([dim_text(dim) for dim in shape])


def typed_layer(text: str) -> str:
    """A layer as it is typed, in quotes."""
    if not _READ_BY_SHELLS & set(text):
        return f'"{text}"'
    from shlex import quote

    return quote(text)


def bound_options(bounds: Bounds) -> str:
    """The bounds that are not the usual ones, as options: `--max-kernel 16 --max-stride 16`."""
    usual = Bounds()
    changed = [f for f in fields(Bounds) if getattr(bounds, f.name) != getattr(usual, f.name)]
    return " ".join([f"--max-{field.name} {getattr(bounds, field.name)}" for field in changed])


def asking_command(question: Question, *options: str, bounds: Bounds | None = None) -> str:
    """The question again, with other options or bounds."""
    layer = question.layer.source.slice(question.layer.call.span)
    parts = ["shapelens solve", typed_layer(layer)]
    parts += [] if question.source is None else ["--input", typed(question.source)]
    parts += ["--output", typed(question.target), bound_options(bounds or question.bounds), *options]
    return " ".join([part for part in parts if part])


def explaining_command(layer: str, source: Sequence[Dim]) -> str:
    """A layer at a sample, explained."""
    return f"shapelens explain {typed_layer(layer)} --input {typed(source)}"
