"""How the numbers of a grid are written: whole ones as they are, others with few digits, and then as rounded."""

from __future__ import annotations

from collections.abc import Iterable

from shapelens.records import dataclass

__all__ = ["Digits", "digits_for"]

_EXACT = 1e15
_LARGE, _SMALL = 1e6, 1e-3
_MOST_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Digits:
    """How numbers are written.

    Args:
        decimals: how many digits behind the point.
        is_rounded: whether that leaves something out.
        has_power: whether they are written with a power of ten: `1.20e-05`.
    """

    decimals: int = 0
    is_rounded: bool = False
    has_power: bool = False

    def written(self, number: float) -> str:
        """A number.

        >>> Digits(2).written(-0.001), Digits(2, has_power=True).written(0.000012)
        ('0.00', '1.20e-05')
        """
        if isinstance(number, int):
            return str(number)
        shown = f"{number:.{self.decimals}{'e' if self.has_power else 'f'}}"
        return shown[1:] if shown.startswith("-") and not shown.strip("-0.e+") else shown

    def factor(self, number: float) -> str:
        """A number in a product or a sum: a negative one in parentheses."""
        shown = self.written(number)
        return f"({shown})" if shown.startswith("-") else shown


def digits_for(numbers: Iterable[float]) -> Digits:
    """The fewest digits that tell some numbers apart.

    >>> digits_for([1, -2]), digits_for([0.5, 2.0]), digits_for([1 / 3, 40.0])
    (Digits(decimals=0, is_rounded=False, has_power=False), Digits(decimals=1, is_rounded=False, has_power=False),\
 Digits(decimals=2, is_rounded=True, has_power=False))
    """
    floats = [number for number in numbers if not isinstance(number, int)]
    largest = max(map(abs, floats), default=0.0)
    if all(number.is_integer() for number in floats) and largest < _EXACT:
        return Digits()
    if not _SMALL <= largest < _LARGE:
        return Digits(2, is_rounded=True, has_power=True)
    for decimals in range(1, _MOST_DECIMALS + 1):
        if all(abs(round(number, decimals) - number) <= 1e-12 * max(1.0, largest) for number in floats):
            return Digits(decimals)
    return Digits(3 if largest < 1 else 2 if largest < 100 else 1, is_rounded=True)
