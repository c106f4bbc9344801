"""An answer as plain numbers: every setting, not only those that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from shapelens.analyses.solving import Solved
from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.solution import Solution
from shapelens.dims import Dim, Expression, dim_text

__all__ = ["facts_of", "solution_data"]


def facts_of(solved: Solved) -> dict[str, Any]:
    """An answer as numbers, texts and lists."""
    from shapelens.explanation.solving.why import reasons_of

    question = solved.question
    return {
        "layer": question.layer.source.slice(question.layer.call.span),
        "input": None if question.source is None else _shape(question.source),
        "output": list(question.target),
        "layout": str(question.layout),
        "bounds": {field.name: getattr(question.bounds, field.name) for field in fields(Bounds)},
        "count": len(solved.solutions),
        "square": solved.is_square,
        "complete": solved.is_whole,
        "solutions": [solution_data(solution) for solution in solved.solutions],
        "why": [] if solved.solutions else reasons_of(solved),
        "nearest": [solution_data(solution) for solution in solved.nearest],
        "fixes": [solution_data(solution) for solution in solved.fixes],
    }


def solution_data(solution: Solution) -> dict[str, Any]:
    """One layer that does it."""
    data: dict[str, Any] = {
        "text": solution.text,
        "settings": {name: list(values) for name, values in solution.settings.items()},
        "input": _shape(solution.source),
        "output": list(solution.output),
        "unread": solution.unread,
        "receptive_field": list(solution.receptive_field),
        "parameters": _dim(solution.parameters),
        "macs": _dim(solution.macs),
        "inputs": [[sizes[0], sizes[-1]] for sizes in solution.inputs],
        "words": solution.words,
    }
    return {**data, "overlap": solution.overlap} if solution.overlap else data


def _shape(shape: Sequence[Dim]) -> list[int | str]:
    return [_dim(dim) for dim in shape]


def _dim(dim: Dim) -> int | str:
    return dim_text(dim, exact=True) if isinstance(dim, Expression) else int(dim)
