"""The functions that size computations are made of, for plain numbers, for dims and for truth values.

What runtimes agree on is here, by name; which type it is computed in is `contents.function_of`'s matter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from shapelens.dims import (
    Dim,
    Truth,
    Unknown,
    all_of,
    any_of,
    at_least,
    at_most,
    different,
    equal,
    less_than,
    maximum,
    minimum,
    more_than,
    negate,
    product,
    select,
)
from shapelens.operators.reals import NOT_FOLLOWED

__all__ = [
    "COMPARISONS",
    "FAILS",
    "GIVES_TRUTH",
    "ON_DIMS",
    "ON_NUMBERS",
    "ON_TRUTHS",
    "OUT_OF_RANGE",
    "Function",
]

Element = Any
Function = Callable[..., Element]

OUT_OF_RANGE = "a number that its type cannot hold, in the network's own size computation"
FAILS = "an arithmetic error in the network's own size computation"

# functions of numbers -----------------------------------------------------------------------------------


def _over(left: int | float, right: int | float) -> int | float:
    """A quotient: of integers it is cut off towards zero, as ONNX has it."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left >= 0) == (right >= 0) else -quotient
    return left / right


def _remainder(left: int | float, right: int | float) -> int | float:
    """What is left of a quotient that is cut off towards zero; it has the sign of the dividend."""
    if isinstance(left, int) and isinstance(right, int):
        return left - int(_over(left, right)) * right
    return math.fmod(left, right)


def _to_the_power(base: int | float, exponent: int | float) -> Element:
    """A power of whole numbers; others are not rounded alike everywhere."""
    if exponent != int(exponent) or base != int(base) or not 0 <= exponent <= 64 or abs(base) > 2**32:
        return Unknown(NOT_FOLLOWED)
    result = int(base) ** int(exponent)
    return result if abs(result) < 2**53 else Unknown(NOT_FOLLOWED)


def _reciprocal(number: float) -> Element:
    """`1 / number`, which runtimes only agree on for powers of two."""
    return 1 / number if abs(math.frexp(number)[0]) == 0.5 else Unknown(NOT_FOLLOWED)


def _like(number: int | float, whole: int) -> int | float:
    return float(whole) if isinstance(number, float) else whole


ON_NUMBERS: dict[str, Function] = {
    "absolute": abs,
    "add": lambda a, b: a + b,
    "and": lambda a, b: bool(a) and bool(b),
    "bitwise_and": lambda a, b: a & b,
    "bitwise_not": lambda a: ~a,
    "bitwise_or": lambda a, b: a | b,
    "bitwise_xor": lambda a, b: a ^ b,
    "ceil": lambda a: _like(a, math.ceil(a)),
    "divide": _over,
    "equal": lambda a, b: a == b,
    "floor": lambda a: _like(a, math.floor(a)),
    "floor_divide": lambda a, b: a // b,
    "greater": lambda a, b: a > b,
    "greater_or_equal": lambda a, b: a >= b,
    "identity": lambda a: a,
    "left_shift": lambda a, b: a << b if 0 <= b < 64 else Unknown(OUT_OF_RANGE),
    "less": lambda a, b: a < b,
    "less_or_equal": lambda a, b: a <= b,
    "maximum": max,
    "minimum": min,
    "modulo": lambda a, b: a % b,
    "multiply": lambda a, b: a * b,
    "negative": lambda a: -a,
    "not": lambda a: not a,
    "not_equal": lambda a, b: a != b,
    "or": lambda a, b: bool(a) or bool(b),
    "power": _to_the_power,
    "reciprocal": _reciprocal,
    "remainder": _remainder,
    "right_shift": lambda a, b: a >> b if 0 <= b < 64 else Unknown(OUT_OF_RANGE),
    "round": lambda a: _like(a, round(a)),
    "sign": lambda a: _like(a, (a > 0) - (a < 0)),
    "square_root": math.sqrt,
    "subtract": lambda a, b: a - b,
    "true_divide": lambda a, b: a / b,
    "truncate": lambda a: _like(a, math.trunc(a)),
    "xor": lambda a, b: bool(a) != bool(b),
}

