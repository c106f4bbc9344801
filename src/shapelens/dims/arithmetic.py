"""The words that rules are written in.

A rule is written once, with `+ - * // %` and these functions, and is read in several ways by what is fed in:

    >>> from shapelens.dims import at_least, ceil_divide, minimum, select, symbol
    >>> def halve(size):
    ...     return ceil_divide(size, 2)
    >>> halve(225)
    113
    >>> halve(symbol("H"))
    ceil(H/2)

Comparisons give a `bool` for integers and a condition for everything else; `select` chooses a value by it and
`decide` chooses the structure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from shapelens.dims.atoms import Extremum, Rounded
from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.expression import Expression, from_atom, lift, settle
from shapelens.dims.path import choose
from shapelens.dims.proof import Verdict, prove
from shapelens.dims.rounding import multiply, round_number, single
from shapelens.dims.unknown import Unknown
from shapelens.errors import DimensionError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Dim",
    "Truth",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "ceil_divide",
    "decide",
    "different",
    "equal",
    "less_than",
    "maximum",
    "minimum",
    "more_than",
    "multiply",
    "negate",
    "product",
    "round_number",
    "rounded_product",
    "select",
    "single",
    "total",
    "truth_of",
]

Dim: TypeAlias = Any
"""An `int`, an `Expression`, an `Unknown`, or one of the other readings: `Lanes`, `Recorded`."""

Truth: TypeAlias = Any
"""A `bool`, a `Condition`, an `Unknown`, or the condition of another reading."""


MAXIMUM_FACTOR = 2**32
"""No framework resizes by more."""


@runtime_checkable
class Reading(Protocol):
    """What a further reading of the arithmetic provides: its own minimum, comparison and choice."""

    def extremum(self, kind: str, other: Dim) -> Dim:
        """The `"min"` or `"max"` of itself and another dim."""
        ...

    def compare(self, relation: str, other: Dim) -> Truth:
        """Itself, related to another dim."""
        ...

    def rounded_product(self, factor: float, precision: str, rounding: str) -> Dim:
        """Itself times a factor in floating point, rounded to an integer."""
        ...


@runtime_checkable
class TruthReading(Protocol):
    """The condition of a further reading."""

    def both(self, other: Truth) -> Truth:
        """Both hold."""
        ...

    def either(self, other: Truth) -> Truth:
        """One of them holds, or both."""
        ...

    def opposite(self) -> Truth:
        """It does not hold."""
        ...

    def select(self, when_true: Dim, when_false: Dim) -> Dim:
        """The value that it chooses."""
        ...

    def decide(self) -> bool:
        """One answer, for the whole of what is evaluated."""
        ...


# values -----------------------------------------------------------------------------------------------


def minimum(first: Dim, *others: Dim) -> Dim:
    """The smallest of its arguments."""
    return _extremum("min", first, others)


def maximum(first: Dim, *others: Dim) -> Dim:
    """The largest of its arguments."""
    return _extremum("max", first, others)


def _extremum(kind: str, first: Dim, others: tuple[Dim, ...]) -> Dim:
    result = first
    for other in others:
        result = _extremum_of_two(kind, result, other)
    return result


def _extremum_of_two(kind: str, left: Dim, right: Dim) -> Dim:
    if isinstance(left, int) and isinstance(right, int):
        return min(left, right) if kind == "min" else max(left, right)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if isinstance(left, (int, Expression)) and isinstance(right, (int, Expression)):
        return _expression_extremum(kind, left, right)
    return (
        left.extremum(kind, right) if not isinstance(left, (int, Expression)) else right.extremum(kind, left)
    )


def _expression_extremum(kind: str, left: Expression | int, right: Expression | int) -> Expression | int:
    operands: list[Expression] = []
    for side in (lift(left), lift(right)):
        inner = side.terms[0][0][0] if len(side.terms) == 1 and not side.constant else None
        if isinstance(inner, Extremum) and inner.kind == kind and side == from_atom(inner):
            operands.extend(inner.operands)
        else:
            operands.append(side)
    kept: list[Expression] = []
    for candidate in operands:
        if any(_wins(kind, rival, candidate) for rival in kept):
            continue
        kept = [rival for rival in kept if not _wins(kind, candidate, rival)] + [candidate]
    if len(kept) == 1:
        return settle(kept[0])
    return from_atom(Extremum(kind, tuple(sorted(kept, key=lambda e: e.key))))


def _wins(kind: str, left: Expression, right: Expression) -> bool:
    """Whether the left operand makes the right one superfluous, wherever they are evaluated."""
    relation = "<=" if kind == "min" else ">="
    return prove(Comparison(left, relation, right)) is Verdict.ALWAYS


def ceil_divide(numerator: Dim, divisor: Dim) -> Dim:
    """`ceil(numerator / divisor)` for a positive divisor."""
    return (numerator + (divisor - 1)) // divisor


def product(dims: Iterable[Dim]) -> Dim:
    """All of them multiplied; 1 where there is none."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def total(dims: Iterable[Dim]) -> Dim:
    """All of them added; 0 where there is none."""
    result: Dim = 0
    for dim in dims:
        result = result + dim
    return result


