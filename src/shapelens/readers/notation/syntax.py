"""What layer text is made of: calls with arguments, and the labelled children of a printed module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shapelens.readers.notation.source import Span
from shapelens.records import dataclass

__all__ = ["MAXIMUM_LAYERS", "Argument", "Call", "Child", "Group", "Held", "Value", "Word"]

MAXIMUM_LAYERS = 5_000
"""So many layers may stand in a text, repeats counted out."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name that stands for itself: `same` in a print, `torch.float32`, `relu`."""

    text: str

    @property
    def last(self) -> str:
        """Its last part: `relu` of `tf.nn.relu`."""
        return self.text.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Group:
    """A tuple or a list."""

    items: tuple[Value, ...]
    bracket: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value in its place.

    Args:
        content: an integer, a float, a text, True, False, None, a `Word`, a `Group` or a `Call`.
        span: where it stands.
    """

    content: Any
    span: Span

    @property
    def plain(self) -> Any:
        """The content with tuples for groups and texts for words."""
        if isinstance(self.content, Group):
            return tuple([item.plain for item in self.content.items])
        return self.content.last if isinstance(self.content, Word) else self.content

    def walk(self) -> Iterator[Value]:
        """Itself, and all that stands in it up to the next call."""
        yield self
        if isinstance(self.content, Group):
            for item in self.content.items:
                yield from item.walk()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call.

    Args:
        keyword: its name, empty for a positional one.
        value: what is given.
        span: where the whole of it stands.
    """

    keyword: str
    value: Value
    span: Span

    @property
    def keyword_span(self) -> Span:
        """Where its name stands."""
        return self.span[0], self.span[0] + len(self.keyword)


@dataclass(frozen=True, slots=True)
class Held:
    """A parameter that a printed list holds, by its shape; None where the print does not tell it."""

    shape: tuple[int, ...] | None
    learned: bool = True


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a printed module.

    Args:
        label: its name there: `conv1`; `0-2` for several alike.
        item: its call, what it holds, or None where it stands empty.
        times: how many stand there alike.
        span: where it stands.
    """

    label: str
    item: Call | Held | None
    times: int
    span: Span

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each of them."""
        if self.times == 1:
            return (self.label,)
        first = int(self.label.partition("-")[0])
        return tuple([str(first + i) for i in range(self.times)])


@dataclass(frozen=True, slots=True)
class Call:
    """A layer as it stands in the text.

    Args:
        name: its class: `Conv2d`.
        prefix: what stands before that: `torch.nn`.
        arguments: in their order.
        children: the labelled children that a print shows.
        span: where it stands.
        is_printed: whether it stands in the print of a module, where names of other classes may stand too.
        is_readable: whether its arguments could be read; a print may hold any text there.
    """

    name: str
    prefix: str
    arguments: tuple[Argument, ...]
    children: tuple[Child, ...]
    span: Span
    is_printed: bool = False
    is_readable: bool = True

    @property
    def name_span(self) -> Span:
        """Where its name stands, with what stands before it."""
        length = len(self.name) + (len(self.prefix) + 1 if self.prefix else 0)
        return self.span[0], self.span[0] + length