COMPARISONS = frozenset({"equal", "greater", "greater_or_equal", "less", "less_or_equal", "not_equal"})
GIVES_TRUTH = COMPARISONS | {"and", "not", "or", "xor"}
"""The functions that give a truth value, whatever their operands are."""


# functions of dims --------------------------------------------------------------------------------------


def _dims_over(left: Dim, right: Dim) -> Dim:
    """A quotient that is cut off towards zero."""
    if isinstance(right, int):
        if right == 0:
            return Unknown(FAILS)
        if right < 0:
            left, right = -left, -right
        return select(at_least(left, 0), left // right, -((-left) // right))
    return select(at_least(right, 0), _towards_zero(left, right), _towards_zero(-left, -right))


def _towards_zero(left: Dim, right: Dim) -> Dim:
    return select(at_least(left, 0), left // right, -((-left) // right))


def _dims_modulo(left: Dim, right: Dim) -> Dim:
    return Unknown(FAILS) if isinstance(right, int) and right == 0 else left % right


def _dims_remainder(left: Dim, right: Dim) -> Dim:
    return left - _dims_over(left, right) * right


def _dims_floor(left: Dim, right: Dim) -> Dim:
    return Unknown(FAILS) if isinstance(right, int) and right == 0 else left // right


def _dims_power(base: Dim, exponent: Dim) -> Dim:
    known = isinstance(exponent, int) and 0 <= exponent <= 4
    return product([base] * exponent) if known else Unknown(NOT_FOLLOWED)


def _shifted(by: Callable[[Dim, int], Dim]) -> Function:
    def function(element: Dim, places: Dim) -> Dim:
        known = isinstance(places, int) and 0 <= places < 64
        return by(element, 2**places) if known else Unknown(NOT_FOLLOWED)

    return function


def _masked(left: Dim, right: Dim) -> Dim:
    """The lowest bits of a size: `H & 31` is `H mod 32`."""
    for element, mask in ((left, right), (right, left)):
        if isinstance(mask, int) and mask >= 0 and mask & (mask + 1) == 0:
            return element % (mask + 1)
    return Unknown(NOT_FOLLOWED)


def _same_truth(left: Truth, right: Truth) -> Truth:
    return any_of(all_of(left, right), all_of(negate(left), negate(right)))


ON_DIMS: dict[str, Function] = {
    "absolute": lambda a: select(at_least(a, 0), a, -a),
    "add": lambda a, b: a + b,
    "bitwise_and": _masked,
    "bitwise_not": lambda a: -a - 1,
    "ceil": lambda a: a,
    "divide": _dims_over,
    "equal": equal,
    "floor": lambda a: a,
    "floor_divide": _dims_floor,
    "greater": more_than,
    "greater_or_equal": at_least,
    "identity": lambda a: a,
    "left_shift": _shifted(lambda a, power: a * power),
    "less": less_than,
    "less_or_equal": at_most,
    "maximum": maximum,
    "minimum": minimum,
    "modulo": _dims_modulo,
    "multiply": lambda a, b: a * b,
    "negative": lambda a: -a,
    "not_equal": different,
    "power": _dims_power,
    "remainder": _dims_remainder,
    "right_shift": _shifted(lambda a, power: a // power),
    "round": lambda a: a,
    "sign": lambda a: select(more_than(a, 0), 1, select(equal(a, 0), 0, -1)),
    "subtract": lambda a, b: a - b,
    "truncate": lambda a: a,
}

ON_TRUTHS: dict[str, Function] = {
    "and": all_of,
    "equal": _same_truth,
    "identity": lambda a: a,
    "not": negate,
    "not_equal": lambda a, b: negate(_same_truth(a, b)),
    "or": any_of,
    "xor": lambda a, b: negate(_same_truth(a, b)),
}
