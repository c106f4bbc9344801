"""A tuple that is made when somebody looks into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

__all__ = ["Later"]

Element = TypeVar("Element")


class Later(Sequence[Element]):
    """A row of so many things, made when the first of them is looked at.

    >>> squares = Later(3, lambda: (0, 1, 4))
    >>> len(squares), squares[1:]
    (3, (1, 4))

    Args:
        length: how many there are.
        make: makes them; called once at most, and let go then.
    """

    def __init__(self, length: int, make: Callable[[], tuple[Element, ...]]) -> None:
        self._length = length
        self._make: Callable[[], tuple[Element, ...]] | None = make
        self._made: tuple[Element, ...] = ()

    def _elements(self) -> tuple[Element, ...]:
        if self._make is not None:
            self._made = self._make()
            self._make = None
        return self._made

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Element: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Element, ...]: ...

    def __getitem__(self, place: int | slice) -> Element | tuple[Element, ...]:
        return self._elements()[place]

    def __iter__(self) -> Iterator[Element]:
        return iter(self._elements())

    def __reversed__(self) -> Iterator[Element]:
        return reversed(self._elements())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._elements() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._elements())

    def __repr__(self) -> str:
        return repr(self._elements())

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (list(self._elements()),)
