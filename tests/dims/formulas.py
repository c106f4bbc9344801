"""Random arithmetic as plain data, and two readings of it that share nothing with the package.

A formula is a tuple: `("symbol", "H")`, `("constant", 3)`, `("+", left, right)`, `("//", formula, 2)` and so on. The
brute-force reading is Python's own integer arithmetic; the other evaluates printed text over the rationals.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from shapelens.dims import (
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
    rounded_product,
    select,
    symbol,
)

Formula = tuple[Any, ...]

NAMES = ("H", "W", "N")
SYMBOLS = {name: symbol(name) for name in NAMES}
FACTORS = (0.0, 0.5, 0.29, 0.75, 1.5, 2.0, 3.0, 1 / 3, 0.1, 1.0000001)

# generating -----------------------------------------------------------------------------------------------

_RELATIONS = ("==", "!=", ">=", ">", "<=", "<")


def formulas(
    *, names: tuple[str, ...] = NAMES, affine: bool = False, choices: bool = False, leaves: int = 8
) -> st.SearchStrategy[Formula]:
    """Random formulas.

    Args:
        names: the symbols in them.
        affine: only sums, multiples, floors and remainders.
        choices: `select` and `decide` too.
        leaves: about how large they grow.
    """
    leaf = st.one_of(
        st.sampled_from([("symbol", name) for name in names]),
        st.integers(-9, 9).map(lambda number: ("constant", number)),
    )
    small = st.integers(1, 8)

    def grow(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        kinds = [
            st.tuples(st.sampled_from("+-"), inner, inner),
            st.tuples(st.just("times"), inner, st.integers(-5, 5)),
            st.tuples(st.sampled_from(["//", "%", "ceil"]), inner, small),
        ]
        if not affine:
            kinds += [
                st.tuples(st.sampled_from(["*", "min", "max", "quotient"]), inner, inner),
                st.tuples(
                    st.just("rounded"),
                    inner,
                    st.sampled_from(FACTORS),
                    st.sampled_from(["single", "double"]),
                    st.sampled_from(["floor", "ceil", "round"]),
                ),
            ]
        if choices:
            comparison = st.tuples(st.just("compare"), st.sampled_from(_RELATIONS), inner, inner)
            truth = st.one_of(
                comparison,
                st.tuples(st.sampled_from(["and", "or"]), comparison, comparison, comparison),
                st.tuples(st.just("not"), comparison),
            )
            kinds.append(st.tuples(st.sampled_from(["select", "decide"]), truth, inner, inner))
        return st.one_of(kinds)

    return st.recursive(leaf, grow, max_leaves=leaves)


# the package's reading --------------------------------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": equal,
    "!=": different,
    ">=": at_least,
    ">": more_than,
    "<=": at_most,
    "<": less_than,
}


def build(formula: Formula, dims: Mapping[str, Any] = SYMBOLS) -> Any:
    """A formula in the words of the package, fed with dims of any reading."""
    kind, *parts = formula
    if kind == "symbol":
        return dims[parts[0]]
    if kind == "constant":
        return parts[0]
    if kind == "compare":
        relation, left, right = parts
        return _COMPARE[relation](build(left, dims), build(right, dims))
    if kind == "and":
        return all_of(*[build(part, dims) for part in parts])
    if kind == "or":
        return any_of(*[build(part, dims) for part in parts])
    if kind == "not":
        return negate(build(parts[0], dims))
    if kind == "select":
        truth, when_true, when_false = [build(part, dims) for part in parts]
        return select(truth, when_true, when_false)
    if kind == "decide":
        truth, when_true, when_false = parts
        return build(when_true if decide(build(truth, dims)) else when_false, dims)
    left = build(parts[0], dims)
    if kind == "rounded":
        return rounded_product(
            minimum(maximum(left, 0), 2000), parts[1], precision=parts[2], rounding=parts[3]
        )
    right = build(parts[1], dims) if isinstance(parts[1], tuple) else parts[1]
    words: dict[str, Callable[[Any, Any], Any]] = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "times": operator.mul,
        "//": operator.floordiv,
        "%": operator.mod,
        "ceil": ceil_divide,
        "quotient": lambda a, b: a // maximum(b, 1),
        "min": minimum,
        "max": maximum,
    }
    return words[kind](left, right)


# brute force ------------------------------------------------------------------------------------------------


def brute_force(formula: Formula, sizes: Mapping[str, int]) -> Any:
    """A formula at sizes, by Python's integers and NumPy's floating point."""
    kind, *parts = formula
    if kind == "symbol":
        return sizes[parts[0]]
    if kind == "constant":
        return parts[0]
    if kind in {"select", "decide"}:
        truth, when_true, when_false = parts
        return brute_force(when_true if brute_force(truth, sizes) else when_false, sizes)
    if kind == "compare":
        relation, left, right = parts
        relations = {
            "==": operator.eq,
            "!=": operator.ne,
            ">=": operator.ge,
            ">": operator.gt,
            "<=": operator.le,
            "<": operator.lt,
        }
        return relations[relation](brute_force(left, sizes), brute_force(right, sizes))
    values = [brute_force(part, sizes) if isinstance(part, tuple) else part for part in parts]
    if kind == "rounded":
        return brute_force_rounded(min(max(values[0], 0), 2000), *values[1:])
    words: dict[str, Callable[..., Any]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "times": lambda a, b: a * b,
        "//": lambda a, b: math.floor(Fraction(a, b)),
        "%": lambda a, b: a - b * math.floor(Fraction(a, b)),
        "ceil": lambda a, b: math.ceil(Fraction(a, b)),
        "quotient": lambda a, b: math.floor(Fraction(a, max(b, 1))),
        "min": min,
        "max": max,
        "and": lambda *truths: all(truths),
        "or": lambda *truths: any(truths),
        "not": lambda truth: not truth,
    }
    return words[kind](*values)


def brute_force_rounded(size: int, factor: float, precision: str, rounding: str) -> int:
    """`size · factor` in NumPy's floating point, then rounded over the rationals."""
    if precision == "single":
        exact = Fraction(float(np.float32(size) * np.float32(factor)))
    else:
        exact = Fraction(float(np.float64(size) * np.float64(factor)))
    if rounding == "floor":
        return math.floor(exact)
    if rounding == "ceil":
        return math.ceil(exact)
    return math.floor(exact + Fraction(1, 2))


# printed text -----------------------------------------------------------------------------------------------

_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "min": min,
    "max": max,
}


def evaluate_text(text: str, sizes: Mapping[str, int]) -> Fraction:
    """A text in the JSON's grammar: integers, symbols, `+ - * /`, `floor ceil min max`, over the rationals."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return Fraction(node.value)
        if isinstance(node, ast.Name):
            return Fraction(sizes[node.id])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            return Fraction(_FUNCTIONS[node.func.id](*[value(argument) for argument in node.args]))
        raise AssertionError(f"{ast.unparse(node)} is outside of the grammar: {text}")

    return value(ast.parse(text, mode="eval").body)
