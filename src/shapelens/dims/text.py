"""Dims as text and back: `16*floor(H/16)`, `64×ceil(H/2)×ceil(W/2)`, `3x224x224`.

The plain text of a dim is the JSON's grammar: integers, symbols, `+ - * /`, parentheses, `floor()`, `ceil()`,
`min(,)`, `max(,)`, exact over the rationals. On screens the product sign is `·`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shapelens.dims.arithmetic import Dim
from shapelens.dims.atoms import Atom, Extremum, Floor, Named, Quotient, Rounded, Symbol
from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.expression import Expression, Monomial, lift, symbol
from shapelens.dims.factoring import factors
from shapelens.dims.unknown import Unknown
from shapelens.errors import ShapeTextError

__all__ = ["MAXIMUM_SIZE", "axis_text", "condition_text", "dim_text", "parse_shape", "shape_text"]

MAXIMUM_SIZE = 2**31 - 1
"""The largest size that may be asked for along one axis."""


# printing ---------------------------------------------------------------------------------------------


def dim_text(dim: Dim, times: str = "*", *, exact: bool = False) -> str:
    """A dim as text.

        >>> H = symbol("H")
        >>> dim_text(16 * (H // 16)), dim_text((H + 31) // 32), dim_text((H - 2) * (symbol("W") - 2))
        ('16*floor(H/16)', 'ceil(H/32)', '(H - 2)*(W - 2)')

    Args:
        dim: an integer, an expression or an unknown (`?`).
        times: the product sign.
        exact: whether only what is exact over the rationals may be written: then a product that a framework rounds
            stands under its name.
    """
    return _Printer(times, exact=exact).dim(dim) if isinstance(dim, Expression) else str(dim)


def shape_text(shape: Sequence[Dim] | Unknown, times: str = "·") -> str:
    """A shape as text, its axes parted by `×`.

        >>> shape_text((64, symbol("H") // 2, 7))
        '64×floor(H/2)×7'

    A sum stands in parentheses; a scalar is `scalar`, an unknown rank `?`.
    """
    if isinstance(shape, Unknown):
        return "?"
    return "×".join(axis_text(dim, times) for dim in shape) if shape else "scalar"


def axis_text(dim: Dim, times: str = "·") -> str:
    """A dim as it stands in a shape: a sum in parentheses."""
    text = dim_text(dim, times)
    return f"({text})" if isinstance(dim, Expression) and len(factors(dim)) < 2 and _is_sum(dim) else text


def condition_text(condition: Condition, times: str = "*") -> str:
    """A condition as text: `H ≥ 29`, `floor(H/4) = 2*floor(H/8)`, `H = 1 or (H ≥ 4 and W ≥ 4)`."""
    if isinstance(condition, Comparison):
        relation = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤"}.get(condition.relation, condition.relation)
        return f"{dim_text(condition.left, times)} {relation} {dim_text(condition.right, times)}"
    if isinstance(condition, (Either, All)):
        word = " or " if isinstance(condition, Either) else " and "
        texts = [condition_text(member, times) for member in condition.members]
        is_group = [isinstance(member, (Either, All)) for member in condition.members]
        return word.join(f"({t})" if group else t for t, group in zip(texts, is_group, strict=True))
    return repr(condition)


class _Printer:
    def __init__(self, times: str, *, exact: bool = False) -> None:
        self.times = times
        self.exact = exact

    def dim(self, dim: Expression | int) -> str:
        if not isinstance(dim, Expression):
            return str(dim)
        parts = factors(dim)
        if len(parts) == 1:
            return self.sum(lift(parts[0]))
        if parts[0] == -1:
            return "-" + self.times.join(self.factor(part) for part in parts[1:])
        return self.times.join(self.factor(part) for part in parts)

    def factor(self, part: Expression | int) -> str:
        if not isinstance(part, Expression):
            return str(part)
        return self.inner(part)

    def sum(self, expression: Expression) -> str:
        """A sum, its positive terms first."""
        terms, constant = _readable(expression)
        ordered = [t for t in terms if t[1] > 0] + [t for t in terms if t[1] < 0]
        pieces: list[str] = []
        for text, coefficient in [(self.monomial(m), c) for m, c in ordered]:
            size = abs(coefficient)
            body = text if size == 1 else f"{size}{self.times}{text}"
            pieces.append(self._signed(body, coefficient > 0, first=not pieces))
        if constant or not pieces:
            pieces.append(self._signed(str(abs(constant)), constant >= 0, first=not pieces))
        return "".join(pieces)

    @staticmethod
    def _signed(body: str, positive: bool, first: bool) -> str:
        if first:
            return body if positive else f"-{body}"
        return f" + {body}" if positive else f" - {body}"

    def monomial(self, monomial: Monomial | _Share) -> str:
        if isinstance(monomial, _Share):
            return f"floor({self.inner(monomial.numerator)}/{monomial.divisor})"
        return self.times.join(self.atom(atom) for atom in monomial)

    def inner(self, expression: Expression) -> str:
        """The operand of a product or a division: a sum of several terms in parentheses."""
        text = self.sum(expression)
        return f"({text})" if _is_sum(expression) else text

    def atom(self, atom: Atom) -> str:
        if isinstance(atom, Floor):
            numerator, divisor = atom.numerator, atom.divisor
            if numerator.constant == divisor - 1 and all(c > 0 for _, c in numerator.terms):
                return f"ceil({self.inner(Expression(0, numerator.terms))}/{divisor})"
            return f"floor({self.inner(numerator)}/{divisor})"
        if isinstance(atom, Quotient):
            denominator = self.sum(atom.denominator)
            is_atom = _is_one_atom(atom.denominator)
            return f"floor({self.inner(atom.numerator)}/{denominator if is_atom else f'({denominator})'})"
        if isinstance(atom, Extremum):
            return f"{atom.kind}({', '.join(self.dim(operand) for operand in atom.operands)})"
        if isinstance(atom, Rounded) and not self.exact:
            operand = self.dim(atom.operand)
            return f"{atom.rounding}_{atom.precision}({operand}{self.times}{atom.factor!r})"
        assert isinstance(atom, (Symbol, Named, Rounded))
        return atom.name


def _is_sum(expression: Expression) -> bool:
    """Whether it is printed as several terms."""
    terms, constant = _readable(expression)
    return len(terms) + bool(constant) > 1


def _is_one_atom(expression: Expression) -> bool:
    is_one_term = len(expression.terms) == 1 and not expression.constant
    return is_one_term and expression.terms[0][1] == 1 and len(expression.terms[0][0]) == 1


class _Share:
    """`floor(numerator / divisor)` as it reads best, where the normal form is made of several terms."""

    __slots__ = ("divisor", "numerator")

    def __init__(self, numerator: Expression, divisor: int) -> None:
        self.numerator = numerator
        self.divisor = divisor


def _readable(expression: Expression) -> tuple[list[tuple[Monomial | _Share, int]], int]:
    """The terms for print: `floor(3x/4)` and not `x - ceil(x/4)`, `floor((x - 3)/4)` and not `floor((x + 1)/4) - 1`."""
    terms: list[tuple[Monomial | _Share, int]] = list(expression.terms)
    for monomial, coefficient in expression.terms:
        atom = monomial[0]
        if abs(coefficient) != 1 or len(monomial) != 1 or not isinstance(atom, Floor):
            continue
        # a·x + floor(c·x / d) is floor((a·d + c)·x / d), and so is a·x - ceil(-c·x / d).
        inner, divisor = atom.numerator, atom.divisor
        if len(inner.terms) != 1 or inner.constant != (0 if coefficient > 0 else divisor - 1):
            continue
        base, share = inner.terms[0]
        place = next((i for i, (m, c) in enumerate(terms) if m == base and c > 0), None)
        if place is not None:
            whole = terms[place][1] * divisor + coefficient * share
            terms[place] = (_Share(Expression(0, ((base, whole),)), divisor), 1)
            terms.remove((monomial, coefficient))
    if len(terms) == 1 and expression.constant and terms[0] == expression.terms[0]:
        (monomial, coefficient) = expression.terms[0]
        atom = monomial[0]
        if coefficient == 1 and len(monomial) == 1 and isinstance(atom, Floor) and _is_uneven(atom):
            moved = Expression(
                atom.numerator.constant + expression.constant * atom.divisor, atom.numerator.terms
            )
            return [(_Share(moved, atom.divisor), 1)], 0
    return terms, expression.constant


def _is_uneven(floor: Floor) -> bool:
    """Whether it is printed with a constant in the numerator, one more or less of which is no matter."""
    return floor.numerator.constant not in {0, floor.divisor - 1}


# parsing ----------------------------------------------------------------------------------------------

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\Z")
_EXAMPLE = "3x224x224, or with symbols 3xHxW"


def parse_shape(
    text: str, at: str = "--input", symbol_of: Callable[[str], Expression] = symbol
) -> tuple[Dim, ...]:
    """A shape that somebody typed: `3x224x224`, `3×224×224`, `3,224,224`, `3xHxW`.

    A name with an `x` in it needs commas: `3,max_height,W`.

    Args:
        text: the shape.
        at: where it was typed, for the message.
        symbol_of: makes the symbol of a name.

    Raises:
        ShapeTextError: a size that is zero, negative, too large, or no number or name; an empty shape.
    """
    stripped = text.strip()
    opened = stripped.strip("()[]").strip()
    if "," in opened:
        # A tuple of one is written with a comma behind it.
        opened = opened.removesuffix(",") if opened != stripped else opened
        parts = [part.strip() for part in opened.split(",")]
    else:
        parts = _split(opened)
    if not parts:
        raise ShapeTextError(
            "this shape is empty",
            at=f"{at} {text!r}",
            have="no sizes",
            rule=f"a shape is sizes parted by x: {_EXAMPLE}",
        )
    return tuple(_parse_size(part, text, at, symbol_of) for part in parts)


def _split(text: str) -> list[str]:
    return re.split(r"\s*[xX×*]\s*|\s+", text) if text else []


def _parse_size(part: str, text: str, at: str, symbol_of: Callable[[str], Expression]) -> Dim:
    typed = text if len(text) <= 60 else text[:60] + "…"
    where = f"{at} {typed if typed.isprintable() else repr(typed)}"
    if re.fullmatch(r"[-+]?\d+", part):
        size = int(part) if len(part.lstrip("+-0")) < 20 else MAXIMUM_SIZE + 1
        if size == 0 or part.startswith("-"):
            word = "zero" if size == 0 else "negative"
            raise ShapeTextError(
                f"a size is {word}",
                at=where,
                have=part,
                rule="every size is a whole number of at least 1, or a symbol",
                fix=f"for example {_EXAMPLE}",
            )
        if size > MAXIMUM_SIZE:
            raise ShapeTextError(
                "a size is larger than any tensor's",
                at=where,
                have=part if len(part) <= 24 else f"{part[:12]}… ({len(part)} digits)",
                rule=f"a size is at most {MAXIMUM_SIZE:,}",
            )
        return size
    if _NAME.match(part) and len(part) <= 64:
        return symbol_of(part)
    shown = part if len(part) <= 40 else part[:40] + "…"
    raise ShapeTextError(
        f"{shown!r} is no size" if part else "a size is missing",
        at=where,
        have=repr(shown) if part else "two separators with nothing between them, or one at an end",
        rule="a size is a whole number of at least 1, or a symbol such as H",
        fix=f"for example {_EXAMPLE}",
    )
