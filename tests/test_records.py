"""`records.dataclass` against the standard decorator, on the same class bodies."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle  # noqa: TID251 -- what is unpickled here was made here
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from shapelens.records import dataclass


def plain(decorate: Callable[..., Any], **options: Any) -> type[Any]:
    @decorate(frozen=True, **options)
    class Plain:
        """A class with every kind of field."""

        first: int
        second: tuple[int, ...] = (1, 2)
        third: list[int] = field(default_factory=list, compare=False)
        fourth: str = field(default="x", repr=False)

    return Plain  # type: ignore[no-any-return]


def checking(decorate: Callable[..., Any], **options: Any) -> type[Any]:
    @decorate(frozen=True, **options)
    class Checking:
        """A class that checks what it is given."""

        size: int

        def __post_init__(self) -> None:
            if self.size < 1:
                raise ValueError("a size is at least 1")

        def __repr__(self) -> str:
            return f"<{self.size}>"

    return Checking  # type: ignore[no-any-return]


def inheriting(decorate: Callable[..., Any], **options: Any) -> type[Any]:
    @decorate(frozen=True, **options)
    class Inheriting(plain(decorate, **options)):  # type: ignore[misc]
        """A class with the fields of another, one of them with another default."""

        second: tuple[int, ...] = ()
        fifth: bool = False

    return Inheriting  # type: ignore[no-any-return]


def empty(decorate: Callable[..., Any], **options: Any) -> type[Any]:
    @decorate(frozen=True, **options)
    class Empty:
        """A class without fields."""

    return Empty  # type: ignore[no-any-return]


MADE: list[tuple[Callable[..., type[Any]], list[tuple[Any, ...]]]] = [
    (plain, [(1,), (1, (1, 2)), (1, (1, 2), [3]), (2,), (1, (1, 2), [], "y")]),
    (checking, [(1,), (2,), (1,)]),
    (inheriting, [(1,), (1, ()), (1, (), [], "x", True)]),
    (empty, [()]),
]

OPTIONS: list[dict[str, Any]] = [{}, {"slots": True}, {"eq": False}, {"repr": False}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("make", "given"), MADE, ids=lambda value: getattr(value, "__name__", ""))
class TestAsTheStandardOne:
    def test_prints_compares_and_hashes(
        self, make: Callable[..., type[Any]], given: list[tuple[Any, ...]], options: dict[str, Any]
    ) -> None:
        ours, theirs = make(dataclass, **options), make(dataclasses.dataclass, **options)
        mine, others = [ours(*values) for values in given], [theirs(*values) for values in given]
        if options.get("repr", True):
            assert list(map(repr, mine)) == list(map(repr, others))
        else:
            assert ("repr" in vars(ours)) is ("repr" in vars(theirs))
        assert [[a == b for a in mine] for b in mine] == [[a == b for a in others] for b in others]
        assert [[hash(a) == hash(b) for a in mine] for b in mine] == [
            [hash(a) == hash(b) for a in others] for b in others
        ]
        assert mine[0] != others[0]

    def test_fields_and_signature(
        self, make: Callable[..., type[Any]], given: list[tuple[Any, ...]], options: dict[str, Any]
    ) -> None:
        ours, theirs = make(dataclass, **options), make(dataclasses.dataclass, **options)
        assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(theirs)]
        assert dataclasses.asdict(ours(*given[0])) == dataclasses.asdict(theirs(*given[0]))
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
        assert ours.__match_args__ == theirs.__match_args__
        assert ours.__init__.__qualname__ == theirs.__init__.__qualname__
        assert inspect.getdoc(ours) == inspect.getdoc(theirs)

    def test_never_changes(
        self, make: Callable[..., type[Any]], given: list[tuple[Any, ...]], options: dict[str, Any]
    ) -> None:
        for decorate in (dataclass, dataclasses.dataclass):
            made = make(decorate, **options)(*given[0])
            for name in [f.name for f in dataclasses.fields(made)]:
                with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign to field '{name}'"):
                    setattr(made, name, 1)
                with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot delete field '{name}'"):
                    delattr(made, name)

    def test_copies(
        self, make: Callable[..., type[Any]], given: list[tuple[Any, ...]], options: dict[str, Any]
    ) -> None:
        for values in given:
            made = make(dataclass, **options)(*values)
            for other in (copy.copy(made), copy.deepcopy(made), dataclasses.replace(made)):
                assert dataclasses.asdict(other) == dataclasses.asdict(made)
            if dataclasses.fields(made):
                name = dataclasses.fields(made)[0].name
                assert getattr(dataclasses.replace(made, **{name: 7}), name) == 7


@dataclass(frozen=True, slots=True)
class Slotted:
    """At the top of a module, as pickle wants it."""

    height: int
    width: int = 1


@dataclass(frozen=True)
class Holding:
    """The same with a dictionary."""

    inside: list[Any] = field(default_factory=list)


def test_pickles() -> None:
    for made in (Slotted(3), Holding([Slotted(1, 2)])):
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


def test_a_missing_argument_is_said_as_python_says_it() -> None:
    with pytest.raises(
        TypeError, match=r"Slotted.__init__\(\) missing 1 required positional argument: 'height'"
    ):
        Slotted()  # type: ignore[call-arg]


def test_lists_are_made_anew_for_each() -> None:
    assert Holding().inside is not Holding().inside


def test_what_holds_itself_prints() -> None:
    made = Holding()
    made.inside.append(made)
    assert repr(made) == "Holding(inside=[...])"


def test_one_that_changes_is_the_standard_one() -> None:
    @dataclass(slots=True)
    class Changing:
        """A count."""

        count: int = 0

    made = Changing()
    made.count += 1
    assert made == Changing(1)
    assert Changing.__hash__ is None
