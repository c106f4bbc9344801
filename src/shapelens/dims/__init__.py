"""Dims: integers known, symbolic, unknown or many, and the words that rules about them are written in."""

from __future__ import annotations

from shapelens.dims.arithmetic import (
    Dim,
    Truth,
    UndecidedError,
    all_of,
    any_of,
    at_least,
    at_most,
    ceil_divide,
    decide,
    different,
    equal,
    less_than,
    maximum,
    minimum,
    more_than,
    negate,
    product,
    rounded_product,
    select,
    total,
)
from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.evaluation import evaluate, evaluate_condition, substitute
from shapelens.dims.expression import Expression, symbol
from shapelens.dims.path import Path, following
from shapelens.dims.proof import Verdict, bounds, prove
from shapelens.dims.text import condition_text, dim_text, parse_shape, shape_text
from shapelens.dims.unknown import Unknown

__all__ = [
    "All",
    "Comparison",
    "Condition",
    "Dim",
    "Either",
    "Expression",
    "Path",
    "Truth",
    "UndecidedError",
    "Unknown",
    "Verdict",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "bounds",
    "ceil_divide",
    "condition_text",
    "decide",
    "different",
    "dim_text",
    "equal",
    "evaluate",
    "evaluate_condition",
    "following",
    "less_than",
    "maximum",
    "minimum",
    "more_than",
    "negate",
    "parse_shape",
    "product",
    "prove",
    "rounded_product",
    "select",
    "shape_text",
    "substitute",
    "symbol",
    "total",
]
