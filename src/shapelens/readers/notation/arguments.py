"""What was given to one layer, checked: each getter gives a value of its kind, or an error that points at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.errors import LayerTextError
from shapelens.readers.notation.signatures import REQUIRED, Signature
from shapelens.readers.notation.source import Source, Span
from shapelens.readers.notation.syntax import Call, Group, Value, Word
from shapelens.records import dataclass

__all__ = ["Arguments"]

MAXIMUM_AXES = 16
"""No tensor in layer text has more axes."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one layer by the names of its parameters.

    Args:
        source: the text.
        call: the layer in the text.
        name: the layer's right name.
        signature: its parameters.
        given: what stands in the text.
        extra: positional ones where a layer takes any number.
    """

    source: Source
    call: Call
    name: str
    signature: Signature
    given: dict[str, Value]
    extra: tuple[Value, ...] = ()

    @property
    def rank(self) -> int:
        """The number of axes in the layer's name: 2 for `Conv2d`, and for `Conv2DTranspose`."""
        return next(int(letter) for letter in self.name if letter.isdigit())

    @property
    def is_printed(self) -> bool:
        """Whether it stands in a print, which leaves some arguments out."""
        return self.call.is_printed

    def has(self, name: str) -> bool:
        """Whether an argument is given, other than None."""
        return name in self.given and self.given[name].content is not None

    def value(self, name: str) -> Any:
        """An argument as it is given, or its default."""
        if name in self.given:
            return self.given[name].plain
        parameter = self.signature.by_name.get(name)
        return None if parameter is None or parameter.default is REQUIRED else parameter.default

    def span(self, name: str) -> Span:
        """Where an argument stands; the layer's name where it does not."""
        return self.given[name].span if name in self.given else self.call.name_span

    def error(
        self, summary: str, *names: str, rule: str, have: str = "", fix: str = "", value: Value | None = None
    ) -> LayerTextError:
        """An error that points at arguments.

        Args:
            summary: what is wrong.
            names: the arguments that it is about.
            rule: what must hold.
            have: what was given; the arguments themselves if nothing else is said.
            fix: what to do.
            value: the part to point at, where it is not an argument.
        """
        spans = [value.span] if value else [self.given[name].span for name in names if name in self.given]
        shown = have or ", ".join(f"{name}={self._shown(name)}" for name in names)
        at = self.source.excerpt(*(spans or [self.call.name_span]))
        return LayerTextError(summary, at=at, have=shown, rule=rule, fix=fix)

    def _shown(self, name: str) -> str:
        if name in self.given:
            return self.source.shown(self.given[name].span)
        return repr(self.value(name))

    def _refused(self, name: str, rule: str, fix: str = "") -> LayerTextError:
        return self.error(
            f"the {name} of {_a(self.name)} cannot be {self._shown(name)}", name, rule=rule, fix=fix
        )

    # kinds of values ----------------------------------------------------------------------------------

    def integer(self, name: str, least: int = 1) -> int:
        """A whole number."""
        value = self.value(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._refused(name, f"{name} is a whole number{_bound(least)}")
        return value

    def taken(self, name: str) -> int:
        """The channels or features that a layer is made for; 0 for a lazy one, which takes what comes in."""
        if not self.has(name):
            return 0
        return self.integer(name, least=0 if self.name.startswith("Lazy") else 1)

    def optional(self, name: str, least: int = 1) -> int | None:
        """A whole number, or None."""
        return None if self.value(name) is None else self.integer(name, least)

    def integers(self, name: str, count: int, least: int = 1) -> tuple[int, ...]:
        """A whole number for each of so many axes, from one for all or from one for each."""
        value = self.value(name)
        items = (value,) * count if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(items, tuple) and len(items) == 1 and count > 1 and self.is_printed:
            items = items * count
        self._check_integers(name, items, count, least)
        return tuple(items)

    def _check_integers(self, name: str, items: Any, count: int, least: int) -> None:
        is_fit = isinstance(items, tuple) and len(items) == count
        if is_fit and all(isinstance(i, int) and not isinstance(i, bool) and i >= least for i in items):
            return
        several = f", or a tuple of {count}" if count > 1 else ""
        raise self._refused(name, f"{name} is a whole number{_bound(least)}{several}")

    def sequence(self, name: str, least: int = 1) -> tuple[int, ...]:
        """One whole number or several, as many as are given."""
        value = self.value(name)
        items = (value,) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(items, tuple) or len(items) > MAXIMUM_AXES:
            several = f"a tuple of at most {MAXIMUM_AXES}"
            raise self._refused(name, f"{name} is a whole number{_bound(least)}, or {several}")
        self._check_integers(name, items, len(items), least)
        return items

    def sizes(self, name: str, count: int) -> tuple[int | None, ...]:
        """A size for each of so many axes, or None where the input's stays."""
        value = self.value(name)
        items = value if isinstance(value, tuple) else (value,) * count
        known = tuple([1 if item is None else item for item in items])
        self._check_integers(name, known, count, 1)
        return tuple(items)

    def number(self, name: str) -> float:
        """A number."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refused(name, f"{name} is a number")
        return value

    def flag(self, name: str) -> bool:
        """True or False."""
        value = self.value(name)
        if not isinstance(value, (bool, int)) or value not in (0, 1):
            raise self._refused(name, f"{name} is True or False")
        return bool(value)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of several words."""
        value = self.value(name)
        if isinstance(value, str) and value.lower() in choices:
            return value.lower()
        listed = ", ".join(repr(choice) for choice in choices)
        raise self._refused(name, f"{name} is one of {listed}")

    def word(self, name: str) -> str:
        """The name of a function: `'relu'`, `nn.ReLU()` and `F.relu` are all relu."""
        value = self.given[name].content if name in self.given else self.value(name)
        if isinstance(value, Call):
            return value.name.lower()
        if isinstance(value, Word):
            return value.last.lower()
        if not isinstance(value, str):
            raise self._refused(name, f"{name} is the name of a function")
        return value.lower()

    def text(self, name: str) -> str | None:
        """A text, or None."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def calls(self, name: str) -> tuple[Value, ...]:
        """The items of a list of layers."""
        value = self.given.get(name)
        if value is None:
            return ()
        return value.content.items if isinstance(value.content, Group) else (value,)


def _bound(least: int) -> str:
    if least < -1:
        return ""
    return f" of at least {least}"


def _a(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' or name.startswith(('LSTM', 'LP')) else 'a'} {name}"