def rounded_product(size: Dim, factor: float, *, precision: str = "double", rounding: str = "floor") -> Dim:
    """`size · factor`, multiplied in floating point and rounded to an integer, just as a framework does.

    PyTorch multiplies in double precision, onnxruntime in single: 100 · 0.29 is 28 for one, 29 for the other.

        >>> rounded_product(100, 0.29), rounded_product(100, 0.29, precision="single")
        (28, 29)

    Args:
        size: a dim.
        factor: from 0 to 2³²; with any other the product is unknown.
        precision: `"single"` or `"double"`.
        rounding: `"floor"`, `"ceil"` or `"round"` (half away from zero).
    """
    if isinstance(size, Unknown):
        return size
    if not 0 <= factor <= MAXIMUM_FACTOR:
        return Unknown(f"a size times {factor} is no size")
    if precision == "single":
        factor = single(factor)
    if isinstance(size, int):
        return round_number(multiply(size, factor, precision), rounding)
    if isinstance(size, Expression):
        numerator, denominator = factor.as_integer_ratio()
        # A dyadic factor of few bits multiplies without a rounding error at every size below 2^16 (single)
        # and 2^33 (double): there the exact rational is what the framework computes.
        bits = 8 if precision == "single" else 20
        if numerator < (1 << bits) and denominator <= (1 << bits):
            return _exact_product(size, numerator, denominator, rounding)
        return from_atom(Rounded(size, factor, precision, rounding))
    return size.rounded_product(factor, precision, rounding)


def _exact_product(size: Expression, numerator: int, denominator: int, rounding: str) -> Expression | int:
    if rounding == "floor":
        return (size * numerator) // denominator
    if rounding == "ceil":
        return (size * numerator + (denominator - 1)) // denominator
    return (size * (2 * numerator) + denominator) // (2 * denominator)


# comparisons ------------------------------------------------------------------------------------------


def equal(left: Dim, right: Dim) -> Truth:
    """`left == right`."""
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    return _compare(left, "==", right)


def different(left: Dim, right: Dim) -> Truth:
    """`left != right`."""
    return _compare(left, "!=", right)


def at_least(left: Dim, right: Dim) -> Truth:
    """`left >= right`."""
    if isinstance(left, int) and isinstance(right, int):
        return left >= right
    return _compare(left, ">=", right)


def at_most(left: Dim, right: Dim) -> Truth:
    """`left <= right`."""
    return _compare(left, "<=", right)


def more_than(left: Dim, right: Dim) -> Truth:
    """`left > right`."""
    return _compare(left, ">", right)


def less_than(left: Dim, right: Dim) -> Truth:
    """`left < right`."""
    return _compare(left, "<", right)


_MIRRORED = {"==": "==", "!=": "!=", ">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def relate(left: Any, relation: str, right: Any) -> Any:
    """A comparison of two numbers, or of two arrays of them, by the name of the relation."""
    if relation == "==":
        return left == right
    if relation == "!=":
        return left != right
    if relation == ">=":
        return left >= right
    if relation == ">":
        return left > right
    return left <= right if relation == "<=" else left < right


def _compare(left: Dim, relation: str, right: Dim) -> Truth:
    if isinstance(left, int) and isinstance(right, int):
        return relate(left, relation, right)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if isinstance(left, (int, Expression)) and isinstance(right, (int, Expression)):
        comparison = Comparison(left, relation, right)
        verdict = prove(comparison)
        if verdict is Verdict.ALWAYS:
            return True
        return False if verdict is Verdict.NEVER else comparison
    if isinstance(left, (int, Expression)):
        return right.compare(_MIRRORED[relation], left)
    return left.compare(relation, right)


# conditions -------------------------------------------------------------------------------------------


def any_of(*truths: Truth) -> Truth:
    """At least one holds; known to hold as soon as one is."""
    return _join(truths, absorbing=True)


def all_of(*truths: Truth) -> Truth:
    """Every one holds; known not to as soon as one does not."""
    return _join(truths, absorbing=False)


def _join(truths: tuple[Truth, ...], *, absorbing: bool) -> Truth:
    open_truths = [t for t in truths if not isinstance(t, bool)]
    if any(t is absorbing for t in truths):
        return absorbing
    if not open_truths:
        return not absorbing
    for truth in open_truths:
        if isinstance(truth, Unknown):
            return truth
    if all(isinstance(t, Condition) for t in open_truths):
        members = tuple(dict.fromkeys(open_truths))
        return members[0] if len(members) == 1 else (Either if absorbing else All)(members)
    if len(open_truths) == 1:
        return open_truths[0]
    first, second, *rest = open_truths
    # Two that are open may settle each other.
    joined = first.either(second) if absorbing else first.both(second)
    return _join((joined, *rest), absorbing=absorbing)


def negate(truth: Truth) -> Truth:
    """It does not hold."""
    if isinstance(truth, bool):
        return not truth
    if isinstance(truth, Unknown):
        return truth
    return truth.negated() if isinstance(truth, Condition) else truth.opposite()


def select(truth: Truth, when_true: Dim, when_false: Dim) -> Dim:
    """One of two values. For expressions the path decides, and remembers that it did."""
    if isinstance(truth, bool):
        return when_true if truth else when_false
    if isinstance(truth, Unknown):
        return when_true if when_true == when_false else truth
    if isinstance(truth, Condition):
        return when_true if choose(truth) else when_false
    return truth.select(when_true, when_false)


def decide(truth: Truth) -> bool:
    """One answer to a question that the structure of the result depends on.

    Integers know it. Expressions take the answer that the path's example gives, and the path keeps it as a
    condition. Vectors part where their answers differ. An unknown raises `UndecidedError`.
    """
    if isinstance(truth, bool):
        return truth
    if isinstance(truth, Unknown):
        raise UndecidedError(truth.reason)
    if isinstance(truth, Condition):
        return choose(truth)
    return bool(truth.decide())


class UndecidedError(DimensionError):
    """A structure that depends on something unknown. The evaluation turns it into an unknown."""


def truth_of(truth: Truth) -> bool | None:
    """True or False where that is certain for everything that is evaluated, else None."""
    return truth if isinstance(truth, bool) else None
