"""Atoms, what a monomial is a product of: symbols, floors, quotients, extrema, rounded products, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapelens.dims.expression import Expression

__all__ = ["Atom", "Extremum", "Floor", "Interval", "Named", "Quotient", "Rounded", "Symbol"]

Interval = tuple[int | None, int | None]
"""The least and the largest value; None where there is no bound."""


class Atom:
    """What a monomial is a product of. Two atoms are one and the same when their keys are equal.

    Args:
        key: a text that no different atom has.
        operands: the expressions that it is made of: none for a symbol.
    """

    __slots__ = ("height", "interval", "key", "operands")

    def __init__(self, key: str, operands: tuple[Expression, ...] = ()) -> None:
        self.key = key
        self.operands = operands
        self.height: int = max([operand.height for operand in operands], default=-1) + 1
        self.interval: Interval | None = None
        """What `proof.bounds` found, once it was asked."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Atom) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return self.key


class Symbol(Atom):
    """A free size: a name, the least value that it takes, and the largest (None: any)."""

    __slots__ = ("maximum", "minimum", "name")

    def __init__(self, name: str, minimum: int = 1, maximum: int | None = None) -> None:
        # A name may be any text, so one that could be taken for a formula is quoted; and what is known of a
        # symbol is part of it, so that no proof about one is taken for a proof about another.
        key = name if name.isidentifier() else repr(name)
        if minimum != 1 or maximum is not None:
            key += f"[{minimum}..{'' if maximum is None else maximum}]"
        super().__init__(key)
        self.name = name
        self.minimum = minimum
        self.maximum = maximum


class Floor(Atom):
    """`floor(numerator / divisor)` with a divisor of at least 2."""

    __slots__ = ("divisor", "numerator")

    def __init__(self, numerator: Expression, divisor: int) -> None:
        super().__init__(f"floor(({numerator.key})/{divisor})", (numerator,))
        self.numerator = numerator
        self.divisor = divisor


class Quotient(Atom):
    """`floor(numerator / denominator)` of two expressions."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Expression, denominator: Expression) -> None:
        super().__init__(f"floor(({numerator.key})/({denominator.key}))", (numerator, denominator))
        self.numerator = numerator
        self.denominator = denominator


class Extremum(Atom):
    """The minimum (`"min"`) or maximum (`"max"`) of two or more expressions, none of which always wins."""

    __slots__ = ("kind",)

    def __init__(self, kind: str, operands: tuple[Expression, ...]) -> None:
        super().__init__(f"{kind}({', '.join([operand.key for operand in operands])})", operands)
        self.kind = kind


class Rounded(Atom):
    """`operand · factor`, multiplied in floating point and rounded to an integer, as a framework does.

    Args:
        operand: what is multiplied.
        factor: by what; a number of that precision.
        precision: `"single"` or `"double"`.
        rounding: `"floor"`, `"ceil"` or `"round"` (half away from zero).
    """

    __slots__ = ("factor", "operand", "precision", "rounding")

    def __init__(self, operand: Expression, factor: float, precision: str, rounding: str) -> None:
        super().__init__(f"{rounding}_{precision}({operand.key}, {factor!r})", (operand,))
        self.operand = operand
        self.factor = factor
        self.precision = precision
        self.rounding = rounding

    @property
    def name(self) -> str:
        """A name for where only exact formulas may stand."""
        return f"rounded_{_digest(self.key)[:12]}"


class Named(Atom):
    """A name for an expression that is too long to be written out."""

    __slots__ = ("definition", "name")

    def __init__(self, definition: Expression) -> None:
        # One definition has one name, in every process, and no two share one.
        digest = _digest(definition.key)
        super().__init__(f"named:{digest}", (definition,))
        self.definition = definition
        self.name = f"size_{digest[:12]}"


def _digest(key: str) -> str:
    from hashlib import blake2b

    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()
